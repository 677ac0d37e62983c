using System.Diagnostics;
using System.Text;
using Throughline.Core.Events;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>What is accepted, at the edge of what is refused, and how it is understood.</summary>
public sealed class EventJsonTests
{
    private const string Start = """{"id":"e","type":"click","time":"2026-06-01T12:00:00Z" """;

    [Fact]
    public void TryParse_SmallestEvent_HasItsThreeFieldsAndNothingElse()
    {
        RawEvent read = EventSamples.Parse("""{"time":1780315200000,"type":"view","id":"é\u0022\ud83d\ude00"}""");
        Assert.Equal(EventType.View, read.Type);
        Assert.Equal(1_780_315_200_000, read.Time);
        Assert.Equal("é\"😀", read.String(EventField.Id));
        Assert.Equal(0, read.IdentifierCount);
        Assert.Null(read.Value);
        Assert.False(read.Has(EventField.Properties));
        Assert.True(read.PersonalProperties.IsEmpty);
    }

    [Theory]
    [InlineData("email_open", EventType.Nurture)]
    [InlineData("a", EventType.Nurture)]
    [InlineData("a.b-c_9", EventType.Nurture)]
    [InlineData("request", EventType.Request)]
    [InlineData("impression", EventType.Impression)]
    public void TryParse_Type_IsKnownOrANurturingName(string name, EventType type)
    {
        RawEvent read = EventSamples.Parse($$"""{"id":"e","type":"{{name}}","time":1780315200000}""");
        Assert.Equal(type, read.Type);
        Assert.Equal(type == EventType.Nurture ? name : null, read.String(EventField.Name));
    }

    [Fact]
    public void TryParse_AtEveryLimit_IsAccepted()
    {
        string[] members =
        [
            $"\"a\":{new string('[', 15)}{new string(']', 15)}",
            string.Join(',', Enumerable.Range(0, 256).Select(i => $"\"p{i}\":null")),
            $"\"{new string('n', 256)}\":1",
            $"\"a\":{new string('9', 64)}",
            "\"a\":[1e308,-1e-400,0.10,-0]",
            $"\"campaign\":\"{Repeat("é", 128)}\"",
            $"\"context\":{{\"userAgent\":\"{new string('u', 8192)}\",\"referrer\":\"\"}}",
            $"\"identifiers\":[{string.Join(',', Enumerable.Range(0, 10).Select(i => $$"""{"type":"t{{i}}","value":"{{Repeat("é", 512)}}"}"""))}]",
            "\"identifiers\":[]",
            "\"ID\":1,\"Type\":2",
        ];
        foreach (string member in members)
            EventSamples.Parse($"{Start},{member}}}");
        string full = $"{Start},\"a\":\"";
        EventSamples.Parse(full + new string('x', EventLimits.Bytes - full.Length - 2) + "\"}");
        EventSamples.Parse($$"""{"id":"{{Repeat("😀", 128)}}","type":"click","time":1780315200000}""");
    }

    [Fact]
    public void TryParse_DepthOfThousands_IsRefusedWithoutDeepRecursion()
    {
        string deep = $"{Start},\"a\":{Repeat("{\"a\":[", 8000)}";
        Assert.False(EventJson.TryParse(Encoding.UTF8.GetBytes(deep), out _, out Rejection rejection));
        Assert.Equal(RejectionReason.TooDeep, rejection.Reason);
    }

    [Theory]
    [InlineData("@")]
    [InlineData("a@")]
    [InlineData("%40")]
    [InlineData("a%40")]
    [InlineData("a@b.")]
    [InlineData("a@1.")]
    [InlineData(":")]
    [InlineData("\\u0022")]
    public void TryParse_LongRepetitiveText_CostsNoMoreThanItsLength(string part)
    {
        byte[] json = Encoding.UTF8.GetBytes($"{Start},\"a\":\"{Repeat(part, 65_000 / part.Length)}\"}}");
        var read = new RawEvent();
        TimeSpan least = Enumerable
            .Range(0, 3)
            .Min(_ =>
                ActionCost.ProcessorTime(() =>
                    Assert.True(EventJson.TryParse(json, IdentifierRules.Default, read, out Rejection _))
                )
            );
        Assert.InRange(least.TotalMilliseconds, 0, 50); // quadratic: over 1,000 ms
    }

    [Theory]
    [InlineData("{}", "purchase", null)]
    [InlineData("""{"kind":"lead"}""", "lead", null)]
    [InlineData("""{"value":{"minor":0,"currency":"EUR"}}""", "purchase", "0.00 EUR")]
    [InlineData("""{"value":{"currency":"KWD","amount":"1.5"}}""", "purchase", "1.500 KWD")]
    [InlineData("""{"value":{"currency":"JPY","minor":9007199254740991}}""", "purchase", "9007199254740991 JPY")]
    public void TryParse_Conversion_HasItsKindAndExactValue(string section, string kind, string? value)
    {
        RawEvent read = EventSamples.Parse(
            $$"""{"id":"e","type":"conversion","time":1780315200000,"conversion":{{section}}}"""
        );
        Assert.Equal(kind, read.String(EventField.Kind));
        Assert.Equal(value, read.Value?.ToString());
    }

    [Fact]
    public void TryParse_RefundByOrder_HasTheDefaultKind()
    {
        RawEvent read = EventSamples.Parse(
            """{"id":"e","type":"refund","time":1780315200000,"refund":{"orderId":"o","value":{"amount":"0.01","currency":"EUR"}}}"""
        );
        Assert.Equal("purchase", read.String(EventField.Kind));
        Assert.Equal("o", read.String(EventField.OrderId));
        Assert.Equal(new Money(1, Currency.Parse("EUR")), read.Value);
    }

    [Fact]
    public void TryParse_Properties_AreCanonicalAndSplit()
    {
        RawEvent read = EventSamples.Parse(
            Start
                + ""","z":{"b":[{"y":1.0,"x":"\/"}],"a":null},"\u0061":1E2,"B":true,"phone":1,"note":"call ada@x.de","\"q":0}"""
        );
        Assert.Equal(
            """{"\"q":0,"B":true,"a":1E2,"z":{"a":null,"b":[{"x":"/","y":1.0}]}}""",
            read.String(EventField.Properties)
        );
        Assert.Equal("""{"note":"call ada@x.de","phone":1}""", Encoding.UTF8.GetString(read.PersonalProperties));
    }

    [Fact]
    public void TryParse_ManyUnsortedMembers_AreSortedByUtf8()
    {
        string[] names =
        [
            .. Enumerable.Range(0, 200).Select(i => $"k{i * 7919 % 200:x}"),
            "é",
            "\\\\",
            "\\\"",
            "~",
            "😀",
            "\uffee",
        ];
        string members = string.Join(',', names.Select(name => $"\"{name}\":0"));
        RawEvent read = EventSamples.Parse($"{Start},\"all\":{{{members}}}}}");
        string[] expected =
        [
            .. names.OrderBy(
                name => Encoding.UTF8.GetBytes(name.Replace("\\\\", "\\").Replace("\\\"", "\"")),
                ByteOrder
            ),
        ];
        Assert.Equal(
            $"{{\"all\":{{{string.Join(',', expected.Select(name => $"\"{name}\":0"))}}}}}",
            read.String(EventField.Properties)
        );
    }

    [Theory]
    [InlineData("name")]
    [InlineData("NAME")]
    [InlineData("first_name")]
    [InlineData("First-Name")]
    [InlineData("firstName")]
    [InlineData("billingAddress")]
    [InlineData("billing.address.line1")]
    [InlineData("client_ip")]
    [InlineData("clientIP")]
    [InlineData("IPAddress")]
    [InlineData("customer_email")]
    [InlineData("emailHash2")]
    [InlineData("birth_date")]
    [InlineData("dateOfBirth")]
    [InlineData("PASSWORD")]
    [InlineData("phone-number")]
    [InlineData("zip")]
    [InlineData("shipping_first_name")]
    [InlineData("shippingFirstName")]
    [InlineData("contact_e_mail_2")]
    [InlineData("e-mail")]
    [InlineData("__name__")]
    [InlineData("social security number")]
    [InlineData("ada@example.com")]
    public void IsPersonal_Name_IsSealed(string name) => Assert.True(IsSealed($"\"{name}\":1"), name);

    [Theory]
    [InlineData("product_name")]
    [InlineData("campaignName")]
    [InlineData("ship")]
    [InlineData("zipped")]
    [InlineData("emailing")]
    [InlineData("description")]
    [InlineData("mobile_view")]
    [InlineData("tip")]
    public void IsPersonal_OtherName_IsClear(string name) => Assert.False(IsSealed($"\"{name}\":1"), name);

    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("Write to ada.l+x@mail.example.co, please")]
    [InlineData("ada%40example.com")]
    [InlineData("+49 171 1234567")]
    [InlineData("0171/1234567")]
    [InlineData("(030) 123 456 78")]
    [InlineData("212-555-0123")]
    [InlineData(" 203.0.113.7 ")]
    [InlineData("2001:db8::1")]
    [InlineData("::1")]
    public void IsPersonal_Text_IsSealed(string text)
    {
        Assert.True(IsSealed($"\"a\":\"{text}\""), text);
        Assert.True(IsSealed($"\"a\":{{\"b\":[0,\"{text}\"]}}"), text);
        Assert.True(IsSealed($"\"a\":{{\"name\":0}}"), text);
    }

    [Theory]
    [InlineData("2026-06-01")]
    [InlineData("12:30:45")]
    [InlineData("1.2.3")]
    [InlineData("0.12345678")]
    [InlineData("4006381333931")]
    [InlineData("@ada")]
    [InlineData("a@b")]
    [InlineData("lib@1.2.3")]
    [InlineData("std::vector")]
    [InlineData("12345678")]
    [InlineData("")]
    [InlineData("     ")]
    [InlineData("\u00a0\u2003\u00a0")]
    [InlineData(":::")]
    [InlineData("+++")]
    public void IsPersonal_OtherText_IsClear(string text) => Assert.False(IsSealed($"\"a\":\"{text}\""), text);

    [Fact]
    public void Code_OfEveryReason_IsSnakeCaseAndReadsBack()
    {
        foreach (RejectionReason reason in Enum.GetValues<RejectionReason>())
        {
            Assert.Matches("^[a-z0-9]+(_[a-z0-9]+)*$", reason.Code());
            Assert.True(RejectionReasons.TryParse(reason.Code(), out RejectionReason read));
            Assert.Equal(reason, read);
        }
        Assert.Equal("invalid_utf8", RejectionReason.InvalidUtf8.Code());
        Assert.False(RejectionReasons.TryParse("", out _));
        Assert.False(RejectionReasons.TryParse("nothing", out _));
    }

    [Fact]
    public void TryParse_Refusal_NeverRepeatsAValue()
    {
        const string Secret = "s3cr3tvalue";
        foreach (HostilePayload payload in HostilePayloads.All.Where(p => p.Reason != RejectionReason.MalformedJson))
        {
            string json = Encoding
                .UTF8.GetString(payload.Bytes)
                .Replace("\"u\"", $"\"{Secret}\"")
                .Replace("abc", Secret);
            if (!EventJson.TryParse(Encoding.UTF8.GetBytes(json), out _, out Rejection rejection))
                Assert.DoesNotContain(Secret, rejection.Message);
        }
        byte[] email = Encoding.UTF8.GetBytes($$"""{{Start}},"identifiers":[{"type":"email","value":"{{Secret}}"}]}""");
        Assert.False(EventJson.TryParse(email, out _, out Rejection why));
        Assert.Equal("/identifiers/0/value", why.Pointer);
        Assert.DoesNotContain(Secret, why.ToString());
    }

    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create(
        (x, y) => x.AsSpan().SequenceCompareTo(y)
    );

    private static bool IsSealed(string member)
    {
        RawEvent read = EventSamples.Parse($"{Start},{member}}}");
        Assert.NotEqual(read.PersonalProperties.IsEmpty, !read.Has(EventField.Properties));
        return !read.PersonalProperties.IsEmpty;
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();
}
