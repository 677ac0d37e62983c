using System.Globalization;
using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Attribution.Batch;

/// <summary><c>attribution report</c>: credit by day, and what it cost.</summary>
public sealed class AttributionReportCommandTests : IDisposable
{
    private const string Header =
        ",currency,touches,conversions,attributed_conversions,minor,spend_minor,cpa_minor,roas,rules,models,window,as_of,status,last_conversions,assisted_conversions,assisted_minor\n";

    private const string Touches =
        "id,customer,time,campaign,channel,kind\n"
        + "t1,anna,2026-02-27T10:00:00Z,spring,search,click\n"
        + "t2,anna,2026-03-01T23:59:59Z,summer,search,click\n"
        + "t3,anna,2026-03-01T23:59:59Z,summer,social,click\n"
        + "t4,bob,2026-03-04T10:00:00Z,spring,search,click\n";

    private const string Conversions =
        "id,customer,time,kind,order_id,minor,currency\n"
        + "o1,anna,2026-03-02T00:00:00Z,purchase,,1000,EUR\n"
        + "o2,bob,2026-03-04T11:00:00Z,purchase,,300,EUR\n"
        + "o3,carl,2026-03-04T12:00:00Z,purchase,,50,USD\n";

    private const string Rules = """
        rules:
          - windows: { click: 3d }
            exclusivity: shared
            model: linear
            version: 4
        """;

    private readonly BatchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_ByConversionDate_AddsUpCreditAndCost()
    {
        folder.With(Touches, Conversions, Rules);
        File.WriteAllText(
            folder["spend.csv"],
            "campaign,date,currency,minor\n"
                + "spring,2026-03-02,EUR,100\n"
                + "spring,2026-03-02,EUR,11\n" // adds up
                + "spring,2026-03-04,USD,7\n" // another currency
                + "summer,2.3.2026,EUR,5\n"
                + "autumn,2026-03-03,EUR,9\n"
        );

        (JsonElement json, string text) = await RunAsync("--spend", folder["spend.csv"]);

        const string AsOf = "2026-03-04T12:00:00.000Z";
        Assert.Equal(
            $"date,campaign{Header}"
                + $"2026-03-02,spring,EUR,1,1,0.333333333,334,111,333,3.009,*/*@4,linear,3d,{AsOf},final,0,1,1000\n"
                + $"2026-03-02,summer,EUR,2,1,0.666666666,666,,,,*/*@4,linear,3d,{AsOf},final,1,1,1000\n"
                + $"2026-03-03,autumn,EUR,0,0,0,0,9,,0,,,,{AsOf},final,0,0,0\n"
                + $"2026-03-04,,USD,0,1,0,50,,,,,,,{AsOf},unattributed,0,0,0\n"
                + $"2026-03-04,spring,EUR,1,1,1,300,,,,*/*@4,linear,3d,{AsOf},open,1,0,0\n"
                + $"2026-03-04,spring,USD,0,0,0,0,7,,0,,,,{AsOf},open,0,0,0\n",
            text
        );
        Assert.Equal(
            """{"read":5,"accepted":4,"rejected":{"time_invalid":1}}""",
            json.GetProperty("spend").GetRawText()
        );
        JsonElement spring = json.GetProperty("totals")
            .EnumerateArray()
            .Single(x =>
                x.TryGetProperty("name", out JsonElement name)
                && name.GetString() == "spring"
                && x.GetProperty("currency").GetString() == "EUR"
            );
        Assert.Equal((634, 111), (spring.GetProperty("minor").GetInt32(), spring.GetProperty("spendMinor").GetInt32()));
        Assert.Equal(5.7117, spring.GetProperty("roas").GetDouble(), 4);
    }

    [Fact]
    public async Task Run_ByTouchDateAndChannel_IsOpenUntilTheWindowHasPassed()
    {
        folder.With(Touches, Conversions, Rules);

        (_, string text) = await RunAsync("--date", "touch", "--by", "channel");

        const string AsOf = "2026-03-04T12:00:00.000Z";
        Assert.Equal(
            $"date,channel{Header}"
                + $"2026-02-27,search,EUR,1,1,0.333333333,334,,,,*/*@4,linear,3d,{AsOf},final,0,1,1000\n"
                + $"2026-03-01,search,EUR,1,1,0.333333333,333,,,,*/*@4,linear,3d,{AsOf},open,0,1,1000\n"
                + $"2026-03-01,social,EUR,1,1,0.333333333,333,,,,*/*@4,linear,3d,{AsOf},open,1,0,0\n"
                + $"2026-03-04,search,EUR,1,1,1,300,,,,*/*@4,linear,3d,{AsOf},open,1,0,0\n",
            text
        );
    }

    [Theory]
    [InlineData("campaign", "conversion")]
    [InlineData("channel", "touch")]
    public async Task Run_ManyJourneys_AddsUpToTheBatch(string by, string date)
    {
        int seed = Seeds.Next();
        folder.WithMany(seed, touches: 6_000, conversions: 1_500);
        (JsonElement batch, _) = await folder.RunAsync();

        (JsonElement json, string one) = await RunAsync("--by", by, "--date", date, "--threads", "1");
        (_, string four) = await RunAsync("--by", by, "--date", date, "--threads", "4", "--memory", "1M");

        Assert.True(one == four, $"seed {seed}");
        foreach (JsonProperty currency in batch.GetProperty("credits").EnumerateObject())
        {
            long credited = json.GetProperty("totals")
                .EnumerateArray()
                .Where(x => x.TryGetProperty("name", out _) && x.GetProperty("currency").GetString() == currency.Name)
                .Sum(x => x.GetProperty("minor").GetInt64());
            Assert.True(credited == currency.Value.GetInt64(), $"{currency.Name}, seed {seed}");
        }
        long touches = one.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Sum(line => long.Parse(line.Split(',')[3], CultureInfo.InvariantCulture));
        Assert.Equal(batch.GetProperty("reasons").GetProperty("credited").GetInt64(), touches);
    }

    [Fact]
    public void Guide_ReportColumns_AreNamed()
    {
        string guide = File.ReadAllText(Repository.PathOf("docs/guide/attribution-batch.md"));
        Assert.All(
            Header.Trim('\n', ',').Split(','),
            column => Assert.Contains($"`{column}`", guide, StringComparison.Ordinal)
        );
    }

    private async Task<(JsonElement Json, string Text)> RunAsync(params string[] more)
    {
        CommandRun run = await CommandRun.OfAsync([
            "attribution",
            "report",
            "--touches",
            folder["touches.csv"],
            "--conversions",
            folder["conversions.csv"],
            "--rules",
            folder["rules.yaml"],
            "--out",
            folder["report.csv"],
            "--json",
            .. more,
        ]);
        Assert.True(run.Exit == 0, run.Stderr);
        return (run.Json(), File.ReadAllText(folder["report.csv"]));
    }
}
