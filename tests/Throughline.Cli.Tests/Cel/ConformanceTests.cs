using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Cli.Cel;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Cel;

/// <summary>The official suite of the language, whole; and that the runner notices what is wrong.</summary>
public sealed class ConformanceTests
{
    private const string Folder = "cel-conformance";
    private const int Cases = 2_456;

    [Theory]
    [InlineData("Interpreter")]
    [InlineData("Compiled")]
    [InlineData("Both")]
    public void Run_OfficialSuite_PassesEveryCase(string engine)
    {
        Suite suite = Suite.Read(SharedData.Require(Folder));

        ConformanceReport report = new ConformanceRun(suite, Enum.Parse<CelEngine>(engine)).Run(
            new NoProgress(),
            TestContext.Current.CancellationToken
        );

        Assert.True(report.Failed == 0, string.Join('\n', report.Failures.Take(10)));
        Assert.Equal(Cases, report.Passed);
        Assert.Equal(Cases, report.BySection.Values.Sum(x => x.Passed));
    }

    [Fact]
    public async Task Conformance_SuiteWithWrongExpectations_ReportsEachAndExitsWithOne()
    {
        using TempFolder folder = new();
        string tests = """
            {"name": "right", "expr": "1 + 1", "expect": {"kind": "value", "value": {"int": "2"}}},
            {"name": "wrong value", "expr": "1 + 1", "expect": {"kind": "value", "value": {"int": "3"}}},
            {"name": "wrong type", "expr": "1 + 1", "expect": {"kind": "value", "value": {"uint": "2"}}},
            {"name": "wrong sign of zero", "expr": "0.0", "expect": {"kind": "value", "value": {"double": "-0.0"}}},
            {"name": "no error", "expr": "1 + 1", "expect": {"kind": "error", "errors": []}},
            {"name": "an error", "expr": "1 / 0", "expect": {"kind": "value", "value": {"int": "0"}}},
            {"name": "wrong deduced type", "expr": "[1]", "checkOnly": true, "expect": {"kind": "typed", "type": {"kind": "dyn"}}}
            """;
        WriteSuite(folder.Path, tests, count: 7);

        CommandRun run = await CommandRun.OfAsync("cel", "conformance", folder.Path, "--json");

        Assert.Equal(1, run.Exit);
        JsonElement json = run.Json();
        Assert.Equal(1, json.GetProperty("passed").GetInt32());
        Assert.Equal(6, json.GetProperty("failed").GetInt32());
        Assert.Equal(1, json.GetProperty("bySection").GetProperty("own/first").GetProperty("passed").GetInt32());
        JsonElement failure = json.GetProperty("failures")[0];
        Assert.Equal("own/first#1 wrong value", failure.GetProperty("name").GetString());
        Assert.Equal("1 + 1", failure.GetProperty("expression").GetString());
        Assert.Contains("3", failure.GetProperty("expected").GetString(), StringComparison.Ordinal);
        Assert.Contains("2", failure.GetProperty("actual").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conformance_FolderWithoutSuite_IsBadInput()
    {
        using TempFolder folder = new();

        CommandRun run = await CommandRun.OfAsync("cel", "conformance", folder.Path, "--json");

        Assert.Equal(3, run.Exit);
        Assert.Equal("no_suite", run.Json().GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Conformance_SectionShorterThanItsIndex_IsBadInput()
    {
        using TempFolder folder = new();
        WriteSuite(
            folder.Path,
            """{"name": "one", "expr": "1", "expect": {"kind": "value", "value": {"int": "1"}}}""",
            count: 2
        );

        CommandRun run = await CommandRun.OfAsync("cel", "conformance", folder.Path, "--json");

        Assert.Equal(3, run.Exit);
        Assert.Equal("suite_damaged", run.Json().GetProperty("error").GetProperty("code").GetString());
    }

    private static void WriteSuite(string folder, string tests, int count)
    {
        JsonObject section = new()
        {
            ["section"] = "first",
            ["path"] = "tests/first.json",
            ["tests"] = count,
        };
        JsonObject file = new() { ["file"] = "own", ["sections"] = new JsonArray(section) };
        JsonObject index = new() { ["files"] = new JsonArray(file) };
        Directory.CreateDirectory(Path.Combine(folder, "tests"));
        File.WriteAllText(Path.Combine(folder, "index.json"), index.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "messages.json"), "{}");
        File.WriteAllText(Path.Combine(folder, "tests", "first.json"), $$"""{"tests": [{{tests}}]}""");
    }

    private sealed class NoProgress : IProgress<long>
    {
        public void Report(long value) { }
    }
}
