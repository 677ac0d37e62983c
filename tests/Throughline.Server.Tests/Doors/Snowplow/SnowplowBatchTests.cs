using System.Text;
using System.Text.Json.Nodes;
using Throughline.Server.Doors.Mapping;
using Throughline.Server.Doors.Snowplow;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Doors.Snowplow;

/// <summary>Events of Snowplow's tracker protocol, and what becomes of them.</summary>
public sealed class SnowplowBatchTests
{
    private const string Common = """
        "eid":"e1","p":"srv","aid":"app","tna":"n","tv":"node-4.8.0","dtm":"1780315140000"
        """;
    private const string Ecommerce = "iglu:com.snowplowanalytics.snowplow.ecommerce";

    [Fact]
    public void PageView_Utm_IsATouchOfItsCampaign() =>
        DoorKit.AssertJson(
            """
            {"id":"e1","type":"page_view","time":1780315140000,
             "identifiers":[{"type":"user","value":"u1"},{"type":"cookie","value":"d1"},{"type":"network_cookie","value":"n1"}],
             "context":{"address":"203.0.113.7","userAgent":"Mozilla/5.0","referrer":"https://r.example/"},
             "campaign":"summer sale","channel":"email","creative":"top",
             "p":"srv","aid":"app","sid":"s1",
             "url":"https://shop.example/?utm_campaign=summer+sale&utm_medium=email&utm_content=top&utm_campaign=2#x","page":"Shop"}
            """,
            One(
                """
                "e":"pv","uid":"u1","duid":"d1","nuid":"n1","sid":"s1","ip":"203.0.113.7","ua":"Mozilla/5.0","refr":"https://r.example/",
                "url":"https://shop.example/?utm_campaign=summer+sale&utm_medium=email&utm_content=top&utm_campaign=2#x","page":"Shop"
                """
            )
        );

    [Fact]
    public void Transaction_IsAConversionWithItsExactValue() =>
        DoorKit.AssertJson(
            """{"kind":"purchase","orderId":"o1","value":{"currency":"EUR","amount":"59.90"}}""",
            One(""" "e":"tr","tr_id":"o1","tr_tt":"59.900000000000006","tr_cu":"EUR" """)["conversion"]
        );

    [Fact]
    public void TransactionItem_IsNoSecondConversion() =>
        Assert.Equal("transaction_item", (string)One(""" "e":"ti","ti_id":"o1","ti_pr":"5" """)["type"]!);

    [Fact]
    public void StructuredEvent_IsNamedByItsAction()
    {
        DoorModel model = DoorKit.Model(
            """{"version":1,"currency":"CHF","events":{"Sign Up":{"as":"conversion","kind":"signup","orderId":["se_pr"],"value":["se_va"]}}}"""
        );
        const string Sent = """ "e":"se","se_ca":"account","se_ac":"sign-up","se_pr":"x","se_va":"12.5" """;
        DoorKit.AssertJson(
            """{"kind":"signup","orderId":"x","value":{"currency":"CHF","amount":"12.5"}}""",
            One(Sent, model)["conversion"]
        );
        JsonObject plain = One(Sent);
        Assert.Equal(("sign_up", "account"), ((string)plain["type"]!, (string)plain["se_ca"]!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SelfDescribing_IsReadByTheNameOfItsSchema(bool encoded)
    {
        JsonObject made = One(
            $"\"e\":\"ue\",{Field("ue", Unstruct("iglu:com.acme/song_played/jsonschema/1-0-0", """{"song":"x","id":5}"""), encoded)}"
        );
        Assert.Equal(
            ("song_played", "x", 5),
            ((string)made["type"]!, (string)made["song"]!, (int)made["property_id"]!)
        );
        Assert.Equal("app", (string)made["aid"]!);
    }

    [Fact]
    public void SelfDescribing_RuleOfAVendor_IsOfThatVendorAlone()
    {
        DoorModel model = DoorKit.Model("""{"version":1,"events":{"com.acme/seen":{"as":"view"}}}""");
        Assert.Equal("view", Type("iglu:com.acme/seen/jsonschema/1-0-0", model));
        Assert.Equal("seen", Type("iglu:com.other/seen/jsonschema/1-0-0", model));
    }

    [Theory]
    [InlineData("transaction", "revenue", "conversion")]
    [InlineData("refund", "refund_amount", "refund")]
    public void EcommerceAction_TakesTheMoneyOfItsEntity(string type, string amount, string becomes)
    {
        string action = Unstruct(
            $"{Ecommerce}/snowplow_ecommerce_action/jsonschema/1-0-2",
            $$"""{"type":"{{type}}"}"""
        );
        string entities = Contexts(
            ("iglu:com.acme/user/jsonschema/1-0-0", """{"plan":"gold"}"""),
            (
                $"{Ecommerce}/{type}/jsonschema/1-0-0",
                $$"""{"transaction_id":"o1","currency":"EUR","{{amount}}":10.50}"""
            )
        );
        JsonObject made = One($"\"e\":\"ue\",{Field("ue", action, true)},{Field("c", entities, true)}");
        Assert.Equal(becomes, (string)made["type"]!);
        DoorKit.AssertJson(
            """{"kind":"purchase","orderId":"o1","value":{"currency":"EUR","amount":"10.50"}}""",
            made[becomes]
        );
        Assert.Equal(2, made["contexts"]!.AsArray().Count);
    }

    [Fact]
    public void Advertisements_AreTouchesOfTheirCampaigns()
    {
        string click = Unstruct(
            "iglu:com.snowplowanalytics.snowplow/ad_click/jsonschema/1-0-0",
            """{"targetUrl":"https://shop.example/","campaignId":"7","bannerId":"b","zoneId":"z"}"""
        );
        JsonObject made = One($"\"e\":\"ue\",{Field("ue", click, true)}");
        Assert.Equal(
            ("click", "7", "b", "z"),
            ((string)made["type"]!, (string)made["campaign"]!, (string)made["creative"]!, (string)made["placement"]!)
        );
    }

    [Fact]
    public void Session_OfADevice_IsAnIdentifier()
    {
        string entities = Contexts(
            (
                "iglu:com.snowplowanalytics.snowplow/client_session/jsonschema/1-0-2",
                """{"userId":"d-1","sessionId":"s"}"""
            ),
            ("iglu:com.snowplowanalytics.snowplow/mobile_context/jsonschema/1-0-3", """{"appleIdfa":"ad-1"}""")
        );
        DoorKit.AssertJson(
            """[{"type":"device","value":"d-1"},{"type":"advertising_id","value":"ad-1"}]""",
            One($"\"e\":\"pv\",{Field("c", entities, false)}")["identifiers"]
        );
    }

    [Theory]
    [InlineData(""" "dtm":"1780315140000","stm":"1780315141000" """, 1_780_315_140_000)] // a right clock
    [InlineData(""" "dtm":"1780318740000","stm":"1780318800000" """, 1_780_315_140_000)] // an hour fast
    [InlineData(""" "dtm":"1780318740000","stm":"1780318800000","ttm":"1780310000000" """, 1_780_310_000_000)]
    [InlineData(""" "stm":"1780318800000" """, 1_780_315_200_000)]
    public void Times_AreTrueOrCorrected(string members, long expected) =>
        Assert.Equal(expected, (long)Only($$"""{"eid":"e1","e":"pv",{{members}} }""")["time"]!);

    private static string Type(string schema, DoorModel model) =>
        (string)One($"\"e\":\"ue\",{Field("ue", Unstruct(schema, "{}"), true)}", model)["type"]!;

    internal static string Unstruct(string schema, string data) =>
        $$"""
            {"schema":"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0","data":{"schema":"{{schema}}","data":{{data}} } }
            """;

    private static string Contexts(params (string Schema, string Data)[] entities) =>
        $$"""
        {"schema":"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0","data":[{{string.Join(
            ',',
            entities.Select(entity => $$"""{"schema":"{{entity.Schema}}","data":{{entity.Data}} }""")
        )}}]}
        """;

    /// <summary>The two ways in which a tracker sends JSON in a field.</summary>
    internal static string Field(string kind, string json, bool encoded)
    {
        string name = (kind, encoded) switch
        {
            ("ue", true) => "ue_px",
            ("ue", false) => "ue_pr",
            (_, true) => "cx",
            _ => "co",
        };
        string value = encoded
            ? Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).Replace('+', '-').Replace('/', '_').TrimEnd('=')
            : json;
        return $"\"{name}\":{JsonValue.Create(value).ToJsonString()}";
    }

    private static JsonObject One(string members, DoorModel? model = null) =>
        Only($$"""{{{Common}},{{members}} }""", model);

    private static JsonObject Only(string message, DoorModel? model = null) =>
        DoorKit.One(new SnowplowDoor(), Payload(message), model);

    internal static string Payload(params string[] messages) =>
        $$"""
            {"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[{{string.Join(
                ',',
                messages
            )}}]}
            """;
}
