using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;

namespace Throughline.Cli.Tests.Commands;

public sealed class WorldCommandTests
{
    private static readonly string[] Small = ["--people", "150", "--days", "6"];

    [Fact]
    public async Task Simulate_FilesAndIngest_AreTheSameWorld()
    {
        using var store = new TestStore();
        JsonElement files = await store.JsonAsync(["simulate", .. Small, "--seed", "9", "--out", store["world"]]);
        JsonElement direct = await store.JsonAsync([
            "simulate",
            .. Small,
            "--seed",
            "9",
            "--ingest",
            "--tenant",
            "direct",
        ]);

        JsonElement imported = await store.JsonAsync(
            "import",
            Path.Combine(store["world"], "events.ndjson"),
            "--format",
            "ndjson",
            "--tenant",
            "direct"
        );

        long events = files.GetProperty("events").GetInt64();
        Assert.Equal(events, direct.GetProperty("events").GetInt64());
        Assert.True(direct.GetProperty("accepted").GetInt64() > 1000);
        Assert.Equal(
            (events, 0L),
            (imported.GetProperty("duplicates").GetInt64(), imported.GetProperty("accepted").GetInt64())
        );
        Assert.Equal(
            direct.GetProperty("resultsDigest").GetString(),
            imported.GetProperty("resultsDigest").GetString()
        );
    }

    [Fact]
    public async Task Replay_FromFile_NeedsNoStoreAndGivesTheSameDigestEachTime()
    {
        using var store = new TestStore();
        await store.JsonAsync(["simulate", .. Small, "--out", store["world"]]);
        string events = Path.Combine(store["world"], "events.ndjson");
        File.AppendAllText(events, "no event\n");

        JsonElement first = await store.JsonAsync("replay", "--from", events);
        JsonElement second = await store.JsonAsync("replay", "--from", events);

        Assert.True(first.GetProperty("identical").GetBoolean());
        Assert.Equal(1, first.GetProperty("rejected").GetInt64());
        Assert.Equal(first.GetProperty("digest").GetString(), second.GetProperty("digest").GetString());
        Assert.False(Directory.Exists(store.DataFolder));
    }

    [Fact]
    public async Task Demo_Once_PrintsEveryFigureAndTheTruthGivesExactCredit()
    {
        using var store = new TestStore();
        CommandRun run = await store.RunAsync(["demo", "--once", .. Small]);

        Assert.True(run.Exit == 0, run.Stderr);
        JsonElement report = run.Json();
        Assert.Equal(1, report.GetProperty("attribution").GetProperty("exactShareGivenTruth").GetDouble());
        Assert.InRange(report.GetProperty("attribution").GetProperty("exactShare").GetDouble(), 0.5, 1);
        Assert.InRange(report.GetProperty("identity").GetProperty("pairwiseF1").GetDouble(), 0.5, 1);
        Assert.InRange(report.GetProperty("gate").GetProperty("precision").GetDouble(), 0.9, 1);
        Assert.InRange(report.GetProperty("gate").GetProperty("recall").GetDouble(), 0.2, 1);
        Assert.True(report.GetProperty("events").GetInt64() > 1000);
        Assert.True(report.GetProperty("eventsPerSecond").GetDouble() > 0);
        Assert.Equal("identical", report.GetProperty("why").GetProperty("events").GetString());
        Assert.Contains("Why this credit?", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_Twice_FindsTheSame()
    {
        using var store = new TestStore();
        JsonElement first = await store.JsonAsync(["demo", "--once", .. Small]);
        JsonElement second = await store.JsonAsync(["demo", "--once", .. Small]);

        Assert.Equal(0, second.GetProperty("accepted").GetInt64());
        Assert.Equal(first.GetProperty("resultsDigest").GetString(), second.GetProperty("resultsDigest").GetString());
        Assert.Equal(first.GetProperty("gate").GetRawText(), second.GetProperty("gate").GetRawText());
        Assert.Equal(first.GetProperty("identity").GetRawText(), second.GetProperty("identity").GetRawText());
        Assert.Equal(first.GetProperty("attribution").GetRawText(), second.GetProperty("attribution").GetRawText());
    }

    [Fact]
    public async Task BenchIngest_Small_PrintsEveryFigureAndLeavesNothing()
    {
        using var store = new TestStore();
        JsonElement report = await store.JsonAsync(
            "bench",
            "ingest",
            "--events",
            "5000",
            "--ack-seconds",
            "1",
            "--tenants",
            "3"
        );

        foreach (string rate in new[] { "httpEventsPerSecond", "writerEventsPerSecond", "machineEventsPerSecond" })
            Assert.True(report.GetProperty(rate).GetDouble() > 0, rate);
        foreach (string bytes in new[] { "bytesPerIdentifier", "bytesPerLink", "bytesPerTouch" })
            Assert.InRange(report.GetProperty(bytes).GetDouble(), 16, 200);
        Assert.True(report.GetProperty("ackMs").GetProperty("p50").GetDouble() > 0);
        Assert.True(
            report.GetProperty("ackMs").GetProperty("p99").GetDouble()
                >= report.GetProperty("ackMs").GetProperty("p50").GetDouble()
        );
        Assert.True(report.GetProperty("restartSeconds").GetDouble() >= 0);
        Assert.True(report.TryGetProperty("idleTenantsMegabytes", out _));
        Assert.Empty(Directory.EnumerateFileSystemEntries(store.DataFolder));
    }
}
