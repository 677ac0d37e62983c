using Throughline.Cel.Check;
using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Kit;

/// <summary>Parses and checks texts in an environment with a few variables and one message.</summary>
internal static class TestChecks
{
    public static readonly CelEnvironment Environment = new()
    {
        Libraries = Libraries.All,
        Types = new ShopTypes(),
        Variables =
        [
            new("request", CelType.Message("shop.Request")),
            new("headers", CelType.Map(CelType.String, CelType.String)),
            new("ports", CelType.List(CelType.Int)),
            new("count", CelType.Int),
            new("anything", CelType.Dyn),
            new("event.name", CelType.String),
        ],
    };

    /// <summary>Values of the variables, but for the message.</summary>
    public static readonly IActivation Input = Activation.Of(
        new Dictionary<string, object?>
        {
            ["headers"] = new Dictionary<string, string> { ["host"] = "example.com", ["a"] = "b" },
            ["ports"] = new long[] { 80, 443, 8080 },
            ["count"] = 3L,
            ["anything"] = new Dictionary<string, object?> { ["a"] = "some text", ["b"] = new object[] { 1L, "x" } },
            ["event.name"] = "click",
        }
    );

    public static CheckResult Check(string text, CelEnvironment? environment = null)
    {
        ParseResult parsed = CelParser.Parse(text);
        Assert.True(parsed.IsSuccess, string.Join('\n', parsed.Issues));
        return CelChecker.Check(parsed.Expr, environment ?? Environment);
    }

    /// <summary>An expression that must be right.</summary>
    public static CheckedExpr Checked(string text, CelEnvironment? environment = null)
    {
        CheckResult result = Check(text, environment);
        Assert.True(result.IsSuccess, string.Join('\n', result.Issues));
        return result.Checked;
    }

    /// <summary>The issues of an expression that must be wrong.</summary>
    public static IReadOnlyList<CelIssue> Issues(string text, CelEnvironment? environment = null)
    {
        CheckResult result = Check(text, environment);
        Assert.False(result.IsSuccess, $"{text} should not pass");
        return result.Issues;
    }
}
