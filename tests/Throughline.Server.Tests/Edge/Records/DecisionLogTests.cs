using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Server.Edge;
using Throughline.Server.Edge.Records;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge.Records;

/// <summary>Decisions become events of the tenant's log, each a link of its chain.</summary>
public sealed class DecisionLogTests
{
    [Fact]
    public async Task Decisions_OfTwoRuns_AreOneIntactChain()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(GateKit.DenySecret);
        for (int i = 0; i < 50; i++)
            await service.AskAsync(i % 5 == 0 ? "/secret" : "/open");
        JsonNode report = (await service.GetAsync("/v1/gate/audit")).Json;
        Assert.Equal((true, 50, 0), ((bool)report["intact"]!, (int)report["records"]!, (int)report["lost"]!));
        await service.Server.StopAsync(TestContext.Current.CancellationToken);

        await using RunningServer again = await GateKit.RestartAsync(service.Folder);
        using HttpClient client = new() { BaseAddress = again.Addresses[0] };
        client.DefaultRequestHeaders.Authorization = new("Bearer", service.AlphaKey);
        for (int i = 0; i < 10; i++)
            using (
                HttpContent body = TestService.Json("""{"method":"GET","path":"/secret","address":"198.51.100.8"}""")
            )
                await client.PostAsync("/v1/decisions", body, TestContext.Current.CancellationToken);
        JsonNode second = JsonNode.Parse(
            await client.GetStringAsync("/v1/gate/audit", TestContext.Current.CancellationToken)
        )!;
        Assert.Equal((true, 60, 1), ((bool)second["intact"]!, (int)second["records"]!, (int)second["heads"]!));
    }

    [Fact]
    public async Task Decision_Stored_IsFoundByItsIdAndJudgesItsActor()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(GateKit.DenySecret);
        Answer denied = await service.PostAsync(
            "/v1/decisions",
            """{"method":"GET","path":"/secret","address":"198.51.100.9","headers":[["user-agent","Mozilla/5.0"]]}"""
        );
        string id = (string)denied.Json["id"]!;
        await service.GetAsync("/v1/gate/audit"); // waits for what is under way
        JsonNode stored = (await service.GetAsync($"/v1/decisions/{id}")).Json;
        Assert.Equal(
            ("deny", "bot", "decision_deny"),
            ((string?)stored["action"], (string?)stored["verdict"], (string?)stored["reason"])
        );
    }

    [Fact]
    public async Task Answer_ThatARuleMatched_IsARecordOfItsOwnAndToldByWhy()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(
            """
            counters:
              - {name: missing, key: request.ip, phase: response, where: response.status == 404}
            rules:
              - {id: prober, phase: response, when: counter.missing > 1, tag: prober}
              - {id: no-log-in, phase: response, when: response.login_failed, tag: failed}
            """
        );
        string[] ids = new string[3];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = (string)
                (
                    await service.PostAsync(
                        "/v1/decisions",
                        """{"method":"GET","path":"/x","address":"198.51.100.9"}"""
                    )
                ).Json["id"]!;
            await service.PostAsync($"/v1/decisions/{ids[i]}/response", """{"status":404}""");
        }
        JsonNode report = (await service.GetAsync("/v1/gate/audit")).Json;
        Assert.Equal(
            (true, 5, 2, 0),
            ((bool)report["intact"]!, (int)report["records"]!, (int)report["answers"]!, (int)report["lost"]!)
        );
        JsonNode first = (await service.GetAsync($"/v1/why/{ids[0]}")).Json;
        Assert.DoesNotContain("Later", (string?)first["sentence"], StringComparison.Ordinal);
        JsonNode last = (await service.GetAsync($"/v1/why/{ids[2]}")).Json;
        Assert.Equal("identical", (string?)last["record"]);
        Assert.Contains(
            "Later, when the answer was known (status 404), version 1 matched rule prober (enforced): counter.missing (3) > 1.",
            (string?)last["sentence"],
            StringComparison.Ordinal
        );
        JsonNode stored = (await service.GetAsync($"/v1/decisions/{ids[2]}")).Json;
        Assert.Equal("allow", (string?)stored["action"]);

        using CellLease lease = await service.Server.Registry.UseAsync(EdgeKit.Alpha, default);
        TenantCell cell = Assert.IsType<TenantCell>(lease.Cell);
        Assert.Equal(1, await cell.AskAsync(store => store.GateRules.Compiled, default)); // two whys, three records
    }

    [Fact]
    public async Task Sync_On_AnswersAreStoredWhenTheyAreGiven()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(GateKit.DenySecret);
        await service.PutAsync("/v1/gate/settings", """{"author":"ann","sync":true}""");
        for (int i = 0; i < 5; i++)
        {
            Answer answer = await service.PostAsync(
                "/v1/decisions",
                """{"method":"GET","path":"/","address":"198.51.100.9"}"""
            );
            Assert.Equal(200, (await service.GetAsync($"/v1/decisions/{answer.Json["id"]}")).Status);
        }
    }

    [Theory]
    [InlineData(false, "/pay/now", true)]
    [InlineData(false, "/", false)]
    [InlineData(true, "/cheap", false)]
    [InlineData(true, "/", true)]
    public async Task Sync_OfTheRoute_ComesBeforeTheTenants(bool tenantWaits, string path, bool waits)
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(
            """
            routes:
              - {id: pay, paths: [/pay], record: sync}
              - {id: cheap, paths: [/cheap], record: async}
            """
        );
        EdgeService edge = service.Server.Edge;
        await using DecisionLog log = new(service.Server.Registry, TimeProvider.System, NullLogger.Instance);
        log.SetSync(EdgeKit.Alpha, tenantWaits);
        EdgeExchange exchange = edge.Begin(EdgeContract.Api);
        exchange.Tenant = EdgeKit.Alpha;
        exchange.Request.Path = path;
        await (edge.Judge(exchange) ?? Task.CompletedTask);
        Assert.Equal(waits, log.Take(exchange) is { } durable && await EndedAsync(durable));
    }

    private static async Task<bool> EndedAsync(Task durable)
    {
        await durable.SoonAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return durable.IsCompleted;
    }

    [Fact]
    public async Task Why_StoredDecision_GivesTheRulesTreeAndDerivesItAgain()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(
            """
            counters:
              - {name: hits, key: request.ip}
            rules:
              - id: no-secret
                when: request.path == '/secret' && counter.hits > 0
                reason: it is secret
                action: deny
                score: 7
              - {id: shadowed, when: counter.hits > 0, mode: shadow}
            """
        );
        string? id = (string?)
            (
                await service.PostAsync(
                    "/v1/decisions",
                    """{"method":"GET","path":"/secret","address":"198.51.100.9"}"""
                )
            ).Json["id"];
        await service.PublishAsync("rules: []"); // the version that judged is read, not the latest
        await service.GetAsync("/v1/gate/audit");
        JsonNode why = (await service.GetAsync($"/v1/why/{id}")).Json;
        Assert.Equal(("identical", "identical"), ((string?)why["record"], (string?)why["events"]));
        Assert.StartsWith(
            "deny, because rule no-secret of version 1 matched: request.path",
            (string?)why["sentence"],
            StringComparison.Ordinal
        );
        JsonArray gate = why["explanation"]!["because"]!.AsArray().Single(x => (string?)x!["name"] == "gate")![
            "because"
        ]!.AsArray();
        JsonArray rules = gate.Single(x => (string?)x!["name"] == "rules")!["because"]!.AsArray();
        Assert.Equal(
            ["no-secret matched (enforced)", "shadowed matched (shadow)"],
            rules.Select(x => $"{x!["name"]} {x["value"]}")
        );
        Assert.Contains("addsToScore 7", rules[0]!["because"]!.AsArray().Select(x => $"{x!["name"]} {x["value"]}"));
        JsonNode counter = Assert.Single(gate.Single(x => (string?)x!["name"] == "counters")!["because"]!.AsArray())!;
        Assert.Equal(("hits", "1"), ((string?)counter["name"], (string?)counter["value"]));
    }
}
