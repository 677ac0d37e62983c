using Throughline.Cel.Parse;
using Throughline.Cli.Bench;

namespace Throughline.Cli.Tests.Bench;

public sealed class CelTreesTests
{
    private static ParsedExpr Parse(string text) => CelBenchCompiler.Parse("test", text);

    [Theory]
    [InlineData("request.score > 3 && request.rate > 3.5", "request.score > 5 && request.rate > 3.507")]
    [InlineData("request.host == 'h4.example.com'", "request.host == \"h7004.example.com\"")]
    [InlineData("request.country in ['NL', 'BE']", "request.country in [\"NL7\", \"BE7\"]")]
    [InlineData("request.ua.matches('a|b')", "request.ua.matches(\"(?:a|b)7\")")]
    [InlineData("request.tags.exists(t, t == 'x1')", "request.tags.exists(t, t == \"x7001\")")]
    [InlineData("has(request.tls.alpn) ? 1u : 2u", "has(request.tls.alpn) ? 3u : 4u")]
    public void WithOtherLiterals_EveryLiteral_IsChanged(string text, string changed)
    {
        string found = CelTrees.WithOtherLiterals(Parse(text), by: 7, ints: 2);

        Assert.Equal(CelPrinter.Print(Parse(changed)), found);
    }

    [Fact]
    public void PathsOf_NamesBelowTheVariable_AreFoundWithAllTheirParts()
    {
        string[] paths =
        [
            .. CelTrees.PathsOf(
                Parse("has(request.session.cookie) && other.x == request.?geo && [1].exists(i, i == request.n)"),
                "request"
            ),
        ];

        Assert.Equal(["geo", "n", "session", "session.cookie"], paths.Order(StringComparer.Ordinal));
    }
}
