using System.Text;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Examples;
using Throughline.Server.Attribution.Examples;
using Throughline.Server.Attribution.Reports;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Attribution.Examples;

/// <summary>Examples and data cards of a running service over its own stores.</summary>
public sealed class ExampleApiTests
{
    private const string Rules =
        "rules:\n  - windows: {click: 7d, view: 1d}\n    restate: true\n    exclusivity: shared\n    model: linear\n";

    private static string Touch(string id, string type, string time, string campaign, string user, string more = "") =>
        $$"""{"id":"{{id}}","type":"{{type}}","time":"{{time}}","campaign":"{{campaign}}","identifiers":[{"type":"user","value":"{{user}}"}]{{more}}}""";

    private static string Sale(string id, string time, string user, int minor, string currency) =>
        $$$$"""{"id":"{{{{id}}}}","type":"conversion","time":"{{{{time}}}}","identifiers":[{"type":"user","value":"{{{{user}}}}"}],"conversion":{"value":{"minor":{{{{minor}}}},"currency":"{{{{currency}}}}"}}}""";

    private static async Task<TestService> FilledAsync()
    {
        TestService service = await TestService.StartRealAsync();
        HttpContent rules = TestService.Content(Encoding.UTF8.GetBytes(Rules), "application/yaml");
        Assert.Equal(200, (await service.SendAsync(HttpMethod.Put, "/v1/attribution/rules", rules)).Status);
        string[] events =
        [
            Touch("t-3", "click", "2026-05-20T15:00:00Z", "brand", "eva", ""","channel":"social" """),
            Touch("t-1", "click", "2026-05-20T13:00:00Z", "=summer", "ada", ""","creative":"red" """),
            Touch("t-2", "view", "2026-05-20T14:00:00Z", "brand", "ada"),
            Touch("t-4", "impression", "2026-05-20T15:00:00Z", "brand", "eva"),
            Touch("t-5", "click", "2026-05-01T15:00:00Z", "brand", "kim"),
            Sale("c-1", "2026-05-21T12:00:00Z", "ada", 1001, "EUR"),
            Sale("c-2", "2026-05-21T13:00:00Z", "ada", 50, "USD"),
            Touch("t-6", "click", "2026-05-30T15:00:00Z", "brand", "zoe"),
            Sale("c-3", "2026-05-30T16:00:00Z", "zoe", 7, "EUR"),
            """{"id":"r-1","type":"refund","time":"2026-05-21T14:00:00Z","refund":{"conversion":"c-1","value":{"minor":200,"currency":"EUR"}}}""",
        ];
        Answer sent = await service.PostEventsAsync(TestService.Lines(string.Join('\n', events)));
        Assert.DoesNotContain("rejected", sent.Statuses, StringComparison.Ordinal);
        await service.GetAsync("/v1/state?settled=true");
        return service;
    }

    private static JsonNode[] RowsOf(Answer answer) =>
        [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(x => JsonNode.Parse(x)!)];

    [Fact]
    public async Task Stream_Examples_TellWhatWasBeforeAndWhatBecameOfThem()
    {
        await using TestService service = await FilledAsync();

        Answer answer = await service.GetAsync("/v1/attribution/examples");
        JsonNode[] rows = RowsOf(answer);

        Assert.Equal(
            ["t-5", "t-1", "t-2"],
            rows.Select(x => (string?)x["id"]).Where(id => id is not ("t-3" or "t-4" or "t-6"))
        );
        JsonNode first = rows.Single(x => (string?)x["id"] == "t-1");
        Assert.Equal(
            (1, 501, 401, 1001, "EUR", "USD:25:25:50", 2),
            (
                (int)first["label"]!,
                (int)first["credit_minor"]!,
                (int)first["net_credit_minor"]!,
                (int)first["value_minor"]!,
                (string?)first["currency"],
                (string?)first["other_credit"],
                (int)first["credited"]!
            )
        );
        Assert.Equal((0, 13, 3), ((int)first["touches_ever"]!, (int)first["hour"]!, (int)first["weekday"]!));
        JsonNode second = rows.Single(x => (string?)x["id"] == "t-2");
        Assert.Equal(
            (1, 1, 0, 3600m),
            (
                (int)second["touches_1h"]!,
                (int)second["clicks_1d"]!,
                (int)second["campaign_touches_ever"]!,
                (decimal)second["seconds_since_touch"]!
            )
        );
        JsonNode late = rows.Single(x => (string?)x["id"] == "t-3");
        Assert.Equal(("late", 0), ((string?)late["state"], (int)late["label"]!));
        JsonNode open = rows.Single(x => (string?)x["id"] == "t-6"); // it has credit, and may lose it
        Assert.Equal(("open", null, 7), ((string?)open["state"], open["label"], (int)open["credit_minor"]!));
        Assert.NotNull(answer.Header(CreditExportHeaders.Position));

        string csv = (await service.GetAsync("/v1/attribution/examples?form=csv")).Text;
        string[] lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ExampleColumns.Header, lines[0]);
        Assert.Equal(1 + rows.Length, lines.Length);
        Assert.All(lines, line => Assert.Equal(ExampleColumns.All.Count, line.Split(',').Length));
        Assert.Contains(",click,'=summer,", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_AfterAPlace_GivesTheRowsThatAreMissing()
    {
        await using TestService service = await FilledAsync();
        string whole = (await service.GetAsync("/v1/attribution/examples?invalid=true")).Text;
        JsonNode[] rows = RowsOf(await service.GetAsync("/v1/attribution/examples?invalid=true"));
        StringBuilder paged = new();
        string after = "";
        for (int page = 0; page < rows.Length + 1; page++)
        {
            Answer answer = await service.GetAsync($"/v1/attribution/examples?invalid=true&limit=1{after}");
            paged.Append(answer.Text);
            if (RowsOf(answer) is [JsonNode last])
                after = $"&after={last["place"]}";
        }
        Assert.Equal(whole, paged.ToString());
        Assert.Equal(
            ["t-1"],
            RowsOf(await service.GetAsync("/v1/attribution/examples?kind=click&campaign=%3Dsummer"))
                .Select(x => (string?)x["id"])
        );
        Assert.Equal(
            ["t-5"],
            RowsOf(await service.GetAsync("/v1/attribution/examples?to=2026-05-20")).Select(x => (string?)x["id"])
        );
        Assert.Empty(RowsOf(await service.GetAsync("/v1/attribution/examples?to=2026-04-01"))); // known, and none then
    }

    // A name that is spelt wrong is told, with those that there are: an empty file looks like a whole one.
    [Theory]
    [InlineData("kind=nothing", "of the kind ", "; there are click, impression, view.")]
    [InlineData("kind=click,Click", "of the kind ", "; there are click, impression, view.")]
    [InlineData("campaign=summer", "of the campaign ", "; there are =summer, brand.")]
    public async Task Questions_ForNamesThatNobodyHas_TellThoseThatThereAre(string question, string what, string known)
    {
        await using TestService service = await FilledAsync();
        foreach (string kind in (string[])["examples", "examples/card"])
        {
            Answer answer = await service.GetAsync($"/v1/attribution/{kind}?{question}");
            answer.AssertProblem(400, "bad_value");
            Assert.Contains(what, answer.Text, StringComparison.Ordinal);
            Assert.Contains(known, answer.Text, StringComparison.Ordinal);
        }
    }

    // Who is gone is not worked for: whatever place is asked for, the log is read no more.
    [Fact]
    public async Task Start_AfterAPlace_StopsWithItsClient()
    {
        await using TestService service = await FilledAsync();
        ExamplePlace place = default;
        Assert.True(
            ExamplePlace.TryParse(
                (string)RowsOf(await service.GetAsync("/v1/attribution/examples"))[0]["place"]!,
                out place
            )
        );
        using CancellationTokenSource gone = new();
        await gone.CancelAsync();
        using CellLease lease = await service.Server.Registry.UseAsync(TenantId.Parse("alpha"), CancellationToken.None);
        CreditReader reader = await lease.Cell.CreditAsync(withCustomers: true, CancellationToken.None);
        ExampleRun run = ExampleRun.Prepare(reader, new(), null, CancellationToken.None);

        Assert.Throws<OperationCanceledException>(() => run.Start(long.MinValue, place, gone.Token));
        Assert.Equal(1, run.Start(long.MinValue, place, CancellationToken.None));
    }

    [Fact]
    public async Task Card_OfExamples_AddsThemUp()
    {
        await using TestService service = await FilledAsync();

        JsonNode card = (await service.GetAsync("/v1/attribution/examples/card")).Json;
        JsonNode report = (await service.GetAsync("/v1/attribution/report?date=touch&step=all")).Json;

        Assert.Equal(
            (6, 2, 3, 1),
            (
                (int)card["total"]!["rows"]!,
                (int)card["total"]!["positive"]!,
                (int)card["total"]!["negative"]!,
                (int)card["total"]!["unlabelled"]!
            )
        );
        Assert.Equal(
            report["rows"]!
                .AsArray()
                .Where(x => (int)x!["touches"]! > 0)
                .Select(x => $"{x!["campaign"]} {x["currency"]} {x["touches"]} {x["creditedMinor"]} {x["minor"]}"),
            card["campaigns"]!
                .AsArray()
                .SelectMany(x =>
                    x!["credit"]!
                        .AsArray()
                        .Select(y =>
                            $"{x["name"]} {y!["currency"]} {y["credited"]} {y["creditedMinor"]} {y["netMinor"]}"
                        )
                )
        );
        Assert.Equal("*/*@1", (string?)card["rules"]![0]);
        Assert.Equal(
            ExampleColumns.All.Where(x => x.Part == ColumnPart.Feature).Select(x => x.Name),
            card["features"]!.AsArray().Select(x => (string?)x!["name"])
        );
        string page = (await service.GetAsync("/v1/attribution/examples/card?form=markdown&one_in=5")).Text;
        Assert.Contains("one in 5 with weight 5", page, StringComparison.Ordinal);
        Assert.Contains("| campaign =summer | 1 | 1 |", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("examples?form=parquet")]
    [InlineData("examples?after=5")]
    [InlineData("examples?after=1780303068964-0f6a")]
    [InlineData("examples?one_in=0")]
    [InlineData("examples?one_in=1000001")]
    [InlineData("examples?one_in=0.5")]
    [InlineData("examples?seed=-1")]
    [InlineData("examples?kind=click,,view")]
    [InlineData("examples?invalid=maybe")]
    [InlineData("examples?from=2026-05-31&to=2026-05-31")]
    [InlineData("examples?split=2026-05-31")]
    [InlineData("examples?limit=0")]
    [InlineData("examples?kind=click&kind=view")]
    [InlineData("examples/card?after=1")]
    [InlineData("examples/card?split=noon")]
    [InlineData("examples/card?form=csv")]
    public async Task Questions_ThatAreWrong_AreRefusedByName(string question)
    {
        await using TestService service = await TestService.StartRealAsync();
        (await service.GetAsync($"/v1/attribution/{question}")).AssertProblem(400, "bad_value");
    }

    [Fact]
    public async Task Card_BeforeTheFirstEvent_IsEmpty()
    {
        await using TestService service = await TestService.StartRealAsync();
        Assert.Equal("", (await service.GetAsync("/v1/attribution/examples")).Text);
        JsonNode card = (await service.GetAsync("/v1/attribution/examples/card")).Json;
        Assert.Equal((0, null), ((int)card["total"]!["rows"]!, card["split"]));
        Assert.Contains(
            "none to none",
            (await service.GetAsync("/v1/attribution/examples/card?form=markdown")).Text,
            StringComparison.Ordinal
        );
    }
}
