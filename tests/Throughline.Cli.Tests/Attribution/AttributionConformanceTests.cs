using System.Text.Json;
using Throughline.Cli.Attribution.Conformance;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Attribution;

/// <summary>Published cases of attribution, whole; and that the runner notices what is wrong.</summary>
public sealed class AttributionConformanceTests
{
    [Theory]
    [InlineData("w3c", 26)]
    [InlineData("worked", 100)]
    [InlineData("fractribution", 241)]
    [InlineData("pathdata", 144)]
    [InlineData("ga4", 33)]
    public void Run_PublishedCases_PassEveryOne(string suite, int cases)
    {
        ConformanceTally tally = AttributionSuites.Run(suite, SharedData.Require("attribution"));

        Assert.True(tally.Failures.Count == 0, string.Join('\n', tally.Failures.Take(10)));
        Assert.Equal(cases, tally.Passed);
    }

    [Theory]
    [InlineData("core", 80, 0)]
    [InlineData("reasons", 38, 0)]
    [InlineData("noise", 3, 0)]
    [InlineData("limits", 33, 0)]
    [InlineData("parsing", 11, 0)]
    [InlineData("other", 65, 0)]
    public void Run_AttributionReporting_PassesTheseOfEachTag(string tag, int passed, int failed)
    {
        ConformanceTally tally = AttributionSuites.Run("ara", SharedData.Require("attribution"));

        Assert.Equal(new TagCount(passed, failed), tally.ByTag[tag]);
    }

    [Fact]
    public void Run_CaseThatItsFileContradicts_CountsAsNeither()
    {
        ConformanceTally tally = AttributionSuites.Run("ga4", SharedData.Require("attribution/ga4"));

        CaseFailure odd = Assert.Single(tally.Contradictions);
        Assert.Equal("Organic Shopping", odd.Actual);
    }

    [Fact]
    public async Task Conformance_WrongExpectations_NamesEachFileAndExitsWithOne()
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(Path.Combine(folder.Path, "in"));
        Write(folder, "in/wrong.json", "[0, 2]");
        Write(folder, "right.json", "[1, 1]");

        CommandRun run = await CommandRun.OfAsync("attribution", "conformance", "w3c", folder.Path, "--json");

        Assert.Equal(1, run.Exit);
        JsonElement json = run.Json();
        Assert.Equal(1, json.GetProperty("passed").GetInt32());
        Assert.Equal(1, json.GetProperty("failed").GetInt32());
        JsonElement failure = json.GetProperty("failures")[0];
        Assert.Equal("in/wrong.json", failure.GetProperty("name").GetString());
        Assert.Contains("[0, 2]", failure.GetProperty("expected").GetString(), StringComparison.Ordinal);
        Assert.Contains("[1, 1]", failure.GetProperty("actual").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conformance_FolderWithoutCases_SaysSo()
    {
        using TempFolder folder = new();

        CommandRun run = await CommandRun.OfAsync("attribution", "conformance", "worked", folder.Path, "--json");

        Assert.Equal(3, run.Exit);
        Assert.Equal("no_cases", run.Json().GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("w3c", "case.json", "file_missing")]
    [InlineData("pathdata", "paths.csv", "file_missing")]
    [InlineData("pathdata", "paths.csv.gz", "file_damaged")]
    public async Task Conformance_FileThatCannotBeRead_IsNamed(string suite, string file, string code)
    {
        using TempFolder folder = new();
        if (code == "file_missing")
            File.CreateSymbolicLink(folder[file], "nowhere");
        else
            File.WriteAllBytes(folder[file], [0x1f, 0x8b, 8, 0, 0]);

        CommandRun run = await CommandRun.OfAsync("attribution", "conformance", suite, folder.Path, "--json");

        Assert.Equal((3, code), (run.Exit, run.Json().GetProperty("error").GetProperty("code").GetString()));
        Assert.Contains(file, run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("display", "Display", 1)]
    [InlineData("display", "Organic Shopping", 0)]
    public void Run_ChannelOfARow_PassesOnlyIfItIsTheRight(string medium, string expected, int passed)
    {
        using TempFolder folder = new();
        File.WriteAllText(
            Path.Combine(folder.Path, "cases.csv"),
            $"source,medium,campaign,expected_channel\na,{medium},,{expected}\n"
        );

        ConformanceTally tally = AttributionSuites.Run("ga4", folder.Path);

        Assert.Equal(passed, tally.Passed);
        Assert.Equal(1 - passed, tally.Failures.Count);
    }

    private static void Write(TempFolder folder, string name, string expected) =>
        File.WriteAllText(
            Path.Combine(folder.Path, name),
            $$$"""
            {"events": [
              {"seconds": 1, "event": "saveImpression", "site": "a.example", "options": {"histogramIndex": 0}},
              {"seconds": 2, "event": "saveImpression", "site": "a.example", "options": {"histogramIndex": 1}},
              {"seconds": 3, "event": "measureConversion", "site": "b.example", "expected": {{{expected}}}, "options":
                {"aggregationService": "https://agg-service.example", "histogramSize": 2, "value": 2, "maxValue": 2, "credit": [1, 1]}}
            ]}
            """
        );
}
