using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Cel;

public sealed class ExpressionCommandTests
{
    [Theory]
    [InlineData("1 + 2", "3", "int", "3")]
    [InlineData("[1, 2u, 'a', 1.5, null]", "[1,2,\"a\",1.5,null]", "list", "[1, 2u, \"a\", 1.5, null]")]
    [InlineData("{'a': {1: true}}", "{\"a\":{\"1\":true}}", "map", "{\"a\": {1: true}}")]
    [InlineData("duration('90s')", "\"90s\"", "google.protobuf.Duration", "duration(\"90s\")")]
    [InlineData("b'abc'", "\"YWJj\"", "bytes", "b\"abc\"")]
    public async Task Eval_Expression_PrintsItsValue(string expression, string value, string type, string text)
    {
        CommandRun run = await CommandRun.OfAsync("cel", "eval", expression, "--json");

        Assert.Equal(0, run.Exit);
        Assert.Equal(value, run.Json().GetProperty("value").GetRawText());
        Assert.StartsWith(type, run.Json().GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Equal(text, run.Json().GetProperty("text").GetString());
    }

    [Fact]
    public async Task Eval_Variables_AreReadAsTheirTypes()
    {
        using TempFolder folder = new();
        string vars = Write(
            folder,
            "vars.json",
            """{"n": 1, "u": 2, "d": 3, "t": "2024-01-02T03:04:05Z", "m": {"a": [1, 2.5]}, "keys": {"1": "one"}}"""
        );
        string types = Write(
            folder,
            "types.json",
            """
            [{"name": "u", "type": {"kind": "uint"}}, {"name": "d", "type": {"kind": "double"}},
             {"name": "t", "type": {"kind": "timestamp"}},
             {"name": "keys", "type": {"kind": "map", "key": {"kind": "int"}, "value": {"kind": "string"}}}]
            """
        );
        string expression =
            "type(n) == int && u == 2u && d / 2.0 == 1.5 && t.getFullYear() == 2024 && m.a[0] == 1 && m.a[1] == 2.5"
            + " && keys[1] == 'one'";

        CommandRun run = await CommandRun.OfAsync(
            "cel",
            "eval",
            expression,
            "--vars",
            vars,
            "--types",
            types,
            "--json"
        );

        Assert.Equal(
            "",
            string.Join('\n', run.Stderr.Split('\n').Where(x => x.StartsWith("throughline", StringComparison.Ordinal)))
        );
        Assert.True(run.Json().GetProperty("value").GetBoolean());
    }

    [Fact]
    public async Task Eval_FailingEvaluation_ExitsWithOneAndSaysWhy()
    {
        CommandRun run = await CommandRun.OfAsync("cel", "eval", "1 / 0", "--json");

        Assert.Equal(1, run.Exit);
        Assert.Equal("evaluation_failed", run.Json().GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("1 +", "bad_expression")]
    [InlineData("1 + 'a'", "bad_expression")]
    public async Task Eval_WrongExpression_IsBadInput(string expression, string code)
    {
        CommandRun run = await CommandRun.OfAsync("cel", "eval", expression, "--json");

        Assert.Equal(3, run.Exit);
        Assert.Equal(code, run.Json().GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("[1]", """[{"name": "a", "type": {"kind": "none"}}]""", "bad_vars")]
    [InlineData("{}", """[{"name": "a", "type": {"kind": "none"}}]""", "bad_types")]
    [InlineData("{}", "{}", "bad_types")]
    [InlineData("{", "[]", "no_json")]
    [InlineData("""{"a": "x"}""", """[{"name": "a", "type": {"kind": "int"}}]""", "bad_value")]
    public async Task Eval_WrongFiles_AreBadInput(string vars, string types, string code)
    {
        using TempFolder folder = new();
        if (code == "bad_vars")
            types = "[]";

        CommandRun run = await CommandRun.OfAsync(
            "cel",
            "eval",
            "true",
            "--vars",
            Write(folder, "vars.json", vars),
            "--types",
            Write(folder, "types.json", types),
            "--json"
        );

        Assert.Equal(3, run.Exit);
        Assert.Equal(code, run.Json().GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Explain_Condition_SaysWhatDecidedAndWhatWasSkipped()
    {
        using TempFolder folder = new();
        string vars = Write(folder, "vars.json", """{"counter": {"ip_1m": 182}, "ua": {"headless": true}}""");

        CommandRun run = await CommandRun.OfAsync(
            "cel",
            "explain",
            "counter.ip_1m > 120 && ua.headless || counter.ip_1m > 1000",
            "--vars",
            vars,
            "--json"
        );

        Assert.Equal(0, run.Exit);
        Assert.True(run.Json().GetProperty("value").GetBoolean());
        Assert.Equal(
            "counter.ip_1m (182) > 120 and ua.headless (true)",
            run.Json().GetProperty("sentence").GetString()
        );
        JsonElement children = run.Json().GetProperty("tree").GetProperty("children");
        Assert.True(children[1].GetProperty("skipped").GetBoolean());
        Assert.Equal("counter.ip_1m > 1000", children[1].GetProperty("expression").GetString());
        Assert.InRange(run.Json().GetProperty("cost").GetInt32(), 1, 20);
    }

    [Fact]
    public async Task Explain_FailingEvaluation_NamesThePartThatFails()
    {
        CommandRun run = await CommandRun.OfAsync("cel", "explain", "1 + 2 / 0", "--json");

        Assert.Equal(0, run.Exit);
        Assert.Contains("2 / 0", run.Json().GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(run.Json().GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Check_RightExpression_PrintsTypeAndCost()
    {
        CommandRun run = await CommandRun.OfAsync("cel", "check", "[1, 2].map(x, x * 2)", "--json");

        Assert.Equal(0, run.Exit);
        Assert.True(run.Json().GetProperty("ok").GetBoolean());
        Assert.Equal("list(int)", run.Json().GetProperty("type").GetString());
        JsonElement cost = run.Json().GetProperty("cost");
        Assert.InRange(cost.GetProperty("max").GetUInt64(), cost.GetProperty("min").GetUInt64(), 100ul);
    }

    [Fact]
    public async Task Check_WrongExpression_ExitsWithOneAndPointsAtThePlace()
    {
        CommandRun run = await CommandRun.OfAsync("cel", "check", "true &&\n  siz('a') > 0", "--json");

        Assert.Equal(1, run.Exit);
        JsonElement issue = run.Json().GetProperty("issues")[0];
        Assert.Equal(2, issue.GetProperty("line").GetInt32());
        Assert.Equal(3, issue.GetProperty("column").GetInt32());
        Assert.Contains("did you mean 'size'?", issue.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("^", issue.GetProperty("excerpt").GetString(), StringComparison.Ordinal);
    }

    private static string Write(TempFolder folder, string name, string text)
    {
        string path = Path.Combine(folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }
}
