using System.Text.Json;
using Throughline.Cli.Bench;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Bench;

[Collection(nameof(Alone))]
public sealed class BenchAttributionCommandTests
{
    private static readonly string Guide = File.ReadAllText(Repository.PathOf("docs/guide/command-line.md"));

    [Fact]
    public async Task Run_SmallSizes_GivesEveryFigureAndLeavesNothing()
    {
        using TempFolder folder = new();

        CommandRun run = await RunAsync(folder.Path, "--events", "2000");

        Assert.True(run.Exit == 0, run.Stderr);
        JsonElement json = run.Json();
        foreach (string query in (string[])["best", "decay"])
        {
            JsonElement figures = json.GetProperty(query);
            foreach (string seconds in (string[])["computeSeconds", "writeSeconds"])
                Assert.InRange(figures.GetProperty(seconds).GetDouble(), 0.0001, 60);
            Assert.InRange(figures.GetProperty("attributed").GetInt32(), 500, 1_500);
        }
        // Credited: one touch a conversion, or every eligible one.
        int best = json.GetProperty("best").GetProperty("reasons").GetProperty("credited").GetInt32();
        Assert.Equal(json.GetProperty("best").GetProperty("attributed").GetInt32(), best);
        Assert.True(json.GetProperty("decay").GetProperty("reasons").GetProperty("credited").GetInt32() > best);
        JsonElement stream = json.GetProperty("stream");
        Assert.InRange(stream.GetProperty("eventsPerSecond").GetDouble(), 1, 10_000_000);
        foreach (JsonElement cost in (JsonElement[])[json.GetProperty("cost"), stream.GetProperty("cost")])
            Assert.InRange(cost.GetProperty("processorSecondsPerMillion").GetDouble(), 0.001, 100_000);
        Assert.True(stream.GetProperty("cost").GetProperty("diskBytesPerMillion").GetInt64() > 100_000_000);
        Assert.InRange(stream.GetProperty("conversionToCreditMs").GetProperty("p99").GetDouble(), 0.01, 60_000);
        JsonElement reports = stream.GetProperty("reports");
        Assert.InRange(reports.GetProperty("conversions").GetInt32(), 2_000 / 31, 2_000 / 31 * 2);
        foreach (JsonProperty seconds in reports.EnumerateObject().Where(x => x.Name != "conversions"))
            Assert.True(seconds.Value.GetDouble() > 0, seconds.Name);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Run_KeptFiles_AreTheSameEachTimeAndHoldTheResults()
    {
        using TempFolder folder = new();
        Dictionary<string, byte[]> before = [];
        foreach (string files in (string[])["one", "other"])
        {
            CommandRun run = await RunAsync(folder.Path, "--events", "0", "--rounds", "1", "--files", folder[files]);
            Assert.True(run.Exit == 0, run.Stderr);
            Assert.False(run.Json().TryGetProperty("stream", out _));
            foreach (
                string file in (string[])
                    ["touches.csv", "conversions.csv", "rules-A.yaml", "rules-B.yaml", "A.csv", "B.csv"]
            )
            {
                byte[] bytes = File.ReadAllBytes(Path.Combine(folder[files], file));
                Assert.True(bytes.Length > 1_000, file);
                Assert.True(before.TryAdd(file, bytes) || bytes.AsSpan().SequenceEqual(before[file]), file);
            }
        }
    }

    [Fact]
    public void Guide_EveryField_IsNamed()
    {
        int start = Guide.IndexOf("## bench attribution", StringComparison.Ordinal);
        string section = Guide[start..Guide.IndexOf("## bench cel", start, StringComparison.Ordinal)];
        Assert.All(
            typeof(AttributionReport).GetProperties().Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)),
            field => Assert.Contains($"`{field}", section, StringComparison.Ordinal)
        );
        Type[] parts = [typeof(QueryFigures), typeof(StreamFigures), typeof(ReportFigures)];
        Assert.All(
            parts.SelectMany(part => part.GetProperties()).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)),
            field => Assert.Contains($".{field}`", section, StringComparison.Ordinal)
        );
    }

    private static Task<CommandRun> RunAsync(string data, params string[] more) =>
        CommandRun.OfAsync([
            "bench",
            "attribution",
            "--touches",
            "20000",
            "--conversions",
            "2000",
            "--data",
            data,
            "--json",
            .. more,
        ]);
}
