using System.Text;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Reports;
using Throughline.Server.Attribution.Reports;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Attribution.Reports;

/// <summary>Reports, costs, paths and exports of a running service over its own stores.</summary>
public sealed class CreditApiTests
{
    private const string Rules =
        "rules:\n  - windows: {click: 7d, view: 1d}\n    restate: true\n    exclusivity: shared\n    model: linear\n";

    private static string Touch(string id, string type, string time, string campaign, string user, string more) =>
        $$"""{"id":"{{id}}","type":"{{type}}","time":"{{time}}","campaign":"{{campaign}}","identifiers":[{"type":"user","value":"{{user}}"}]{{more}}}""";

    private static string Sale(string id, string time, string user, int minor, string currency = "EUR") =>
        $$$$"""{"id":"{{{{id}}}}","type":"conversion","time":"{{{{time}}}}","identifiers":[{"type":"user","value":"{{{{user}}}}"}],"conversion":{"value":{"minor":{{{{minor}}}},"currency":"{{{{currency}}}}"}}}""";

    private static async Task<TestService> FilledAsync()
    {
        TestService service = await TestService.StartRealAsync();
        HttpContent rules = TestService.Content(Encoding.UTF8.GetBytes(Rules), "application/yaml");
        Assert.Equal(200, (await service.SendAsync(HttpMethod.Put, "/v1/attribution/rules", rules)).Status);
        string[] events =
        [
            Touch(
                "t-1",
                "click",
                "2026-05-30T13:00:00Z",
                "=summer",
                "ada",
                ""","channel":"search","creative":"red","placement":"top" """
            ),
            Touch("t-2", "view", "2026-05-30T14:00:00Z", "brand", "ada", ""","channel":"social","creative":"blue" """),
            Touch("t-3", "click", "2026-05-30T15:00:00Z", "brand", "eva", ""","channel":"social" """),
            Touch("t-4", "impression", "2026-05-30T15:00:00Z", "brand", "eva", ""","channel":"social" """),
            Sale("c-1", "2026-05-31T12:00:00Z", "ada", 1001),
            Sale("c-2", "2026-05-31T13:00:00Z", "kim", 50, "USD"),
            """{"id":"r-1","type":"refund","time":"2026-05-31T14:00:00Z","refund":{"conversion":"c-1","value":{"minor":200,"currency":"EUR"}}}""",
        ];
        Answer sent = await service.PostEventsAsync(TestService.Lines(string.Join('\n', events)));
        Assert.Equal("accepted accepted accepted accepted accepted accepted accepted", sent.Statuses);
        await service.GetAsync("/v1/state?settled=true");
        return service;
    }

    [Fact]
    public async Task Report_CreditCostAndTouches_AreThereToTheCent()
    {
        await using TestService service = await FilledAsync();
        Answer told = await service.PutAsync(
            "/v1/attribution/spend?author=ada",
            """{"spend": [{"date": "2026-05-31", "campaign": "brand", "minor": 60, "currency": "EUR"}, {"date": "2026-05-31", "campaign": "brand", "minor": 40, "currency": "EUR"}]}"""
        );
        Assert.Equal((200, 1), (told.Status, (int)told.Json["costs"]!));

        JsonNode report = (await service.GetAsync("/v1/attribution/report?by=campaign,creative")).Json;

        string[] rows =
        [
            .. report["rows"]!
                .AsArray()
                .Select(x =>
                    $"{x!["date"]} {x["campaign"] ?? "-"} {x["creative"] ?? "-"} {x["currency"]} {x["touches"]} {x["minor"]} {x["creditedMinor"]} {x["refundedMinor"]} {x["assistedConversions"]} {x["spendMinor"]} {x["status"]} {x["delivery"]?["clicks"]}/{x["delivery"]?["views"]}/{x["delivery"]?["impressions"]}"
                ),
        ];
        Assert.Equal(
            [
                "2026-05-30 =summer red  0 0 0 0 0  open 1/0/0",
                "2026-05-30 brand   0 0 0 0 0  open 1/0/1",
                "2026-05-30 brand blue  0 0 0 0 0  open 0/1/0",
                "2026-05-31 - - USD 0 50 50 0 0  unattributed //",
                "2026-05-31 =summer red EUR 1 401 501 100 1  open //",
                "2026-05-31 brand - EUR 0 0 0 0 0 100 open //",
                "2026-05-31 brand blue EUR 1 400 500 100 0  open //",
            ],
            rows
        );
        JsonNode euro = report["totals"]!.AsArray().Single(x => (string?)x!["currency"] == "EUR")!;
        Assert.Equal(
            (801, 200, 1001, 100),
            ((int)euro["minor"]!, (int)euro["refundedMinor"]!, (int)euro["valueMinor"]!, (int)euro["spendMinor"]!)
        );
        Assert.Equal((1, 1), ((int)report["statuses"]!["attributed"]!, (int)report["statuses"]!["unattributed"]!));
        Assert.Equal("*/*@1", (string?)report["rows"]![4]!["rules"]![0]);
        Assert.Equal("linear 7d", $"{report["rows"]![4]!["models"]![0]} {report["rows"]![4]!["window"]}");

        // What is told again replaces what was told; CPA and ROAS follow.
        await service.PutAsync(
            "/v1/attribution/spend",
            """{"spend": [{"date": "2026-05-31", "campaign": "brand", "minor": 200, "currency": "EUR"}]}"""
        );
        JsonNode brand = (await service.GetAsync("/v1/attribution/report?step=all")).Json["rows"]!
            .AsArray()
            .Single(x => (string?)x!["campaign"] == "brand" && (string?)x["currency"] == "EUR")!;
        Assert.Equal(
            (200, 400m, 2m),
            ((int)brand["spendMinor"]!, (decimal)brand["cpaMinor"]!, (decimal)brand["roas"]!)
        );
        Assert.Equal(200, (int)(await service.GetAsync("/v1/attribution/spend")).Json["spend"]![0]!["minor"]!);

        string csv = (await service.GetAsync("/v1/attribution/report?form=csv&date=touch&by=campaign")).Text;
        Assert.StartsWith("date,campaign,currency,touches", csv, StringComparison.Ordinal);
        Assert.Contains("2026-05-30,'=summer,EUR,1,1,0.5,401,", csv, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("credits", "t-1 credited,t-2 credited,- unattributed")]
    [InlineData("explanations", "t-1 credited,t-2 credited,- unattributed")]
    public async Task Export_BothForms_HoldTheSameRowsAndGoOnAfterAPosition(string what, string expected)
    {
        await using TestService service = await FilledAsync();

        Answer lines = await service.GetAsync($"/v1/attribution/export?what={what}");
        JsonNode[] rows =
        [
            .. lines.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(x => JsonNode.Parse(x)!),
        ];

        Assert.Equal(expected, string.Join(',', rows.Select(x => $"{x["touch"] ?? "-"} {x["reason"]}")));
        Assert.Equal(
            (501, 401, "0.5"),
            ((int)rows[0]["minor"]!, (int)rows[0]["net_minor"]!, rows[0]["weight"]!.ToString())
        );
        string csv = (await service.GetAsync($"/v1/attribution/export?what={what}&form=csv")).Text;
        Assert.Equal(1 + rows.Length, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith(CreditLine.Header + "\r\n", csv, StringComparison.Ordinal);
        Assert.Contains(",'=summer,", csv, StringComparison.Ordinal);

        long first = (long)rows[0]["position"]!;
        string rest = (await service.GetAsync($"/v1/attribution/export?what={what}&after={first}")).Text;
        Assert.Equal((string)rows[^1].ToJsonString(), JsonNode.Parse(rest)!.ToJsonString());
        string one = (await service.GetAsync($"/v1/attribution/export?what={what}&limit=1")).Text;
        Assert.Equal(2, one.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        string since = lines.Header(CreditExportHeaders.NextResult)!;
        Assert.Equal("", (await service.GetAsync($"/v1/attribution/export?since={since}")).Text);
    }

    [Fact]
    public async Task Paths_ConvertingAndOthers_AreCountedWithTheirTimes()
    {
        await using TestService service = await FilledAsync();

        JsonNode report = (await service.GetAsync("/v1/attribution/paths")).Json;

        Assert.Equal(
            ["search>social 1 0", "social>social 0 1"],
            report["paths"]!
                .AsArray()
                .Select(x => $"{string.Join('>', x!["steps"]!.AsArray())} {x["conversions"]} {x["notConverting"]}")
        );
        Assert.Equal(
            (1, 1, 1),
            ((int)report["conversions"]!, (int)report["withoutPath"]!, (int)report["notConverting"]!)
        );
        Assert.Equal(
            (23L * 3_600_000, 22L * 3_600_000),
            ((long)report["fromFirstTouch"]!["medianMs"]!, (long)report["fromLastTouch"]!["p99Ms"]!)
        );
        Assert.Equal(23, (int)report["fromFirstTouch"]!["hours"]![0]!["from"]!);
        JsonNode collapsed = (await service.GetAsync("/v1/attribution/paths?collapse=true&length=1&top=1")).Json;
        Assert.Equal("social", (string?)collapsed["paths"]![0]!["steps"]![0]);
        Assert.Equal((true, 1), ((bool)collapsed["paths"]![0]!["cut"]!, (int)collapsed["paths"]![0]!["conversions"]!));
    }

    [Fact]
    public async Task Timeline_AllOfACustomer_ComesPageByPageInTimeOrder()
    {
        await using TestService service = await FilledAsync();
        await service.PostEventsAsync(
            TestService.Lines(
                """
                {"id":"i-1","type":"identify","time":"2026-05-30T16:00:00Z","identifiers":[{"type":"user","value":"ada"},{"type":"device","value":"device-7f3a"}]}
                {"id":"q-1","type":"request","time":"2026-05-30T11:00:00Z","identifiers":[{"type":"device","value":"device-7f3a"}]}
                """
            )
        );
        Answer resolved = await service.PostAsync("/v1/customers/resolve", """{"type":"user","value":"ada"}""");
        string address = $"/v1/customers/{resolved.Json["customer"]}/timeline";
        JsonNode whole = (await service.GetAsync(address)).Json;
        static string Of(JsonNode? entry) => $"{entry!["id"] ?? entry["change"]}";
        string[] entries = [.. whole["entries"]!.AsArray().Select(Of)];

        Assert.Equal(
            ["q-1", "t-1", "t-2", "i-1", "c-1"],
            entries.Where(x => x.Contains('-', StringComparison.Ordinal))
        );
        Assert.Contains(whole["entries"]!.AsArray(), x => (string?)x!["type"] == "customer_change");
        JsonNode touch = whole["entries"]!.AsArray().Single(x => Of(x) == "t-1")!;
        Assert.Equal(
            ("c-1", 501, 401),
            (
                (string?)touch["earned"]![0]!["conversion"],
                (int)touch["earned"]![0]!["minor"]!,
                (int)touch["earned"]![0]!["net"]!
            )
        );
        JsonNode sale = whole["entries"]!.AsArray().Single(x => Of(x) == "c-1")!;
        Assert.Equal(("attributed", 1001, 200), ((string?)sale["status"], (int)sale["minor"]!, (int)sale["refunded"]!));
        Assert.Null(whole["next"]);

        List<string> paged = [];
        for (string? next = "0-0"; next is not null; )
        {
            JsonNode page = (await service.GetAsync($"{address}?limit=2&after={next}")).Json;
            paged.AddRange(page["entries"]!.AsArray().Select(Of));
            next = (string?)page["next"];
        }
        Assert.Equal(entries, paged);
        (await service.GetAsync($"{address}?after=tomorrow")).AssertProblem(400, "bad_value");
        (await service.GetAsync($"{address}?limit=1001")).AssertProblem(400, "bad_value");
        (await service.GetAsync("/v1/customers/nobody/timeline")).AssertProblem(404, "not_found");
    }

    [Fact]
    public async Task Volume_EachName_IsCountedByHourAndDay()
    {
        await using TestService service = await FilledAsync();

        JsonNode hours = (await service.GetAsync("/v1/events/volume?step=hour")).Json;

        Assert.Equal(
            ["click 2", "conversion/purchase 2", "impression 1", "refund 1", "view 1"],
            hours["names"]!.AsArray().Select(x => $"{x!["name"]} {x["total"]}")
        );
        Assert.Equal(
            ["2026-05-30T13:00:00.000Z 1", "2026-05-30T15:00:00.000Z 1"],
            hours["names"]![0]!["volume"]!.AsArray().Select(x => $"{x!["time"]} {x["events"]}")
        );
        Assert.Empty(hours["alarms"]!.AsArray());
        JsonNode days = (await service.GetAsync("/v1/events/volume?name=click&from=2026-05-30")).Json;
        Assert.Equal(2, (int)Assert.Single(days["names"]!.AsArray())!["volume"]![0]!["events"]!);
        (await service.GetAsync("/v1/events/volume?step=hour&from=1990-01-01&to=2020-01-01")).AssertProblem(
            400,
            "bad_value"
        );
    }

    [Fact]
    public async Task Funnel_Steps_AreCountedByCustomer()
    {
        await using TestService service = await FilledAsync();
        JsonNode funnel = (
            await service.GetAsync("/v1/events/funnel?steps=click,view,conversion/purchase&within=2d")
        ).Json;
        Assert.Equal(
            ["click 2 1", "view 1 0.5", "conversion/purchase 1 0.5"],
            funnel["steps"]!.AsArray().Select(x => $"{x!["name"]} {x["customers"]} {x["ofFirst"]}")
        );
        foreach (
            string wrong in (string[])
                [
                    "",
                    "?steps=",
                    "?steps=a,,b",
                    "?steps=a&within=soon",
                    "?steps=a&within=0",
                    "?steps=a,b,c,d,e,f,g,h,i,j,k",
                ]
        )
            (await service.GetAsync($"/v1/events/funnel{wrong}")).AssertProblem(400, "bad_value");
    }

    [Theory]
    [InlineData("report?by=colour", "bad_value")]
    [InlineData("report?by=campaign,campaign", "bad_value")]
    [InlineData("report?by=", "")]
    [InlineData("report?from=yesterday", "bad_value")]
    [InlineData("report?from=2026-05-31&to=2026-05-30", "bad_value")]
    [InlineData("report?date=birth", "bad_value")]
    [InlineData("report?step=1h", "bad_value")]
    [InlineData("report?by=campaign&by=channel", "bad_value")]
    [InlineData("report?colour=red", "bad_value")]
    [InlineData("report?conversion=%00", "bad_value")]
    [InlineData("paths?length=0", "bad_value")]
    [InlineData("paths?top=99999999999999999999", "bad_value")]
    [InlineData("paths?by=creative", "bad_value")]
    [InlineData("paths?collapse=yes", "bad_value")]
    [InlineData("export?after=-1", "bad_value")]
    [InlineData("export?form=xlsx", "bad_value")]
    [InlineData("export?what=%27%3B%20drop%20table", "bad_value")]
    [InlineData("spend?from=2026-13-01", "bad_value")]
    public async Task Questions_ThatAreWrong_AreRefusedByName(string question, string reason)
    {
        await using TestService service = await TestService.StartRealAsync();
        Answer answer = await service.GetAsync($"/v1/attribution/{question}");
        if (reason.Length > 0)
            answer.AssertProblem(400, reason);
        else
            Assert.Equal(200, answer.Status); // nothing said: as if it were not there
    }

    [Theory]
    [InlineData("""{"spend": []}""", "/spend")]
    [InlineData("""{"costs": []}""", "/spend")]
    [InlineData("""[1]""", "/spend")]
    [InlineData("""{"spend": [], "spend": []}""", "")]
    [InlineData("""{"spend": [{"date": "\ud800", "minor": 1, "currency": "EUR"}]}""", "")]
    [InlineData("{", "")]
    [InlineData("""{"spend": [1]}""", "/spend/0")]
    [InlineData("""{"spend": [{"date": "2026-02-30", "minor": 1, "currency": "EUR"}]}""", "/spend/0/date")]
    [InlineData("""{"spend": [{"date": "2026-02-03", "minor": -1, "currency": "EUR"}]}""", "/spend/0/minor")]
    [InlineData("""{"spend": [{"date": "2026-02-03", "minor": 1.5, "currency": "EUR"}]}""", "/spend/0/minor")]
    [InlineData("""{"spend": [{"date": "2026-02-03", "minor": 1, "currency": "EURO"}]}""", "/spend/0/currency")]
    [InlineData(
        """{"spend": [{"date": "2026-02-03", "minor": 1, "currency": "EUR", "campaign": ""}]}""",
        "/spend/0/campaign"
    )]
    [InlineData(
        """{"spend": [{"date": "2026-02-03", "minor": 1, "currency": "EUR", "colour": "red"}]}""",
        "/spend/0/colour"
    )]
    [InlineData(
        """{"spend": [{"date": "2026-02-03", "minor": 9223372036854775807, "currency": "EUR"}, {"date": "2026-02-03", "minor": 1, "currency": "EUR"}]}""",
        "/spend"
    )]
    public async Task Spend_ThatIsWrong_IsRefusedWithItsPlace(string body, string pointer)
    {
        await using TestService service = await TestService.StartRealAsync();
        Answer answer = await service.PutAsync("/v1/attribution/spend", body);
        Assert.Equal((400, pointer), (answer.Status, (string?)answer.Json["pointer"]));
        Assert.Empty((await service.GetAsync("/v1/attribution/spend")).Json["spend"]!.AsArray());
    }
}
