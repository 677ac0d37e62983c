using System.Text;
using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Doors.CloudEvents;

/// <summary>CloudEvents 1.0 over the wire: its three modes, what becomes of data, and what is refused.</summary>
public sealed class CloudEventTests
{
    private const string Structured = "application/cloudevents+json";
    private const string Batched = "application/cloudevents-batch+json";

    private static Task<Answer> PostAsync(
        TestService service,
        string body,
        string type = Structured,
        params (string, string)[] headers
    ) =>
        service.SendAsync(
            HttpMethod.Post,
            "/v1/cloudevents",
            TestService.Content(Encoding.UTF8.GetBytes(body), type),
            null,
            headers
        );

    private static string Event(string id, string more) =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"/shop","type":"shop.order.completed","time":"2026-06-01T11:00:00Z",{{more}} }""";

    private const string Order = """
        "data":{"userId":"u","email":"ada@example.com","order_id":"o1","revenue":12.50,"currency":"EUR"}
        """;

    [Fact]
    public async Task Post_OneAndAgain_IsOneEventBySourceAndId()
    {
        await using TestService service = await TestService.StartAsync();
        Assert.Equal(1, (int)(await PostAsync(service, Event("1", Order))).Json["accepted"]!);
        Assert.Equal(1, (int)(await PostAsync(service, $"[{Event("1", Order)}]", Batched)).Json["duplicates"]!);
        string other = Event("1", Order).Replace("/shop", "/other", StringComparison.Ordinal);
        Assert.Equal(1, (int)(await PostAsync(service, other)).Json["accepted"]!);
        Assert.Equal(2, service.Alpha.EventCount);
    }

    /// <summary>The same event in each mode is one event.</summary>
    [Fact]
    public async Task Post_BinaryMode_IsTheStructuredOne()
    {
        await using TestService service = await TestService.StartAsync();
        await PostAsync(service, Event("a b%", Order));
        Answer binary = await PostAsync(
            service,
            Order.Trim()["\"data\":".Length..],
            "application/json",
            ("ce-specversion", "1.0"),
            ("ce-id", "a%20b%25"),
            ("ce-source", "/shop"),
            ("ce-type", "shop.order.completed"),
            ("ce-time", "2026-06-01T11:00:00Z")
        );
        Assert.Equal((200, 1), (binary.Status, (int)binary.Json["duplicates"]!));
        Answer encoded = await PostAsync(
            service,
            Event(
                "a b%",
                $"\"data_base64\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(Order.Trim()["\"data\":".Length..]))}\""
            )
        );
        Assert.Equal(1, (int)encoded.Json["duplicates"]!);
    }

    [Fact]
    public async Task Post_OwnEvents_AreThoseOfEventsSentOtherwise()
    {
        await using TestService service = await TestService.StartAsync();
        await service.PostEventsAsync(TestService.Json(TestService.Click("c1")));
        string own = Event("x", $"\"data\":{TestService.Click("c1")}")
            .Replace("shop.order.completed", "io.throughline.event.v1", StringComparison.Ordinal);
        Assert.Equal(1, (int)(await PostAsync(service, own)).Json["duplicates"]!);
        string bare = Event("y", "\"data\":{\"type\":\"click\",\"campaign\":\"c1\"}")
            .Replace("shop.order.completed", "io.throughline.event.v1", StringComparison.Ordinal);
        Assert.Equal(1, (int)(await PostAsync(service, bare)).Json["accepted"]!);
        string bad = bare.Replace(
            "\"campaign\":\"c1\"",
            "\"refund\":{\"orderId\":\"o\",\"value\":{\"minor\":1,\"currency\":\"EUR\"}}",
            StringComparison.Ordinal
        );
        Answer refused = await PostAsync(service, bad);
        refused.AssertProblem(400, "not_allowed_here");
        Assert.Equal("/data/refund", (string)refused.Json["pointer"]!);
    }

    /// <summary>Who holds no more than a key of a page may not label anybody a bot.</summary>
    [Fact]
    public async Task Post_OwnEventsByAWriteKey_AreRefused()
    {
        await using TestService service = await TestService.StartAsync();
        string key = service.Server.Registry.IssueKey(Server.Tenants.TenantId.Parse("alpha"), writeOnly: true);
        string own = Event("x", $"\"data\":{TestService.Click("c1")}")
            .Replace("shop.order.completed", "io.throughline.event.v1", StringComparison.Ordinal);
        Answer answer = await service.SendAsync(
            HttpMethod.Post,
            "/v1/cloudevents",
            TestService.Content(Encoding.UTF8.GetBytes(own), Structured),
            key
        );
        answer.AssertProblem(400, "not_allowed_here");
        Assert.Equal(1, (int)(await PostAsync(service, Event("x", Order))).Json["accepted"]!);
    }

    [Theory]
    [InlineData("""{"specversion":"0.3","id":"1","source":"s","type":"t"}""", "bad_value", "/specversion")]
    [InlineData("""{"id":"1","source":"s","type":"t"}""", "missing_field", "/specversion")]
    [InlineData("""{"specversion":"1.0","source":"s","type":"t"}""", "missing_field", "/id")]
    [InlineData("""{"specversion":"1.0","id":7,"source":"s","type":"t"}""", "wrong_type", "/id")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"a b","type":"t"}""", "bad_value", "/source")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","time":"noon"}""", "bad_time", "/time")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":"text"}""", "wrong_type", "/data")]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"a":"\ud800"}}""",
        "lone_surrogate",
        "/data/a"
    )]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"***"}""",
        "bad_value",
        "/data_base64"
    )]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"e30x"}""",
        "malformed_json",
        "/data_base64"
    )]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"s","type":"t","data":{},"data_base64":"e30="}""",
        "not_allowed_here",
        "/data_base64"
    )]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"text/xml"}""",
        "bad_value",
        "/datacontenttype"
    )]
    [InlineData("""{"specversion":"1.0","id":"1","id":"2","source":"s","type":"t"}""", "duplicate_field", "/id")]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"s","type":"order.x","data":{"userId":{}}}""",
        "wrong_type",
        "/data/userId"
    )]
    public async Task Post_WhatIsWrong_IsNamedByItsPlace(string json, string reason, string pointer)
    {
        await using TestService service = await TestService.StartAsync();
        Answer alone = await PostAsync(service, json);
        alone.AssertProblem(400, reason);
        Assert.Equal(pointer, (string?)alone.Json["pointer"] ?? "");
        Answer among = await PostAsync(service, $"[{Event("1", Order)},{json},{Event("2", Order)}]", Batched);
        Assert.Equal((200, 2, 1), (among.Status, (int)among.Json["accepted"]!, (int)among.Json["rejected"]!));
        Assert.Equal("/1" + pointer, (string)among.Json["rejections"]![0]!["pointer"]!);
    }

    [Theory]
    [InlineData("{}", "application/json", 415, "unsupported_media_type")]
    [InlineData("{", Structured, 400, "malformed_body")]
    [InlineData("{}", Batched, 400, "malformed_body")]
    [InlineData("", Batched, 400, "empty_body")]
    public async Task Post_WhatIsNoCloudEvent_IsRefused(string body, string type, int status, string reason)
    {
        await using TestService service = await TestService.StartAsync();
        (await PostAsync(service, body, type)).AssertProblem(status, reason);
    }

    /// <summary>A body that closes the object around it is text, and no more attributes.</summary>
    [Fact]
    public async Task Post_BinaryBodyThatIsNoJson_CannotAddAttributes()
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await PostAsync(
            service,
            """{} ,"type":"io.throughline.event.v1" """,
            "application/json",
            ("ce-specversion", "1.0"),
            ("ce-id", "1"),
            ("ce-source", "s"),
            ("ce-type", "t")
        );
        answer.AssertProblem(400, "wrong_type");
        Assert.Equal("/data", (string)answer.Json["pointer"]!);
    }

    [Fact]
    public async Task Post_LongIds_AreStillIds()
    {
        await using TestService service = await TestService.StartAsync();
        string[] ids = [new string('i', 100), new string('i', 500)];
        foreach (string id in ids)
        {
            Assert.Equal(1, (int)(await PostAsync(service, Event(id, Order))).Json["accepted"]!);
            Assert.Equal(1, (int)(await PostAsync(service, Event(id, Order))).Json["duplicates"]!);
        }
        JsonArray book = (await service.GetAsync("/v1/doors/rejections")).Json["rejections"]!.AsArray();
        Assert.Empty(book);
    }
}
