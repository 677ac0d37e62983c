using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Server.Edge;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge.Publishing;

/// <summary>A rule that denies customers goes back to shadow by a publication that says why, until a person publishes again.</summary>
public sealed class BrakeTests
{
    private const string Rules = """
        rules:
          - {id: too-much, when: request.path == '/shop', action: deny}
          - {id: fine, when: request.path == '/trap', action: deny}
        """;

    private static readonly EdgeOptions Options = new()
    {
        Tenant = "alpha",
        BudgetMs = 10_000,
        Identifiers = [new() { Type = "cookie", Cookie = "vid" }],
    };

    [Fact]
    public async Task Brake_RuleThatDeniesBuyers_IsReturnedToShadowAndArmedAgainByAPerson()
    {
        await using TestService service = await StartAsync();
        await service.PublishAsync(Rules);
        for (int i = 0; i < 8; i++)
            await BuyAsync(service, i);
        JsonNode rules = await UntilAsync(service, 2);
        Assert.Equal("brake", (string?)rules["publication"]!["author"]);
        JsonNode brake = Assert.Single(rules["brakes"]!.AsArray())!;
        Assert.Equal(
            ("too-much", 2, "people", 2),
            ((string?)brake["rule"], (int)brake["version"]!, (string?)brake["measure"], (int)brake["limitPercent"]!)
        );
        Assert.Equal((string?)brake["cause"], (string?)rules["publication"]!["note"]);
        Assert.Equal(
            "shadow, enforce",
            string.Join(", ", rules["rules"]!["rules"]!.AsArray().Select(x => (string?)x!["mode"]))
        );
        Assert.Equal("allow", await AskAsync(service, "/shop", 1));
        Assert.Equal("deny", await AskAsync(service, "/trap", 1));
        Assert.Contains("throughline_gate_brakes_total", await MetricsAsync(service), StringComparison.Ordinal);

        // It never enforces anything, and stops nothing twice.
        for (int i = 0; i < 8; i++)
            await AskAsync(service, "/shop", i);
        Assert.Equal(2, (int)(await service.GetAsync("/v1/gate/rules")).Json["publication"]!["version"]!);

        Answer published = await service.PublishAsync(Rules, "&base=2&confirm=true");
        Assert.True(published.Status == 200, published.Text);
        Assert.Empty((await service.GetAsync("/v1/gate/rules")).Json["brakes"]!.AsArray());
        rules = await UntilAsync(service, 4);
        Assert.Equal("brake", (string?)rules["publication"]!["author"]);
    }

    [Fact]
    public async Task Brake_Off_LeavesEveryRuleAlone()
    {
        await using TestService service = await StartAsync();
        Answer set = await service.PutAsync(
            "/v1/gate/settings",
            """{"author":"ann","brake":{"isOn":false,"peopleMin":3}}"""
        );
        Assert.Equal(
            (false, 3, 30),
            (
                (bool)set.Json["brake"]!["isOn"]!,
                (int)set.Json["brake"]!["peopleMin"]!,
                (int)set.Json["brake"]!["canaryPercentMax"]!
            )
        );
        await service.PublishAsync(Rules);
        for (int i = 0; i < 8; i++)
            await BuyAsync(service, i);
        for (int i = 0; i < 50; i++)
            Assert.Equal("deny", await AskAsync(service, "/shop", i % 8));
        Assert.Equal(1, (int)(await service.GetAsync("/v1/gate/rules")).Json["publication"]!["version"]!);
    }

    [Theory]
    [InlineData("""{"author":"ann","brake":{"windowMs":5}}""", "/brake/windowMs")]
    [InlineData("""{"author":"ann","brake":{"peopleMin":0}}""", "/brake/peopleMin")]
    [InlineData("""{"author":"ann","brake":{"peoplePercentMax":101}}""", "/brake/peoplePercentMax")]
    [InlineData("""{"author":"ann","brake":{"on":true}}""", "/brake/on")]
    [InlineData("""{"author":"ann","brake":7}""", "/brake")]
    public async Task Settings_BadBrake_IsNamedWithItsPlace(string body, string pointer)
    {
        await using TestService service = await StartAsync();
        Answer answer = await service.PutAsync("/v1/gate/settings", body);
        Assert.Equal((400, pointer), (answer.Status, (string?)answer.Json["pointer"]));
    }

    [Fact]
    public async Task Publish_UnderTheBrakesName_IsRefused()
    {
        await using TestService service = await StartAsync();
        await service.PublishAsync(Rules);
        Answer published = await service.SendAsync(
            HttpMethod.Put,
            "/v1/gate/rules?author=Brake",
            TestService.Content(System.Text.Encoding.UTF8.GetBytes(Rules), "application/yaml")
        );
        published.AssertProblem(400, "bad_value");
        (await service.PostAsync("/v1/gate/rules/rollback", """{"author":" brake ","version":1}""")).AssertProblem(
            400,
            "bad_value"
        );
    }

    private static Task<TestService> StartAsync() =>
        TestService.StartAsync(
            new ServeOptions { Edge = Options },
            clock => new TenantCellFactory(clock, NullLoggerFactory.Instance)
        );

    private static async Task<string> AskAsync(TestService service, string path, int buyer) =>
        (string?)
            (
                await service.PostAsync(
                    "/v1/decisions",
                    $$"""{"method":"GET","host":"shop.example","path":"{{path}}","address":"198.51.100.{{buyer}}","headers":[["user-agent","Mozilla/5.0"],["cookie","vid=buyer-{{buyer}}"]]}"""
                )
            ).Json["action"]
        ?? "";

    private static async Task BuyAsync(TestService service, int buyer)
    {
        Answer sent = await service.PostEventsAsync(
            TestService.Lines(
                $$$"""{"id":"c{{{buyer}}}","type":"conversion","time":"2026-06-01T11:00:00Z","identifiers":[{"type":"cookie","value":"buyer-{{{buyer}}}"}],"conversion":{"orderId":"o{{{buyer}}}","value":{"minor":1000,"currency":"EUR"} } }"""
            )
        );
        Assert.True(sent.Text.Contains("accepted", StringComparison.Ordinal), sent.Text);
    }

    // The edge knows a customer from the second request on, and the publication goes behind the decisions.
    private static async Task<JsonNode> UntilAsync(TestService service, int version)
    {
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
        while (true)
        {
            JsonNode rules = (await service.GetAsync("/v1/gate/rules")).Json;
            if ((int)rules["publication"]!["version"]! >= version)
                return rules;
            for (int i = 0; i < 8; i++)
                await AskAsync(service, "/shop", i);
            Assert.False(late.IsCancellationRequested, $"version {version} never came");
        }
    }

    private static async Task<string> MetricsAsync(TestService service) =>
        await service.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
}
