using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Attribution.Batch;

/// <summary>What files may say beyond their columns: verdicts, refunds, matches, publications, properties; and ids that stand twice.</summary>
public sealed class BatchColumnTests : IDisposable
{
    private const string Header = "conversion,campaign,touch,rank,minor,weight,reason,rule,version\n";
    private const string Touches = "id,customer,time,campaign,channel,kind";
    private const string Conversions = "id,customer,time,kind,order_id,minor,currency";
    private const string Linear = "rules:\n  - windows: { \"*\": 30d }\n    exclusivity: shared\n    model: linear\n";

    private readonly BatchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Verdicts_OfTouchesAndConversions_Count()
    {
        folder.With(
            Touches
                + ",verdict,machine_open\n"
                + "t1,a,1772359200000,s,,click,human,\n"
                + "t2,a,1772359200001,s,,click,bot,\n"
                + "t3,a,1772359200002,s,,view,good_bot,true\n"
                + "t4,a,1772359200003,s,,view,,true\n"
                + "t5,a,1772359200004,s,,click,unknown,false\n"
                + "t6,a,1772359200004,s,,click,robot,\n"
                + "t7,a,1772359200004,s,,click,,yes\n",
            Conversions
                + ",verdict,identifiers\n"
                + "o1,a,1772359200009,purchase,,10,EUR,,500\n"
                + "o2,a,1772359200010,purchase,,10,EUR,bot,\n"
                + "o3,b,1772359200010,purchase,,10,EUR,,501\n"
                + "o4,b,1772359200010,purchase,,10,EUR,,many\n",
            Linear
        );

        (JsonElement json, string text) = await folder.RunAsync();

        Assert.Equal(
            Header
                + "o1,s,t1,2,5,0.5,credited,*/*,1\n"
                + "o1,s,t2,,0,0,bot,*/*,1\n"
                + "o1,s,t3,,0,0,bot,*/*,1\n"
                + "o1,s,t4,,0,0,machine_open,*/*,1\n"
                + "o1,s,t5,1,5,0.5,credited,*/*,1\n"
                + "o2,,,,10,,bot,,\n"
                + "o3,,,,10,,customer_too_large,,\n",
            text
        );
        Assert.Equal(["identifiers_invalid", "machine_open_invalid", "verdict_invalid"], Reasons(json));
    }

    [Fact]
    public async Task Refunds_ByConversionAndByOrder_AreTakenFromTheConversionThatCounts()
    {
        File.WriteAllText(
            folder["refunds.csv"],
            "id,time,conversion,order_id,kind,minor,currency\n"
                + "r1,1772359300000,o1,,,3,EUR\n"
                + "r2,1772359300001,o3,,,4,EUR\n" // the same order, told by o2 first
                + "r3,1772359300002,,x,,2,EUR\n"
                + "r4,1772359300003,,x,signup,2,EUR\n" // another order
                + "r5,1772359300003,o1,,,1,USD\n" // of another currency
                + "r6,1772359300003,gone,x,,9,EUR\n"
                + "r1,1772359300000,o1,,,3,EUR\n"
                + "r1,1772359300000,o1,,,4,EUR\n"
                + "r7,1772359300000,,,,4,EUR\n"
        );
        folder.With(
            Touches + "\nt1,a,1772359200000,s,,click\nt2,a,1772359200001,s,,click\n",
            Conversions
                + "\no1,a,1772359200009,purchase,,10,EUR\n"
                + "o3,b,1772359200012,purchase,x,10,EUR\n"
                + "o2,a,1772359200011,purchase,x,10,EUR\n",
            Linear
        );

        (JsonElement json, string text) = await folder.RunAsync("--refunds", folder["refunds.csv"]);

        Assert.Equal(
            Header
                + "o1,s,t1,2,3,0.5,credited,*/*,1\n" // 10 - 3 = 7: the equal remainder is taken from the earlier
                + "o1,s,t2,1,4,0.5,credited,*/*,1\n"
                + "o3,,,,0,,duplicate_order,,\n"
                + "o2,s,t1,2,2,0.5,credited,*/*,1\n" // 10 - 4 - 2
                + "o2,s,t2,1,2,0.5,credited,*/*,1\n",
            text
        );
        Assert.Equal(2, json.GetProperty("refundsWaiting").GetInt32());
        Assert.Equal(["duplicate", "id_conflict", "target_invalid"], Reasons(json));
        Assert.Equal(6, json.GetProperty("refunds").GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task Publications_ThatFollowAConversion_DoNotReachIt_UnlessTheyRestate()
    {
        folder.With(
            Touches + "\nt1,a,1772359200000,s,,click\n",
            Conversions + "\no1,a,1772359200010,purchase,,10,EUR\no2,a,1772359200020,purchase,,10,EUR\n",
            """
            rules:
              - windows: { click: 1h }
            publications:
              - published: 1772359200015
                rules:
                  - { campaign: s, version: 2, windows: { click: 2h } }
              - published: 2026-03-02T00:00:00Z
                rules:
                  - { campaign: s, version: 1, windows: { click: 3h }, restate: true }
            """
        );

        (_, string text) = await folder.RunAsync();

        Assert.Equal(Header + "o1,s,t1,1,10,1,credited,s/*,1\no2,s,t1,1,10,1,credited,s/*,2\n", text);
    }

    [Theory]
    [InlineData("publications:\n  - rules: []\n", "published")]
    [InlineData("publications:\n  - published: soon\n    rules: []\n", "a date such as")]
    [InlineData("publications: 5\n", "publications are a list")]
    public async Task Publications_ThatAreNone_AreNamed(string rules, string says)
    {
        CommandRun run = await folder.With(Touches + "\n", Conversions + "\n", rules).TryAsync("credits.csv");

        Assert.Equal((3, "bad_rules"), (run.Exit, run.Json().GetProperty("error").GetProperty("code").GetString()));
        Assert.Contains(says, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Matches_OfOwners_ChooseTheWindow()
    {
        File.WriteAllText(
            folder["matches.csv"],
            "customer,a,b,tier\na,cookie,mail,3\na,mail,cookie,2\na,cookie,phone,4\nz,cookie,mail,1\na,,mail,1\na,x,y,256\n"
        );
        folder.With(
            Touches
                + ",owner\nt1,a,1772359200000,s,,click,cookie\nt2,a,1772359200001,s,,click,mail\nt3,a,1772359200002,s,,click,phone\n",
            Conversions
                + ",owner\no1,a,1772359200009,purchase,,10,EUR,mail\no2,a,1772359200010,purchase,,9,EUR,cookie\n",
            """
            rules:
              - windows: { click: { within: 30d, tiers: { 4: none } } }
                eligible: touch.tier != 2
                exclusivity: shared
                model: linear
            """
        );

        (JsonElement json, string text) = await folder.RunAsync("--matches", folder["matches.csv"]);

        Assert.Equal(
            Header
                + "o1,s,t1,,0,0,not_eligible,*/*,1\n"
                + "o1,s,t2,2,5,0.5,credited,*/*,1\n"
                + "o1,s,t3,1,5,0.5,credited,*/*,1\n"
                + "o2,s,t1,1,9,1,credited,*/*,1\n"
                + "o2,s,t2,,0,0,not_eligible,*/*,1\n"
                + "o2,s,t3,,0,0,no_window,*/*,1\n",
            text
        );
        Assert.Equal(["owner_invalid", "tier_invalid"], Reasons(json));
    }

    [Fact]
    public async Task Properties_AsJson_AreReadWithTheirTypes()
    {
        folder.With(
            Touches
                + ",properties,creative\n"
                + "t1,a,1772359200000,s,,click,\"{\"\"n\"\":2,\"\"deep\"\":{\"\"x\"\":[1,\"\"y\"\"]}}\",red\n"
                + "t2,a,1772359200001,s,,click,\"{\"\"n\"\":\"\"2\"\"}\",red\n"
                + "t3,a,1772359200002,s,,click,\"{\"\"n\"\":2\",red\n"
                + "t4,a,1772359200002,s,,click,[],red\n"
                + "t5,a,1772359200002,s,,click,\"{\"\"n\"\":\"\"\\ud800\"\"}\",red\n"
                + "t6,a,1772359200002,s,,click,\"{\"\"\\ud800\"\":2}\",red\n"
                + "t7,a,1772359200002,s,,click,\"{\"\"n\"\":2} {}\",red\n",
            Conversions + "\no1,a,1772359200009,purchase,,10,EUR\n",
            """
            rules:
              - windows: { click: 30d }
                eligible: touch.properties.n == 2 && touch.properties.deep.x[1] == 'y' && touch.creative == 'red'
            """
        );

        (JsonElement json, string text) = await folder.RunAsync();

        Assert.Equal(Header + "o1,s,t1,1,10,1,credited,*/*,1\no1,s,t2,,0,0,not_eligible,*/*,1\n", text);
        Assert.Equal(Enumerable.Repeat("properties_invalid", 5), Reasons(json));
    }

    [Fact]
    public async Task EmptyCells_ThatAreAllowed_AreNobodys()
    {
        folder.With(
            Touches + "\nt1,a,1772359200000,,,click\nt2,,1772359200000,s,,click\n",
            Conversions
                + "\no1,a,1772359200009,purchase,,10,EUR\no2,,1772359200009,purchase,,7,EUR\no3,,1772359200010,purchase,,0,\n"
        );

        (JsonElement json, string text) = await folder.RunAsync(
            "--allow-empty",
            "campaign",
            "--allow-empty",
            "customer"
        );

        Assert.Equal(Header + "o1,,t1,1,10,1,credited,*/*,1\no2,,,,7,,no_customer,,\no3,,,,0,,no_customer,,\n", text);
        Assert.Equal(["customer_invalid"], Reasons(json)); // a touch of nobody is of no use
    }

    [Fact]
    public async Task Ids_ThatStandTwice_AreOneFactWhereverTheyStand()
    {
        folder.With(
            Touches
                + "\nt1,a,1772359200000,s,,click\n"
                + "t2,b,1772359200000,s,,click\n"
                + "t1,a,1772359200000,s,,click\n" // the same once more
                + "t1,b,1772359200000,s,,click\n" // another customer
                + "t2,b,1772359200001,s,,click\n" // another time
                + "t2,b,1772359200000,s,,view\n"
                + "t2,b,1772359200000,s,x,click\n",
            Conversions + "\no1,a,1772359200009,purchase,,10,EUR\no2,b,1772359200009,purchase,,10,EUR\n",
            Linear
        );

        (JsonElement json, string text) = await folder.RunAsync();

        Assert.Equal(Header + "o1,s,t1,1,10,1,credited,*/*,1\no2,s,t2,1,10,1,credited,*/*,1\n", text);
        Assert.Equal(1, json.GetProperty("repeatedTouches").GetInt32());
        Assert.Equal(
            [5, 6, 7, 8],
            json.GetProperty("rejections").EnumerateArray().Select(x => x.GetProperty("line").GetInt32())
        );
        Assert.Equal(4, json.GetProperty("touches").GetProperty("rejected").GetProperty("id_conflict").GetInt32());
    }

    [Fact]
    public async Task Ids_OfManyRowsShuffledAndSpilled_EqualThoseThatWereToldOnce()
    {
        int seed = Seeds.Next();
        Random chance = new(seed);
        string[] touches =
        [
            .. Enumerable
                .Range(0, 20_000)
                .Select(i => $"touch-{i},c{chance.Next(700)},{1_772_359_200_000 + i},s{i % 3},,click"),
        ];
        string[] conversions =
        [
            .. Enumerable
                .Range(0, 2_000)
                .Select(i =>
                    $"sale-{i},c{chance.Next(700)},{1_772_359_200_000 + chance.Next(40_000)},purchase,{(i % 5 == 0 ? "" : $"o{chance.Next(900)}")},{chance.Next(1_000)},EUR"
                ),
        ];
        string[] refunds =
        [
            .. Enumerable
                .Range(0, 1_500)
                .Select(i =>
                    $"back-{i},{1_772_359_300_000 + chance.Next(100)},{(i % 3 == 0 ? "" : $"sale-{chance.Next(2_200)}")},o{chance.Next(900)},{chance.Next(300)},EUR"
                ),
        ];
        string[] arguments = ["--refunds", folder["refunds.csv"]];
        Write(touches, conversions, refunds);
        (JsonElement once, string expected) = await folder.RunAsync(arguments);
        Assert.True(once.GetProperty("refundsWaiting").GetInt32() > 10);

        string[] again = [.. touches.Where(_ => chance.Next(4) == 0)];
        Write(
            Mixed([.. touches, .. again], chance),
            [.. conversions, .. conversions.Where(_ => chance.Next(4) == 0)],
            Mixed([.. refunds, .. refunds.Where(_ => chance.Next(4) == 0)], chance)
        );
        foreach (
            string[] how in (string[][])
                [
                    ["--threads", "1"],
                    ["--threads", "3"],
                    ["--threads", "3", "--memory", "1M"],
                ]
        )
        {
            (JsonElement json, string text) = await folder.RunAsync([.. arguments, .. how]);
            Assert.True(expected == text, $"{string.Join(' ', how)}, seed {seed}");
            Assert.Equal(again.Length, json.GetProperty("repeatedTouches").GetInt32());
            Assert.True(json.GetProperty("refunds").GetProperty("rejected").GetProperty("duplicate").GetInt32() > 100);
        }
    }

    private void Write(string[] touches, string[] conversions, string[] refunds)
    {
        folder.With(
            string.Join('\n', [Touches, .. touches]) + "\n",
            string.Join('\n', [Conversions, .. conversions]) + "\n",
            Linear
        );
        File.WriteAllLines(folder["refunds.csv"], ["id,time,conversion,order_id,minor,currency", .. refunds]);
    }

    private static string[] Mixed(string[] lines, Random chance)
    {
        chance.Shuffle(lines);
        return lines;
    }

    private static IEnumerable<string> Reasons(JsonElement json) =>
        json.GetProperty("rejections")
            .EnumerateArray()
            .Select(x => x.GetProperty("reason").GetString()!)
            .Order(StringComparer.Ordinal);
}
