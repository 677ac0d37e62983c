using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

/// <summary>The graph of former days over HTTP, and what resolving tells today.</summary>
public sealed class PastEndpointsTests
{
    private const string Anna = """{"type":"user","value":"anna"}""";

    [Fact]
    public async Task AsOf_BeforeAndAfterALogin_IsWhatItWasThen()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SendAsync(service);
        Assert.Equal(1, (int)(await AsOfAsync(service, "2026-05-31T10:30:00Z")).Json["size"]!);
        Answer later = await AsOfAsync(service, "2026-05-31T12:34:00Z");
        Assert.Equal((2, "2026-05-31T12:30:00.000Z"), ((int)later.Json["size"]!, (string?)later.Json["asOf"]));
        (await AsOfAsync(service, "2026-05-31T09:00:00Z")).AssertProblem(404, "not_found");

        string customer = (string)later.Json["customer"]!;
        Answer byId = await service.GetAsync($"/v1/customers/{customer}/as-of?time=2026-05-31T10:30:00Z");
        Assert.Equal((200, 1, customer), (byId.Status, (int)byId.Json["size"]!, (string?)byId.Json["customer"]));
        (await service.GetAsync($"/v1/customers/{customer}/as-of?time=then")).AssertProblem(400, "bad_time");
        Answer open = await service.PostAsync("/v1/customers/resolve-as-of", Anna);
        open.AssertProblem(400, "missing_field");
    }

    [Fact]
    public async Task Resolve_ACustomer_TellsWhatPersonalisationAsksFor()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SendAsync(service);
        Answer resolved = await service.PostAsync("/v1/customers/resolve", Anna);
        JsonNode customer = resolved.Json;
        Assert.Equal("2026-05-31T10:00:00.000Z", (string?)customer["since"]);
        Assert.Equal("2026-05-31T15:00:00.000Z", (string?)customer["lastSeen"]);
        Assert.Equal(
            (1, "2026-05-31T12:30:00.000Z"),
            ((int)customer["conversions"]!, (string?)customer["lastConversion"])
        );
        Assert.Equal(["device", "user"], customer["tokens"]!.AsArray().Select(x => (string)x!["type"]!).Order());
    }

    private static Task<Answer> AsOfAsync(TestService service, string time)
    {
        JsonObject body = JsonNode.Parse(Anna)!.AsObject();
        body["asOf"] = time;
        return service.PostAsync("/v1/customers/resolve-as-of", body.ToJsonString());
    }

    // The order is told twice, and a bot's click is the latest of all.
    private static async Task SendAsync(TestService service)
    {
        const string Events = """
            [{"id":"1","type":"identify","time":"2026-05-31T10:00:00Z","identifiers":[{"type":"user","value":"anna"}]},
             {"id":"2","type":"identify","time":"2026-05-31T11:00:00Z","identifiers":[{"type":"device","value":"tablet"}]},
             {"id":"3","type":"identify","time":"2026-05-31T12:00:00Z","identifiers":[{"type":"user","value":"anna"},{"type":"device","value":"tablet"}]},
             {"id":"4","type":"conversion","time":"2026-05-31T13:00:00Z","identifiers":[{"type":"user","value":"anna"}],"conversion":{"orderId":"o"}},
             {"id":"5","type":"conversion","time":"2026-05-31T12:30:00Z","identifiers":[{"type":"user","value":"anna"}],"conversion":{"orderId":"o"}},
             {"id":"6","type":"click","time":"2026-05-31T15:00:00Z","campaign":"c","identifiers":[{"type":"device","value":"tablet"}]},
             {"id":"7","type":"click","time":"2026-05-31T16:00:00Z","campaign":"c","identifiers":[{"type":"device","value":"tablet"}],
              "context":{"userAgent":"curl/8.5.0"}}]
            """;
        Answer answer = await service.PostAsync("/v1/events", Events);
        Assert.True(answer.Status == 200 && (int)answer.Json["accepted"]! == 7, answer.Text);
    }
}
