using System.Text;
using Throughline.Core.Events;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>From a valid event to its record.</summary>
public sealed class EventEncoderTests
{
    private const string Click = """ "type":"click","time":"2026-06-01T12:00:00Z" """;

    [Fact]
    public void Encode_CustomTypes_GetCodesInTheOrderOfTheirNames()
    {
        byte[] record = EventSamples.Encode(
            WithIdentifiers(
                """{"type":"zeta","value":"1"},{"type":"alpha","value":"1"},{"type":"zeta","value":"2"},{"type":"user","value":"u"}"""
            )
        );
        EventRecord read = EventRecord.FromTrusted(record);
        var keys = new TestEventKeys();
        Assert.Equal("alpha\nzeta", read.Text(EventField.CustomTypes));
        Assert.Equal(4, read.IdentifierCount);
        Assert.Equal(new(IdentifierType.User, keys.Tokenise("user", "u"u8)), read.Identifier(0));
        Assert.Equal(new(IdentifierType.FirstCustom, keys.Tokenise("alpha", "1"u8)), read.Identifier(1));
        Token[] zetas = [keys.Tokenise("zeta", "1"u8), keys.Tokenise("zeta", "2"u8)];
        Assert.Equal(new(IdentifierType.FirstCustom + 1, zetas.Min()), read.Identifier(2));
        Assert.Equal(new(IdentifierType.FirstCustom + 1, zetas.Max()), read.Identifier(3));
    }

    [Fact]
    public void Encode_EqualIdentifiersAfterNormalising_AreOne()
    {
        byte[] record = EventSamples.Encode(
            WithIdentifiers(
                """{"type":"email","value":"ADA@x.de"},{"type":"email","value":" ada@X.de "},{"type":"user","value":"ada@x.de"}"""
            )
        );
        EventRecord read = EventRecord.FromTrusted(record);
        Assert.Equal(2, read.IdentifierCount);
        Assert.Equal(new TestEventKeys().Tokenise("email", "ada@x.de"u8), read.Identifier(1).Token);
        Assert.Contains("ADA@x.de", Encoding.UTF8.GetString(TestEventKeys.Open(read)));
    }

    [Fact]
    public void Encode_SameEventWrittenOtherwise_HasEqualContent()
    {
        string one =
            $$"""{"id":"e",{{Click}},"identifiers":[{"type":"user","value":"u"},{"type":"device","value":"d"}],"b":1,"a":"x"}""";
        string two = $$"""
            { "a" : "\u0078", "identifiers":[{"value":"d","type":"device"},{"type":"user","value":"u"}],
              "b":1,"time":1780315200000, "type":"cl\u0069ck","id":"e" }
            """;
        Assert.Equal(Convert.ToHexString(EventSamples.Encode(one)), Convert.ToHexString(EventSamples.Encode(two)));
    }

    [Theory]
    [InlineData("""{"id":"e","type":"click","time":"2026-06-01T12:00:00.001Z"}""")]
    [InlineData("""{"id":"e","type":"view","time":"2026-06-01T12:00:00Z"}""")]
    [InlineData("""{"id":"e","type":"click","time":"2026-06-01T12:00:00Z","a":1}""")]
    [InlineData("""{"id":"e","type":"click","time":"2026-06-01T12:00:00Z","a":1.0}""")]
    [InlineData("""{"id":"e","type":"click","time":"2026-06-01T12:00:00Z","email":"b"}""")]
    [InlineData("""{"id":"e","type":"click","time":"2026-06-01T12:00:00Z","email":"a"}""")]
    [InlineData("""{"id":"e","type":"click","time":"2026-06-01T12:00:00Z","campaign":"a"}""")]
    [InlineData("""{"id":"e","type":"click","time":"2026-06-01T12:00:00Z","context":{"address":"::1"}}""")]
    [InlineData(
        """{"id":"e","type":"click","time":"2026-06-01T12:00:00Z","identifiers":[{"type":"user","value":"a"}]}"""
    )]
    [InlineData(
        """{"id":"e","type":"click","time":"2026-06-01T12:00:00Z","identifiers":[{"type":"usera","value":"a"}]}"""
    )]
    public void Encode_AnyDifference_ChangesTheContent(string json)
    {
        Token plain = Content($$"""{"id":"e",{{Click}}}""");
        Assert.NotEqual(plain, Content(json));
        Assert.Equal(Content(json), Content(json));
    }

    [Fact]
    public void Encode_Backfill_IsAFlagThatTheContentDoesNotCover()
    {
        byte[] live = EventSamples.Encode(EventSamples.All["click"]);
        byte[] imported = EventSamples.Encode(EventSamples.All["click"], backfill: true);
        Assert.True(EventRecord.FromTrusted(imported).IsBackfill);
        Assert.False(EventRecord.FromTrusted(live).IsBackfill);
        imported[2] = 0;
        Assert.Equal(live, imported);
    }

    [Fact]
    public void Encode_Refund_HashesItsConversionAsAnEventId()
    {
        EventRecord refund = EventRecord.FromTrusted(EventSamples.Encode(EventSamples.All["refund"]));
        EventRecord conversion = EventRecord.FromTrusted(EventSamples.Encode(EventSamples.All["conversion"]));
        Assert.True(refund.TryGet(EventField.Conversion, out ReadOnlySpan<byte> token));
        Assert.Equal(conversion.Id, Token.Read(token));
    }

    [Fact]
    public void Encode_NothingPersonal_HasNoSealedPart()
    {
        EventRecord record = EventRecord.FromTrusted(EventSamples.Encode($$"""{"id":"e",{{Click}},"a":1}"""));
        Assert.False(record.TryGet(EventField.Sealed, out _));
        Assert.Equal("""{"a":1}""", record.Text(EventField.Properties));
    }

    [Theory]
    [InlineData("/a/b?x=1#y", "/a/b", "?x=1#y")]
    [InlineData("/a#y?x", "/a", "#y?x")]
    [InlineData("/reset/ada@x.de/now", "/reset/", "ada@x.de/now")]
    [InlineData("/reset/ada%40x.de?q", "/reset/", "ada%40x.de?q")]
    [InlineData("/@ada/page", "/@ada/page", "")]
    [InlineData("/p/lib@1.2.3/x", "/p/lib@1.2.3/x", "")]
    [InlineData("https://ada:pw@x.de/a", "https://", "ada:pw@x.de/a")]
    [InlineData("https://x.de/a@b", "https://x.de/a@b", "")]
    [InlineData("?q", "", "?q")]
    public void Encode_PathAndReferrer_AreClearUpToWhatMayBePersonal(string url, string clear, string rest)
    {
        string json = $$$"""
            {"id":"e","type":"request","time":1780315200000,"request":{"path":"{{{url}}}"},"context":{"referrer":"{{{url}}}"}}
            """;
        byte[] bytes = EventSamples.Encode(json);
        EventRecord record = EventRecord.FromTrusted(bytes);
        Assert.Equal(clear, record.Text(EventField.Path) ?? "");
        Assert.Equal(clear, record.Text(EventField.Referrer) ?? "");
        string plain = Encoding.UTF8.GetString(TestEventKeys.Open(record));
        Assert.Equal(rest.Length == 0 ? "" : $$"""{"query":"{{rest}}","referrerQuery":"{{rest}}"}""", plain);
        Assert.Contains($"\"path\":\"{url}\"", EventSamples.Write(bytes, opened: true));
    }

    [Fact]
    public void TryControl_Document_IsStoredInCanonicalForm()
    {
        var buffer = new RecordBuffer();
        var platform = new PlatformEvents(new TestEventKeys());
        Assert.True(
            platform.TryControl(""" { "b" : [1, 2.50], "a" : "\u0041" } """u8, "c-1", 1_780_315_200_000, buffer, out _)
        );
        EventRecord record = EventRecord.FromTrusted(buffer[0]);
        Assert.Equal(EventType.Control, record.Type);
        Assert.Equal("""{"a":"A","b":[1,2.50]}""", record.Text(EventField.Document));
        Assert.Equal(
            """{"id":"c-1","type":"control","time":"2026-06-01T12:00:00.000Z","document":{"a":"A","b":[1,2.50]}}""",
            EventSamples.Write(buffer[0].ToArray(), opened: false)
        );
    }

    [Theory]
    [InlineData("[]", RejectionReason.WrongType, "")]
    [InlineData("{", RejectionReason.MalformedJson, "")]
    [InlineData("{} {}", RejectionReason.MalformedJson, "")]
    [InlineData("""{"a":{"b":1,"b":2}}""", RejectionReason.DuplicateField, "/a/b")]
    public void TryControl_BadDocument_IsRefusedAndWritesNothing(
        string document,
        RejectionReason reason,
        string pointer
    )
    {
        var buffer = new RecordBuffer();
        var platform = new PlatformEvents(new TestEventKeys());
        Assert.False(
            platform.TryControl(Encoding.UTF8.GetBytes(document), "c", 1_780_315_200_000, buffer, out Rejection why)
        );
        Assert.Equal((reason, pointer), (why.Reason, why.Pointer));
        Assert.Equal(0, buffer.Count);
    }

    private static string WithIdentifiers(string identifiers) =>
        $$"""{"id":"e",{{Click}},"identifiers":[{{identifiers}}]}""";

    private static Token Content(string json) => EventRecord.FromTrusted(EventSamples.Encode(json)).Content;
}
