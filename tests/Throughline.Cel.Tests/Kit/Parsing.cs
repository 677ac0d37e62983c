using Throughline.Cel.Parse;

namespace Throughline.Cel.Tests.Kit;

/// <summary>Parsing as tests need it: the tree's shape, or the issues.</summary>
internal static class Parsing
{
    public static ParsedExpr Parsed(string text, ParserOptions? options = null)
    {
        ParseResult result = CelParser.Parse(text, options);
        Assert.True(result.IsSuccess, $"{text}\n{string.Join('\n', result.Issues)}");
        Assert.Empty(result.Issues);
        return result.Expr;
    }

    public static string Shape(string text, ParserOptions? options = null) => ExprShape.Of(Parsed(text, options).Root);

    public static IReadOnlyList<CelIssue> Issues(string text, ParserOptions? options = null)
    {
        ParseResult result = CelParser.Parse(text, options);
        Assert.False(result.IsSuccess, $"{text} was accepted");
        Assert.NotEmpty(result.Issues);
        return result.Issues;
    }

    /// <summary>The only issue of a text.</summary>
    public static CelIssue Issue(string text, ParserOptions? options = null) => Assert.Single(Issues(text, options));
}
