using System.Diagnostics.CodeAnalysis;

namespace Throughline.Cel.Parse;

/// <summary>
/// Turns source text into a tree (specification, "Syntax" and "Macros"). Never throws for a text, never overflows the stack,
/// and takes time and memory in proportion to the text.
/// </summary>
public static class CelParser
{
    /// <summary>Parses one expression; without options with <see cref="ParserOptions.Default"/>.</summary>
    public static ParseResult Parse(string source, ParserOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ExprParser(source, options ?? ParserOptions.Default).Run();
    }
}

/// <summary>A tree, or why there is none.</summary>
/// <param name="Expr">Null if there are issues.</param>
/// <param name="Issues">In the order of the text. Parsing ends at the first error of syntax; wrong literals and wrong
/// arguments of macros before it are listed too.</param>
public sealed record ParseResult(ParsedExpr? Expr, IReadOnlyList<CelIssue> Issues)
{
    /// <summary>There is an expression, and no issue.</summary>
    [MemberNotNullWhen(true, nameof(Expr))]
    public bool IsSuccess => Expr is not null;
}
