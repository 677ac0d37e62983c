using System.Text.Json.Nodes;
using Throughline.Core.Identity;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

/// <summary>Previews over HTTP, with real tenants: what they tell comes true, and only once it is said.</summary>
public sealed class PreviewEndpointsTests
{
    private const string Pair = """
        "a":{"type":"user","value":"anna"},"b":{"type":"device","value":"tablet"}
        """;

    [Fact]
    public async Task Separation_PreviewedThenSaid_CustomersAndCreditMoveAsTold()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SeeAsync(service);
        string before = await StateAsync(service);
        Answer told = await service.PostAsync("/v1/identity/separations/preview", $"{{{Pair}}}");
        Assert.True(told.Status == 200, told.Text);
        Assert.Equal(before, await StateAsync(service)); // nothing has happened
        Assert.Equal("attributed", await StatusAsync(service));

        JsonNode customers = told.Json["customers"]!;
        Assert.Equal([2], customers["before"]!.AsArray().Select(x => (int)x!["size"]!));
        Assert.Equal([1, 1], customers["after"]!.AsArray().Select(x => (int)x!["size"]!));
        Assert.Equal(1, (int)told.Json["links"]!["lost"]!);
        JsonNode credit = told.Json["credit"]!;
        Assert.Equal(1, (int)credit["movedConversions"]!);
        Assert.Equal("sale", (string?)credit["moved"]![0]!["id"]);
        JsonNode campaign = Assert.Single(credit["campaigns"]!.AsArray())!;
        Assert.Equal(
            ("summer", 1999L, 0L, "EUR"),
            (
                (string?)campaign["campaign"],
                (long)campaign["before"]!,
                (long)campaign["after"]!,
                (string?)campaign["currency"]
            )
        );

        await service.PutAsync("/v1/identity/separations", $"{{{Pair},\"reason\":\"a shared tablet\"}}");
        Assert.Equal("unattributed", await StatusAsync(service));
        foreach (JsonNode? after in customers["after"]!.AsArray())
        {
            Answer customer = await service.GetAsync($"/v1/customers/{(string?)after!["id"]}");
            Assert.Equal((int)after["size"]!, (int)customer.Json["size"]!);
        }
    }

    [Fact]
    public async Task Block_Previewed_TellsWhatIsLost()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SeeAsync(service);
        Answer told = await service.PostAsync(
            "/v1/blocked-values/preview",
            """{"type":"device","value":"tablet","blocked":true}"""
        );
        Assert.Equal(
            (200, 1, 1),
            (told.Status, (int)told.Json["links"]!["lost"]!, (int)told.Json["credit"]!["movedConversions"]!)
        );
    }

    [Fact]
    public async Task Link_OfTheUnknown_ChangesNothing()
    {
        await using TestService service = await TestService.StartRealAsync();
        Answer told = await service.PostAsync("/v1/identity/links/preview", $"{{{Pair}}}");
        Assert.Equal((200, 0), (told.Status, (int)told.Json["customers"]!["changed"]!));
        (await service.PostAsync("/v1/identity/links/preview", """{"a":{"type":"user","value":"x"}}""")).AssertProblem(
            400,
            "missing_field"
        );
    }

    [Fact]
    public async Task Strategy_Tried_TellsTheCreditThatItWouldMove()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SeeAsync(service);
        string strict =
            """{"strategy":{"name":"s","sizeMax":2,"minEvidence":2,"types":[],"others":{"class":"device","tier":1}}}""";
        Answer told = await service.PostAsync("/v1/identity/strategies/try", strict);
        Assert.Equal(
            (1, 1999),
            ((int)told.Json["credit"]!["movedConversions"]!, (int)told.Json["credit"]!["values"]![0]!["minor"]!)
        );
        Answer last = await service.SendAsync(
            HttpMethod.Post,
            "/v1/identity/strategies/try",
            TestService.Json(strict),
            null,
            ("Accept", "application/x-ndjson")
        );
        Assert.Equal("application/x-ndjson", last.ContentHeaders.ContentType?.MediaType);
        Assert.Contains("\"movedConversions\":1", last.Text, StringComparison.Ordinal);
    }

    private static async Task SeeAsync(TestService service)
    {
        await service.PutAsync("/v1/campaigns/summer", """{"window":"7d","restate":true}""");
        const string Events = """
            [{"id":"ad","type":"click","time":"2026-06-01T12:00:00Z","campaign":"summer","identifiers":[{"type":"device","value":"tablet"}]},
             {"id":"login","type":"identify","time":"2026-06-01T12:01:00Z","identifiers":[{"type":"user","value":"anna"},{"type":"device","value":"tablet"}]},
             {"id":"sale","type":"conversion","time":"2026-06-01T12:02:00Z","identifiers":[{"type":"user","value":"anna"}],
              "conversion":{"value":{"minor":1999,"currency":"EUR"}}}]
            """;
        Answer answer = await service.PostAsync("/v1/events", Events);
        Assert.Equal((200, 3), (answer.Status, (int)answer.Json["accepted"]!));
    }

    private static async Task<string> StateAsync(TestService service) =>
        (await service.GetAsync("/v1/state?settled=true")).Text;

    private static async Task<string?> StatusAsync(TestService service)
    {
        await StateAsync(service);
        return (string?)(await service.GetAsync("/v1/conversions/sale")).Json["status"];
    }
}
