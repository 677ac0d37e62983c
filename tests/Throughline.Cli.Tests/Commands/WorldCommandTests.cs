using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

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
        Assert.InRange(report.GetProperty("attribution").GetProperty("exactShare").GetDouble(), 0.9, 1);
        CheckCauses(report.GetProperty("attribution"));
        Assert.InRange(report.GetProperty("identity").GetProperty("pairwiseF1").GetDouble(), 0.97, 1);
        Assert.InRange(report.GetProperty("gate").GetProperty("precision").GetDouble(), 0.99, 1);
        Assert.InRange(report.GetProperty("gate").GetProperty("recall").GetDouble(), 0.9, 1);
        Assert.True(report.GetProperty("decisions").GetInt64() > 100);
        Assert.True(report.GetProperty("events").GetInt64() > 1000);
        Assert.True(report.GetProperty("eventsPerSecond").GetDouble() > 0);
        Assert.Equal("identical", report.GetProperty("why").GetProperty("events").GetString());
        Assert.Contains("Why this credit?", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AttributionExport_OfATenant_GivesFilesThatTheBatchDriverTurnsIntoTheSameCredit()
    {
        using var store = new TestStore();
        await store.JsonAsync(["demo", "--once", .. Small]);

        JsonElement export = await store.JsonAsync("attribution", "files", "--out", store["files"]);

        Assert.True(export.GetProperty("touches").GetInt64() > 100);
        Assert.True(export.GetProperty("refunds").GetInt64() > 0);
        string File(string name) => Path.Combine(store["files"], name);
        CommandRun batch = await CommandRun.OfAsync([
            "attribution",
            "batch",
            "--touches",
            File("touches.csv"),
            "--conversions",
            File("conversions.csv"),
            "--refunds",
            File("refunds.csv"),
            "--matches",
            File("matches.csv"),
            "--rules",
            File("rules.json"),
            "--rates",
            File("rates.json"),
            "--allow-empty",
            "campaign",
            "customer",
            "--out",
            store["credits.csv"],
            "--json",
        ]);
        Assert.True(batch.Exit == 0, batch.Stderr);
        Assert.Empty(batch.Json().GetProperty("rejections").EnumerateArray());
        Assert.Equal(System.IO.File.ReadAllText(File("credits.csv")), System.IO.File.ReadAllText(store["credits.csv"]));
        Assert.Contains(",credited,", System.IO.File.ReadAllText(store["credits.csv"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AttributionFit_OfATenant_PublishesWhatItsFilesGive()
    {
        using var store = new TestStore();
        await store.JsonAsync(["demo", "--once", .. Small]);
        await store.JsonAsync("attribution", "files", "--out", store["files"]);
        string File(string name) => Path.Combine(store["files"], name);
        string[] model = ["attribution", "fit", "shapley", "--form", "ordered", "--transform", "exposure"];

        JsonElement first = await store.JsonAsync([.. model, "--publish", "--name", "s"]);
        CommandRun ofFiles = await CommandRun.OfAsync([
            .. model,
            "--touches",
            File("touches.csv"),
            "--conversions",
            File("conversions.csv"),
            "--refunds",
            File("refunds.csv"),
            "--matches",
            File("matches.csv"),
            "--rules",
            File("rules.json"),
            "--rates",
            File("rates.json"),
            "--allow-empty",
            "campaign",
            "customer",
            "--out",
            store["table.yaml"],
            "--json",
        ]);
        Assert.True(ofFiles.Exit == 0, ofFiles.Stderr);
        static string Of(JsonElement report) =>
            $"{report.GetProperty("conversions")} {string.Join(", ", report.GetProperty("channels").EnumerateArray().Where(x => x.GetProperty("channel").GetString() != "").Select(x => $"{x.GetProperty("channel")} {x.GetProperty("weight")} {x.GetProperty("earned")}"))}";
        Assert.Equal(Of(ofFiles.Json()), Of(first));
        Assert.True(first.GetProperty("conversions").GetInt64() > 10 && first.GetProperty("nullPaths").GetInt64() > 20);

        JsonElement second = await store.JsonAsync([.. model, "--publish", "--name", "s", "--out", store["two.yaml"]]);
        Assert.Equal(
            (1, 2, true),
            (
                first.GetProperty("version").GetInt32(),
                second.GetProperty("version").GetInt32(),
                second.GetProperty("published").GetBoolean()
            )
        );
        Assert.Equal(
            ["s@1", "s@2"],
            (await store.JsonAsync("attribution", "rules", "list"))
                .GetProperty("weightTables")
                .EnumerateArray()
                .Select(x => $"{x.GetProperty("name")}@{x.GetProperty("version")}")
                .Order()
        );
        System.IO.File.WriteAllText(
            store["rules.yaml"],
            "rules:\n  - {windows: {'*': 30d}, model: {name: data_driven, table: s@2}}\n"
        );
        await store.JsonAsync("attribution", "rules", "publish", store["rules.yaml"]); // they may name it
        Assert.Equal(2, (await store.RunAsync(model)).Exit); // neither --out nor --publish
        Assert.Equal(2, (await store.RunAsync([.. model, "--out", store["x"], "--rules", File("rules.json")])).Exit);
        Assert.Equal(3, (await store.RunAsync([.. model, "--publish", "--to", "1991-01-01"])).Exit); // no paths
    }

    [Fact]
    public async Task AttributionDrafts_SavedTriedAndPublished_MoveWhatWasTold()
    {
        using var store = new TestStore();
        await store.JsonAsync(["demo", "--once", .. Small]);
        File.WriteAllText(store["rules.yaml"], "campaign: '*'\nwindows: {click: 1h}\nrestate: true\n");
        string[] drafts = ["attribution", "drafts"];

        await store.JsonAsync([.. drafts, "save", "none", store["rules.yaml"], "--author", "ada", "--note", "why"]);
        JsonElement tried = (await store.JsonAsync([.. drafts, "try", "none"])).GetProperty("credit");
        JsonElement listed = (await store.JsonAsync([.. drafts, "list"])).GetProperty("drafts")[0];
        JsonElement shown = await store.JsonAsync([.. drafts, "show", "none"]);
        JsonElement published = await store.JsonAsync([.. drafts, "publish", "none"]);

        Assert.Equal(
            ("ada", "why"),
            (listed.GetProperty("author").GetString(), listed.GetProperty("note").GetString())
        );
        Assert.Equal(File.ReadAllText(store["rules.yaml"]), shown.GetProperty("text").GetString());
        Assert.True(published.GetProperty("rules")[0].GetProperty("version").GetInt32() > 0);
        Assert.Equal(JsonValueKind.Array, tried.GetProperty("campaigns").ValueKind);
        Assert.Equal(3, (await store.RunAsync([.. drafts, "publish", "none"])).Exit);
        await store.JsonAsync([.. drafts, "save", "other", store["rules.yaml"]]);
        await store.JsonAsync([.. drafts, "discard", "other"]);
        Assert.Equal(3, (await store.RunAsync([.. drafts, "try", "other"])).Exit);
    }

    [Fact]
    public async Task AttributionExport_OfNoTenant_SaysSo()
    {
        using var store = new TestStore();
        Assert.Equal(3, (await store.RunAsync("attribution", "files", "--out", store["files"])).Exit);
        await store.JsonAsync("tenant", "create", "shop");
        Assert.Equal(3, (await store.RunAsync("attribution", "files", "--out", store["files"])).Exit);
        Assert.False(Directory.Exists(store["files"]));
    }

    // Every miss has one cause, and none is left unexplained.
    private static void CheckCauses(JsonElement attribution)
    {
        long conversions = attribution.GetProperty("conversions").GetInt64();
        long missed = attribution.GetProperty("missed").GetInt64();
        Assert.Equal(
            attribution.GetProperty("exactShare").GetDouble(),
            (conversions - missed) / (double)conversions,
            12
        );
        JsonElement[] causes = [.. attribution.GetProperty("causes").EnumerateArray()];
        Assert.Equal(missed, causes.Sum(cause => cause.GetProperty("conversions").GetInt64()));
        Assert.DoesNotContain(causes, cause => cause.GetProperty("details").GetString() == "not_reproduced");
    }

    [Fact]
    public async Task Demo_DefaultWorld_IsAsGoodAsDocumented()
    {
        LongTests.Require();
        using var store = new TestStore();
        JsonElement report = await store.JsonAsync("demo", "--once");

        JsonElement gate = report.GetProperty("gate");
        JsonElement identity = report.GetProperty("identity");
        Assert.InRange(gate.GetProperty("precision").GetDouble(), 0.999, 1);
        Assert.InRange(gate.GetProperty("recall").GetDouble(), 0.97, 1);
        Assert.InRange(gate.GetProperty("accusedPeople").GetDouble(), 0, 0.001);
        Assert.InRange(identity.GetProperty("pairwiseF1").GetDouble(), 0.9805, 1); // keys of stores differ
        Assert.InRange(identity.GetProperty("reachableF1").GetDouble(), 0.9875, 1);
        CheckCauses(report.GetProperty("attribution"));
        Assert.InRange(report.GetProperty("attribution").GetProperty("exactShare").GetDouble(), 0.985, 1);
        Assert.Equal(1, report.GetProperty("attribution").GetProperty("exactShareGivenTruth").GetDouble());
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

        foreach (
            string rate in new[]
            {
                "httpEventsPerSecond",
                "writerEventsPerSecond",
                "machineEventsPerSecond",
                "nativeClicksPerSecond",
                "segmentClicksPerSecond",
            }
        )
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
