using System.Security.Cryptography;
using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;

namespace Throughline.Core.Tests.Events.Identifiers;

public sealed class NfcTests
{
    [Theory]
    [InlineData("ascii", "ascii")]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("\u0065\u0323\u0302", "\u1ec7")]
    [InlineData("\u0065\u0302\u0323", "\u1ec7")]
    [InlineData("\u212b", "\u00c5")]
    [InlineData("\u1112\u1161\u11ab", "\ud55c")]
    [InlineData("\u0958", "\u0915\u093c")]
    public void Of_Text_IsComposed(string text, string expected) => Assert.Equal(expected, Nfc.Of(text));

    [Fact]
    public void Of_AllCodePointsWithMarks_IsWhatAnotherImplementationGives()
    {
        // SHA-256 over the same strings, each in UTF-8 with a zero byte behind it, as Python's unicodedata 14.0 composes them.
        const string Expected = "871ae0366a352b3a66f61bf132ed4e48e2f0e97ba81cce8bb0347cca7b642ed0";
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int code = 0; code < 0x110000; code++)
        {
            if (code is >= 0xd800 and < 0xe000)
                continue;
            string c = char.ConvertFromUtf32(code);
            foreach (
                string text in (string[])[c, "a" + c, c + "\u0323\u0301", c + "\u0301\u0323", "e\u0301" + c + "\u0327"]
            )
                Add(hash, text);
        }
        for (int l = 0x1100; l < 0x1113; l++)
        for (int v = 0x1161; v < 0x1176; v++)
        for (int t = 0x11a7; t < 0x11c3; t++)
            Add(hash, $"{(char)l}{(char)v}{(char)t}");
        Assert.Equal(Expected, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Normalise_EmailInBothForms_IsOne()
    {
        Assert.Null(
            IdentifierNormaliser.Normalise("email", "Rene\u0301@x.de", IdentifierRules.Default, out byte[] apart)
        );
        Assert.Null(
            IdentifierNormaliser.Normalise("email", "Ren\u00c9@x.de", IdentifierRules.Default, out byte[] whole)
        );
        Assert.Equal("ren\u00e9@x.de", Encoding.UTF8.GetString(apart));
        Assert.Equal(apart, whole);
    }

    private static void Add(IncrementalHash hash, string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(Nfc.Of(text)));
        hash.AppendData([0]);
    }
}
