using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge.Reports;

/// <summary>Impact over the product's own stores: who was hit, what they converted, which credit would move.</summary>
public sealed class ImpactTests
{
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

    private const string Rules = """
        rules:
          - {id: no-secret, when: request.path == '/secret', action: deny}
          - {id: watch, when: request.path.startsWith('/s'), action: deny, mode: shadow}
        """;

    [Fact]
    public async Task Impact_PeopleWhoBoughtAfterAHit_AreToldByOutcomeAndCurrency()
    {
        await using TestService service = await StartAsync();
        await service.PublishAsync(Rules);
        await AskAsync(service, "/secret");
        await AskAsync(service, "/shop"); // by the shadow rule alone
        await AskAsync(service, "/shop", "198.51.100.9");
        await SendAsync(service, "198.51.100.7", "k1", "c1", 1_000, "EUR");
        await SendAsync(service, "198.51.100.7", "k1", "c2", 500, "JPY");
        await SendAsync(service, "198.51.100.9", "k9", "c9", 70, "EUR");
        await service.PostEventsAsync(
            TestService.Lines(
                """
                {"id":"r1","type":"refund","time":"2026-06-01T12:00:30Z","refund":{"conversion":"c1","value":{"minor":400,"currency":"EUR"}}}
                {"id":"l9","type":"label","time":"2026-06-01T12:00:40Z","identifiers":[{"type":"cookie","value":"k9"}],"label":{"verdict":"bot","from":"2026-06-01T11:00:00Z","to":"2026-06-01T13:00:00Z"}}
                """
            )
        );
        JsonNode report = (await service.GetAsync("/v1/gate/impact?to=2026-06-01T13:00:00Z")).Json;
        Assert.Equal(("stored", 3), ((string?)report["source"], (int)report["decisions"]!));
        JsonNode watch = report["rules"]![0]!;
        Assert.Equal(("watch", "shadow"), ((string?)watch["rule"], (string?)watch["mode"]));
        JsonNode hit = watch["hit"]!;
        Assert.Equal(
            (3, 2, 2, 2),
            ((int)hit["hits"]!, (int)hit["clients"]!, (int)hit["sessions"]!, (int)hit["customers"]!)
        );
        Assert.Equal(
            (2, 2, 3),
            ((int)hit["sessionsConverted"]!, (int)hit["customersConverted"]!, (int)hit["conversions"]!)
        );
        Assert.Equal(
            "paid 2 [EUR 1000 600, JPY 500 500]; fake 1 [EUR 70 70]",
            string.Join(
                "; ",
                hit["outcomes"]!
                    .AsArray()
                    .Select(x =>
                        $"{x!["outcome"]} {x["conversions"]} [{string.Join(", ", x["values"]!.AsArray().Select(y => $"{y!["currency"]} {y["minor"]} {y["netMinor"]}"))}]"
                    )
            )
        );
        Assert.Equal(2, hit["samples"]!.AsArray().Count);
        Assert.Equal(200, (await service.GetAsync($"/v1/customers/{hit["samples"]![0]}")).Status);
        Assert.Equal(
            (1, 1, 2),
            (
                (int)report["rules"]![1]!["hit"]!["clients"]!,
                (int)report["rules"]![1]!["hit"]!["customersConverted"]!,
                (int)report["rules"]![1]!["hit"]!["conversions"]!
            )
        );
        Assert.Equal((3, 3), ((int)report["together"]!["hits"]!, (int)report["together"]!["conversions"]!));
        JsonNode one = (await service.GetAsync("/v1/gate/impact?rule=no-secret&credit=false")).Json;
        Assert.Equal("no-secret", (string?)Assert.Single(one["rules"]!.AsArray())!["rule"]);
        Assert.Null(one["credit"]);
        JsonNode soon = (await service.GetAsync("/v1/gate/impact?rule=no-secret&window=5s")).Json;
        Assert.Equal(0, (int)soon["together"]!["customersConverted"]!);
    }

    [Fact]
    public async Task Impact_TouchesOfTheHit_WouldGiveTheirCreditToOthers()
    {
        await using TestService service = await StartAsync();
        foreach (string campaign in new[] { "good", "doubtful" })
            Assert.Equal(
                200,
                (
                    await service.PutAsync(
                        $"/v1/campaigns/{campaign}",
                        """{"window":"7d","validFrom":"2026-01-01T00:00:00Z"}"""
                    )
                ).Status
            );
        await service.PublishAsync(Rules);
        await TouchAsync(service, "203.0.113.50", "k1", "t1", "good", "2026-06-01T10:00:00Z");
        await TouchAsync(service, "198.51.100.7", "k1", "t2", "doubtful", "2026-06-01T11:50:00Z");
        await AskAsync(service, "/secret");
        await SendAsync(service, "203.0.113.50", "k1", "c1", 1_000, "EUR", "2026-06-01T12:00:50Z");
        JsonNode credit = (await service.GetAsync("/v1/gate/impact?to=2026-06-01T13:00:00Z")).Json["credit"]!;
        Assert.Equal((1, 1), ((int)credit["touches"]!, (int)credit["movedConversions"]!));
        Assert.Equal(
            "doubtful EUR 1000 -> 0; good EUR 0 -> 1000",
            string.Join(
                "; ",
                credit["campaigns"]!
                    .AsArray()
                    .Select(x => $"{x!["campaign"]} {x["currency"]} {x["before"]} -> {x["after"]}")
            )
        );
        // It was tried on a copy: nothing has moved.
        JsonNode conversion = (await service.GetAsync("/v1/conversions/c1")).Json;
        Assert.Contains("doubtful", conversion.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Impact_Draft_IsTriedOnTheStoredDecisions()
    {
        await using TestService service = await StartAsync();
        await service.PublishAsync(Rules);
        await AskAsync(service, "/shop");
        await AskAsync(service, "/elsewhere", "198.51.100.9");
        await SendAsync(service, "198.51.100.7", "k1", "c1", 1_000, "EUR");
        JsonNode report = (
            await service.PostAsync(
                "/v1/gate/impact?to=2026-06-01T13:00:00Z",
                """{"rules":{"rules":[{"id":"draft","when":"request.path == '/shop'","action":"deny","holdoutPercent":10}]}}"""
            )
        ).Json;
        Assert.Equal("draft", (string?)report["source"]);
        JsonNode rule = Assert.Single(report["rules"]!.AsArray())!;
        Assert.Equal(
            ("draft", 1, 1),
            ((string?)rule["rule"], (int)rule["hit"]!["hits"]!, (int)rule["hit"]!["conversions"]!)
        );
        Assert.Null(rule["holdout"]); // nobody was acted on, and nobody spared
        JsonNode old = (await service.PostAsync("/v1/gate/impact", """{"rules":1}""")).Json;
        Assert.Equal("watch", (string?)old["rules"]![0]!["rule"]);
        (await service.PostAsync("/v1/gate/impact", """{"rules":9}""")).AssertProblem(404, "not_found");
        Answer extra = await service.PostAsync("/v1/gate/impact", """{"rules":1,"labels":[]}""");
        extra.AssertProblem(400, "unknown_field");
    }

    [Theory]
    [InlineData("window=0d", "window")]
    [InlineData("window=91d", "window")]
    [InlineData("window=x", "window")]
    [InlineData("credit=yes", "credit")]
    [InlineData("from=2026-06-02T00:00:00Z&to=2026-06-01T00:00:00Z", "from")]
    [InlineData("since=1", "since")]
    public async Task Impact_BadParameter_NamesIt(string parameters, string name)
    {
        await using TestService service = await StartAsync();
        Answer answer = await service.GetAsync("/v1/gate/impact?" + parameters);
        answer.AssertProblem(400, "bad_value");
        Assert.Contains($"parameter {name} ", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HoldOut_IsRecordedAndExplained_AndComparedByUnit()
    {
        await using TestService service = await StartAsync();
        await service.PublishAsync("rules:\n  - {id: split, when: request.path == '/s', action: deny, holdout: 50%}");
        int held = 0;
        string? heldId = null;
        for (int i = 0; i < 40; i++)
        {
            JsonNode decision = (
                await service.PostAsync(
                    "/v1/decisions",
                    $$"""{"method":"GET","host":"shop.example","path":"/s","address":"198.51.100.{{i}}","headers":[["user-agent","{{Browser}}"]]}"""
                )
            ).Json;
            if ((string?)decision["action"] != "allow")
                continue;
            held++;
            heldId = (string?)decision["id"];
            await SendAsync(service, $"198.51.100.{i}", $"k{i}", $"c{i}", 100, "EUR", agent: Browser);
        }
        Assert.InRange(held, 8, 32);
        JsonNode report = (await service.GetAsync("/v1/gate/impact?to=2026-06-01T13:00:00Z")).Json;
        JsonNode experiment = report["rules"]![0]!["holdout"]!;
        Assert.Equal(
            (held, held, 40 - held, 0),
            (
                (int)experiment["held"]!["units"]!,
                (int)experiment["held"]!["converted"]!,
                (int)experiment["treated"]!["units"]!,
                (int)experiment["treated"]!["converted"]!
            )
        );
        Assert.Equal(1, (double)experiment["difference"]!["rate"]!["estimate"]!);
        Assert.Equal(40 - held, (double)experiment["cost"]!["converted"]!["estimate"]!);
        Assert.Equal(held >= 10, experiment["cost"]!["values"]![0]!["minor"] is not null);
        JsonNode why = (await service.GetAsync($"/v1/why/{heldId}")).Json;
        Assert.Equal("identical", (string?)why["record"]);
        string text = why.ToJsonString();
        Assert.Contains("matched (held out)", text, StringComparison.Ordinal);
        Assert.Contains("client ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Incrementality_DeclaredHoldOut_IsComparedBesideWhatIsAttributed()
    {
        await using TestService service = await StartAsync();
        await service.PutAsync("/v1/campaigns/summer", """{"window":"7d","validFrom":"2026-01-01T00:00:00Z"}""");
        for (int i = 0; i < 60; i++)
        {
            string arm = i % 3 == 0 ? "held" : "treated";
            await service.PostEventsAsync(
                TestService.Lines(
                    $$$"""{"id":"h{{{i}}}","type":"holdout","time":"2026-06-01T10:00:00Z","identifiers":[{"type":"cookie","value":"k{{{i}}}"}],"holdout":{"campaign":"summer","arm":"{{{arm}}}"}}"""
                )
            );
            if (arm == "treated" && i % 2 == 0)
            {
                await TouchAsync(service, "203.0.113.5", $"k{i}", $"t{i}", "summer", "2026-06-01T11:00:00Z");
                await SendAsync(service, "203.0.113.5", $"k{i}", $"c{i}", 100, "EUR", agent: Browser);
            }
        }
        JsonNode report = (await service.GetAsync("/v1/attribution/incrementality?to=2026-06-01T13:00:00Z")).Json;
        JsonNode summer = Assert.Single(report["campaigns"]!.AsArray())!;
        Assert.Equal(
            (20, 0, 40, 20),
            (
                (int)summer["held"]!["units"]!,
                (int)summer["held"]!["converted"]!,
                (int)summer["treated"]!["units"]!,
                (int)summer["treated"]!["converted"]!
            )
        );
        Assert.Equal(0.5, (double)summer["lift"]!["rate"]!["estimate"]!);
        Assert.True((double)summer["lift"]!["rate"]!["low"]! > 0.2);
        Assert.Equal(20, (double)summer["incremental"]!["converted"]!["estimate"]!);
        Assert.Equal((20, 2_000), ((int)summer["attributedConversions"]!, (int)summer["attributed"]![0]!["minor"]!));
        Assert.Empty(
            (await service.GetAsync("/v1/attribution/incrementality?campaign=other")).Json["campaigns"]!.AsArray()
        );
        (await service.GetAsync("/v1/attribution/incrementality?window=400d")).AssertProblem(400, "bad_value");
    }

    private static Task<Answer> AskAsync(TestService service, string path, string address = "198.51.100.7") =>
        service.PostAsync(
            "/v1/decisions",
            $$"""{"method":"GET","host":"shop.example","path":"{{path}}","address":"{{address}}","headers":[["user-agent","{{Browser}}"]]}"""
        );

    private static Task<TestService> StartAsync() =>
        TestService.StartAsync(
            new ServeOptions
            {
                Edge = new() { Tenant = "alpha", BudgetMs = 10_000 },
            },
            clock => new TenantCellFactory(clock, NullLoggerFactory.Instance)
        );

    private static async Task SendAsync(
        TestService service,
        string address,
        string cookie,
        string id,
        int minor,
        string currency,
        string time = "2026-06-01T12:00:20Z",
        string agent = Browser
    )
    {
        Answer sent = await service.PostEventsAsync(
            TestService.Lines(
                $$$"""{"id":"{{{id}}}","type":"conversion","time":"{{{time}}}","identifiers":[{"type":"cookie","value":"{{{cookie}}}"}],"context":{"address":"{{{address}}}","userAgent":"{{{agent}}}"},"conversion":{"value":{"minor":{{{minor}}},"currency":"{{{currency}}}"} } }"""
            )
        );
        Assert.True(sent.Text.Contains("accepted", StringComparison.Ordinal), sent.Text);
    }

    private static async Task TouchAsync(
        TestService service,
        string address,
        string cookie,
        string id,
        string campaign,
        string time
    )
    {
        Answer sent = await service.PostEventsAsync(
            TestService.Lines(
                $$$"""{"id":"{{{id}}}","type":"click","time":"{{{time}}}","identifiers":[{"type":"cookie","value":"{{{cookie}}}"}],"context":{"address":"{{{address}}}","userAgent":"{{{Browser}}}"},"campaign":"{{{campaign}}}"}"""
            )
        );
        Assert.True(sent.Text.Contains("accepted", StringComparison.Ordinal), sent.Text);
    }
}
