using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

public sealed class OpenApiTests
{
    private static readonly string[] Expected =
    [
        "GET /healthz",
        "GET /metrics",
        "GET /readyz",
        "GET /v1/alarms",
        "GET /v1/attribution/drafts",
        "GET /v1/attribution/drafts/{id}",
        "GET /v1/attribution/examples",
        "GET /v1/attribution/examples/card",
        "GET /v1/attribution/export",
        "GET /v1/attribution/incrementality",
        "GET /v1/attribution/paths",
        "GET /v1/attribution/rates",
        "GET /v1/attribution/report",
        "GET /v1/attribution/rules",
        "GET /v1/attribution/spend",
        "GET /v1/campaigns",
        "GET /v1/conversions/{id}",
        "GET /v1/customers/{id}",
        "GET /v1/customers/{id}/as-of",
        "GET /v1/customers/{id}/history",
        "GET /v1/customers/{id}/journey",
        "GET /v1/customers/{id}/timeline",
        "GET /v1/decisions/{id}",
        "GET /v1/doors",
        "GET /v1/doors/rejections",
        "GET /v1/events/funnel",
        "GET /v1/events/volume",
        "GET /v1/gate/audit",
        "GET /v1/gate/bots",
        "GET /v1/gate/impact",
        "GET /v1/gate/lists",
        "GET /v1/gate/lists/{id}",
        "GET /v1/gate/report",
        "GET /v1/gate/rules",
        "GET /v1/gate/rules/diff",
        "GET /v1/gate/rules/proposals",
        "GET /v1/gate/rules/versions",
        "GET /v1/gate/settings",
        "GET /v1/identity/erasures",
        "GET /v1/identity/health",
        "GET /v1/identity/settings",
        "GET /v1/identity/strategies",
        "GET /v1/identity/types",
        "GET /v1/snowplow/i",
        "GET /v1/snowplow/{key}/i",
        "GET /v1/state",
        "GET /v1/tenants",
        "GET /v1/webhooks",
        "GET /v1/webhooks/{id}",
        "GET /v1/why/{id}",
        "POST /v1/a",
        "POST /v1/alias",
        "POST /v1/attribution/rules/try",
        "POST /v1/b",
        "POST /v1/batch",
        "POST /v1/blocked-values/preview",
        "POST /v1/cloudevents",
        "POST /v1/customers/resolve",
        "POST /v1/customers/resolve-as-of",
        "POST /v1/customers/resolve-many",
        "POST /v1/decisions",
        "POST /v1/decisions/responses",
        "POST /v1/decisions/{id}/response",
        "POST /v1/events",
        "POST /v1/g",
        "POST /v1/gate/backtest",
        "POST /v1/gate/bypasses",
        "POST /v1/gate/impact",
        "POST /v1/gate/lists/{id}/entries",
        "POST /v1/gate/rules/proposals",
        "POST /v1/gate/rules/proposals/{id}/approve",
        "POST /v1/gate/rules/rollback",
        "POST /v1/group",
        "POST /v1/i",
        "POST /v1/identify",
        "POST /v1/identity/erase",
        "POST /v1/identity/erase/preview",
        "POST /v1/identity/links/preview",
        "POST /v1/identity/separations/preview",
        "POST /v1/identity/strategies/try",
        "POST /v1/identity/why",
        "POST /v1/p",
        "POST /v1/page",
        "POST /v1/s",
        "POST /v1/screen",
        "POST /v1/snowplow/com.snowplowanalytics.snowplow/tp2",
        "POST /v1/snowplow/{key}/com.snowplowanalytics.snowplow/tp2",
        "POST /v1/t",
        "POST /v1/tenants",
        "POST /v1/tenants/{id}/keys",
        "POST /v1/tenants/{id}/replay",
        "POST /v1/track",
        "POST /v1/webhooks/{id}/resume",
        "POST /v1/webhooks/{id}/rotate",
        "POST /v1/webhooks/{id}/test",
        "PUT /v1/alarms/settings",
        "PUT /v1/attribution/drafts/{id}",
        "PUT /v1/attribution/rates",
        "PUT /v1/attribution/rules",
        "PUT /v1/attribution/spend",
        "PUT /v1/blocked-values",
        "PUT /v1/campaigns/{id}",
        "PUT /v1/doors",
        "PUT /v1/gate/lists/{id}/entries",
        "PUT /v1/gate/rules",
        "PUT /v1/gate/settings",
        "PUT /v1/identity/freezes",
        "PUT /v1/identity/links",
        "PUT /v1/identity/separations",
        "PUT /v1/identity/settings",
        "PUT /v1/identity/strategy",
        "PUT /v1/identity/types",
        "PUT /v1/webhooks/{id}",
    ];

    [Fact]
    public async Task Document_HoldsEveryRoute()
    {
        await using TestService service = await TestService.StartAsync();
        JsonNode document = (await service.GetAsync("/openapi/v1.json", "")).Json;
        Assert.Equal("Throughline", (string?)document["info"]!["title"]);
        Assert.StartsWith("3.", (string?)document["openapi"]);
        IEnumerable<string> found =
            from path in document["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            where operation.Key is "get" or "post" or "put"
            select $"{operation.Key.ToUpperInvariant()} {path.Key}";
        Assert.Equal(Expected, found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_OperationsSayWhatTheyTakeAndGive()
    {
        await using TestService service = await TestService.StartAsync();
        JsonNode document = (await service.GetAsync("/openapi/v1.json", "")).Json;
        foreach ((string path, JsonNode? item) in document["paths"]!.AsObject())
        foreach (
            (string method, JsonNode? operation) in item!.AsObject().Where(one => one.Key is "get" or "post" or "put")
        )
        {
            string name = $"{method} {path}";
            Assert.False(string.IsNullOrEmpty((string?)operation!["summary"]), name);
            Assert.Equal(path.StartsWith("/v1/", StringComparison.Ordinal), operation["security"] is not null);
            bool takes =
                method == "put" || (method == "post" && !path.StartsWith("/v1/tenants/", StringComparison.Ordinal));
            Assert.Equal(takes, operation["requestBody"] is not null);
            Assert.Contains(operation["responses"]!.AsObject(), one => one.Key is "200" or "201");
            Assert.Equal(path.Contains("{id}"), operation["parameters"]?[0]?["name"]?.ToString() == "id");
        }
        JsonObject events = document["paths"]!["/v1/events"]!["post"]!.AsObject();
        Assert.NotNull(events["requestBody"]!["content"]!["application/x-ndjson"]);
        Assert.Equal("bearer", (string?)document["components"]!["securitySchemes"]!["key"]!["scheme"]);
    }

    /// <summary>The shapes in the document are those of hand-written answers.</summary>
    [Fact]
    public async Task Document_ResultsSchema_HasTheMembersOfARealAnswer()
    {
        await using TestService service = await TestService.StartAsync();
        JsonNode document = (await service.GetAsync("/openapi/v1.json", "")).Json;
        Answer answer = await service.SendAsync(
            HttpMethod.Post,
            "/v1/events?results=rejected",
            TestService.Json($"[{{}},{TestService.Click("a").Replace("click", "call", StringComparison.Ordinal)}]")
        );
        JsonObject schemas = document["components"]!["schemas"]!.AsObject();
        Assert.Equal(Names(answer.Json), Names(schemas["EventResultsSchema"]!["properties"]!));
        Assert.Equal(
            answer.Json["results"]!
                .AsArray()
                .SelectMany(result => Names(result!))
                .Distinct()
                .Order(StringComparer.Ordinal),
            Names(schemas["EventResultSchema"]!["properties"]!)
        );
    }

    private static IEnumerable<string> Names(JsonNode node) =>
        node.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal);
}
