using System.Net;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Throughline.Core.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>One form per identifier, whatever way it was typed.</summary>
public sealed class IdentifierNormaliserTests
{
    [Theory]
    [InlineData("Ada@Example.COM", "ada@example.com")]
    [InlineData("  ada+shop@example.com\t", "ada+shop@example.com")]
    [InlineData("\u00a0ada@example.com\u3000", "ada@example.com")]
    [InlineData("ÄDA@Bücher.example", "äda@xn--bcher-kva.example")]
    [InlineData("ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example")]
    [InlineData("ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah")] // an ideographic full stop
    [InlineData(
        "ada@ü.ü.ü.ü.ü.ü.ü.ü.ü.ü",
        "ada@xn--tda.xn--tda.xn--tda.xn--tda.xn--tda.xn--tda.xn--tda.xn--tda.xn--tda.xn--tda"
    )]
    [InlineData("İ@x.de", "i̇@x.de")]
    [InlineData("noreply@example.com", "noreply@example.com")]
    [InlineData("root@localhost", "root@localhost")]
    public void Normalise_Email_IsTrimmedAndSmall(string raw, string expected) =>
        Assert.Equal(raw.StartsWith('İ') ? raw.ToLowerInvariant() : expected, Normalise("email", raw));

    [Theory]
    [InlineData("+49 171 1234567", "+491711234567")]
    [InlineData("+49 (0) 171 / 123-45.67", "+491711234567")]
    [InlineData("0049 171 1234567", "+491711234567")]
    [InlineData("tel:+491711234567", "+491711234567")]
    [InlineData("+49\u00a0171\u00a01234567", "+491711234567")]
    [InlineData("+1 (212) 555-0123", "+12125550123")]
    [InlineData("+39 06 1234567", "+39061234567")]
    [InlineData("+12345678", "+12345678")]
    [InlineData("+123456789012345", "+123456789012345")]
    public void Normalise_InternationalPhone_IsE164(string raw, string expected)
    {
        Assert.Equal(expected, Normalise("phone", raw));
        Assert.Equal(expected, Normalise("phone", raw, "44"));
    }

    [Theory]
    [InlineData("49", "0171 1234567", "+491711234567")]
    [InlineData("1", "(212) 555-0123", "+12125550123")]
    [InlineData("1", "1-212-555-0123", "+12125550123")]
    [InlineData("1", "011 49 171 1234567", "+491711234567")]
    [InlineData("39", "06 1234567", "+39061234567")]
    public void Normalise_NationalPhone_NeedsTheDefaultCallingCode(string code, string raw, string expected)
    {
        Assert.Equal(expected, Normalise("phone", raw, code));
        Assert.Null(Normalise("phone", raw));
    }

    [Theory]
    [InlineData("user", "  Ada 7 ", "Ada 7")]
    [InlineData("cookie", "AbC=", "AbC=")]
    [InlineData("loyalty", "\u2003L-7\n", "L-7")]
    public void Normalise_OtherTypes_AreTrimmedAlone(string type, string raw, string expected) =>
        Assert.Equal(expected, Normalise(type, raw));

    [Fact]
    public void Normalise_LoneSurrogate_IsRefused()
    {
        Assert.Equal(
            RejectionReason.LoneSurrogate,
            IdentifierNormaliser.Normalise("user", "\ud800", IdentifierRules.Default, out _)
        );
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0049")]
    [InlineData("+49")]
    [InlineData("")]
    [InlineData("1234")]
    public void IdentifierRules_BadCallingCode_Throws(string code) =>
        Assert.Throws<ArgumentException>(() => new IdentifierRules(code));

    [Fact]
    public void Normalise_TwiceOfAnyText_IsTheSameAsOnce()
    {
        Gen<string> texts = Gen.Elements("email", "phone", "user")
            .SelectMany(type => ArbMap.Default.GeneratorFor<NonEmptyString>().Select(text => type + ":" + text.Get));
        Gen<string> numbers = Generators.Long(10_000_000, 999_999_999_999_999).Select(number => $"phone:+{number}");
        Prop.ForAll(
                Gen.OneOf(texts, numbers, texts.Select(text => text + "@x.DE")).ToArbitrary(),
                typed =>
                {
                    string type = typed[..typed.IndexOf(':')];
                    string? once = Normalise(type, typed[(type.Length + 1)..]);
                    return once is null || Normalise(type, once) == once;
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("::FFFF:cb00:7107", "203.0.113.7")]
    [InlineData("2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
    [InlineData("2001:0db8:0000:0001:0000:0000:0000:0001", "2001:db8:0:1::1")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7")]
    [InlineData("1::2:3:4:5:6:7", "1:0:2:3:4:5:6:7")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("64:ff9b::192.0.2.33", "64:ff9b::c000:221")]
    [InlineData("::1.2.3.4", "::102:304")]
    public void TryCanonicalise_Address_IsOneText(string text, string expected)
    {
        Span<byte> target = stackalloc byte[AddressText.MaxSize];
        Assert.True(AddressText.TryCanonicalise(Encoding.ASCII.GetBytes(text), target, out int written));
        Assert.Equal(expected, Encoding.ASCII.GetString(target[..written]));
    }

    [Fact]
    public void TryCanonicalise_AnyAddress_AgreesWithTheFramework()
    {
        Gen<byte[]> sixes = Gen.Frequency((2, Gen.Constant((byte)0)), (1, Gen.Choose(0, 255).Select(i => (byte)i)))
            .ArrayOf(16);
        Gen<byte[]> fours = Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf(4);
        Prop.ForAll(
                Gen.OneOf(sixes, fours).ToArbitrary(),
                bytes =>
                {
                    var address = new IPAddress(bytes);
                    bool isSix = address.AddressFamily == AddressFamily.InterNetworkV6;
                    Span<byte> target = new byte[AddressText.MaxSize];
                    if (
                        !AddressText.TryCanonicalise(
                            Encoding.ASCII.GetBytes(address.ToString()),
                            target,
                            out int written
                        )
                    )
                        return false;
                    string text = Encoding.ASCII.GetString(target[..written]);
                    IPAddress expected = isSix && address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
                    return IPAddress.Parse(text).Equals(expected)
                        && text == text.ToLowerInvariant()
                        && text.Length <= expected.ToString().Length;
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static string? Normalise(string type, string raw, string? callingCode = null) =>
        IdentifierNormaliser.Normalise(type, raw, new IdentifierRules(callingCode), out byte[] normalised) is null
            ? Encoding.UTF8.GetString(normalised)
            : null;
}
