using Throughline.Cel.Values;

namespace Throughline.Cel.Parse;

/// <summary>Names, calls, selections, indexes, literals (specification, "Syntax": Member and Primary).</summary>
internal sealed partial class ExprParser
{
    private static readonly Token NoSign = new(TokenKind.End, 0, 0);

    private Expr? ParseMember() => ParseMember(NoSign);

    // As long as nothing but names and dots came, what stands here may be the name of a message; only such a name, not a
    // variable, may begin with a reserved word.
    private Expr? ParseMember(Token sign)
    {
        Token first = token;
        bool isName = token.Kind is TokenKind.Identifier or TokenKind.Dot;
        Token? reserved = null;
        Expr? result = isName ? ParseName(out reserved) : ParsePrimary(sign);
        isName &= result is Expr.Ident;
        while (result is not null)
        {
            if (token.Kind == TokenKind.LeftBrace && isName)
            {
                result = ParseMessage(first.Start, QualifiedName(result));
                isName = false;
                reserved = null;
            }
            else if (token.Kind == TokenKind.Dot)
            {
                result = ParseSelect(result, out bool isPlain);
                isName &= isPlain;
            }
            else if (token.Kind == TokenKind.LeftBracket)
            {
                result = ParseIndex(result);
                isName = false;
            }
            else
            {
                break;
            }
        }
        if (reserved is { } word && result is not null)
        {
            Report(word.Start, $"'{word.In(source)}' is a reserved word, not a name");
            return null;
        }
        return result;
    }

    private Expr? ParsePrimary(Token sign)
    {
        Token start = token;
        switch (token.Kind)
        {
            case TokenKind.Int or TokenKind.Uint or TokenKind.Double:
                return Number(sign);
            case TokenKind.String or TokenKind.Bytes:
                return String();
            case TokenKind.True or TokenKind.False:
                Advance();
                return new Expr.Constant(NextId(), start.Start, Value.Of(start.Kind == TokenKind.True));
            case TokenKind.Null:
                Advance();
                return new Expr.Constant(NextId(), start.Start, Value.Null);
            case TokenKind.LeftParen:
                Advance();
                Expr? inner = ParseExpr();
                return inner is not null && Close(TokenKind.RightParen, "an operator or ')'") ? inner : null;
            case TokenKind.LeftBracket:
                return ParseList();
            case TokenKind.LeftBrace:
                return ParseMap();
            default:
                return Unexpected("an expression");
        }
    }

    private Expr.Constant Number(Token sign)
    {
        bool negative = sign.Kind == TokenKind.Minus;
        int start = negative ? sign.Start : token.Start;
        if (!Literals.TryNumber(token.Kind, token.In(source), negative, out Value value, out string trouble))
            Report(start, trouble);
        Advance();
        return new Expr.Constant(NextId(), start, value);
    }

    private Expr.Constant String()
    {
        int start = token.Start;
        if (!StringLiterals.TryRead(token.In(source), out Value value, out int at, out string trouble))
            Report(start + at, trouble);
        Advance();
        return new Expr.Constant(NextId(), start, value);
    }

    // [.] name, or [.] name ( arguments )
    private Expr? ParseName(out Token? reserved)
    {
        int start = token.Start;
        bool fromRoot = token.Kind == TokenKind.Dot;
        reserved = null;
        if (fromRoot)
            Advance();
        if (token.Kind != TokenKind.Identifier)
            return Unexpected("a name");

        if (Words.IsReserved(token.In(source)))
            reserved = token;
        string name = fromRoot ? $".{token.In(source)}" : token.In(source).ToString();
        Advance();
        if (token.Kind != TokenKind.LeftParen)
            return new Expr.Ident(NextId(), start, name);
        return ParseArguments() is { } arguments
            ? macros.Expand(new Expr.Call(NextId(), start, null, name, arguments), options.Macros)
            : null;
    }

    // . name, .? name, . `name`, or . name ( arguments )
    private Expr? ParseSelect(Expr operand, out bool isPlain)
    {
        isPlain = false;
        Advance();
        bool optional = token.Kind == TokenKind.Question && AllowOptional();
        if (optional)
            Advance();
        if (ParseFieldName(out bool quoted) is not { } field)
            return null;

        if (optional)
            return NewCall(
                field.Start,
                Operators.OptionalSelect,
                operand,
                new Expr.Constant(NextId(), field.Start, Value.Of(NameOf(field)))
            );
        if (token.Kind == TokenKind.LeftParen && !quoted)
            return ParseArguments() is { } arguments
                ? macros.Expand(new Expr.Call(NextId(), field.Start, operand, NameOf(field), arguments), options.Macros)
                : null;
        isPlain = !quoted;
        return new Expr.Select(NextId(), field.Start, operand, NameOf(field), TestOnly: false);
    }

    // [ index ], or [? index ]
    private Expr? ParseIndex(Expr operand)
    {
        int mark = token.Start;
        Advance();
        bool optional = token.Kind == TokenKind.Question && AllowOptional();
        if (optional)
            Advance();
        if (ParseExpr() is not { } index || !Close(TokenKind.RightBracket, "an operator or ']'"))
            return null;
        return NewCall(mark, optional ? Operators.OptionalIndex : Operators.Index, operand, index);
    }

    private Token? ParseFieldName(out bool quoted)
    {
        Token name = token;
        quoted = token.Kind == TokenKind.Quoted && options.QuotedIdentifiers;
        if (token.Kind is TokenKind.True or TokenKind.False or TokenKind.Null or TokenKind.In)
            Unexpected("a field's name (names like this stand in backticks)");
        else if (token.Kind == TokenKind.Identifier || quoted)
        {
            Advance();
            return name;
        }
        else
            Unexpected("a field's name");
        return null;
    }

    private string NameOf(Token name) =>
        (name.Kind == TokenKind.Quoted ? name.In(source)[1..^1] : name.In(source)).ToString();

    private bool AllowOptional()
    {
        if (!options.OptionalSyntax)
            Report(token.Start, "optional syntax ('?' before a field, index or element) is switched off");
        return true;
    }

    private static string QualifiedName(Expr name)
    {
        Stack<string> parts = new();
        for (; name is Expr.Select select; name = select.Operand)
            parts.Push(select.Field);
        return string.Join('.', parts.Prepend(((Expr.Ident)name).Name));
    }
}
