using System.Text.Json.Nodes;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge.Reports;

/// <summary>Requests that went past the gate become records, once.</summary>
public sealed class BypassTests
{
    private const string Two = """
        {"id":"log-1","time":"2026-06-01T12:00:01Z","address":"198.51.100.7","method":"GET","path":"/secret","userAgent":"curl/8","status":200}
        {"id":"log-2","time":"2026-06-01T12:00:02Z","address":"198.51.100.8","method":"GET","path":"/","userAgent":""}
        """;

    [Fact]
    public async Task Bypasses_ToldTwice_AreStoredOnceAndKeepTheChainWhole()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(GateKit.DenySecret);
        await service.AskAsync("/secret");
        JsonNode first = (await SendAsync(service, Two + "\n" + Two)).Json;
        JsonNode second = (await SendAsync(service, Two)).Json;
        Assert.Equal((2, 2), ((int)first["taken"]!, (int)first["duplicates"]!));
        Assert.Equal((0, 2), ((int)second["taken"]!, (int)second["duplicates"]!));
        await service.AskAsync("/secret");
        JsonNode audit = (await service.GetAsync("/v1/gate/audit")).Json;
        Assert.Equal((true, 4, 0), ((bool)audit["intact"]!, (int)audit["records"]!, (int)audit["lost"]!));
        JsonNode report = (await service.GetAsync("/v1/gate/report?to=2026-06-01T13:00:00Z")).Json;
        Assert.Equal(
            (4, 2, 2, 0),
            (
                (int)report["total"]!["requests"]!,
                (int)report["total"]!["bypassed"]!,
                (int)report["total"]!["decisions"]!["allow"]!["bypass"]!,
                (int)report["lost"]!["decisions"]!
            )
        );
    }

    [Fact]
    public async Task Why_OfABypass_SaysThatNobodyJudgedIt()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(GateKit.DenySecret);
        await SendAsync(service, Two);
        // The draft would have denied one of them; that is where its id is told.
        JsonNode report = (
            await service.PostAsync(
                "/v1/gate/backtest?to=2026-06-01T13:00:00Z",
                """{"rules":1,"against":{"rules":[]}}"""
            )
        ).Json;
        JsonNode sample = Assert.Single(report["samples"]!.AsArray())!;
        Assert.Equal(("allow", "deny"), ((string?)sample["today"], (string?)sample["draft"]));
        JsonNode why = (await service.GetAsync($"/v1/why/{sample["decision"]}")).Json;
        Assert.StartsWith(
            "allow, because it went past the gate, as an access log shows.",
            (string?)why["sentence"],
            StringComparison.Ordinal
        );
        Assert.Equal("identical", (string?)why["record"]);
    }

    [Fact]
    public async Task Bypasses_BadLines_AreNamedAndCostNoOther()
    {
        await using TestService service = await GateKit.StartAsync();
        JsonNode receipt = (
            await SendAsync(
                service,
                """
                {"id":"a","time":"2026-06-01T12:00:01Z","address":"nobody"}
                {"id":"b","address":"198.51.100.7"}
                {"id":"c","time":"2026-06-01T12:00:01Z","address":"198.51.100.7"}
                nonsense
                """
            )
        ).Json;
        Assert.Equal(1, (int)receipt["taken"]!);
        Assert.Equal(
            ["1 bad_value /address", "2 missing_field /time", "4 malformed_json "],
            receipt["rejected"]!.AsArray().Select(x => $"{x!["line"]} {x["reason"]} {x["pointer"]}")
        );
    }

    [Fact]
    public async Task Bypasses_TextsThatAreNone_AreRefusedByLineAndCostNoOther()
    {
        await using TestService service = await GateKit.StartAsync();
        const string Rest = "\"time\":\"2026-06-01T12:00:01Z\",\"address\":\"198.51.100.7\"";
        Answer answer = await SendAsync(
            service,
            $$"""
            {"id":"a",{{Rest}},"path":"\ud800"}
            {"id":"b",{{Rest}},"userAgent":7}
            {"id":"c",{{Rest}},"userAgent":null,"path":"/"}
            """
        );
        Assert.Equal(200, answer.Status);
        Assert.Equal(1, (int)answer.Json["taken"]!);
        Assert.Equal(
            ["1 lone_surrogate /path", "2 wrong_type /userAgent"],
            answer.Json["rejected"]!.AsArray().Select(x => $"{x!["line"]} {x["reason"]} {x["pointer"]}")
        );
    }

    [Fact]
    public async Task Bypasses_OfATenantWhoseStoreIsSlow_HoldUpNoOtherTenant()
    {
        await using TestService service = await TestService.StartAsync();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await service.GetAsync("/v1/campaigns"); // alpha's cell is made
        service.Alpha.Gate.BeforeKnown = () =>
        {
            entered.SetResult();
            return goesOn.Task;
        };
        Task<Answer> slow = SendAsync(service, Two);
        await entered.Task.SoonAsync();
        Answer other = await service
            .SendAsync(HttpMethod.Post, "/v1/gate/bypasses", TestService.Lines(Two), service.BetaKey)
            .SoonAsync();
        Assert.Equal((200, 2), (other.Status, (int)other.Json["taken"]!));
        Assert.False(slow.IsCompleted);
        goesOn.SetResult();
        Assert.Equal(200, (await slow).Status);
    }

    private static Task<Answer> SendAsync(TestService service, string lines) =>
        service.SendAsync(HttpMethod.Post, "/v1/gate/bypasses", TestService.Lines(lines));
}
