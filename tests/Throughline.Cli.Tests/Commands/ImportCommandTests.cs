using System.IO.Compression;
using System.Text.Json;
using Throughline.Cli.Service;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Commands;

public sealed class ImportCommandTests
{
    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static (long Read, long Accepted, long Duplicates, long Rejected) Counts(JsonElement json) =>
        (Number(json, "read"), Number(json, "accepted"), Number(json, "duplicates"), Number(json, "rejected"));

    private static string Event(int number, string extra = "") =>
        $$$"""{"id":"e-{{{number}}}","type":"click","time":{{{1_780_000_000_000 + number}}},"identifiers":[{"type":"user","value":"u-{{{number % 7}}}"}]{{{extra}}}}""";

    [Fact]
    public async Task Import_RealAccessLog_TwiceAndPacked_AddsItsLinesOnce()
    {
        string log = SharedData.Require("gate/access-log/apache_logs");
        using var store = new TestStore();
        using (FileStream packed = File.Create(store["packed.log"]))
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(File.ReadAllBytes(log));

        JsonElement first = await store.JsonAsync("import", log, "--format", "combined");
        JsonElement second = await store.JsonAsync("import", log, "--format", "combined");
        JsonElement third = await store.JsonAsync("import", store["packed.log"], "--format", "combined");

        Assert.Equal((10_000, 9_999, 0, 1), Counts(first));
        Assert.Equal((10_000, 0, 9_999, 1), Counts(second));
        Assert.Equal((10_000, 0, 9_999, 1), Counts(third));
        string? digest = first.GetProperty("resultsDigest").GetString();
        Assert.Equal(digest, second.GetProperty("resultsDigest").GetString());
        Assert.Equal(digest, third.GetProperty("resultsDigest").GetString());
        JsonElement rejection = Assert.Single(first.GetProperty("rejections").EnumerateArray().ToList());
        Assert.Equal((8899, "quote_open"), (Number(rejection, "line"), rejection.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Import_RealAccessLog_ReplaysIdenticallyInBothOrders()
    {
        string log = SharedData.Require("gate/access-log/apache_logs");
        using var store = new TestStore();
        JsonElement import = await store.JsonAsync("import", log, "--format", "combined");

        JsonElement byLog = await store.JsonAsync("replay");
        JsonElement byTime = await store.JsonAsync("replay", "--order", "time");

        Assert.Equal(9_999, Number(byLog, "events"));
        Assert.True(byLog.GetProperty("identical").GetBoolean());
        Assert.True(byTime.GetProperty("identical").GetBoolean());
        Assert.Equal(import.GetProperty("resultsDigest").GetString(), byTime.GetProperty("digest").GetString());
    }

    [Fact]
    public async Task Import_NdjsonWithBadLines_TellsEachWithItsLineAndField()
    {
        using var store = new TestStore();
        File.WriteAllLines(
            store["events.ndjson"],
            [
                Event(1),
                "",
                "not json",
                Event(2),
                Event(1),
                Event(3, ""","campaign":7"""),
                """{"id":"e-4","type":"click","time":"yesterday"}""",
                new string('x', 200_000),
                Event(1, ""","campaign":"other" """),
            ]
        );

        JsonElement json = await store.JsonAsync(
            "import",
            store["events.ndjson"],
            "--format",
            "ndjson",
            "--rejections",
            store["bad.ndjson"]
        );

        Assert.Equal((8, 2, 1, 5), Counts(json));
        (long, string?, string?)[] expected =
        [
            (3, "malformed_json", ""),
            (6, "wrong_type", "/campaign"),
            (7, "bad_time", "/time"),
            (8, "line_too_long", null),
            (9, "id_conflict", "/id"),
        ];
        Assert.Equal(expected, json.GetProperty("rejections").EnumerateArray().Select(Told));
        Assert.Equal(
            expected,
            File.ReadLines(store["bad.ndjson"]).Select(line => Told(JsonElement.Parse(line))).Order()
        );
    }

    private static (long, string?, string?) Told(JsonElement rejection) =>
        (
            Number(rejection, "line"),
            rejection.GetProperty("reason").GetString(),
            rejection.TryGetProperty("pointer", out JsonElement pointer) ? pointer.GetString() : null
        );

    [Fact]
    public async Task Import_NewNamesOfNurturingEvents_AreListedOnce()
    {
        using var store = new TestStore();
        string[] types = ["webinar_signup", "click", "email_open", "webinar_signup"];
        File.WriteAllLines(
            store["events.ndjson"],
            types.Select((type, i) => Event(i).Replace("click", type, StringComparison.Ordinal))
        );

        JsonElement first = await store.JsonAsync("import", store["events.ndjson"], "--format", "ndjson");
        JsonElement again = await store.JsonAsync("import", store["events.ndjson"], "--format", "ndjson");

        Assert.Equal(["email_open", "webinar_signup"], NewNames(first));
        Assert.Empty(NewNames(again));
    }

    private static IEnumerable<string?> NewNames(JsonElement json) =>
        json.GetProperty("newNames").EnumerateArray().Select(name => name.GetString());

    [Fact]
    public async Task Import_OldEvents_AreABackfill()
    {
        using var store = new TestStore();
        File.WriteAllText(store["new.ndjson"], Event(1) + "\n");
        File.WriteAllText(store["old.ndjson"], """{"id":"old","type":"click","time":"2016-01-01T00:00:00Z"}""" + "\n");
        await store.JsonAsync("import", store["new.ndjson"], "--format", "ndjson");

        JsonElement json = await store.JsonAsync("import", store["old.ndjson"], "--format", "ndjson");

        Assert.Equal((1, 1, 0, 0), Counts(json));
    }

    [Fact]
    public async Task Import_WhileAServiceHoldsTheFolder_GoesThroughIt()
    {
        using var store = new TestStore();
        File.WriteAllLines(store["events.ndjson"], Enumerable.Range(0, 2500).Select(number => Event(number)));
        JsonElement imported;
        await using (
            ServiceConnection running = await ServiceConnection.OpenAsync(
                store.DataFolder,
                "serve",
                TestContext.Current.CancellationToken
            )
        )
        {
            imported = await store.JsonAsync("import", store["events.ndjson"], "--format", "ndjson");
            Assert.NotNull(running.Own!.Registry.Find(Throughline.Server.Tenants.TenantId.Parse("demo")));
        }

        JsonElement again = await store.JsonAsync("import", store["events.ndjson"], "--format", "ndjson");

        Assert.Equal((2500, 2500, 0, 0), Counts(imported));
        Assert.Equal((2500, 0, 2500, 0), Counts(again));
        Assert.Equal(imported.GetProperty("resultsDigest").GetString(), again.GetProperty("resultsDigest").GetString());
    }

    [Fact]
    public async Task Import_MissingFile_StoresNothingAndSaysWhich()
    {
        using var store = new TestStore();
        File.WriteAllText(store["events.ndjson"], Event(1) + "\n");

        CommandRun run = await store.RunAsync("import", store["events.ndjson"], store["none"], "--format", "ndjson");

        Assert.Equal(3, run.Exit);
        Assert.Contains(store["none"], run.Stderr, StringComparison.Ordinal);
        Assert.False(Directory.Exists(store.DataFolder));
    }

    [Fact]
    public async Task Import_FolderHeldByAnother_IsExit4AndNamesIt()
    {
        using var store = new TestStore();
        File.WriteAllText(store["events.ndjson"], Event(1) + "\n");
        using var held = Throughline.Storage.FolderLock.Take(
            store.DataFolder,
            "some other work",
            new FakeTimeProvider()
        );

        CommandRun run = await store.RunAsync("import", store["events.ndjson"], "--format", "ndjson");

        Assert.Equal(4, run.Exit);
        Assert.Equal("store_in_use", run.Json().GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("some other work", run.Stderr, StringComparison.Ordinal);
    }
}
