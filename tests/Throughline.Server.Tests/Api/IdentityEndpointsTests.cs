using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Identity;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

/// <summary>Steering identity over HTTP, with real tenants.</summary>
public sealed class IdentityEndpointsTests
{
    private static readonly string Connected = System.Text.Encoding.UTF8.GetString(
        StrategyJson.Write(Strategy.Connected)
    );

    [Fact]
    public async Task Separation_HoldsAtOnce_AndTakenBackTheyAreOneAgain()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SeeAsync(service, "1", ("user", "anna"), ("device", "tablet"));
        Assert.True(await SameAsync(service, "user:anna", "device:tablet"));
        const string Pair = """
            "a":{"type":"user","value":"anna"},"b":{"type":"device","value":"tablet"},"reason":"a shared tablet"
            """;
        Assert.Equal(200, (await service.PutAsync("/v1/identity/separations", $"{{{Pair}}}")).Status);
        Assert.False(await SameAsync(service, "user:anna", "device:tablet"));
        Answer why = await service.PostAsync("/v1/identity/why", Ends("user:anna", "device:tablet"));
        Assert.Contains("operator separated", (string?)why.Json["sentence"], StringComparison.Ordinal);
        Assert.Equal(200, (await service.PutAsync("/v1/identity/separations", $"{{{Pair},\"holds\":false}}")).Status);
        Assert.True(await SameAsync(service, "user:anna", "device:tablet"));
    }

    [Fact]
    public async Task Link_OfWhatWasNeverSeenTogether_JoinsThem()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SeeAsync(service, "1", ("user", "anna"));
        await SeeAsync(service, "2", ("device", "phone"));
        Assert.False(await SameAsync(service, "user:anna", "device:phone"));
        Answer linked = await service.PutAsync(
            "/v1/identity/links",
            """{"a":{"type":"user","value":"anna"},"b":{"type":"device","value":"phone"},"reason":"called us","author":"ann"}"""
        );
        Assert.Equal(200, linked.Status);
        Assert.True(await SameAsync(service, "user:anna", "device:phone"));
    }

    [Fact]
    public async Task Strategy_Published_PutsCustomersTogetherAnew_AndTheEarlierOneGoesBack()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SeeAsync(service, "1", ("user", "anna"), ("device", "tablet"));
        await SeeAsync(service, "2", ("user", "ben"), ("device", "tablet"));
        Assert.False(await SameAsync(service, "user:anna", "user:ben"));
        Answer tried = await service.PostAsync("/v1/identity/strategies/try", $"{{\"strategy\":{Connected}}}");
        Assert.Equal((1, 3), ((int)tried.Json["merges"]!, (int)tried.Json["movedIdentifiers"]!));
        Assert.False(await SameAsync(service, "user:anna", "user:ben"));
        Answer published = await service.PutAsync(
            "/v1/identity/strategy",
            $"{{\"strategy\":{Connected},\"note\":\"n\"}}"
        );
        Assert.Equal(200, published.Status);
        Assert.True(await SameAsync(service, "user:anna", "user:ben"));
        Answer strategies = await service.GetAsync("/v1/identity/strategies");
        Assert.Equal("connected", (string?)strategies.Json["inForce"]!["name"]);
        string before = System.Text.Encoding.UTF8.GetString(StrategyJson.Write(Strategy.Default));
        await service.PutAsync("/v1/identity/strategy", $"{{\"strategy\":{before}}}");
        Assert.False(await SameAsync(service, "user:anna", "user:ben"));
        Answer health = await service.GetAsync("/v1/identity/health");
        Assert.Equal((3, 1), ((int)health.Json["identifiers"]!, (int)health.Json["rejectedLinks"]!));
    }

    [Fact]
    public async Task ResolveMany_SomeKnown_AnswersInTheirOrder()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SeeAsync(service, "1", ("user", "anna"), ("device", "phone"));
        Answer answer = await service.PostAsync(
            "/v1/customers/resolve-many",
            """{"identifiers":[{"type":"device","value":"phone"},{"type":"user","value":"nobody"},{"type":"user","value":"anna"}]}"""
        );
        JsonArray results = answer.Json["results"]!.AsArray();
        Assert.Equal(3, results.Count);
        Assert.Null(results[1]);
        Assert.Equal((string?)results[0]!["customer"], (string?)results[2]!["customer"]);
        Answer wrong = await service.PostAsync(
            "/v1/customers/resolve-many",
            """{"identifiers":[{"type":"device","value":"phone"},{"type":"device"}]}"""
        );
        wrong.AssertProblem(400, "missing_field");
        Assert.Equal("/identifiers/1/value", (string?)wrong.Json["pointer"]);
    }

    [Theory]
    [InlineData(
        "PUT",
        "/v1/identity/links",
        """{"a":{"type":"user","value":"x"},"reason":"r"}""",
        "missing_field",
        "/b"
    )]
    [InlineData(
        "PUT",
        "/v1/identity/links",
        """{"a":{"type":"user","value":"x"},"b":{"type":"User","value":"y"},"reason":"r"}""",
        "bad_identifier_type",
        "/b/type"
    )]
    [InlineData(
        "PUT",
        "/v1/identity/links",
        """{"a":{"type":"user","value":"x"},"b":{"type":"user","value":"x"},"reason":"r"}""",
        "bad_value",
        "/b"
    )]
    [InlineData(
        "PUT",
        "/v1/identity/separations",
        """{"a":{"type":"user","value":"x"},"b":{"type":"user","value":"y"}}""",
        "missing_field",
        "/reason"
    )]
    [InlineData("PUT", "/v1/identity/strategy", """{"note":"x"}""", "missing_field", "/strategy")]
    [InlineData(
        "PUT",
        "/v1/identity/strategy",
        """{"strategy":{"name":"x","sizeMax":1,"types":[],"others":{"class":"device","tier":1}}}""",
        "bad_value",
        "/strategy/sizeMax"
    )]
    [InlineData(
        "PUT",
        "/v1/identity/strategy",
        """{"strategy":{"name":null,"types":[],"others":{"class":"device","tier":1}}}""",
        "wrong_type",
        "/strategy/name"
    )]
    [InlineData(
        "PUT",
        "/v1/identity/strategy",
        """{"strategy":{"name":"x","types":[],"others":null}}""",
        "wrong_type",
        "/strategy/others"
    )]
    [InlineData(
        "POST",
        "/v1/identity/strategies/try",
        """{"strategy":{"name":"x","types":[null],"others":{"class":"device","tier":1}}}""",
        "wrong_type",
        "/strategy/types/0"
    )]
    [InlineData(
        "POST",
        "/v1/identity/strategies/try",
        """{"strategy":{"name":"x","types":[],"others":{"class":"device","tier":1}},"heldOut":"passport"}""",
        "bad_value",
        "/heldOut"
    )]
    [InlineData("POST", "/v1/identity/why", """{"a":{"type":"user","value":"x"},"b":"y"}""", "wrong_type", "/b")]
    public async Task Statement_NotValid_SaysWhyAndWhere(
        string method,
        string path,
        string body,
        string reason,
        string pointer
    )
    {
        await using TestService service = await TestService.StartRealAsync();
        Answer answer = method == "PUT" ? await service.PutAsync(path, body) : await service.PostAsync(path, body);
        answer.AssertProblem(400, reason);
        Assert.Equal(pointer, (string?)answer.Json["pointer"]);
    }

    private static async Task SeeAsync(TestService service, string id, params (string Type, string Value)[] identifiers)
    {
        string body = JsonSerializer.Serialize(
            new
            {
                id,
                type = "identify",
                time = "2026-06-01T12:00:00Z",
                identifiers = identifiers.Select(x => new { type = x.Type, value = x.Value }),
            }
        );
        Answer answer = await service.PostAsync("/v1/events", body);
        Assert.True(answer.Status == 200, answer.Text);
    }

    private static async Task<bool> SameAsync(TestService service, string a, string b) =>
        (bool)(await service.PostAsync("/v1/identity/why", Ends(a, b))).Json["sameCustomer"]!;

    private static string Ends(string a, string b) => new JsonObject { ["a"] = End(a), ["b"] = End(b) }.ToJsonString();

    private static JsonObject End(string identifier) =>
        new() { ["type"] = identifier.Split(':')[0], ["value"] = identifier.Split(':')[1] };
}
