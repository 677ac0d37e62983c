using System.Text.Json;
using Throughline.Cli.Bench;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Bench;

[Collection(nameof(Alone))]
public sealed class BenchIngestCommandTests
{
    private static readonly string Guide = File.ReadAllText(Repository.PathOf("docs/guide/command-line.md"));

    [Fact]
    public async Task Run_SmallSizes_GivesEveryCostAndLeavesNothing()
    {
        using TempFolder folder = new();

        CommandRun run = await CommandRun.OfAsync(
            "bench",
            "ingest",
            "--events",
            "20000",
            "--ack-seconds",
            "1",
            "--tenants",
            "2",
            "--data",
            folder.Path,
            "--json"
        );

        Assert.True(run.Exit == 0, run.Stderr);
        JsonElement json = run.Json();
        JsonElement[] costs = [.. json.GetProperty("cost").EnumerateArray()];
        Assert.Equal(3, costs.Length);
        Assert.All(costs, cost => Assert.Equal(20_000, cost.GetProperty("events").GetInt64()));
        // More is done on each way than on the next, and to store an event takes no fewer bytes than the event.
        double[] worked = [.. costs.Select(cost => cost.GetProperty("processorSecondsPerMillion").GetDouble())];
        Assert.True(worked[0] > worked[2] && worked[2] > 0, string.Join(", ", worked));
        JsonElement[] kinds = [.. json.GetProperty("kinds").EnumerateArray()];
        Assert.Equal(20_000, kinds.Sum(kind => kind.GetProperty("events").GetInt64()));
        Assert.Contains(kinds, kind => kind.GetProperty("kind").GetString() == "conversion");
        long bytes = kinds.Sum(kind =>
            kind.GetProperty("events").GetInt64() * kind.GetProperty("eventBytes").GetInt64()
        );
        Assert.All(
            costs[..2],
            cost => Assert.True(cost.GetProperty("diskBytesPerMillion").GetInt64() > bytes * 50, cost.ToString())
        );
        Assert.True(costs[2].GetProperty("memoryBytesPerMillion").GetInt64() > 1_000_000);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Guide_EveryField_IsNamed()
    {
        string section = Guide[Guide.IndexOf("## bench ingest", StringComparison.Ordinal)..];
        Type[] parts = [typeof(Cost), typeof(KindCost)];
        Assert.All(
            parts.SelectMany(part => part.GetProperties()).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)),
            field => Assert.Contains($"`.{field}`", section, StringComparison.Ordinal)
        );
    }
}
