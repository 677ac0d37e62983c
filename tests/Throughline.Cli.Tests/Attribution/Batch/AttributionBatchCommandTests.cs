using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Throughline.Cli.Attribution.Batch.Reading;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Attribution.Batch;

/// <summary><c>attribution batch</c>: its columns, its order, and what it does with files that are not as they should be.</summary>
public sealed class AttributionBatchCommandTests : IDisposable
{
    private const string Header = "conversion,campaign,touch,rank,minor,weight,reason,rule,version\n";
    private const string TouchHeader = "id,customer,time,campaign,channel,kind\n";
    private const string ConversionHeader = "id,customer,time,kind,order_id,minor,currency\n";
    private const string OneTouch = TouchHeader + "t1,anna,2026-03-01T10:00:00Z,spring,search,click\n";
    private const string OneConversion = ConversionHeader + "o1,anna,2026-03-02T10:00:00Z,purchase,,1000,EUR\n";

    private readonly BatchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_Journeys_WritesEveryCandidateAndWhatNobodyEarned()
    {
        folder.With(
            "kind,id,channel,customer,time,campaign,color\n" // any order, one column more
                + "click,t1,search,anna,2026-03-01T10:00:00Z,spring,red\n"
                + "view,t2,social,anna,2026-03-05T10:00:00Z,spring,red\n"
                + "click,t3,search,anna,2026-03-06T12:00:00+02:00,\"sum,mer\",blue\n"
                + "click,t4,search,bob,1772359200000,spring,blue\n",
            "minor,currency,id,customer,time,kind,order_id\n"
                + "1000,EUR,o1,anna,2026-03-07T10:00:00Z,purchase,a\n"
                + "999,EUR,o2,bob,2026-03-07T11:00:00Z,purchase,b\n"
                + "999,EUR,o3,bob,2026-03-07T12:00:00Z,purchase,b\n"
                + "500,USD,o4,carl,2026-03-07T11:00:00Z,purchase,\n",
            """
            rules:
              - windows: { click: 30d, view: 1d }
                exclusivity: shared
                model: linear
                version: 3
            """
        );

        (JsonElement json, string text) = await folder.RunAsync();

        Assert.Equal(
            Header
                + "o1,spring,t1,2,500,0.5,credited,*/*,3\n"
                + "o1,spring,t2,,0,0,outside_window,*/*,3\n"
                + "o1,\"sum,mer\",t3,1,500,0.5,credited,*/*,3\n"
                + "o2,spring,t4,1,999,1,credited,*/*,3\n"
                + "o3,,,,0,,duplicate_order,,\n"
                + "o4,,,,500,,unattributed,,\n",
            text
        );
        Assert.Equal(
            (2, 1, 1, 6),
            (
                Number(json, "attributed"),
                Number(json, "unattributed"),
                Number(json, "duplicateOrders"),
                Number(json, "rows")
            )
        );
        Assert.Equal("""{"EUR":1999,"USD":0}""", json.GetProperty("credits").GetRawText());
        Assert.Equal("""{"EUR":0,"USD":500}""", json.GetProperty("unattributedValue").GetRawText());
        Assert.Equal("""{"credited":3,"outside_window":1}""", json.GetProperty("reasons").GetRawText());
        foreach (string field in (string[])["readSeconds", "computeSeconds", "writeSeconds"])
            Assert.InRange(json.GetProperty(field).GetDouble(), 0, 60);
        Assert.Equal(0, Number(json, "spilledPartitions"));
    }

    [Fact]
    public async Task Run_FactsOfTheCustomer_AreThoseOfAllItsRows()
    {
        folder.With(
            TouchHeader
                + "t0,anna,2026-01-01T09:00:00Z,spring,search,click\n" // long before any window
                + "t1,anna,2026-03-01T09:00:00Z,spring,search,click\n"
                + "t2,bert,2026-03-01T09:00:00Z,spring,search,click\n",
            ConversionHeader
                + "o1,anna,2026-03-01T10:00:00Z,purchase,,100,EUR\n"
                + "o2,anna,2026-03-02T10:00:00Z,purchase,,100,EUR\n"
                + "o3,anna,2026-03-03T10:00:00Z,purchase,,100,EUR\n"
                + "o4,bert,2026-03-01T10:00:00Z,purchase,,100,EUR\n",
            """
            rules:
              - windows: { click: 3d }
                eligible: >-
                  customer.touches == 1 && conversion.time - customer.first_seen > duration('720h')
                  && (customer.is_new || conversion.time - customer.last_conversion == conversion.time - customer.first_conversion)
            """
        );

        (_, string text) = await folder.RunAsync();

        Assert.Equal(
            Header
                + "o1,spring,t1,1,100,1,credited,*/*,1\n" // known for long, and new
                + "o2,spring,t1,1,100,1,credited,*/*,1\n" // one conversion before
                + "o3,spring,t1,,0,0,not_eligible,*/*,1\n" // two
                + "o3,,,,100,,unattributed,,\n"
                + "o4,spring,t2,,0,0,not_eligible,*/*,1\n" // bert was not known before
                + "o4,,,,100,,unattributed,,\n",
            text
        );
    }

    [Fact]
    public async Task Run_WithRates_SharesInTheRulesCurrencyByTheConversionsDay()
    {
        folder.With(
            TouchHeader + "t0,anna,2026-03-01T09:00:00Z,spring,search,click\n",
            ConversionHeader
                + "o1,anna,2026-03-01T10:00:00Z,purchase,,1999,USD\n"
                + "o2,anna,2026-03-03T10:00:00Z,purchase,,1999,JPY\n"
                + "o3,anna,2026-03-04T10:00:00Z,purchase,,1999,GBP\n"
                + "o4,anna,2026-03-04T10:00:00Z,purchase,,1999,EUR\n",
            """
            rules:
              - windows: { click: 30d }
                currency: EUR
            """
        );
        File.WriteAllText(
            folder["rates.csv"],
            "day,from,to,rate\n2026-03-01,USD,EUR,0.9213\n2026-03-02,EUR,JPY,163.25\n2026-03-05,GBP,EUR,1.2\n"
        );

        (JsonElement json, string text) = await folder.RunAsync("--rates", folder["rates.csv"]);

        Assert.Equal(
            Header
                + "o1,spring,t0,1,1842,1,credited,*/*,1\n" // 1841.6787
                + "o2,spring,t0,1,1225,1,credited,*/*,1\n" // 1224.502...
                + "o3,spring,t0,,0,0,no_rate,*/*,1\n"
                + "o3,,,,1999,,unattributed,,\n"
                + "o4,spring,t0,1,1999,1,credited,*/*,1\n",
            text
        );
        Assert.Equal("""{"EUR":5066,"GBP":0}""", json.GetProperty("credits").GetRawText());
    }

    [Theory]
    [InlineData("t2,anna,2026-03-01T10:00:00Z,spring,search", "cells_invalid")]
    [InlineData("t2,anna,2026-03-01T10:00:00Z,spring,search,click,more", "cells_invalid")]
    [InlineData("t2,\"anna\"x,2026-03-01T10:00:00Z,spring,search,click", "cells_invalid")]
    [InlineData("t2,\"anna,2026-03-01T10:00:00Z,spring,search,click", "quote_open")]
    [InlineData(",anna,2026-03-01T10:00:00Z,spring,search,click", "id_invalid")]
    [InlineData("t2,,2026-03-01T10:00:00Z,spring,search,click", "customer_invalid")]
    [InlineData("t2,anna,2026-03-01 10:00:00,spring,search,click", "time_invalid")]
    [InlineData("t2,anna,2026-03-01T10:00:00,spring,search,click", "time_invalid")]
    [InlineData("t2,anna,,spring,search,click", "time_invalid")]
    [InlineData("t2,anna,1772359200,spring,search,click", "time_out_of_range")] // seconds
    [InlineData("t2,anna,2026-03-01T10:00:00Z,,search,click", "campaign_invalid")]
    [InlineData("t2,anna,2026-03-01T10:00:00Z,spring,search,", "kind_invalid")]
    public async Task Run_BadTouch_IsNamedAndNothingElseIsLost(string bad, string reason)
    {
        folder.With(
            TouchHeader
                + "t0,anna,2026-03-01T09:00:00Z,spring,search,click\n"
                + bad
                + "\nt3,anna,2026-03-01T11:00:00Z,spring,search,click\n",
            OneConversion
        );

        (JsonElement json, string text) = await folder.RunAsync("--rejections", folder["rejected.ndjson"]);

        JsonElement rejection = Assert.Single(json.GetProperty("rejections").EnumerateArray());
        Assert.Equal((3, reason), (Number(rejection, "line"), rejection.GetProperty("reason").GetString()));
        Assert.Equal(folder["touches.csv"], rejection.GetProperty("file").GetString());
        Assert.Equal(1, Number(json.GetProperty("touches").GetProperty("rejected"), reason));
        Assert.Equal(
            (3, 2),
            (Number(json.GetProperty("touches"), "read"), Number(json.GetProperty("touches"), "accepted"))
        );
        Assert.Contains("o1,spring,t0,2,0,0,not_last,", text, StringComparison.Ordinal);
        Assert.Contains("o1,spring,t3,1,1000,1,credited,", text, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Single(File.ReadAllLines(folder["rejected.ndjson"])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("o2,anna,2026-03-02T10:00:00Z,purchase,,-1,EUR", "minor_invalid")]
    [InlineData("o2,anna,2026-03-02T10:00:00Z,purchase,,10.5,EUR", "minor_invalid")]
    [InlineData("o2,anna,2026-03-02T10:00:00Z,purchase,,99999999999999999999,EUR", "minor_invalid")]
    [InlineData("o2,anna,2026-03-02T10:00:00Z,purchase,,10,", "currency_invalid")]
    [InlineData("o2,anna,2026-03-02T10:00:00Z,purchase,,10,EURO", "currency_invalid")]
    [InlineData("o2,anna,2026-03-02T10:00:00Z,,,10,EUR", "kind_invalid")]
    [InlineData("o1,anna,2026-03-02T10:00:00Z,purchase,,1000,EUR", "duplicate")]
    [InlineData("o1,bob,2026-03-02T10:00:00Z,purchase,,1000,EUR", "id_conflict")]
    public async Task Run_BadConversion_IsNamedAndNothingElseIsLost(string bad, string reason)
    {
        folder.With(OneTouch, OneConversion + bad + "\no3,anna,2026-03-03T10:00:00Z,purchase,,7,EUR\n");

        (JsonElement json, string text) = await folder.RunAsync();

        JsonElement rejection = Assert.Single(json.GetProperty("rejections").EnumerateArray());
        Assert.Equal((3, reason), (Number(rejection, "line"), rejection.GetProperty("reason").GetString()));
        Assert.Equal(Header + "o1,spring,t1,1,1000,1,credited,*/*,1\no3,spring,t1,1,7,1,credited,*/*,1\n", text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public async Task Run_OddButValid_IsTakenExactly(string mark)
    {
        folder.With(
            mark
                + "id;customer;time;campaign;channel;kind\r\n\r\n" // another separator, CR LF, blank lines
                + "\"say \"\"hi\"\"\";\"a;b\";1772359200000;ключ;;click\r\n"
                + "\"say \"\"hi\"\"\";\"a;b\";1772359200000;ключ;;click", // again, and no line feed at the end
            mark + ConversionHeader + "\"o,1\",a;b,1772445600000,purchase,,0,\n"
        );

        (JsonElement json, string text) = await folder.RunAsync();

        Assert.Equal(Header + "\"o,1\",ключ,\"say \"\"hi\"\"\",1,0,1,credited,*/*,1\n", text);
        Assert.Equal(1, Number(json, "repeatedTouches"));
        Assert.Empty(json.GetProperty("rejections").EnumerateArray());
    }

    [Fact]
    public async Task Run_CustomersThatLookAlike_AreNotMixedUp()
    {
        string[] customers = ["7", "07", "7.0", "+7", "seven", "Seven", "٧"];
        folder.With(
            TouchHeader + string.Concat(customers.Select((x, i) => $"t{i},{x},1772359200000,c{i},,click\n")),
            ConversionHeader + string.Concat(customers.Select((x, i) => $"o{i},{x},1772359200001,purchase,,5,EUR\n"))
        );

        (_, string text) = await folder.RunAsync();

        Assert.Equal(
            Header + string.Concat(customers.Select((_, i) => $"o{i},c{i},t{i},1,5,1,credited,*/*,1\n")),
            text
        );
    }

    [Fact]
    public async Task Run_AnyThreadsMemoryAndUnpacking_GivesTheSameBytes()
    {
        int seed = Seeds.Next();
        folder.WithMany(seed, touches: 20_000, conversions: 4_000);
        (JsonElement one, string expected) = await folder.RunAsync("--threads", "1");
        Assert.True(Number(one, "attributed") > 500, "too few to tell");
        Assert.True(one.GetProperty("touches").GetProperty("rejected").EnumerateObject().Any());
        Assert.True(Number(one, "repeatedTouches") > 0);

        foreach (string threads in (string[])["1", "2", "4"])
        {
            (JsonElement json, string text) = await folder.RunAsync("--threads", threads);
            Assert.True(expected == text, $"{threads} threads, seed {seed}");
            Assert.Equal(0, Number(json, "spilledPartitions"));
            Assert.Equal(one.GetProperty("rejections").GetRawText(), json.GetProperty("rejections").GetRawText());
        }
        foreach (string threads in (string[])["1", "3"])
        {
            (JsonElement json, string text) = await folder.RunAsync("--threads", threads, "--memory", "1M");
            Assert.True(expected == text, $"spilled, {threads} threads, seed {seed}");
            Assert.True(Number(json, "spilledPartitions") > 0);
        }
        Pack("touches.csv");
        Pack("conversions.csv");
        Assert.Equal(expected, (await folder.RunAsync()).Text);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(folder["x"])!, "*.spill"));
    }

    [Fact]
    public async Task Run_LinesInAnyOrder_GiveTheSameRows()
    {
        int seed = Seeds.Next();
        folder.WithMany(seed, touches: 3_000, conversions: 600);
        string[] rows = (await folder.RunAsync()).Text.Split('\n');
        Random chance = new(seed);
        foreach (string file in (string[])["touches.csv", "conversions.csv"])
        {
            string[] lines = File.ReadAllLines(folder[file]);
            chance.Shuffle(lines.AsSpan(1));
            File.WriteAllLines(folder[file], lines);
        }

        string[] shuffled = (await folder.RunAsync()).Text.Split('\n');

        Assert.Equal(rows.Order(StringComparer.Ordinal), shuffled.Order(StringComparer.Ordinal));
        Assert.NotEqual(rows, shuffled); // as the file of conversions has them
    }

    [Fact]
    public async Task Run_ExpressionOverAnotherColumn_ReadsIt()
    {
        folder.With(
            "id,customer,time,campaign,channel,kind,creative,bot\n"
                + "t1,anna,1772359200000,spring,,click,red,\n"
                + "t2,anna,1772359200001,spring,,click,blue,\n"
                + "t3,anna,1772359200002,spring,,click,red,yes\n",
            "id,customer,time,kind,order_id,minor,currency,shop\no1,anna,1772359200003,purchase,,9,EUR,de\n",
            """
            rules:
              - windows: { click: 30d }
                eligible: touch.creative == "red" && !has(touch.properties.bot) && conversion.properties.shop == "de"
            """
        );

        (_, string text) = await folder.RunAsync();

        Assert.Equal(
            Header
                + "o1,spring,t1,1,9,1,credited,*/*,1\n"
                + "o1,spring,t2,,0,0,not_eligible,*/*,1\n"
                + "o1,spring,t3,,0,0,not_eligible,*/*,1\n",
            text
        );
    }

    [Theory]
    [InlineData("id,customer,time,campaign,kind\n", OneConversion, "column_missing", "'channel'")]
    [InlineData("", OneConversion, "column_missing", "'id'")]
    [InlineData("id,customer,time,campaign,channel,kind,kind\n", OneConversion, "column_twice", "'kind'")]
    [InlineData(OneTouch, "id,customer\n", "column_missing", "'time', 'kind', 'order_id', 'minor', 'currency'")]
    public async Task Run_WrongHeader_NamesTheColumn(string touches, string conversions, string code, string says)
    {
        CommandRun run = await folder.With(touches, conversions).TryAsync("credits.csv");

        Assert.Equal(3, run.Exit);
        Assert.Equal(code, run.Json().GetProperty("error").GetProperty("code").GetString());
        Assert.Contains(says, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WrongRule_NamesTheLine()
    {
        folder.With(OneTouch, OneConversion, "rules:\n  - windows: { click: 30d }\n    modle: linear\n");

        CommandRun run = await folder.TryAsync("credits.csv");

        Assert.Equal((3, "bad_rules"), (run.Exit, run.Json().GetProperty("error").GetProperty("code").GetString()));
        Assert.Contains("rules.yaml:3:", run.Stderr, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["credits.csv"]));
    }

    [Fact]
    public async Task Run_Failure_LeavesTheOldFile()
    {
        folder.With(OneTouch, OneConversion);
        File.WriteAllText(folder["credits.csv"], "old");
        byte[] cut = Packed(OneTouch)[..20];
        File.WriteAllBytes(folder["touches.csv"], cut);

        CommandRun run = await folder.TryAsync("credits.csv");

        Assert.Equal((3, "file_damaged"), (run.Exit, run.Json().GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal("old", File.ReadAllText(folder["credits.csv"]));
    }

    [Theory]
    [InlineData("touches.csv", "out_is_input")]
    [InlineData("", "file_unwritable")] // the folder
    [InlineData("nowhere/credits.csv", "file_unwritable")]
    public async Task Run_OutThatCannotBe_IsRefusedAtOnce(string target, string code)
    {
        CommandRun run = await folder.With(OneTouch, OneConversion).TryAsync(target);

        Assert.Equal((3, code), (run.Exit, run.Json().GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(OneTouch, File.ReadAllText(folder["touches.csv"]));
    }

    [Theory]
    [InlineData("touches.csv")]
    [InlineData("rules.yaml")]
    [InlineData("credits.csv")]
    public async Task Run_RejectionsInAnotherFileOfTheCommand_AreRefusedAtOnce(string rejections)
    {
        folder.With(OneTouch, OneConversion);
        string rules = File.ReadAllText(folder["rules.yaml"]);

        CommandRun run = await folder.TryAsync("credits.csv", "--rejections", folder[rejections]);

        Assert.Equal((3, "out_is_input"), (run.Exit, run.Json().GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(
            (OneTouch, rules),
            (File.ReadAllText(folder["touches.csv"]), File.ReadAllText(folder["rules.yaml"]))
        );
        Assert.False(File.Exists(folder["credits.csv"]));
    }

    [Fact]
    public async Task Run_OverLongLines_AreTold()
    {
        string wide = new('x', 200_000);
        string wider = new('x', 3 * CsvBlocks.BlockBytes);
        folder.With(
            OneTouch
                + $"t2,{wide},1772359200000,spring,,click\n"
                + $"t3,anna,{wider},spring,,click\n"
                + "t4,anna,2026-03-01T11:00:00Z,spring,,click\n",
            OneConversion
        );

        (JsonElement json, string text) = await folder.RunAsync();

        Assert.Equal(
            [(3, "line_too_long"), (4, "line_too_long")],
            json.GetProperty("rejections")
                .EnumerateArray()
                .Select(x => (Number(x, "line"), x.GetProperty("reason").GetString()!))
        );
        Assert.Contains("o1,spring,t4,1,1000,1,credited", text, StringComparison.Ordinal);
    }

    [Fact]
    public void RowReason_EachOne_HasAMessageAndIsInTheGuide()
    {
        string guide = File.ReadAllText(Repository.PathOf("docs/guide/attribution-batch.md"));
        foreach (RowReason reason in Enum.GetValues<RowReason>().Where(reason => reason != RowReason.None))
        {
            Assert.NotEmpty(reason.Message());
            Assert.Contains($"`{reason.Code()}`", guide, StringComparison.Ordinal);
        }
    }

    private static int Number(JsonElement json, string field) => json.GetProperty(field).GetInt32();

    private void Pack(string file) => File.WriteAllBytes(folder[file], Packed(File.ReadAllText(folder[file])));

    private static byte[] Packed(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
