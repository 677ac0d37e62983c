namespace Throughline.Cel.Parse;

/// <summary>Lists, maps, messages, arguments (specification, "Syntax": ExprList, MapInits, FieldInits).</summary>
internal sealed partial class ExprParser
{
    private List<Expr>? ParseArguments()
    {
        List<Expr> arguments = [];
        return ParseItems(TokenKind.RightParen, "')'", trailingComma: false, ParseArgument) ? arguments : null;

        bool ParseArgument()
        {
            if (ParseExpr() is not { } argument)
                return false;
            arguments.Add(argument);
            return true;
        }
    }

    private Expr.ListLiteral? ParseList()
    {
        int start = token.Start;
        List<Expr> elements = [];
        List<int> optionals = [];
        return ParseItems(TokenKind.RightBracket, "']'", trailingComma: true, ParseElement)
            ? new Expr.ListLiteral(NextId(), start, elements, optionals)
            : null;

        bool ParseElement()
        {
            if (SkipOptionalMark())
                optionals.Add(elements.Count);
            if (ParseExpr() is not { } element)
                return false;
            elements.Add(element);
            return true;
        }
    }

    private Expr.MapLiteral? ParseMap()
    {
        int start = token.Start;
        List<MapEntry> entries = [];
        return ParseItems(TokenKind.RightBrace, "'}'", trailingComma: true, ParseEntry)
            ? new Expr.MapLiteral(NextId(), start, entries)
            : null;

        bool ParseEntry()
        {
            bool optional = SkipOptionalMark();
            if (
                ParseExpr() is not { } key
                || !Close(TokenKind.Colon, "':' and the key's value")
                || ParseExpr() is not { } value
            )
                return false;
            entries.Add(new MapEntry(NextId(), key, value, optional));
            return true;
        }
    }

    private Expr.MessageLiteral? ParseMessage(int start, string typeName)
    {
        List<FieldEntry> fields = [];
        return ParseItems(TokenKind.RightBrace, "'}'", trailingComma: true, ParseField)
            ? new Expr.MessageLiteral(NextId(), start, typeName, fields)
            : null;

        bool ParseField()
        {
            bool optional = SkipOptionalMark();
            if (
                ParseFieldName(out _) is not { } name
                || !Close(TokenKind.Colon, "':' and the field's value")
                || ParseExpr() is not { } value
            )
                return false;
            fields.Add(new FieldEntry(NextId(), NameOf(name), value, optional));
            return true;
        }
    }

    // Items between commas, from the opening mark to the closing one.
    private bool ParseItems(TokenKind close, string closing, bool trailingComma, Func<bool> parseItem)
    {
        Advance();
        for (int count = 0; token.Kind != close; count++)
        {
            if (count == options.MaxElements)
            {
                Report(token.Start, $"more than {options.MaxElements} elements");
                return false;
            }
            if (!parseItem())
                return false;
            if (token.Kind != TokenKind.Comma)
                return Close(close, $"an operator, ',' or {closing}");
            Advance();
            if (token.Kind == close && !trailingComma)
                return Unexpected("an expression") is not null;
        }
        Advance();
        return true;
    }

    private bool Close(TokenKind kind, string expected)
    {
        if (token.Kind != kind)
            return Unexpected(expected) is not null;
        Advance();
        return true;
    }

    private bool SkipOptionalMark()
    {
        bool optional = token.Kind == TokenKind.Question && AllowOptional();
        if (optional)
            Advance();
        return optional;
    }
}
