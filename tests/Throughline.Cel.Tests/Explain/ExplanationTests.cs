using Throughline.Cel.Explain;
using Throughline.Cel.Interpret;
using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Explain;

/// <summary>Sentences and trees that explain a result.</summary>
public sealed class ExplanationTests
{
    private static readonly IActivation Input = Evaluating
        .Input(
            ("counter", new Dictionary<string, object?> { ["ip_1m"] = 182, ["ip_1h"] = 4 }),
            ("ua", new Dictionary<string, object?> { ["headless"] = true, ["bot"] = false }),
            ("path", "/admin/x"),
            ("headers", new Dictionary<string, string> { ["host"] = "a.org", ["x-bot"] = "1" }),
            ("ports", new List<int> { 80, 443 })
        )
        .WithUnknown("score");

    [Theory]
    [InlineData("counter.ip_1m > 120 && ua.headless", "counter.ip_1m (182) > 120 and ua.headless (true)")]
    [InlineData("counter.ip_1m > 120 && counter.ip_1h > 9", "counter.ip_1h (4) > 9 is false")]
    [InlineData("counter.ip_1m > 120 || 1 / 0 == 1", "counter.ip_1m (182) > 120")]
    [InlineData("counter.ip_1h > 9 || ua.bot", "counter.ip_1h (4) > 9 is false and ua.bot (false)")]
    [InlineData("!ua.bot && !(ua.headless && path == '/')", "ua.bot (false) and path (\"/admin/x\") == \"/\" is false")]
    [InlineData("path.startsWith('/admin')", "path (\"/admin/x\").startsWith(\"/admin\")")]
    [InlineData("size(path) == 8", "size(path) (8) == 8")]
    [InlineData("counter.ip_1h + 1 == 5", "counter.ip_1h (4) + 1 == 5")]
    [InlineData("headers['host'] == 'a.org'", "headers[\"host\"] (\"a.org\") == \"a.org\"")]
    [InlineData("has(headers.cookie)", "has(headers.cookie) is false")]
    [InlineData("headers.exists(k, k.startsWith('x-'))", "headers.exists(k, k.startsWith(\"x-\")) at k = \"x-bot\"")]
    [InlineData("ports.all(p, p < 400)", "ports.all(p, p < 400) at p = 443 is false")]
    [InlineData("ports.all(p, p > 1)", "ports.all(p, p > 1)")]
    [InlineData("path in ['/a', '/b']", "path (\"/admin/x\") in [\"/a\", \"/b\"] is false")]
    [InlineData("ports[0] in [1,2,3,4,5,6,7,8,80]", "ports[0] (80) in [9 elements]")]
    [InlineData("cel.bind(n, counter.ip_1m, n > 100)", "n (182) > 100")]
    [InlineData("ua.bot ? 'bot' : path", "path (\"/admin/x\") is \"/admin/x\", since ua.bot (false)")]
    [InlineData("counter.ip_1h + 1", "counter.ip_1h (4) + 1 is 5")]
    [InlineData("ua.bot ? path == '/' : ua.headless", "ua.bot (false) and ua.headless (true)")]
    [InlineData("counter.ip_1h / 0 > 1", "counter.ip_1h (4) / 0 fails: division by zero")]
    [InlineData("ua.headless && score > 5", "it depends on score, which is not known")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    public void Sentence_Result_NamesWhatDecided(string text, string expected) =>
        Assert.Equal(expected, Explanation.Of(Evaluating.Program(text), Input).Sentence);

    [Fact]
    public void Root_ShortCircuit_MarksWhatWasSkipped()
    {
        Explanation explanation = Explanation.Of(Evaluating.Program("ua.headless || path.matches('x')"), Input);

        Assert.True(explanation.Value.IsTrue);
        Assert.Equal("ua.headless || path.matches(\"x\")", explanation.Root.Text);
        Assert.Collection(
            explanation.Root.Children,
            x => Assert.Equal(("ua.headless", false), (x.Text, x.IsSkipped)),
            x => Assert.Equal(("path.matches(\"x\")", true), (x.Text, x.IsSkipped))
        );
        Assert.Equal(Value.True.ToString(), explanation.Root.Children[0].Value.ToString());
        Assert.Empty(explanation.Root.Children[1].Children);
    }

    [Fact]
    public void Root_Macro_ShowsTheLastTurn()
    {
        Explanation explanation = Explanation.Of(Evaluating.Program("ports.exists(p, p == 80 || p == 1)"), Input);

        Assert.Equal(["ports", "p == 80 || p == 1"], explanation.Root.Children.Select(x => x.Text));
        ExplainedNode body = explanation.Root.Children[1];
        Assert.Equal(["p == 80", "p == 1"], body.Children.Select(x => x.Text));
        Assert.Equal([false, true], body.Children.Select(x => x.IsSkipped));
    }

    [Fact]
    public void Root_QualifiedName_IsOneLeaf()
    {
        Explanation explanation = Explanation.Of(Evaluating.Program("counter.ip_1m > 1"), Input);

        ExplainedNode name = explanation.Root.Children[0];
        Assert.Equal("counter.ip_1m", name.Text);
        Assert.Empty(name.Children);
        Assert.Equal("182", name.Value.ToString());
    }

    [Fact]
    public void Of_AnyExpressionOfTheSuite_ThrowsNothing()
    {
        int explained = 0;
        foreach (SuiteExpression expression in SuiteExpressions.All())
        {
            ParseResult parsed = CelParser.Parse(expression.Text, expression.Options);
            if (!parsed.IsSuccess)
                continue;
            Explanation explanation = Explanation.Of(CelProgram.Create(parsed.Expr, Evaluating.Environment), Input);
            Assert.NotEmpty(explanation.Sentence);
            explained++;
        }
        Assert.InRange(explained, 2_000, 2_456);
    }
}
