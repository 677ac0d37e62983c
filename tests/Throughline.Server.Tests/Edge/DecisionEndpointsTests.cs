using System.Text.Json.Nodes;
using Throughline.Core.Gate.Requests;
using Throughline.Server.Edge;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge;

/// <summary>The gate's contract for applications.</summary>
public sealed class DecisionEndpointsTests
{
    private const string Url = "https://shop.example:8443/odd?a=1#top";

    [Fact]
    public async Task Decide_WholeRequest_IsJudgedAndExplained()
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        Answer answer = await DecideAsync(
            service,
            $$"""
            {"method":"POST","url":"{{Url}}","address":"198.51.100.4","protocol":"HTTP/2","ja4":"t13d","asn":64500,"country":"DE",
             "headers":[["User-Agent","curl/8"],["Accept","*/*"],["Cookie","sid=s-1"],["X-Two","1"],["x-two","2"]]}
            """
        );
        Assert.Equal(200, answer.Status);
        JsonNode decision = answer.Json;
        Assert.Equal(answer.Header("x-throughline-decision"), (string?)decision["id"]);
        Assert.Equal(("tag", 7, "no_match"), Head(decision));
        Assert.Equal("""["odd","known-session"]""", decision["tags"]!.ToJsonString());
        Assert.Equal("default", (string?)decision["route"]);
        Assert.Equal(
            """[{"rule":"odd-one","outcome":"matched","enforced":true},{"rule":"session-tag","outcome":"matched","enforced":true}]""",
            decision["matches"]!.ToJsonString()
        );
        Recorded seen = sink.Last;
        Assert.Equal(("POST", "/odd", "a=1"), (seen.Method, seen.Path, seen.Query));
        Assert.Equal(("shop.example:8443", "198.51.100.4", EdgeContract.Api), (seen.Host, seen.Address, seen.Contract));
        Assert.Equal(RequestReader.AllHeaders | RequestKnowledge.HeaderOrder, seen.Knowledge);
        Assert.Equal(
            "user-agent accept cookie x-two x-two",
            string.Join(' ', seen.Headers.Select(field => field.Name))
        );
    }

    [Fact]
    public async Task Decide_Denied_SaysHow()
    {
        await using TestService service = await EdgeKit.StartAsync();
        JsonNode decision = (await DecideAsync(service, """{"method":"GET","path":"/deny","host":"x"}""")).Json;
        Assert.Equal(("deny", 0, "rule"), Head(decision));
        Assert.Equal("no-deny", (string?)decision["rule"]);
        Assert.Equal(
            """{"status":429,"body":"Too many.","contentType":"text/plain","delayMs":0}""",
            decision["denial"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task Decide_Challenged_SaysWhere()
    {
        await using TestService service = await EdgeKit.StartAsync();
        JsonNode decision = (await DecideAsync(service, """{"method":"GET","url":"/challenge"}""")).Json;
        Assert.Equal(
            $"{EdgeKit.ChallengePage}?decision={decision["id"]}&return=%2Fchallenge",
            (string?)decision["location"]
        );
    }

    [Fact]
    public async Task Decide_WithoutHeaders_KnowsThatItKnowsNone()
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        await DecideAsync(service, """{"method":"GET","url":"/"}""");
        Assert.Equal(RequestKnowledge.Basic, sink.Last.Knowledge);
        await DecideAsync(
            service,
            """{"method":"GET","url":"/","headers":{"Accept":"*/*","X-A":["1","2"]},"host":"h"}"""
        );
        Assert.Equal(RequestReader.AllHeaders, sink.Last.Knowledge);
        Assert.Equal(3, sink.Last.Headers.Count);
    }

    [Theory]
    [InlineData("""{"url":"/"}""", "missing_field", "/method")]
    [InlineData("""{"method":"GET"}""", "bad_value", "/path")]
    [InlineData("""{"method":"GET","url":"mailto:x"}""", "bad_value", "/url")]
    [InlineData("""{"method":"GET","url":"/","address":"1.2.3"}""", "bad_value", "/address")]
    [InlineData("""{"method":"GET","url":"/","headers":[["a"]]}""", "wrong_type", "/headers")]
    [InlineData("""{"method":"GET","url":"/","headers":{"a":1}}""", "wrong_type", "/headers")]
    [InlineData("""{"method":"GET","url":"/","headers":[["\ud800","x"]]}""", "wrong_type", "/headers")]
    [InlineData("""{"method":"GET","url":"/","headers":{"\ud800":"x"}}""", "wrong_type", "/headers")]
    [InlineData("""{"method":"GET","url":"/","asn":-1}""", "bad_number", "/asn")]
    [InlineData("""{"method":"GET","url":"/","colour":"red"}""", "unknown_field", "/colour")]
    [InlineData("[]", "wrong_type", "")]
    [InlineData("{", "malformed_json", "")]
    public async Task Decide_BadDocument_IsRefusedWithItsPlace(string body, string reason, string pointer)
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        Answer answer = await DecideAsync(service, body);
        answer.AssertProblem(400, reason);
        Assert.Equal(pointer, (string?)answer.Json["pointer"] ?? "");
        Assert.Empty(sink.Decisions);
    }

    [Fact]
    public async Task Decide_WithoutKey_IsRefused()
    {
        await using TestService service = await EdgeKit.StartAsync();
        (
            await service.SendAsync(
                HttpMethod.Post,
                "/v1/decisions",
                TestService.Json("""{"method":"GET","url":"/"}"""),
                ""
            )
        ).AssertProblem(401, "unauthorized");
    }

    [Fact]
    public async Task Decide_KeyOfAnotherTenant_HasItsOwnRules()
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        Answer answer = await service.SendAsync(
            HttpMethod.Post,
            "/v1/decisions",
            TestService.Json("""{"method":"GET","url":"https://shop.example/deny"}"""),
            service.BetaKey
        );
        Assert.Equal(("allow", 0, "failure"), Head(answer.Json)); // beta published none
        Assert.Equal("beta", sink.Last.Tenant);
    }

    [Fact]
    public async Task Response_OfAnyContract_IsFedBackOnce()
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        Answer asked = await service.SendAsync(HttpMethod.Get, "/v1/edge/ext-authz/log-in", null, "");
        string id = asked.Header("x-throughline-decision")!;
        Answer first = await RespondAsync(service, id, """{"status":401,"logInFailed":true}""");
        Assert.Equal((200, "taken"), (first.Status, (string?)first.Json["status"]));
        Assert.Equal((id, new ResponseFacts(401, -1, true), "log-in-failed"), Assert.Single(sink.Responses));
        Assert.Equal("duplicate", (string?)(await RespondAsync(service, id, """{"status":401}""")).Json["status"]);
        Assert.Single(sink.Responses);
    }

    [Theory]
    [InlineData("1-1-1")]
    [InlineData("1")]
    [InlineData("0-19e8339fe00-1")]
    [InlineData("1-19e8339fe00--1")]
    [InlineData("1-19e8339fe00-0")]
    [InlineData("1-%2f")]
    public async Task Response_UnknownId_IsNotFound(string id)
    {
        await using TestService service = await EdgeKit.StartAsync();
        (await RespondAsync(service, id, """{"status":200}""")).AssertProblem(404, "not_found");
    }

    [Fact]
    public async Task Response_OfAnotherTenantsDecision_IsNotFound()
    {
        await using TestService service = await EdgeKit.StartAsync();
        string id = (string)(await DecideAsync(service, """{"method":"GET","url":"/"}""")).Json["id"]!;
        Answer answer = await service.SendAsync(
            HttpMethod.Post,
            $"/v1/decisions/{id}/response",
            TestService.Json("""{"status":200}"""),
            service.BetaKey
        );
        answer.AssertProblem(404, "not_found");
    }

    [Fact]
    public async Task Response_TooLongAgo_IsNotFound()
    {
        await using TestService service = await EdgeKit.StartAsync(EdgeKit.Options with { RecentMax = 4 });
        string[] ids = new string[6];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = (string)(await DecideAsync(service, """{"method":"GET","url":"/"}""")).Json["id"]!;
        (await RespondAsync(service, ids[1], "{}")).AssertProblem(404, "not_found");
        Assert.Equal(200, (await RespondAsync(service, ids[2], "{}")).Status);
    }

    [Fact]
    public async Task Responses_Lines_AreTakenOneByOne()
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        string id = (string)(await DecideAsync(service, """{"method":"GET","url":"/"}""")).Json["id"]!;
        string line = $$"""{"id":"{{id}}","status":404,"bytes":12}""";
        Answer answer = await service.SendAsync(
            HttpMethod.Post,
            "/v1/decisions/responses",
            TestService.Lines($"{line}\n\n{line}\nnonsense\n{{\"id\":\"1-0-1\"}}\n{{\"status\":200}}\n")
        );
        Assert.Equal(200, answer.Status);
        Assert.Equal(
            (1, 1, 1),
            ((int)answer.Json["taken"]!, (int)answer.Json["duplicates"]!, (int)answer.Json["notFound"]!)
        );
        Assert.Equal(
            ["4 malformed_json", "6 missing_field"],
            answer.Json["rejected"]!.AsArray().Select(one => $"{one!["line"]} {one["reason"]}")
        );
        Assert.Equal(new ResponseFacts(404, 12), Assert.Single(sink.Responses).Facts);
    }

    /// <summary>The shapes in the OpenAPI document are those of hand-written answers.</summary>
    [Fact]
    public async Task Document_DecisionSchema_HasTheMembersOfRealAnswers()
    {
        await using TestService service = await EdgeKit.StartAsync();
        await using TestService own = await ChallengeKit.StartAsync();
        JsonNode schemas = (await service.GetAsync("/openapi/v1.json", "")).Json["components"]!["schemas"]!;
        IEnumerable<string> told = (
            await Task.WhenAll(
                ((string[])["/deny", "/challenge", "/odd"]).SelectMany(path =>
                    ((TestService[])[service, own]).Select(one =>
                        DecideAsync(one, $$"""{"method":"GET","url":"{{path}}"}""")
                    )
                )
            )
        ).SelectMany(answer => answer.Json.AsObject().Select(member => member.Key));
        Assert.Equal(
            schemas["EdgeDecisionSchema"]!["properties"]!
                .AsObject()
                .Select(member => member.Key)
                .Order(StringComparer.Ordinal),
            told.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
    }

    private static (string?, int, string?) Head(JsonNode decision) =>
        ((string?)decision["action"], (int)decision["score"]!, (string?)decision["cause"]);

    private static Task<Answer> DecideAsync(TestService service, string body) =>
        service.SendAsync(HttpMethod.Post, "/v1/decisions", TestService.Json(body));

    private static Task<Answer> RespondAsync(TestService service, string id, string body) =>
        service.SendAsync(HttpMethod.Post, $"/v1/decisions/{id}/response", TestService.Json(body));
}
