using System.Runtime.CompilerServices;

namespace Throughline.Cel.Parse;

/// <summary>
/// Recursive descent over tokens, one ahead: here the conditional and the operators (specification, "Syntax": Expr to Unary).
/// A method that returns null has met an error of syntax and listed it.
/// </summary>
internal sealed partial class ExprParser
{
    private const int MaxIssues = 20;

    private readonly string source;
    private readonly ParserOptions options;
    private readonly Lexer lexer;
    private readonly MacroExpander macros;
    private readonly List<CelIssue> issues = [];
    private Token token;
    private int lastId;
    private int depth;

    public ExprParser(string source, ParserOptions options)
    {
        this.source = source;
        this.options = options;
        lexer = new Lexer(source);
        macros = new MacroExpander(NextId, Report);
    }

    public ParseResult Run()
    {
        if (source.Length > options.MaxLength)
        {
            Report(0, $"an expression may have {options.MaxLength} characters at most; this one has {source.Length}");
            return new ParseResult(null, issues);
        }

        Advance();
        Expr? root = ParseExpr();
        if (root is not null && token.Kind != TokenKind.End)
            root = Unexpected("an operator or the end");
        if (root is not null && issues.Count == 0 && TreeDepth.FirstBelow(root, options.MaxDepth) is { } deep)
            ReportDepth(deep.Position);
        return root is null || issues.Count > 0
            ? new ParseResult(null, [.. issues.OrderBy(issue => issue.Position)])
            : new ParseResult(new ParsedExpr(root, source, macros.Calls), []);
    }

    // Every way to nest passes here, so here depth is counted.
    private Expr? ParseExpr()
    {
        if (depth >= options.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            ReportDepth(token.Start);
            return null;
        }
        depth++;
        Expr? result = ParseConditional();
        depth--;
        return result;
    }

    private Expr? ParseConditional()
    {
        Expr? condition = ParseOr();
        if (condition is null || token.Kind != TokenKind.Question)
            return condition;

        int mark = token.Start;
        Advance();
        if (ParseOr() is not { } yes)
            return null;
        if (token.Kind != TokenKind.Colon)
            return Unexpected("':' and what the value is otherwise");
        Advance();
        return ParseExpr() is { } no ? NewCall(mark, Operators.Conditional, condition, yes, no) : null;
    }

    private Expr? ParseOr() => ParseChain(TokenKind.Or, Operators.Or);

    private Expr? ParseAnd() => ParseChain(TokenKind.And, Operators.And);

    // Long chains become balanced trees: any number of terms adds few levels.
    private Expr? ParseChain(TokenKind kind, string function)
    {
        Expr? first = kind == TokenKind.Or ? ParseAnd() : ParseBinary(Precedence.Relation);
        if (first is null || token.Kind != kind)
            return first;

        List<Expr> terms = [first];
        List<int> marks = [];
        while (token.Kind == kind)
        {
            marks.Add(token.Start);
            Advance();
            if ((kind == TokenKind.Or ? ParseAnd() : ParseBinary(Precedence.Relation)) is not { } next)
                return null;
            terms.Add(next);
        }
        return Balance(0, terms.Count);

        Expr Balance(int from, int count)
        {
            if (count == 1)
                return terms[from];
            int left = Precedence.LeftTerms(count);
            Expr before = Balance(from, left);
            return NewCall(marks[from + left - 1], function, before, Balance(from + left, count - left));
        }
    }

    private Expr? ParseBinary(int minimum)
    {
        Expr? left = ParseUnary();
        while (
            left is not null && Precedence.OfBinary(token.Kind, out string function) is var level && level >= minimum
        )
        {
            int mark = token.Start;
            Advance();
            left = ParseBinary(level + 1) is { } right ? NewCall(mark, function, left, right) : null;
        }
        return left;
    }

    // A minus right before a number is its sign, so that the least int can be written. Signs may be many: no recursion.
    private Expr? ParseUnary()
    {
        if (token.Kind is not (TokenKind.Not or TokenKind.Minus))
            return ParseMember();

        Stack<Token> signs = new();
        while (token.Kind is TokenKind.Not or TokenKind.Minus)
        {
            signs.Push(token);
            Advance();
        }
        bool signed = signs.Peek().Kind == TokenKind.Minus && token.Kind is TokenKind.Int or TokenKind.Double;
        Expr? operand = ParseMember(signed ? signs.Pop() : NoSign);
        while (operand is not null && signs.TryPop(out Token sign))
            operand = NewCall(sign.Start, sign.Kind == TokenKind.Not ? Operators.Not : Operators.Negate, operand);
        return operand;
    }

    private Expr.Call NewCall(int mark, string function, params Expr[] arguments) =>
        new(NextId(), mark, null, function, arguments);

    private int NextId() => ++lastId;

    private void Advance() => token = lexer.Next();

    private void Report(int position, string message)
    {
        if (issues.Count < MaxIssues)
            issues.Add(CelIssue.At(source, position, message));
    }

    private void ReportDepth(int position) => Report(position, $"nested more than {options.MaxDepth} levels deep");

    private Expr? Unexpected(string expected)
    {
        Report(
            token.Start,
            token.Kind == TokenKind.Invalid
                ? lexer.Trouble
                : $"expected {expected}, found {TokenText.Of(token, source)}"
        );
        return null;
    }
}
