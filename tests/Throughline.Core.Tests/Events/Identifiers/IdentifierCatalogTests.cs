using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;
using Throughline.Core.Identity.Types;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events.Identifiers;

/// <summary>What the door makes of values: normalised as their type says, or refused as naming nobody.</summary>
public sealed class IdentifierCatalogTests
{
    [Theory]
    [InlineData("""{"kind":"uuid"}""", "urn:uuid:{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}", null)]
    [InlineData("""{"kind":"uuid"}""", "6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8")]
    [InlineData("""{"kind":"uuid"}""", "{6ba7b8109dad11d180b400c04fd430c8}", "6ba7b810-9dad-11d1-80b4-00c04fd430c8")]
    [InlineData(
        """{"kind":"uuid"}""",
        "urn:uuid:6ba7b8109dad11d180b400c04fd430c8",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    )]
    [InlineData("""{"kind":"uuid"}""", "6ba7b8109-dad-11d1-80b4-00c04fd430c8", null)]
    [InlineData("""{"kind":"uuid"}""", "6ba7b8109dad11d180b400c04fd430cg", null)]
    [InlineData("""{"kind":"opaque"}""", "  Ab-1 ", "Ab-1")]
    [InlineData("""{"kind":"opaque","letters":"lower"}""", "ÄB-1", "äb-1")]
    [InlineData("""{"kind":"opaque","letters":"upper"}""", "ab-1", "AB-1")]
    [InlineData("""{"kind":"regex","pattern":"(?:LC-?)?([0-9]{4})","replace":"\\1"}""", "LC-0042", "0042")]
    [InlineData("""{"kind":"regex","pattern":"(?:LC-?)?([0-9]{4})","replace":"\\1"}""", "0042", "0042")]
    [InlineData("""{"kind":"regex","pattern":"(?:LC-?)?([0-9]{4})"}""", "LC-0042", "LC-0042")]
    [InlineData("""{"kind":"regex","pattern":"(?:LC-?)?([0-9]{4})"}""", "LC-00421", null)]
    [InlineData("""{"kind":"regex","pattern":"[a-z]+","letters":"lower"}""", "ABC", "abc")]
    [InlineData("""{"kind":"regex","pattern":"x*([0-9]*)","replace":"\\1"}""", "xxx", null)]
    [InlineData("""{"kind":"email"}""", "Ada@Bücher.example", "ada@xn--bcher-kva.example")]
    [InlineData("""{"kind":"phone","callingCode":"44"}""", "020 7946 0018", "+442079460018")]
    public void Normalise_OfAConfiguredType_GivesItsOneFormOrRefuses(string normaliser, string raw, string? expected)
    {
        string json = $$"""{"types":[{"type":"card","normaliser":{{normaliser}}}]}""";
        IdentifierRules rules = new() { Types = Read(json).Compile() };
        RejectionReason? reason = IdentifierNormaliser.Normalise("card", raw, rules, out byte[] normalised);
        Assert.Equal(expected, reason is null ? Encoding.UTF8.GetString(normalised) : null);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("Undefined")]
    [InlineData("[object Object]")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("9774D56D682E549C")]
    public void IsBlocked_Placeholder_IsUnlessATenantSaysNo(string value)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(value);
        Assert.True(IdentifierCatalog.Default.IsBlocked("device", utf8));
        Assert.True(Read("""{"types":[]}""").Compile().IsBlocked("device", utf8));
        Assert.False(Read("""{"blockedDefaults":"none","types":[]}""").Compile().IsBlocked("device", utf8));
    }

    [Theory]
    [InlineData("noreply@shop.de")]
    [InlineData("no-reply+17@shop.de")]
    [InlineData("test@shop.de")]
    [InlineData("ada@example.com")]
    [InlineData("ada@mail.example.org")]
    [InlineData("ada@shop.test")]
    [InlineData("+12025550143")]
    public void IsBlocked_AddressOfNobody_IsIfATenantAsksForAll(string value)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(value);
        Assert.False(IdentifierCatalog.Default.IsBlocked("email", utf8));
        Assert.True(Read("""{"blockedDefaults":"all","types":[]}""").Compile().IsBlocked("email", utf8));
    }

    [Theory]
    [InlineData("ada@shop.de")]
    [InlineData("tester@shop.de")]
    [InlineData("ada@myexample.com")]
    [InlineData("+12025560143")]
    [InlineData("+4955501234567")]
    [InlineData("0")]
    [InlineData("0000001")]
    [InlineData("nullable")]
    public void IsBlocked_OrdinaryValue_IsNot(string value) =>
        Assert.False(
            Read("""{"blockedDefaults":"all","types":[]}""").Compile().IsBlocked("user", Encoding.UTF8.GetBytes(value))
        );

    [Fact]
    public void IsBlocked_ValuesAndPatternsOfAType_AreOfThatTypeAlone_InAnySpelling()
    {
        IdentifierCatalog catalog = Read(
                """
                {"types":[{"type":"email","blocked":{"values":["Sales@Shop.DE"],"patterns":["^(?:dev|qa)[0-9]*@"]}}]}
                """
            )
            .Compile();
        Assert.True(catalog.IsBlocked("email", "sales@shop.de"u8));
        Assert.True(catalog.IsBlocked("email", "qa7@shop.de"u8));
        Assert.False(catalog.IsBlocked("email", "ada@shop.de"u8));
        Assert.False(catalog.IsBlocked("user", "sales@shop.de"u8));
    }

    [Fact]
    public void Encode_BlockedIdentifier_HasNoTokenButIsSealed()
    {
        byte[] record = Encode(
            """
            {"id":"e","type":"identify","time":"2026-06-01T12:00:00Z",
            "identifiers":[{"type":"user","value":"anna"},{"type":"device","value":"00000000-0000-0000-0000-000000000000"}]}
            """,
            IdentifierCatalog.Default
        );
        EventRecord read = EventRecord.FromTrusted(record);
        Assert.Equal(1, read.IdentifierCount);
        Assert.Equal(IdentifierType.User, read.Identifier(0).Type);
        Assert.Contains("00000000-0000", Encoding.UTF8.GetString(TestEventKeys.Open(read)), StringComparison.Ordinal);
    }

    [Fact]
    public void Derive_FromAgentAndNetwork_GivesOneTokenForAllOfTheNetwork_AndNothingWithoutThem()
    {
        IdentifierCatalog catalog = Read(
                """
                {"types":[{"type":"fingerprint","derive":"event.agent + '|' + event.network","validForMs":86400000}]}
                """
            )
            .Compile();
        Token here = Derived("192.0.2.7", "Browser");
        Assert.Equal(here, Derived("192.0.2.200", "Browser"));
        Assert.NotEqual(here, Derived("192.0.3.7", "Browser"));
        Assert.NotEqual(here, Derived("192.0.2.7", "Other"));
        Assert.Equal(Derived("2001:db8::1", "Browser"), Derived("2001:db8::ffff", "Browser"));
        EventRecord without = EventRecord.FromTrusted(
            Encode("""{"id":"e","type":"view","time":"2026-06-01T12:00:00Z","context":{"userAgent":"B"}}""", catalog)
        );
        Assert.Equal(0, without.IdentifierCount); // no network: an error, so none

        Token Derived(string address, string agent)
        {
            byte[] record = Encode(
                $$"""
                {"id":"e","type":"view","time":"2026-06-01T12:00:00Z","identifiers":[{"type":"user","value":"anna"}],
                "context":{"address":"{{address}}","userAgent":"{{agent}}"} }
                """,
                catalog
            );
            EventRecord read = EventRecord.FromTrusted(record);
            Assert.Equal((2, "fingerprint"), (read.IdentifierCount, read.Text(EventField.CustomTypes)));
            string opened = Encoding.UTF8.GetString(TestEventKeys.Open(read));
            Assert.DoesNotContain("fingerprint", opened, StringComparison.Ordinal);
            // Written back and read by the same types it is the same event.
            byte[] again = Encode(EventSamples.Write(record, opened: true), catalog);
            Assert.Equal(Convert.ToHexString(record), Convert.ToHexString(again));
            return read.Identifier(1).Token;
        }
    }

    [Theory]
    [InlineData("event.properties.account", "7", true)]
    [InlineData("string(event.properties.number)", "12", true)]
    [InlineData("regex.extract(event.path, '^/u/([0-9]+)/').orValue('')", "88", true)]
    [InlineData("event.identifiers['email'].split('@')[1]", "mail.de", true)]
    [InlineData(
        "event.type == 'request' && event.time > timestamp('2026-01-01T00:00:00Z') ? 'new' : 'old'",
        "new",
        true
    )]
    [InlineData("event.campaign", "", false)]
    [InlineData("'  '", "", false)]
    [InlineData("'null'", "", false)]
    [InlineData("event.properties.number", "", false)]
    [InlineData(
        "event.properties.list.map(x, event.properties.list.map(y, event.properties.list.map(z, x + y + z)))[0][0][0]",
        "",
        false
    )]
    public void Derive_AnyExpression_GivesItsTextOrNothing(string expression, string expected, bool isThere)
    {
        string json = JsonSerializer.Serialize(new { types = new[] { new { type = "made", derive = expression } } });
        string list = string.Join(',', Enumerable.Repeat("\"aaaaaaaaaaaaaaaaaaaa\"", 60));
        byte[] record = Encode(
            $$"""
            {"id":"e","type":"request","time":"2026-06-01T12:00:00Z","request":{"path":"/u/88/x"},"account":"7","number":12,
            "list":[{{list}}],"identifiers":[{"type":"email","value":"Ada@Mail.de"}]}
            """,
            Read(json).Compile()
        );
        EventRecord read = EventRecord.FromTrusted(record);
        Assert.Equal(isThere ? 2 : 1, read.IdentifierCount);
        if (isThere)
            Assert.Equal(
                new TestEventKeys().Tokenise("made", Encoding.UTF8.GetBytes(expected)),
                read.Identifier(1).Token
            );
    }

    [Fact]
    public void Derive_LongText_StandsByItsHash_AndIdentifiersThatWereSentKeepTheirRoom()
    {
        IdentifierCatalog catalog = Read("""{"types":[{"type":"made","derive":"event.agent"}]}""").Compile();
        string agent = new('x', 600);
        string Sent(int count) =>
            string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"type":"user","value":"u{{i}}"}"""));
        string Event(int count) =>
            $$"""
                {"id":"e","type":"view","time":"2026-06-01T12:00:00Z","identifiers":[{{Sent(
                    count
                )}}],"context":{"userAgent":"{{agent}}"} }
                """;
        Assert.Equal(10, EventRecord.FromTrusted(Encode(Event(9), catalog)).IdentifierCount);
        Assert.Equal(10, EventRecord.FromTrusted(Encode(Event(10), catalog)).IdentifierCount);
        Assert.Null(EventRecord.FromTrusted(Encode(Event(10), catalog)).Text(EventField.CustomTypes));
    }

    private static IdentifierTypes Read(string json) =>
        IdentifierTypesJson.Read(JsonSerializer.Deserialize<JsonElement>(json));

    private static byte[] Encode(string json, IdentifierCatalog catalog)
    {
        RawEvent raw = new();
        IdentifierRules rules = new() { Types = catalog };
        Assert.True(
            EventJson.TryParse(Encoding.UTF8.GetBytes(json), rules, raw, out Rejection rejection),
            $"{rejection}"
        );
        RecordBuffer buffer = new();
        new EventEncoder(new TestEventKeys()).Encode(raw, backfill: false, buffer);
        return buffer[0].ToArray();
    }
}
