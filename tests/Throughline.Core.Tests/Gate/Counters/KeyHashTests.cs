using System.Buffers.Binary;
using Throughline.Core.Gate.Counters;

namespace Throughline.Core.Tests.Gate.Counters;

/// <summary>The hash of keys: SipHash-2-4 with 128 bits over unambiguous parts.</summary>
public sealed class KeyHashTests
{
    private static readonly UInt128 Key = new(0x0f0e0d0c0b0a0908, 0x0706050403020100);

    [Fact]
    public void Finish_WholeWords_EqualsTheReferenceVectors()
    {
        KeyHash hash = new(Key);
        Assert.Equal("a3817f04ba25a8e66df67214c7550293", Hex(hash.Finish()));
        hash.Word(0x0706050403020100);
        Assert.Equal("3b62a9ba6258f5610f83e264f31497b4", Hex(hash.Finish()));
    }

    [Fact]
    public void Add_PartsThatJoinToTheSame_GiveDifferentHashes()
    {
        HashSet<UInt128> seen =
        [
            Of(
                (ref KeyHash h) =>
                {
                    h.Add("a");
                    h.Add("bc");
                }
            ),
            Of(
                (ref KeyHash h) =>
                {
                    h.Add("ab");
                    h.Add("c");
                }
            ),
            Of((ref KeyHash h) => h.Add("abc")),
            Of(
                (ref KeyHash h) =>
                {
                    h.Add("abc");
                    h.Add("");
                }
            ),
            Of((ref KeyHash h) => h.Add("abc\0")),
            Of((ref KeyHash h) => h.Add("a\0b\0c\0"u8)),
            Of((ref KeyHash h) => h.Add(1)),
            Of((ref KeyHash h) => h.AddWide(1)),
            Of(
                (ref KeyHash h) =>
                {
                    h.Add(1);
                    h.Add(0);
                }
            ),
            Of((ref KeyHash _) => { }),
        ];
        Assert.Equal(10, seen.Count);
    }

    [Fact]
    public void Finish_AnotherKey_GivesAnotherHash()
    {
        KeyHash other = new(Key + 1);
        other.Add("abc");
        Assert.NotEqual(Of((ref KeyHash h) => h.Add("abc")), other.Finish());
    }

    private delegate void Parts(ref KeyHash hash);

    private static UInt128 Of(Parts parts)
    {
        KeyHash hash = new(Key);
        parts(ref hash);
        return hash.Finish();
    }

    private static string Hex(UInt128 hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, hash);
        return Convert.ToHexStringLower(bytes);
    }
}
