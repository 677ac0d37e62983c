using System.Text;
using System.Text.Json.Nodes;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

/// <summary>Erasing over HTTP, with real tenants: told before, gone after, money kept.</summary>
public sealed class EraseEndpointsTests
{
    [Fact]
    public async Task Erase_ByAnyLinkedIdentifier_TakesTheWholeCustomer_AndKeepsTheMoney()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SeeAsync(service);
        string anna = await CustomerAsync(service, "user", "anna");
        Assert.Equal(("attributed", 1999L), await SaleAsync(service));

        const string Tablet = """{"type":"device","value":"tablet"}""";
        Answer told = await service.PostAsync("/v1/identity/erase/preview", Tablet);
        Assert.True(told.Status == 200, told.Text);
        Assert.Equal(1, (int)told.Json["credit"]!["movedConversions"]!);
        Assert.Equal(anna, await CustomerAsync(service, "user", "anna")); // nothing has happened

        Answer erased = await service.PostAsync(
            "/v1/identity/erase",
            """{"type":"device","value":"tablet","reason":"asked by letter","author":"ann"}"""
        );
        Assert.True(erased.Status == 200, erased.Text);
        Assert.Equal(("customer", 2), ((string?)erased.Json["scope"], (int)erased.Json["identifiers"]!));
        foreach (string gone in (string[])["""{"type":"user","value":"anna"}""", Tablet])
            (await service.PostAsync("/v1/customers/resolve", gone)).AssertProblem(404, "not_found");
        Assert.Equal("erased", (string?)(await service.GetAsync($"/v1/customers/{anna}")).Json["status"]);
        (await service.GetAsync($"/v1/customers/{anna}/journey")).AssertProblem(410, "erased");
        (await service.GetAsync($"/v1/why/{anna}")).AssertProblem(410, "erased");
        (await service.GetAsync($"/v1/customers/{anna}/as-of?time=2026-06-02T00:00:00Z")).AssertProblem(410, "erased");
        (
            await service.PostAsync(
                "/v1/customers/resolve-as-of",
                """{"type":"user","value":"anna","asOf":"2026-06-02T00:00:00Z"}"""
            )
        ).AssertProblem(404, "not_found");

        Assert.Equal(("no_customer", 0L), await SaleAsync(service));
        JsonNode share = (await service.GetAsync("/v1/conversions/sale")).Json["shares"]![0]!;
        Assert.Equal((1999L, 1999L), ((long)share["value"]!, (long)share["unattributed"]!));

        JsonNode last = (await service.GetAsync($"/v1/customers/{anna}/history")).Json["changes"]!.AsArray()[^1]!;
        Assert.Equal(
            ("erased", 0, "erase", "asked by letter"),
            (
                (string?)last["change"],
                (int)last["size"]!,
                (string?)last["cause"]!["statement"],
                (string?)last["cause"]!["reason"]
            )
        );
        Answer why = await service.PostAsync(
            "/v1/identity/why",
            """{"a":{"type":"user","value":"anna"},"b":{"type":"device","value":"tablet"}}"""
        );
        Assert.Equal("At least one of the two was erased, and not seen since.", (string?)why.Json["sentence"]);

        JsonNode done = await DoneAsync(service);
        Assert.Equal((1, 3L), ((int)done["total"]!, (long)done["events"]!));
        Assert.Equal(
            ("asked by letter", true),
            ((string?)done["erasures"]![0]!["reason"], (bool)done["erasures"]![0]!["done"]!)
        );
        Assert.Equal(anna.Length, (await CustomerAsync(service, "user", "berta")).Length); // the others are there
    }

    [Fact]
    public async Task Erase_OfTheIdentifierAlone_LeavesTheCustomerAndItsCredit()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SeeAsync(service);
        string anna = await CustomerAsync(service, "user", "anna");
        Answer erased = await service.PostAsync(
            "/v1/identity/erase",
            """{"type":"device","value":"tablet","scope":"identifier","reason":"sold"}"""
        );
        Assert.Equal(("identifier", 1), ((string?)erased.Json["scope"], (int)erased.Json["identifiers"]!));
        Assert.Equal(anna, await CustomerAsync(service, "user", "anna"));
        Assert.Equal(1, (int)(await service.GetAsync($"/v1/customers/{anna}")).Json["size"]!);
        (await service.PostAsync("/v1/customers/resolve", """{"type":"device","value":"tablet"}""")).AssertProblem(
            404,
            "not_found"
        );
        // The click was the tablet's alone; the sale names the user.
        Assert.Equal(("unattributed", 0L), await SaleAsync(service));
    }

    [Fact]
    public async Task Erase_ByTheCustomersId_AndOfWrongInput()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SeeAsync(service);
        string anna = await CustomerAsync(service, "user", "anna");
        foreach (
            (string body, string reason) in ((string, string)[])
                [
                    ("""{"type":"user","value":"anna"}""", "missing_field"),
                    ("""{"type":"user","value":"anna","reason":"x","scope":"all"}""", "bad_value"),
                    ("""{"customer":"nobody","reason":"x"}""", "bad_value"),
                    ("""{"customer":"00","type":"user","value":"a","reason":"x"}""", "bad_value"),
                ]
        )
            (await service.PostAsync("/v1/identity/erase", body)).AssertProblem(400, reason);
        (
            await service.PostAsync("/v1/identity/erase", """{"type":"user","value":"nobody","reason":"x"}""")
        ).AssertProblem(404, "not_found");
        Assert.Equal(0, (int)(await service.GetAsync("/v1/identity/erasures")).Json["total"]!);
        Answer erased = await service.PostAsync("/v1/identity/erase", $$"""{"customer":"{{anna}}","reason":"asked"}""");
        Assert.Equal(2, (int)erased.Json["identifiers"]!);
        Assert.Equal("erased", (string?)(await service.GetAsync($"/v1/customers/{anna}")).Json["status"]);
        await DoneAsync(service);
        foreach (string file in Directory.EnumerateFiles(service.Folder, "log-*", SearchOption.AllDirectories))
            Assert.Equal(
                -1,
                (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).AsSpan().IndexOf("tablet"u8)
            );
    }

    private static async Task SeeAsync(TestService service)
    {
        await service.PutAsync("/v1/campaigns/summer", """{"window":"7d","restate":true}""");
        const string Events = """
            [{"id":"login","type":"identify","time":"2026-06-01T10:00:00Z","identifiers":[{"type":"user","value":"anna"},{"type":"device","value":"tablet"}]},
             {"id":"click","type":"click","time":"2026-06-01T11:00:00Z","campaign":"summer","identifiers":[{"type":"device","value":"tablet"}]},
             {"id":"other","type":"identify","time":"2026-06-01T11:30:00Z","identifiers":[{"type":"user","value":"berta"}]},
             {"id":"sale","type":"conversion","time":"2026-06-01T12:00:00Z","identifiers":[{"type":"user","value":"anna"}],"conversion":{"value":{"minor":1999,"currency":"EUR"}}}]
            """;
        Answer answer = await service.PostAsync("/v1/events", Events);
        Assert.Equal((200, 4), (answer.Status, (int)answer.Json["accepted"]!));
    }

    private static async Task<string> CustomerAsync(TestService service, string type, string value)
    {
        Answer resolved = await service.PostAsync(
            "/v1/customers/resolve",
            $$"""{"type":"{{type}}","value":"{{value}}"}"""
        );
        Assert.True(resolved.Status == 200, resolved.Text);
        return (string)resolved.Json["customer"]!;
    }

    private static async Task<(string? Status, long Minor)> SaleAsync(TestService service)
    {
        await service.GetAsync("/v1/state?settled=true");
        JsonNode sale = (await service.GetAsync("/v1/conversions/sale")).Json;
        return ((string?)sale["status"], sale["credits"]!.AsArray().Sum(credit => (long)credit!["minor"]!));
    }

    private static async Task<JsonNode> DoneAsync(TestService service)
    {
        JsonNode state = null!;
        await Waiting.UntilAsync(async () =>
        {
            state = (await service.GetAsync("/v1/identity/erasures")).Json;
            return !(bool)state["pending"]!;
        });
        return state;
    }
}
