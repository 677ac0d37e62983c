using System.Text.Json;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Attribution.Batch;

/// <summary><c>attribution compare</c>: what a draft changes, against what <c>attribution batch</c> makes of both.</summary>
public sealed class AttributionCompareCommandTests : IDisposable
{
    private const string Draft = """
        rules:
          - windows: { click: 20d, view: 9d }
            exclusivity: shared
            model: linear
          - campaign: c3
            windows: { click: 1h }
            exclusivity: shared
        """;

    private readonly BatchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_Draft_ShowsGainedLostAndMovedSideBySide()
    {
        folder.With(
            "id,customer,time,campaign,channel,kind\n"
                + "t1,anna,2026-03-01T10:00:00Z,spring,,click\n"
                + "t2,anna,2026-03-05T10:00:00Z,summer,,view\n"
                + "t3,bob,2026-03-06T10:00:00Z,summer,,view\n"
                + "t4,carl,2026-02-20T10:00:00Z,spring,,click\n"
                + "t5,dora,2026-03-06T10:00:00Z,spring,,click\n",
            "id,customer,time,kind,order_id,minor,currency\n"
                + "o1,anna,2026-03-07T10:00:00Z,purchase,,100,EUR\n"
                + "o2,bob,2026-03-07T10:00:01Z,purchase,,200,EUR\n"
                + "o3,carl,2026-03-07T10:00:00Z,purchase,,400,EUR\n"
                + "o4,dora,2026-03-07T10:00:00Z,purchase,,800,EUR\n"
        );
        File.WriteAllText(
            folder["draft.yaml"],
            "rules:\n  - windows: { click: 10d, view: 5d }\n    clickBeforeView: false\n    version: 2\n"
        );

        JsonElement json = await RunAsync();

        Assert.Equal(
            (1, 1, 1, 1),
            (Number(json, "gained"), Number(json, "lost"), Number(json, "moved"), Number(json, "same"))
        );
        Assert.Equal(
            """[{"campaign":"spring","currency":"EUR","before":1300,"after":800,"difference":-500},{"campaign":"summer","currency":"EUR","before":0,"after":300,"difference":300}]""",
            json.GetProperty("campaigns").GetRawText()
        );
        JsonElement[] samples = [.. json.GetProperty("samples").EnumerateArray()];
        Assert.Equal(
            ["o1 moved", "o2 gained", "o3 lost"],
            samples.Select(x => $"{x.GetProperty("conversion").GetString()} {x.GetProperty("change").GetString()}")
        );
        Assert.Equal(
            """[{"touch":"t1","campaign":"spring","kind":"click","time":"2026-03-01T10:00:00.000Z","before":{"reason":"credited","rank":1,"minor":100,"rule":"*/*","version":1},"after":{"reason":"lost_exclusivity","rank":2,"minor":0,"rule":"*/*","version":2}},{"touch":"t2","campaign":"summer","kind":"view","time":"2026-03-05T10:00:00.000Z","before":{"reason":"outside_window","minor":0,"rule":"*/*","version":1},"after":{"reason":"credited","rank":1,"minor":100,"rule":"*/*","version":2}}]""",
            samples[0].GetProperty("touches").GetRawText()
        );
        Assert.False(samples[2].GetProperty("touches")[0].TryGetProperty("after", out _), "beyond the draft's windows");
    }

    [Fact]
    public async Task Run_ManyJourneys_AgreesWithTwoBatches()
    {
        int seed = Seeds.Next();
        folder.WithMany(seed, touches: 8_000, conversions: 1_500);
        File.WriteAllText(folder["draft.yaml"], Draft);
        Dictionary<string, Dictionary<string, long>> before = Credits((await folder.RunAsync()).Text);
        JsonElement json = await RunAsync("--samples", "0", "--threads", "1");
        File.Copy(folder["draft.yaml"], folder["rules.yaml"], overwrite: true);
        Dictionary<string, Dictionary<string, long>> after = Credits((await folder.RunAsync()).Text);

        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        int gained = before.Count(x => x.Value.Count == 0 && after[x.Key].Count > 0);
        int lost = before.Count(x => x.Value.Count > 0 && after[x.Key].Count == 0);
        int same = before.Count(x => x.Value.Count == after[x.Key].Count && !x.Value.Except(after[x.Key]).Any());
        Assert.True(gained > 0 && lost > 0 && same > 0, $"nothing to tell, seed {seed}");
        Assert.Equal(
            (gained, lost, before.Count - gained - lost - same, same),
            (Number(json, "gained"), Number(json, "lost"), Number(json, "moved"), Number(json, "same"))
        );
        Assert.Equal(
            after.Values.Sum(x => x.Values.Sum()) - before.Values.Sum(x => x.Values.Sum()),
            json.GetProperty("campaigns").EnumerateArray().Sum(x => x.GetProperty("difference").GetInt64())
        );
    }

    [Fact]
    public async Task Run_AnyThreads_GivesTheSameSamples()
    {
        folder.WithMany(Seeds.Next(), touches: 8_000, conversions: 1_500);
        File.WriteAllText(folder["draft.yaml"], Draft);

        JsonElement one = await RunAsync("--samples", "7", "--threads", "1");
        JsonElement four = await RunAsync("--samples", "7", "--threads", "4", "--memory", "1M");

        Assert.Equal(7, one.GetProperty("samples").GetArrayLength());
        foreach (string field in (string[])["samples", "campaigns", "gained", "moved"])
            Assert.Equal(one.GetProperty(field).GetRawText(), four.GetProperty(field).GetRawText());
    }

    [Fact]
    public async Task Run_RefundsAndMatches_AreCounted()
    {
        folder.With(
            "id,customer,time,campaign,channel,kind\nt1,anna,2026-03-01T10:00:00Z,spring,,click\n",
            "id,customer,time,kind,order_id,minor,currency\no1,anna,2026-03-02T10:00:00Z,purchase,,100,EUR\n"
        );
        File.WriteAllText(folder["draft.yaml"], Draft);
        File.WriteAllText(
            folder["refunds.csv"],
            "id,time,conversion,minor,currency\nr1,2026-03-03T10:00:00Z,o1,40,EUR\nr2,2026-03-03T10:00:00Z,o9,40,EUR\nr3,never,o1,1,EUR\n"
        );
        File.WriteAllText(folder["matches.csv"], "customer,a,b,tier\nanna,x,y,3\n");
        string[] files = ["--refunds", folder["refunds.csv"], "--matches", folder["matches.csv"]];

        JsonElement json = await RunAsync(files);

        Assert.Equal(
            (3, 2, 1),
            (
                json.GetProperty("refunds").GetProperty("read").GetInt32(),
                json.GetProperty("refunds").GetProperty("accepted").GetInt32(),
                json.GetProperty("matches").GetProperty("read").GetInt32()
            )
        );
        Assert.Equal(1, Number(json, "refundsWaiting"));
        CommandRun report = await CommandRun.OfAsync([
            "attribution",
            "report",
            "--touches",
            folder["touches.csv"],
            "--conversions",
            folder["conversions.csv"],
            "--rules",
            folder["rules.yaml"],
            .. files,
            "--out",
            folder["report.csv"],
        ]);
        Assert.True(report.Exit == 0, report.Stderr);
        Assert.Contains(
            "Read 1 touches, 1 conversions, 3 refunds, 1 matches; read in",
            report.Stdout,
            StringComparison.Ordinal
        );
        Assert.Contains("1 refunds are of conversions that are not here.", report.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SameRules_ChangesNothing()
    {
        folder.WithMany(Seeds.Next(), touches: 2_000, conversions: 500);
        File.Copy(folder["rules.yaml"], folder["draft.yaml"]);

        JsonElement json = await RunAsync();

        Assert.Equal((0, 0, 0), (Number(json, "gained"), Number(json, "lost"), Number(json, "moved")));
        Assert.Empty(json.GetProperty("samples").EnumerateArray());
    }

    [Fact]
    public void Guide_EveryField_IsNamed()
    {
        string guide = File.ReadAllText(Repository.PathOf("docs/guide/attribution-batch.md"));
        Assert.All(
            typeof(CompareReport)
                .GetProperties()
                .Concat(typeof(BatchReport).GetProperties())
                .Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)),
            field => Assert.Contains($"`{field}", guide, StringComparison.Ordinal)
        );
    }

    // What each touch earned, by conversion; rejected lines and what nobody earned are in neither.
    private static Dictionary<string, Dictionary<string, long>> Credits(string text)
    {
        Dictionary<string, Dictionary<string, long>> credits = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            string[] cells = line.Split(',');
            Dictionary<string, long> earned = credits.TryGetValue(cells[0], out var known)
                ? known
                : credits[cells[0]] = [];
            if (cells[6] == "credited")
                earned[cells[2]] = long.Parse(cells[4], System.Globalization.CultureInfo.InvariantCulture);
        }
        return credits;
    }

    private async Task<JsonElement> RunAsync(params string[] more)
    {
        CommandRun run = await CommandRun.OfAsync([
            "attribution",
            "compare",
            "--touches",
            folder["touches.csv"],
            "--conversions",
            folder["conversions.csv"],
            "--rules",
            folder["rules.yaml"],
            "--draft",
            folder["draft.yaml"],
            "--json",
            .. more,
        ]);
        Assert.True(run.Exit == 0, run.Stderr);
        return run.Json();
    }

    private static int Number(JsonElement json, string field) => json.GetProperty(field).GetInt32();
}
