using System.Text.Json;
using Throughline.Cli.Bench;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Bench;

[Collection(nameof(Alone))]
public sealed class BenchIdentityCommandTests
{
    private static readonly string Guide = File.ReadAllText(Repository.PathOf("docs/guide/command-line.md"));

    [Fact]
    public async Task Run_SmallSizes_GivesEveryFigureAndLeavesNothing()
    {
        using TempFolder folder = new();

        CommandRun run = await CommandRun.OfAsync(
            "bench",
            "identity",
            "--identifiers",
            "20000",
            "--edges",
            "20000",
            "--data",
            folder.Path,
            "--json"
        );

        Assert.Equal(0, run.Exit);
        JsonElement json = run.Json();
        foreach (
            string rate in (string[])
                [
                    "linkResolveEventsPerSecond",
                    "plainTableEventsPerSecond",
                    "durableLinksPerSecond",
                    "componentEdgesPerSecond",
                ]
        )
            Assert.True(json.GetProperty(rate).GetDouble() > 0, rate);
        foreach (
            string times in (string[])
                ["resolveUs", "resolveBesideWriterUs", "resolveHttpMs", "unmergeUs", "unmergeByBlockUs"]
        )
            Assert.InRange(json.GetProperty(times).GetProperty("p99").GetDouble(), 0.01, 10_000);
        foreach (string times in (string[])["unmergeUs", "unmergeByBlockUs"])
            Assert.InRange(json.GetProperty(times).GetProperty("p50").GetDouble(), 0.01, 1_000_000);
        JsonElement constrained = json.GetProperty("constrained");
        Assert.Equal(20_000, constrained.GetProperty("links").GetInt32());
        foreach (string times in (string[])["insertUs", "removeUs"])
            Assert.InRange(constrained.GetProperty(times).GetProperty("p99").GetDouble(), 0.01, 1_000_000);
        foreach (string stall in (string[])["longestStallMs", "dominoMs"])
            Assert.InRange(constrained.GetProperty(stall).GetDouble(), 0.01, 60_000);
        foreach (string bytes in (string[])["bytesPerIdentifier", "diskBytesPerIdentifier"])
            Assert.InRange(json.GetProperty(bytes).GetDouble(), 10, 10_000);
        JsonElement cost = json.GetProperty("cost");
        Assert.Equal(5_000, cost.GetProperty("events").GetInt64()); // of four identifiers each
        Assert.True(cost.GetProperty("processorSecondsPerMillion").GetDouble() > 0.1);
        Assert.True(cost.GetProperty("memoryBytesPerMillion").GetInt64() > 100_000_000);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Guide_EveryField_IsNamed() =>
        Assert.All(
            typeof(IdentityReport).GetProperties().Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)),
            field => Assert.Contains($"`{field}", Section(), StringComparison.Ordinal)
        );

    private static string Section()
    {
        int start = Guide.IndexOf("## bench identity", StringComparison.Ordinal);
        return Guide[start..Guide.IndexOf("## bench ingest", start, StringComparison.Ordinal)];
    }
}
