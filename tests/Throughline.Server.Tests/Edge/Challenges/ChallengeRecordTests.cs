using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge.Challenges;

/// <summary>Challenges over the product's own stores: they are links of the tenant's chain, are told by <c>why</c>, and counted in reports and metrics.</summary>
public sealed class ChallengeRecordTests
{
    private const string Rules = """
        rules:
          - id: prove
            when: request.path.startsWith('/challenge')
            action: challenge
            difficulty: 5
        """;

    [Fact]
    public async Task Report_Challenges_AreCountedByRuleAndInAll()
    {
        await using TestService service = await GateKit.StartAsync();
        Assert.Equal(200, (await service.PublishAsync(Rules)).Status);
        ChallengedClient person = new(service, "203.0.113.5");
        await person.VisitAsync("/challenge/a");
        await person.VisitAsync("/challenge/b");
        ChallengedClient bot = new(service, "198.51.100.7", "curl/8");
        for (int i = 0; i < 3; i++)
            await bot.GetAsync("/challenge/a");
        string ticket = ChallengeKit.TicketOf((await bot.GetAsync("/challenge/a")).Text);
        string proof = ChallengeKit.ProofOf(ticket);
        Answer solved = await bot.GetAsync(proof);
        Answer replayed = await bot.GetAsync(proof);
        Answer failed = await bot.GetAsync("/_throughline/clearance?t=x&n=1");

        JsonNode report = (await service.GetAsync("/v1/gate/report")).Json;
        const string Expected =
            """{"issued":5,"solved":2,"solvedShare":0.4,"failed":1,"replayed":1,"looped":0,"cleared":1}""";
        string byRule = Expected.Replace("\"failed\":1", "\"failed\":0", StringComparison.Ordinal); // nobody's ticket
        // Of the person the page, the first visit with the clearance and the second.
        Assert.Equal(
            Expected.Replace("\"cleared\":1", "\"cleared\":2", StringComparison.Ordinal),
            report["challenges"]!.ToJsonString()
        );
        JsonNode rule = Assert.Single(report["rules"]!.AsArray())!;
        Assert.Equal(
            byRule.Replace("\"cleared\":1", "\"cleared\":2", StringComparison.Ordinal),
            rule["challenges"]!.ToJsonString()
        );
        Assert.Equal(7, (int)report["total"]!["requests"]!); // proofs are no requests for the site
        Assert.Equal(2, (int)report["total"]!["decisions"]!["allow"]!["cleared"]!);
        Assert.Equal(0, (int)report["lost"]!["decisions"]!);
        Assert.Equal(11, (int)report["read"]!["records"]!);

        JsonNode audit = (await service.GetAsync("/v1/gate/audit")).Json;
        Assert.True((bool)audit["intact"]!, audit.ToJsonString());
        await AssertWhyAsync(
            service,
            solved,
            "The client solved the task that rule prove of version 1 had given it, and got a clearance."
        );
        await AssertWhyAsync(
            service,
            replayed,
            "The client brought a proof that had been used before, of a task that rule prove of version 1 had given."
        );
        await AssertWhyAsync(service, failed, "The client's proof was refused: it has not the form of one.");
        Answer passed = await person.GetAsync("/challenge/c");
        JsonNode why = await WhyAsync(service, passed);
        Assert.Contains(
            "the client showed a clearance when rule prove of version 1 asked for one",
            (string?)why["sentence"],
            StringComparison.Ordinal
        );

        string metrics = (await service.GetAsync("/metrics", "")).Text;
        Assert.Contains(
            "throughline_challenge_outcomes_total{outcome=\"solved\",fault=\"none\"}",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "throughline_challenge_outcomes_total{outcome=\"failed\",fault=\"malformed\"}",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains("throughline_challenge_solve_seconds", metrics, StringComparison.Ordinal);
    }

    /// <summary>A backtest has nothing to say about proofs: no rule ever saw them.</summary>
    [Fact]
    public async Task Backtest_Proofs_AreLeftOut()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Rules);
        await new ChallengedClient(service, "203.0.113.5").VisitAsync("/challenge/a");
        Answer answer = await service.PostAsync(
            "/v1/gate/backtest",
            """{"rules":{"rules":[{"id":"all","when":"clearance.state != 'x'","action":"deny"}]}}"""
        );
        Assert.Equal(200, answer.Status);
        Assert.Equal(2, (int)answer.Json["requests"]!);
    }

    /// <summary>Tickets and clearances of one run hold in the next: the tenant's key is kept.</summary>
    [Fact]
    public async Task Restart_Clearance_StillHolds()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Rules);
        ChallengedClient client = new(service, "203.0.113.5");
        await client.VisitAsync("/challenge/a");
        await service.Server.DisposeAsync();
        await using RunningServer again = await ThroughlineServer.StartAsync(
            new ServeOptions
            {
                DataFolder = service.Folder,
                Urls = ["http://127.0.0.1:0"],
                StopsOnSignals = false,
                LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
                Clock = new Throughline.Testing.FakeTimeProvider(TestService.Now.AddMinutes(1)),
                Edge = new() { Tenant = "alpha", BudgetMs = 10_000 },
            },
            TestContext.Current.CancellationToken
        );
        using HttpClient http = new() { BaseAddress = again.Addresses[0] };
        foreach ((string cookie, int status) in ((string, int)[])[(client.Cookie!, 200), (client.Cookie! + "x", 403)])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/v1/edge/forward-auth");
            foreach (
                (string name, string value) in ((string, string)[])
                    [
                        ("X-Forwarded-Method", "GET"),
                        ("X-Forwarded-Host", "shop.example"),
                        ("X-Forwarded-Uri", "/challenge/b"),
                        ("X-Forwarded-For", "203.0.113.9"),
                        ("User-Agent", "a-browser/1"),
                        ("Cookie", cookie),
                    ]
            )
                request.Headers.TryAddWithoutValidation(name, value);
            using HttpResponseMessage response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(status, (int)response.StatusCode);
        }
    }

    private static async Task AssertWhyAsync(TestService service, Answer answer, string sentence) =>
        Assert.Equal(sentence, (string?)(await WhyAsync(service, answer))["sentence"]);

    private static async Task<JsonNode> WhyAsync(TestService service, Answer answer)
    {
        await service.GetAsync("/v1/gate/audit"); // waits for the records
        return (await service.GetAsync($"/v1/why/{answer.Header("x-throughline-decision")}")).Json;
    }
}
