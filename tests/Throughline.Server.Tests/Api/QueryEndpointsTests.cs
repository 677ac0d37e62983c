using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

public sealed class QueryEndpointsTests
{
    [Theory]
    [InlineData("decisions/ID", "decision")]
    [InlineData("customers/ID", "customer")]
    [InlineData("conversions/ID", "conversion")]
    [InlineData("customers/ID/journey", "journey")]
    [InlineData("why/ID", "why")]
    public async Task Get_Id_ReachesTheCellAsItWasMeant(string path, string member)
    {
        await using TestService service = await TestService.StartAsync();
        string[] ids = ["d-1", "a/b", "a%2Fb", "a b+c", "é\u0001?#&=", "..a", "%", new('x', 2000)];
        foreach (string id in ids)
        {
            Answer answer = await service.GetAsync(
                "/v1/" + path.Replace("ID", Uri.EscapeDataString(id)) + "?query=ignored"
            );
            Assert.Equal((200, id), (answer.Status, (string?)answer.Json[member]));
            Assert.Equal("application/json", answer.ContentHeaders.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Get_Unknown_Is404()
    {
        await using TestService service = await TestService.StartAsync();
        (await service.GetAsync("/v1/decisions/missing")).AssertProblem(404, "not_found");
    }

    [Theory]
    [InlineData("email", " Ada@Example.COM ", "email", "ada@example.com")]
    [InlineData("phone", "+49 170 1234567", "phone", "+491701234567")]
    [InlineData("loyalty", "L-7", "loyalty", "L-7")]
    public async Task Resolve_Identifier_IsNormalisedAndReachesTheCellAsAToken(
        string type,
        string value,
        string typeExpected,
        string normalised
    )
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await PostAsync(service, $$"""{"type":"{{type}}","value":"{{value}}"}""");
        Assert.Equal(200, answer.Status);
        CellQuery.Resolve query = Assert.IsType<CellQuery.Resolve>(Assert.Single(service.Alpha.Queries));
        Assert.Equal(typeExpected, query.Type);
        Assert.Equal(service.Alpha.Keys.Tokenise(type, System.Text.Encoding.UTF8.GetBytes(normalised)), query.Token);
    }

    [Theory]
    [InlineData("", 400, "empty_body", null)]
    [InlineData("{", 400, "malformed_json", "")]
    [InlineData("""{"type":"email","value":"a@b"} x""", 400, "malformed_json", "")]
    [InlineData("[]", 400, "wrong_type", "")]
    [InlineData("{}", 400, "missing_field", "/type")]
    [InlineData("""{"type":"email"}""", 400, "missing_field", "/value")]
    [InlineData("""{"type":"email","value":1}""", 400, "wrong_type", "/value")]
    [InlineData("""{"type":"email","value":""}""", 400, "empty", "/value")]
    [InlineData("""{"type":"email","value":"a@b","value":"a@b"}""", 400, "duplicate_field", "/value")]
    [InlineData("""{"type":"email","value":"nobody"}""", 400, "bad_email", "/value")]
    [InlineData("""{"type":"phone","value":"12"}""", 400, "bad_phone", "/value")]
    [InlineData("""{"type":"E mail","value":"x"}""", 400, "bad_identifier_type", "/type")]
    [InlineData("""{"type":"device","value":"\ud800"}""", 400, "lone_surrogate", "/value")]
    [InlineData("""{"type":"device","value":"a\u0000"}""", 400, "control_character", "/value")]
    [InlineData("""{"type":"device","value":"x","a/b~c":1}""", 400, "unknown_field", "/a~1b~0c")]
    public async Task Resolve_NotValid_SaysWhyAndRepeatsNoValue(string body, int status, string reason, string? pointer)
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await PostAsync(service, body);
        answer.AssertProblem(status, reason);
        Assert.Equal(pointer, (string?)answer.Json["pointer"]);
        Assert.DoesNotContain("nobody", answer.Text);
    }

    [Fact]
    public async Task Resolve_BodyTooLarge_Is413()
    {
        await using TestService service = await TestService.StartAsync();
        (await PostAsync(service, new string(' ', 65_537))).AssertProblem(413, "body_too_large");
    }

    [Fact]
    public async Task Resolve_InvalidUtf8_Is400()
    {
        await using TestService service = await TestService.StartAsync();
        byte[] body = [.. "{\"type\":\"device\",\"value\":\""u8, 0xff, .. "\"}"u8];
        Answer answer = await service.SendAsync(
            HttpMethod.Post,
            "/v1/customers/resolve",
            TestService.Content(body, "application/json")
        );
        Assert.Equal(400, answer.Status);
    }

    private static Task<Answer> PostAsync(TestService service, string body) =>
        service.SendAsync(HttpMethod.Post, "/v1/customers/resolve", TestService.Json(body));
}
