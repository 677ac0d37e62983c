using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Cli.Bench;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Commands;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Bench;

/// <summary>The bench of the rule language: it checks before it times, and prints what its guide promises.</summary>
[Collection(nameof(Alone))]
public sealed class BenchCelCommandTests
{
    private static readonly CelBenchEffort Quick = new(
        TimeSpan.Zero,
        TimeSpan.FromMicroseconds(50),
        Runs: 1,
        SetSizes: [8, 25],
        PatternRules: 20,
        Loads: 1
    );

    private const string Request = """
        {"method": "POST", "path": "/api/pay", "ua": "Bot/12 x", "score": 37, "rate_1m": 2.5, "tls": {"version": "TLSv1.3"},
         "headers": [{"name": "host", "value": "shop"}, {"name": "via", "value": ""}], "geo": {"city": "Ede"}, "vip": true}
        """;

    private static async Task<CommandRun> RunAsync(string rules, string set, int matches)
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, "rules.json");
        await File.WriteAllTextAsync(
            file,
            $$"""{"request": {{Request}}, "rules": [{{rules}}], "set": {{set}}, "setMatches": {{matches}}}""",
            TestContext.Current.CancellationToken
        );
        return await CommandRun.OfAsync(
            [new GroupCommand("bench", "Measure.", new BenchCelCommand(Quick))],
            ["bench", "cel", "--rules", file, "--json"],
            TestContext.Current.CancellationToken
        );
    }

    private static string Rule(string name, string expr, string want = "true") =>
        $$"""{"name": "{{name}}", "expr": {{JsonValue.Create(expr).ToJsonString()}}, "want": {{want}}}""";

    [Fact]
    public async Task Bench_RulesOfAllKinds_ReportsEachWithoutAllocating()
    {
        string[] rules =
        [
            Rule("known", "request.method == 'POST' && request.tls.version == 'TLSv1.3'"),
            Rule("unknown fields", "request.vip && request.geo.city == 'Ede'"),
            Rule("missing field", "has(request.session) || has(request.tls.alpn)", "false"),
            Rule("loop", "request.headers.exists(h, h.name == 'host' && h.value != '')"),
            Rule("pattern", "request.ua.matches('[Bb]ot/[0-9]+')"),
            Rule("no bool", "request.score > 30 ? 'block' : 'allow'", "\"block\""),
            Rule("number of another type", "request.rate_1m * 2.0", "5"),
        ];

        CommandRun run = await RunAsync(
            string.Join(',', rules),
            """["request.method == 'POST'", "request.score > 90", "request.path.startsWith('/web')"]""",
            matches: 1
        );

        Assert.True(run.Exit == 0, run.Stderr);
        JsonElement json = run.Json();
        Assert.Equal(
            ["known", "unknown fields", "missing field", "loop", "pattern", "no bool", "number of another type"],
            json.GetProperty("rules").EnumerateArray().Select(x => x.GetProperty("name").GetString())
        );
        foreach (JsonElement rule in json.GetProperty("rules").EnumerateArray())
        {
            Assert.True(rule.GetProperty("nsTyped").GetDouble() > 0);
            Assert.True(rule.GetProperty("nsMap").GetDouble() > 0);
            if (rule.GetProperty("name").GetString() != "unknown fields")
                Assert.Equal(0, rule.GetProperty("bytes").GetDouble());
        }
        Assert.Equal(
            [3, 8, 25],
            json.GetProperty("sets").EnumerateArray().Select(x => x.GetProperty("rules").GetInt32())
        );
        Assert.All(
            json.GetProperty("sets").EnumerateArray(),
            set =>
            {
                Assert.True(set.GetProperty("ns").GetDouble() > 0);
                Assert.True(set.GetProperty("loadSeconds").GetDouble() >= 0);
                Assert.NotEqual(0, set.GetProperty("bytesPerRule").GetDouble());
                Assert.Equal(0, set.GetProperty("bytes").GetDouble());
            }
        );
        Assert.True(json.GetProperty("regexMissNs").GetDouble() > 0);
        Assert.True(json.GetProperty("firstEvaluationUs").GetDouble() > 0);
        Assert.Equal(2, json.GetProperty("patterns").GetProperty("patterns").GetInt32());
    }

    [Fact]
    public async Task Bench_RuleThatNeedsTheMap_SaysSoAndIsTimed()
    {
        CommandRun run = await RunAsync(Rule("by name", "request['method'] == 'POST'"), "[]", matches: 0);

        Assert.True(run.Exit == 0, run.Stderr);
        Assert.Contains("rule 'by name' needs the request as a map", run.Stderr, StringComparison.Ordinal);
        Assert.True(run.Json().GetProperty("rules")[0].GetProperty("nsTyped").GetDouble() > 0);
        Assert.Empty(run.Json().GetProperty("sets").EnumerateArray());
    }

    [Theory]
    [InlineData("request.score > 30", "false", "rule 'odd' (typed) gives true where false is expected")]
    [InlineData("request.score > 30 ? 'a' : 'b'", "\"b\"", "rule 'odd' (typed) gives \"a\" where \"b\" is expected")]
    [InlineData("request.nothing == 1", "true", "rule 'odd' (typed) gives")]
    public async Task Bench_WrongResult_NamesTheRuleAndExitsWithOne(string expr, string want, string message)
    {
        CommandRun run = await RunAsync(
            $"{Rule("even", "request.score == 37")},{Rule("odd", expr, want)}",
            "[]",
            matches: 0
        );

        Assert.Equal(1, run.Exit);
        JsonElement error = run.Json().GetProperty("error");
        Assert.Equal("wrong_result", error.GetProperty("code").GetString());
        Assert.StartsWith(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_SetWithOtherMatches_ExitsWithOne()
    {
        CommandRun run = await RunAsync(
            Rule("even", "request.score == 37"),
            """["request.score == 37", "request.score > 5", "false"]""",
            matches: 1
        );

        Assert.Equal(1, run.Exit);
        Assert.Contains("2 matches where 1 are expected", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_ExpressionWithMistake_NamesRuleAndPlace()
    {
        CommandRun run = await RunAsync(Rule("odd", "request.score > "), "[]", matches: 0);

        Assert.Equal(3, run.Exit);
        Assert.Contains("rule 'odd': 1:", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"rules": []}""", "'request' is missing")]
    [InlineData("""{"request": {}}""", "it has no rules")]
    [InlineData("""{"request": {}, "rules": [{"name": "a", "expr": "true"}]}""", "'want' is missing")]
    [InlineData("[]", "it must be an object")]
    public async Task Bench_FileOfAnotherForm_IsBadInput(string text, string message)
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, "rules.json");
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);

        CommandRun run = await CommandRun.OfAsync("bench", "cel", "--rules", file);

        Assert.Equal(3, run.Exit);
        Assert.Contains(message, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Guide_FieldsOfBenchCel_ExistInTheReport()
    {
        string guide = File.ReadAllText(Repository.PathOf("docs/guide/command-line.md"));
        int start = guide.IndexOf("## bench cel", StringComparison.Ordinal);
        string section = guide[start..guide.IndexOf("\n## ", start, StringComparison.Ordinal)];
        string[] fields =
        [
            .. ((Type[])[typeof(CelBenchReport), typeof(CelRuleTimes), typeof(CelSetTimes), typeof(CelPatternTimes)])
                .SelectMany(x => x.GetProperties())
                .Select(x => JsonNamingPolicy.CamelCase.ConvertName(x.Name)),
        ];
        string[] named =
        [
            .. section
                .Split('\n')
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .SelectMany(line => line.Split('|')[1].Split(','))
                .Select(field => field.Trim(' ', '`').Split('.')[^1].TrimEnd('[', ']')),
        ];

        Assert.True(named.Length >= 12);
        Assert.All(named, field => Assert.Contains(field, fields));
    }
}
