using System.Text.Json.Nodes;
using Throughline.Server.Doors.Mapping;
using Throughline.Server.Doors.Segment;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Doors.Segment;

/// <summary>Segment's calls as its specification has them, and what becomes of them.</summary>
public sealed class SegmentBatchTests
{
    private const string At = "\"timestamp\":\"2026-06-01T11:59:00.000Z\"";

    /// <summary>The example of the specification's ecommerce events, version 2, with RudderStack's name for the time.</summary>
    [Fact]
    public void Track_OrderCompleted_IsAConversionWithItsExactValue()
    {
        JsonObject made = Track(
            """
            "event":"Order Completed","properties":{"checkout_id":"fksd","order_id":50314,"total":30.1,"revenue":25.10,
             "shipping":3,"currency":"eur","coupon":"hasbros","products":[{"product_id":"507f","name":"Monopoly","price":19}]},
            "context":{"campaign":{"name":"summer","source":"news","medium":"email","content":"top"},"ip":"8.8.8.8",
             "userAgent":"Mozilla/5.0","page":{"url":"https://shop.example/thanks","referrer":"https://r.example/"}},
            "userId":"u1","anonymousId":"a1"
            """
        );
        DoorKit.AssertJson(
            """
            {"id":"m1","type":"conversion","time":1780315140000,
             "identifiers":[{"type":"user","value":"u1"},{"type":"cookie","value":"a1"}],
             "context":{"address":"8.8.8.8","userAgent":"Mozilla/5.0","referrer":"https://r.example/"},
             "conversion":{"kind":"purchase","orderId":"50314","value":{"currency":"EUR","amount":"25.10"}},
             "page_url":"https://shop.example/thanks",
             "utm":{"name":"summer","source":"news","medium":"email","content":"top"},
             "checkout_id":"fksd","order_id":50314,"total":30.1,"revenue":25.10,"shipping":3,"currency":"eur",
             "coupon":"hasbros","products":[{"product_id":"507f","name":"Monopoly","price":19}]}
            """,
            made
        );
    }

    [Fact]
    public void Track_OrderRefunded_IsARefundByOrder() =>
        DoorKit.AssertJson(
            """{"kind":"purchase","orderId":"50314","value":{"currency":"USD","amount":"30"}}""",
            Track(""" "event":"Order Refunded","properties":{"order_id":"50314","total":30} """)["refund"]
        );

    [Theory]
    [InlineData("59.900000000000006", null, "EUR", "59.90")]
    [InlineData("0.1e2", null, "EUR", "10")]
    [InlineData("1500", "JPY", "EUR", "1500")]
    [InlineData("434.99999999999994", "JPY", "EUR", "435")]
    [InlineData("\"12.50\"", null, "EUR", "12.50")]
    [InlineData("1.234", "KWD", "EUR", "1.234")]
    public void Track_Amounts_AreExact(string revenue, string? currency, string tenant, string expected)
    {
        string code = currency is null ? "" : $",\"currency\":\"{currency}\"";
        JsonNode value = Track(
            $$""" "event":"Order Completed","properties":{"order_id":"1","revenue":{{revenue}}{{code}} } """,
            DoorKit.Model($$"""{"version":1,"currency":"{{tenant}}"}""")
        )["conversion"]!["value"]!;
        Assert.Equal((expected, currency ?? tenant), ((string)value["amount"]!, (string)value["currency"]!));
    }

    [Fact]
    public void Track_ProductClicked_IsAClickOfItsCampaign()
    {
        JsonObject made = Track(
            """
            "event":"Product Clicked","properties":{"product_id":"p","campaign":"inner"},
            "context":{"campaign":{"name":"summer","source":"news"}}
            """
        );
        Assert.Equal(
            ("click", "summer", "news"),
            ((string)made["type"]!, (string)made["campaign"]!, (string)made["channel"]!)
        );
        Assert.Equal("inner", (string)made["property_campaign"]!); // the sender's own property of a name that is ours
    }

    [Fact]
    public void Track_AnyOtherName_IsANurturingEvent() =>
        Assert.Equal("song_played", (string)Track(""" "event":"Song Played" """)["type"]!);

    [Fact]
    public void Track_OwnRules_ReadOwnFields()
    {
        DoorModel model = DoorKit.Model(
            """
            {"version":1,"events":{
              "Subscription Started":{"as":"conversion","kind":"subscription","orderId":["contract"],"value":["net"],"currency":["cur"]},
              "Banner Seen":{"as":"impression","campaign":["banner_campaign"],"channel":["where"]}}}
            """
        );
        DoorKit.AssertJson(
            """{"kind":"subscription","orderId":"c-9","value":{"currency":"CHF","amount":"9.95"}}""",
            Track(""" "event":"subscription started","properties":{"contract":"c-9","net":9.95,"cur":"CHF"} """, model)[
                "conversion"
            ]
        );
        JsonObject seen = Track(
            """
            "event":"Banner Seen","properties":{"banner_campaign":"b1","where":"site"},"context":{"campaign":{"name":"other"}}
            """,
            model
        );
        Assert.Equal(
            ("impression", "b1", "site"),
            ((string)seen["type"]!, (string)seen["campaign"]!, (string)seen["channel"]!)
        );
    }

    [Fact]
    public void Identify_Traits_StayOrBecomeProperties() =>
        DoorKit.AssertJson(
            """
            {"id":"m1","type":"identify","time":1780315140000,
             "identifiers":[{"type":"user","value":"97980cfea0067"},{"type":"device","value":"d1"},
              {"type":"advertising_id","value":"ad1"},{"type":"email","value":"peter@example.com"},{"type":"phone","value":"+4917112345"}],
             "traits":{"email":"peter@example.com","phone":"+4917112345","plan":"premium","logins":5,"paying":true},
             "trait_address":{"city":"Berlin"},"trait_tags":["a"]}
            """,
            Only(
                $$"""
                {"type":"identify","messageId":"m1","userId":"97980cfea0067",{{At}},
                 "context":{"device":{"id":"d1","advertisingId":"ad1"} },
                 "traits":{"email":"peter@example.com","phone":"+4917112345","plan":"premium","logins":5,"paying":true,
                  "address":{"city":"Berlin"},"tags":["a"],"gone":null,"empty":""} }
                """
            )
        );

    [Fact]
    public void Identify_ManyOrLongTraits_AreNoLoss()
    {
        string traits = string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"t{i:00}\":{i}"));
        JsonObject made = Only(
            $$"""
            {"type":"identify","messageId":"m1","userId":"u",{{At}},
             "traits":{"bio":"{{new string('x', 300)}}",{{traits}}} }
            """
        );
        Assert.Equal(32, made["traits"]!.AsObject().Count);
        Assert.Equal(9, made.Count(member => member.Key.StartsWith("trait_", StringComparison.Ordinal)));
        Assert.Equal(300, ((string)made["trait_bio"]!).Length);
    }

    [Theory]
    [InlineData(null, "cookie")]
    [InlineData("""{"version":1,"identifiers":{"previousId":"user"}}""", "user")]
    public void Alias_ShowsBothIdsTogether(string? mapping, string type)
    {
        JsonObject made = Only(
            $$"""{"type":"alias","messageId":"m1",{{At}},"previousId":"old","userId":"new"}""",
            mapping is null ? null : DoorKit.Model(mapping)
        );
        Assert.Equal("identify", (string)made["type"]!);
        DoorKit.AssertJson(
            $$"""[{"type":"user","value":"new"},{"type":"{{type}}","value":"old"}]""",
            made["identifiers"]
        );
    }

    [Fact]
    public void Group_IsANurturingEventAndNoIdentifier()
    {
        JsonObject made = Only(
            $$"""{"type":"group","messageId":"m1",{{At}},"userId":"u","groupId":"g1","traits":{"name":"Initech","employees":329} }"""
        );
        Assert.Equal(("group", "g1", 329), ((string)made["type"]!, (string)made["group_id"]!, (int)made["employees"]!));
        DoorKit.AssertJson("""[{"type":"user","value":"u"}]""", made["identifiers"]);
    }

    [Fact]
    public void PageAndScreen_AreNurturingEventsWithTheirNames()
    {
        JsonObject page = Only(
            $$"""
            {"type":"page","messageId":"m1",{{At}},"anonymousId":"a","name":"Home","category":"Docs",
             "properties":{"url":"https://shop.example/","referrer":"https://r.example/","title":"Welcome"} }
            """
        );
        Assert.Equal(
            ("page", "Home", "Docs"),
            ((string)page["type"]!, (string)page["page_name"]!, (string)page["page_category"]!)
        );
        Assert.Equal("https://r.example/", (string)page["context"]!["referrer"]!);
        JsonObject screen = Only($$"""{"type":"screen","messageId":"m2",{{At}},"anonymousId":"a","name":"Main"}""");
        Assert.Equal(("screen", "Main"), ((string)screen["type"]!, (string)screen["screen_name"]!));
    }

    [Fact]
    public void Times_OfAWrongClock_AreCorrectedByTheBatchOrTheMessage()
    {
        string body = """
            {"sentAt":"2026-06-01T14:00:00.000Z","batch":[
              {"type":"track","event":"a","messageId":"1","timestamp":"2026-06-01T13:59:30.000Z"},
              {"type":"track","event":"b","messageId":"2","originalTimestamp":"2026-06-01T09:59:30.000Z",
               "timestamp":"2030-01-01T00:00:00Z","sentAt":"2026-06-01T10:00:00.000Z"}]}
            """;
        IReadOnlyList<JsonObject> made = DoorKit.All(new SegmentDoor(null), body);
        Assert.All(made, one => Assert.Equal(DoorKit.Received - 30_000, (long)one["time"]!));
    }

    [Fact]
    public void Times_ThatAreMissing_AreThoseOfArrival() =>
        Assert.Equal(DoorKit.Received, (long)Only("""{"type":"track","event":"a","messageId":"1"}""")["time"]!);

    [Fact]
    public void Ids_ThatAreMissing_AreTheSameForTheSameMessage()
    {
        string message = $$"""{"type":"track","event":"a",{{At}},"userId":"u"}""";
        string id = (string)Only(message)["id"]!;
        Assert.Equal(id, (string)Only(message)["id"]!);
        Assert.NotEqual(id, (string)Only(message.Replace("\"u\"", "\"v\"", StringComparison.Ordinal))["id"]!);
        IReadOnlyList<JsonObject> twins = DoorKit.All(
            new SegmentDoor(null),
            """{"batch":[{"type":"track","event":"a"},{"type":"track","event":"a"}]}"""
        );
        Assert.NotEqual((string)twins[0]["id"]!, (string)twins[1]["id"]!);
    }

    [Fact]
    public void NullsAndEmptyTexts_AreNotThere()
    {
        JsonObject made = Track(
            """ "event":"Song Played","userId":null,"anonymousId":"","context":{"ip":"","campaign":{"name":null}} """
        );
        Assert.False(made.ContainsKey("identifiers") || made.ContainsKey("context") || made.ContainsKey("campaign"));
    }

    private static JsonObject Track(string members, DoorModel? model = null) =>
        Only($$"""{"type":"track","messageId":"m1",{{At}},{{members}} }""", model);

    private static JsonObject Only(string message, DoorModel? model = null) =>
        DoorKit.One(new SegmentDoor(null), $$"""{"batch":[{{message}}]}""", model);
}
