using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Server.Edge;
using Throughline.Server.Edge.Customers;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Customers;

/// <summary>Rules know the customer behind a request, from its second request on, and no decision waits for that.</summary>
public sealed class CustomerBookTests
{
    private const string Rules = """
        rules:
          - {id: buyer, when: customer.conversions > 0 && customer.age > 60, action: allow, priority: 10}
          - {id: seen, when: customer.conversions == 0, tag: seen, action: allow, priority: 5}
          - {id: crowd, when: customer.address_identifiers > 1, tag: crowd}
          - {id: others, when: "true", action: deny}
        """;

    private static readonly EdgeOptions Options = new()
    {
        Tenant = "alpha",
        BudgetMs = 10_000,
        Identifiers = [new() { Type = "user", Header = "x-user" }, new() { Type = "cookie", Cookie = "vid" }],
    };

    [Fact]
    public async Task Decide_CustomerWithConversions_IsLetThroughFromTheSecondRequestOn()
    {
        (TestService service, FakeTimeProvider clock) = await StartAsync();
        await using TestService _ = service;
        await SendAsync(service, "click", "k-1", "buyer-1");
        await SendAsync(
            service,
            "conversion",
            "c-1",
            "buyer-1",
            ""","conversion":{"orderId":"o-1","value":{"minor":1000,"currency":"EUR"}}"""
        );
        await SendAsync(
            service,
            "conversion",
            "c-2",
            "buyer-1",
            ""","conversion":{"orderId":"o-1","value":{"minor":1000,"currency":"EUR"}}"""
        ); // the same order
        await SendAsync(service, "click", "k-2", "looker-1");

        Assert.Equal("deny by others", await AskAsync(service, "vid=buyer-1")); // nobody knows yet
        await UntilAsync(service, "vid=buyer-1", "allow by buyer");
        await UntilAsync(service, "a=b; vid=looker-1", "allow by seen");
        for (int i = 0; i < 20; i++)
            Assert.Equal("deny by others", await AskAsync(service, "vid=stranger-1"));
        Assert.Equal("deny by others", await AskAsync(service, "other=buyer-1"));

        // What has been learnt since is seen once the answer is 10 s old, and an answer of a minute ago is none.
        await SendAsync(
            service,
            "conversion",
            "c-3",
            "looker-1",
            ""","conversion":{"orderId":"o-2","value":{"minor":1000,"currency":"EUR"}}"""
        );
        Assert.Equal("allow by seen", await AskAsync(service, "vid=looker-1"));
        clock.Advance(TimeSpan.FromMilliseconds(CustomerBook.FreshMs));
        Assert.Equal("allow by seen", await AskAsync(service, "vid=looker-1"));
        await UntilAsync(service, "vid=looker-1", "allow by buyer");
        clock.Advance(TimeSpan.FromMilliseconds(CustomerBook.StaleMs));
        Assert.Equal("deny by others", await AskAsync(service, "vid=looker-1"));
        await UntilAsync(service, "vid=looker-1", "allow by buyer");
    }

    [Fact]
    public async Task Why_DecisionOverACustomer_IsDerivedFromItsRecord()
    {
        (TestService service, FakeTimeProvider _) = await StartAsync();
        await using TestService __ = service;
        await SendAsync(
            service,
            "conversion",
            "c-1",
            "buyer-1",
            ""","conversion":{"orderId":"o-1","value":{"minor":1000,"currency":"EUR"}}"""
        );
        await UntilAsync(service, "vid=buyer-1", "allow by buyer");
        string id = (string)(await PostAsync(service, "vid=buyer-1")).Json["id"]!;
        await service.GetAsync("/v1/gate/audit");
        Answer why = await service.GetAsync($"/v1/why/{id}");
        Assert.Equal("identical", (string?)why.Json["record"]);
        Assert.Contains("customer.conversions (1) > 0", (string?)why.Json["sentence"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cookie", "vid", null)]
    [InlineData("cookie", null, null)]
    [InlineData("cookie", "vid", "x-user")]
    [InlineData("user", null, "X-User")]
    public void EdgeModel_BadIdentifier_IsRefusedWithItsPlace(string type, string? cookie, string? header)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            EdgeModel.Of(
                new()
                {
                    Identifiers =
                    [
                        new()
                        {
                            Type = type,
                            Cookie = cookie,
                            Header = header,
                        },
                    ],
                }
            )
        );
        Assert.StartsWith("edge.identifiers[0]", error.Message, StringComparison.Ordinal);
    }

    private static async Task<(TestService, FakeTimeProvider)> StartAsync()
    {
        FakeTimeProvider clock = new(TestService.Now);
        TestService service = await TestService.StartAsync(
            new ServeOptions { Edge = Options },
            time => new TenantCellFactory(time, NullLoggerFactory.Instance),
            clock
        );
        Answer published = await service.PublishAsync(Rules);
        Assert.True(published.Status == 200, published.Text);
        return (service, clock);
    }

    private static async Task SendAsync(TestService service, string type, string id, string cookie, string more = "")
    {
        string campaign = type == "click" ? ""","campaign":"c" """ : "";
        Answer answer = await service.PostEventsAsync(
            TestService.Json(
                $$"""{"id":"{{id}}","type":"{{type}}","time":"2026-06-01T11:00:00Z","identifiers":[{"type":"cookie","value":"{{cookie}}"}],"context":{"address":"198.51.100.7","userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}{{campaign}}{{more}}}"""
            )
        );
        Assert.True(answer.Text.Contains("accepted", StringComparison.Ordinal), answer.Text);
    }

    private static Task UntilAsync(TestService service, string cookies, string expected) =>
        Waiting.UntilAsync(async () => await AskAsync(service, cookies) == expected);

    private static async Task<string> AskAsync(TestService service, string cookies)
    {
        Answer answer = await PostAsync(service, cookies);
        return $"{answer.Json["action"]} by {answer.Json["rule"]}";
    }

    private static Task<Answer> PostAsync(TestService service, string cookies) =>
        service.PostAsync(
            "/v1/decisions",
            $$"""{"method":"GET","host":"shop.example","path":"/","address":"198.51.100.7","headers":[["user-agent","Mozilla/5.0"],["cookie","{{cookies}}"]]}"""
        );
}
