using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Tenant;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

public sealed class ControlEndpointsTests
{
    [Fact]
    public async Task Campaign_Full_BecomesTheNextVersion()
    {
        await using TestService service = await TestService.StartAsync();
        const string Body = """
            {"window":"36h","model":"linear","priority":-3,"group":"paid","validFrom":"2026-01-01T00:00:00Z","validTo":1798761600000,"restate":true}
            """;
        Answer first = await service.PutAsync("/v1/campaigns/summer%2F26", Body);
        Answer second = await service.PutAsync("/v1/campaigns/summer%2F26", """{"window":"7d"}""");
        Assert.Equal(
            (200, "summer/26", 1),
            (first.Status, (string?)first.Json["campaign"], (int)first.Json["version"]!)
        );
        Assert.Equal(2, (int)second.Json["version"]!);
        AssertDocument(
            service.Alpha.Published[0],
            new(
                "summer/26",
                1,
                36 * 3_600_000,
                CreditModel.Linear,
                -3,
                "paid",
                1767225600000,
                1798761600000,
                true,
                0,
                0
            )
        );
        AssertDocument(
            service.Alpha.Published[1],
            new("summer/26", 1, 7 * 86_400_000, CreditModel.LastTouch, 0, "default", 0, long.MaxValue, false, 0, 0)
        );
        Answer list = await service.GetAsync("/v1/campaigns");
        Assert.Equal("summer/26", (string?)list.Json["campaigns"]![0]);
    }

    [Theory]
    [InlineData("{}", "missing_field", "/window")]
    [InlineData("[]", "wrong_type", "")]
    [InlineData("""{"window":7}""", "wrong_type", "/window")]
    [InlineData("""{"window":""}""", "empty", "/window")]
    [InlineData("""{"window":"7"}""", "bad_value", "/window")]
    [InlineData("""{"window":"d"}""", "bad_value", "/window")]
    [InlineData("""{"window":"-7d"}""", "bad_value", "/window")]
    [InlineData("""{"window":"7.5d"}""", "bad_value", "/window")]
    [InlineData("""{"window":"7D"}""", "bad_value", "/window")]
    [InlineData("""{"window":"0d"}""", "time_out_of_range", "/window")]
    [InlineData("""{"window":"401d"}""", "time_out_of_range", "/window")]
    [InlineData("""{"window":"99999999999d"}""", "bad_value", "/window")]
    [InlineData("""{"window":"7d","model":"first_touch"}""", "bad_value", "/model")]
    [InlineData("""{"window":"7d","model":null}""", "wrong_type", "/model")]
    [InlineData("""{"window":"7d","priority":1.5}""", "bad_number", "/priority")]
    [InlineData("""{"window":"7d","priority":1000001}""", "bad_number", "/priority")]
    [InlineData("""{"window":"7d","group":""}""", "empty", "/group")]
    [InlineData("""{"window":"7d","validFrom":"yesterday"}""", "bad_time", "/validFrom")]
    [InlineData("""{"window":"7d","validFrom":"2300-01-01T00:00:00Z"}""", "time_out_of_range", "/validFrom")]
    [InlineData(
        """{"window":"7d","validFrom":"2026-02-01T00:00:00Z","validTo":"2026-02-01T00:00:00Z"}""",
        "time_out_of_range",
        "/validTo"
    )]
    [InlineData("""{"window":"7d","restate":"yes"}""", "wrong_type", "/restate")]
    [InlineData("""{"window":"7d","windows":1}""", "unknown_field", "/windows")]
    [InlineData("""{"window":"7d","window":"8d"}""", "duplicate_field", "/window")]
    public async Task Campaign_NotValid_SaysWhyAndPublishesNothing(string body, string reason, string pointer)
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.PutAsync("/v1/campaigns/c1", body);
        answer.AssertProblem(400, reason);
        Assert.Equal(pointer, (string?)answer.Json["pointer"]);
        Assert.Equal(0, service.Cells.Opened);
    }

    [Theory]
    [InlineData("%00", "control_character")]
    [InlineData("x%0Ay", "control_character")]
    [InlineData("LONG", "too_long")]
    public async Task Campaign_IdNotValid_SaysWhy(string id, string reason)
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.PutAsync(
            $"/v1/campaigns/{id.Replace("LONG", new('x', 129))}",
            """{"window":"7d"}"""
        );
        Assert.Equal(400, answer.Status);
        if (id != "%00") // which the web server itself refuses
            answer.AssertProblem(400, reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BlockedValue_IsPublishedAsATokenAlone(bool blocked)
    {
        await using TestService service = await TestService.StartAsync();
        string body = JsonSerializer.Serialize(
            new
            {
                type = "email",
                value = "NoReply@shop.example ",
                blocked,
            }
        );
        Answer answer = await service.PutAsync("/v1/blocked-values", body);
        Assert.Equal(
            (200, "email", blocked),
            (answer.Status, (string?)answer.Json["type"], (bool)answer.Json["blocked"]!)
        );
        (string kind, JsonElement document) = Assert.Single(service.Alpha.Published);
        Assert.Equal(ControlDocument.BlockKind, kind);
        JsonElement expected = JsonSerializer.Deserialize<JsonElement>(
            ControlDocument.Block("email", service.Alpha.Keys.Tokenise("email", "noreply@shop.example"u8), blocked)
        );
        AssertMembers(expected, document, without: "kind");
        Assert.DoesNotContain("noreply", answer.Text + document.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("""{"type":"email","value":"a@b.c"}""", "missing_field", "/blocked")]
    [InlineData("""{"type":"email","value":"a@b.c","blocked":1}""", "wrong_type", "/blocked")]
    [InlineData("""{"type":"email","value":"ab.c","blocked":true}""", "bad_email", "/value")]
    public async Task BlockedValue_NotValid_SaysWhy(string body, string reason, string pointer)
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.PutAsync("/v1/blocked-values", body);
        answer.AssertProblem(400, reason);
        Assert.Equal(pointer, (string?)answer.Json["pointer"]);
        Assert.Empty(service.Alpha.Published);
    }

    // The cell adds kind and version, as its contract says.
    private static void AssertDocument((string Kind, JsonElement Document) published, CampaignRule expected)
    {
        Assert.Equal(ControlDocument.CampaignKind, published.Kind);
        JsonElement whole = JsonSerializer.Deserialize<JsonElement>(ControlDocument.Campaign(expected));
        AssertMembers(whole, published.Document, "kind", "version");
    }

    private static void AssertMembers(JsonElement expected, JsonElement actual, params string[] without) =>
        Assert.Equal(
            expected
                .EnumerateObject()
                .Where(member => !without.Contains(member.Name))
                .Select(member => $"{member.Name}: {member.Value.GetRawText()}")
                .Order(),
            actual.EnumerateObject().Select(member => $"{member.Name}: {member.Value.GetRawText()}").Order()
        );

    private static void AssertMembers(JsonElement expected, JsonElement actual, string without) =>
        AssertMembers(expected, actual, [without]);
}
