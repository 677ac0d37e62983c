using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests;

/// <summary>The whole service over its own stores: what goes in by HTTP comes out by HTTP, judged, identified and attributed.</summary>
public sealed class EndToEndTests
{
    private const string Person = """[{"type":"email","value":"Ada@example.com"},{"type":"device","value":"d-1"}]""";
    private const string Agent =
        """{"address":"203.0.113.7","userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}""";

    private static readonly string[] Story =
    [
        Event("r-1", "request", 0, """ "request":{"method":"GET","path":"/"} """),
        Event("t-1", "click", 1, """ "campaign":"summer" """),
        Event("t-2", "email_open", 2, """ "campaign":"letter" """),
        Event("c-1", "conversion", 3, """ "conversion":{"orderId":"o-1","value":{"minor":1000,"currency":"EUR"}} """),
        Event("f-1", "refund", 4, """ "refund":{"conversion":"c-1","value":{"minor":100,"currency":"EUR"}} """),
    ];

    [Fact]
    public async Task Story_OfOneCustomer_IsAnsweredByEveryRoute()
    {
        await using TestService service = await TestService.StartRealAsync();
        foreach (string campaign in (string[])["summer", "letter"])
            Assert.Equal(
                1,
                (int)
                    (await service.PutAsync($"/v1/campaigns/{campaign}", """{"window":"7d","restate":true}""")).Json[
                        "version"
                    ]!
            );
        Answer sent = await service.PostEventsAsync(TestService.Lines(string.Join('\n', Story)));
        Assert.Equal("accepted accepted accepted accepted accepted", sent.Statuses);
        Answer again = await service.PostEventsAsync(TestService.Json($"[{string.Join(',', Story)}]"));
        Assert.Equal(Story.Length, (int)again.Json["duplicates"]!);
        Assert.Equal(200, (await service.GetAsync("/v1/state?settled=true")).Status);

        Answer resolved = await PostAsync(service, """{"type":"email","value":" ada@EXAMPLE.com"}""");
        string customer = (string)resolved.Json["customer"]!;
        Assert.Equal(2, (int)resolved.Json["identifiers"]!);
        Assert.Equal(2, (int)(await service.GetAsync($"/v1/customers/{customer}")).Json["size"]!);
        JsonNode journey = (await service.GetAsync($"/v1/customers/{customer}/journey")).Json;
        Assert.Equal(["t-1", "t-2", "c-1"], journey["entries"]!.AsArray().Select(entry => (string?)entry!["id"]));
        JsonNode conversion = (await service.GetAsync("/v1/conversions/c-1")).Json;
        JsonNode credit = Assert.Single(conversion["credits"]!.AsArray())!;
        Assert.Equal((1000L, 900L), ((long)credit["minor"]!, (long)credit["net"]!));
        Assert.Equal("allow", (string?)(await service.GetAsync("/v1/decisions/r-1")).Json["action"]);
        foreach (string id in (string[])["r-1", customer, "c-1"])
        {
            JsonNode why = (await service.GetAsync($"/v1/why/{id}")).Json;
            Assert.Equal(("identical", "identical"), ((string?)why["record"], (string?)why["events"]));
        }
        Assert.Equal(2, (await service.GetAsync("/v1/campaigns")).Json["campaigns"]!.AsArray().Count);
    }

    [Fact]
    public async Task Queries_OfAnotherTenant_FindNothing()
    {
        await using TestService service = await TestService.StartRealAsync();
        await service.PostEventsAsync(TestService.Lines(string.Join('\n', Story)));
        const string Ada = """{"type":"email","value":"ada@example.com"}""";
        string customer = (string)(await PostAsync(service, Ada)).Json["customer"]!;
        string[] paths =
        [
            "/v1/decisions/r-1",
            "/v1/conversions/c-1",
            "/v1/why/c-1",
            $"/v1/why/{customer}",
            $"/v1/customers/{customer}",
            $"/v1/customers/{customer}/journey",
        ];
        foreach (string path in paths)
        {
            Assert.Equal(200, (await service.GetAsync(path)).Status);
            (await service.GetAsync(path, service.BetaKey)).AssertProblem(404, "not_found");
        }
        (await PostAsync(service, Ada, service.BetaKey)).AssertProblem(404, "not_found");
        Assert.Equal(0, (int)(await service.GetAsync("/v1/state", service.BetaKey)).Json["events"]!);
    }

    [Fact]
    public async Task BlockedValue_IdentifiesNobodyUntilItIsFreed()
    {
        await using TestService service = await TestService.StartRealAsync();
        await service.PostEventsAsync(TestService.Lines(string.Join('\n', Story)));
        const string Ada = """{"type":"email","value":"ada@example.com"}""";
        async Task<int> BlockAsync(string blocked)
        {
            await service.PutAsync(
                "/v1/blocked-values",
                $$"""{"type":"email","value":"ADA@example.com","blocked":{{blocked}}}"""
            );
            return (await PostAsync(service, Ada)).Status;
        }
        Assert.Equal(404, await BlockAsync("true"));
        Assert.Equal(200, await BlockAsync("false"));
    }

    [Fact]
    public async Task Documents_Schemas_AreThoseOfRealAnswers()
    {
        await using TestService service = await TestService.StartRealAsync();
        await service.PutAsync("/v1/campaigns/summer", """{"window":"7d","restate":true}""");
        await service.PostEventsAsync(TestService.Lines(string.Join('\n', Story)));
        JsonObject schemas = (await service.GetAsync("/openapi/v1.json", "")).Json["components"]![
            "schemas"
        ]!.AsObject();
        Answer resolved = await PostAsync(service, """{"type":"email","value":"ada@example.com"}""");
        string customer = (string)resolved.Json["customer"]!;
        AssertShape(schemas, "ResolvedSchema", resolved.Json);
        AssertShape(schemas, "CustomerSchema", (await service.GetAsync($"/v1/customers/{customer}")).Json);
        AssertShape(schemas, "JourneySchema", (await service.GetAsync($"/v1/customers/{customer}/journey")).Json);
        AssertShape(schemas, "DecisionSchema", (await service.GetAsync("/v1/decisions/r-1")).Json);
        AssertShape(schemas, "ConversionSchema", (await service.GetAsync("/v1/conversions/c-1")).Json);
        AssertShape(schemas, "WhySchema", (await service.GetAsync("/v1/why/c-1")).Json);
        AssertShape(schemas, "CampaignsSchema", (await service.GetAsync("/v1/campaigns")).Json);
        AssertShape(schemas, "StateAnswer", (await service.GetAsync("/v1/state")).Json);
        AssertShape(schemas, "ProblemSchema", (await service.GetAsync("/v1/why/nothing")).Json);
    }

    /// <summary>No member that the document does not know, none missing that it calls required.</summary>
    private static void AssertShape(JsonObject schemas, string name, JsonNode answer)
    {
        JsonObject schema = schemas[name]!.AsObject();
        JsonObject properties = schema["properties"]!.AsObject();
        foreach ((string member, JsonNode? value) in answer.AsObject())
        {
            Assert.True(properties.ContainsKey(member), $"{name} has no {member}");
            string? item = (string?)properties[member]!["items"]?["$ref"];
            if (item is not null && value is JsonArray { Count: > 0 } entries)
                foreach (JsonNode? entry in entries)
                    AssertShape(schemas, item.Split('/')[^1], entry!);
        }
        foreach (JsonNode? required in schema["required"]?.AsArray() ?? [])
            if (!IsNullable(properties[(string)required!]!))
                Assert.True(answer.AsObject().ContainsKey((string)required!), $"{name} lacks {required}");
    }

    private static bool IsNullable(JsonNode property) =>
        property["type"] is JsonArray types && types.Any(type => (string?)type == "null")
        || property["oneOf"] is not null;

    private static string Event(string id, string type, int minute, string more) =>
        $$"""{"id":"{{id}}","type":"{{type}}","time":"2026-06-01T11:{{minute:00}}:00Z","identifiers":{{Person}},"context":{{Agent}},{{more}}}""";

    private static Task<Answer> PostAsync(TestService service, string body, string? key = null) =>
        service.SendAsync(HttpMethod.Post, "/v1/customers/resolve", TestService.Json(body), key);
}
