using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Api;

/// <summary>Identifier types over HTTP, with real tenants: configured, used at the door and in questions, frozen.</summary>
public sealed class IdentityTypeEndpointsTests
{
    [Fact]
    public async Task Types_OfATypeNeverSeenBefore_LinkPeopleByConfigurationAlone()
    {
        await using TestService service = await TestService.StartRealAsync();
        Answer published = await PublishAsync(
            service,
            """
            {"version":1,"types":[{"type":"card","class":"person","normaliser":
            {"kind":"regex","letters":"upper","pattern":"(?:LC-?)?([0-9]{4})","replace":"\\1"},"blocked":{"values":["0000"]}}]}
            """
        );
        Assert.Equal(200, published.Status);
        await SeeAsync(service, "1", ("card", "lc-0042"), ("device", "till"));
        await SeeAsync(service, "2", ("card", "0042"), ("cookie", "web"));
        await SeeAsync(service, "3", ("card", "0000"), ("cookie", "other"));
        Assert.True(await SameAsync(service, "device:till", "cookie:web"));
        Assert.True(await SameAsync(service, "card:LC0042", "cookie:web"));
        Assert.False(await SameAsync(service, "card:0000", "cookie:other"));
        Answer refused = await service.PostAsync("/v1/events", Event("4", ("card", "42")));
        Assert.Equal((400, "/identifiers/0/value"), (refused.Status, (string?)refused.Json["pointer"]));
        Answer shown = await service.GetAsync("/v1/identity/types");
        Assert.Equal("card", (string?)shown.Json["inForce"]!["types"]![0]!["type"]);
        Assert.Equal("ann", (string?)shown.Json["author"]);
    }

    [Fact]
    public async Task Types_ThatAreDerived_LinkWithoutBeingSent()
    {
        await using TestService service = await TestService.StartRealAsync();
        Answer published = await PublishAsync(
            service,
            """{"types":[{"type":"fingerprint","derive":"event.agent + '|' + event.network","class":"browser"}]}"""
        );
        Assert.True(published.Status == 200, published.Text);
        const string Where =
            ""","context":{"address":"192.0.2.7","userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}""";
        string elsewhere = Where.Replace("2.7", "2.9", StringComparison.Ordinal);
        foreach (string json in (string[])[Event("1", Where, ("user", "anna")), Event("2", elsewhere, ("cookie", "c"))])
        {
            Answer answer = await service.PostAsync("/v1/events", json);
            Assert.True(answer.Status == 200, answer.Text);
        }
        Answer why = await service.PostAsync(
            "/v1/identity/why",
            """{"a":{"type":"user","value":"anna"},"b":{"type":"cookie","value":"c"}}"""
        );
        Assert.True((bool)why.Json["sameCustomer"]!, why.Text);
    }

    [Theory]
    [InlineData("""{"types":{"types":[{"type":"card","priority":-1}]}}""", "/types/types/0/priority")]
    [InlineData("""{"types":{"types":[{"type":"card","derive":"nobody"}]}}""", "/types/types/0/derive")]
    [InlineData("""{"types":{"types":null}}""", "/types/types")]
    [InlineData("""{"types":{"types":[{"type":"card"},null]}}""", "/types/types/1")]
    [InlineData("""{"types":{"types":[{"type":null}]}}""", "/types/types/0/type")]
    [InlineData("""{"author":"ann"}""", "/types")]
    public async Task Types_ThatCannotBeUsed_AreRefusedWithTheirPlace(string body, string pointer)
    {
        await using TestService service = await TestService.StartRealAsync();
        Answer answer = await service.PutAsync("/v1/identity/types", body);
        Assert.Equal((400, pointer), (answer.Status, (string?)answer.Json["pointer"]));
    }

    [Fact]
    public async Task Freeze_FromNowOn_LinksNobody_UntilItIsTakenBack()
    {
        FakeTimeProvider clock = new(TestService.Now);
        await using TestService service = await TestService.StartAsync(
            new(),
            time => new TenantCellFactory(time, NullLoggerFactory.Instance),
            clock
        );
        await SeeAsync(service, "1", ("user", "anna"), ("device", "d"));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await SameAsync(service, "user:anna", "device:d"));
        Assert.Equal(200, (await FreezeAsync(service, "device", true)).Status);
        Answer shown = await service.GetAsync("/v1/identity/types");
        Assert.True((bool)shown.Json["freezes"]![0]!["frozen"]!);
        await SeeAtAsync("2026-06-01T13:00:01Z");
        Assert.False(await SameAsync(service, "user:ben", "device:e"));
        Assert.True(await SameAsync(service, "user:anna", "device:d"));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(200, (await FreezeAsync(service, "device", false)).Status);
        Assert.False(await SameAsync(service, "user:ben", "device:e"));
        await SeeAtAsync("2026-06-01T14:00:01Z");
        Assert.True(await SameAsync(service, "user:ben", "device:e"));
        Assert.Equal(400, (await FreezeAsync(service, "No Type", true)).Status);

        async Task SeeAtAsync(string time)
        {
            string json = Event(time, "", time, ("user", "ben"), ("device", "e"));
            Assert.Equal(200, (await service.PostAsync("/v1/events", json)).Status);
        }
    }

    private static Task<Answer> PublishAsync(TestService service, string types) =>
        service.PutAsync("/v1/identity/types", $$"""{"types":{{types}},"author":"ann","note":"n"}""");

    private static Task<Answer> FreezeAsync(TestService service, string type, bool frozen) =>
        service.PutAsync(
            "/v1/identity/freezes",
            $$"""{"type":"{{type}}","frozen":{{(frozen ? "true" : "false")}},"reason":"r"}"""
        );

    private static async Task SeeAsync(TestService service, string id, params (string, string)[] identifiers)
    {
        Answer answer = await service.PostAsync("/v1/events", Event(id, identifiers));
        Assert.Equal(200, answer.Status);
    }

    private static string Event(string id, params (string Type, string Value)[] identifiers) =>
        Event(id, "", identifiers);

    private static string Event(string id, string context, params (string Type, string Value)[] identifiers) =>
        Event(id, context, "2026-06-01T12:00:00Z", identifiers);

    private static string Event(
        string id,
        string context,
        string time,
        params (string Type, string Value)[] identifiers
    ) =>
        $$"""
            {"id":"e{{id}}","type":"identify","time":"{{time}}","identifiers":[{{string.Join(
                ',',
                identifiers.Select(x => $$"""{"type":"{{x.Type}}","value":"{{x.Value}}"}""")
            )}}]{{context}}}
            """;

    private static async Task<bool> SameAsync(TestService service, string a, string b)
    {
        string End(string x) => $$"""{"type":"{{x.Split(':')[0]}}","value":"{{x.Split(':')[1]}}"}""";
        Answer answer = await service.PostAsync("/v1/identity/why", $$"""{"a":{{End(a)}},"b":{{End(b)}}}""");
        return (bool)answer.Json["sameCustomer"]!;
    }
}
