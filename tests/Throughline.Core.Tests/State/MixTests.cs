using Throughline.Core.State;

namespace Throughline.Core.Tests.State;

/// <summary>Mix is part of stored digests and content hashes: these values never change. Computed apart from the product, by its formula.</summary>
public sealed class MixTests
{
    [Theory]
    [InlineData(0UL, 0UL, 0x1ff5c2923a788d2cUL)]
    [InlineData(1UL, 2UL, 0xf7858b38a8499be9UL)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, 0x1fe18d02a3676d4fUL)]
    public void Two_GivesThePinnedValue(ulong a, ulong b, ulong expected) => Assert.Equal(expected, Mix.Two(a, b));

    [Fact]
    public void Three_GivesThePinnedValue() => Assert.Equal(0x9745afa6415fa681UL, Mix.Three(1, 2, 3));

    [Theory]
    [InlineData("", 0UL, 0x832ff0d450935050UL)]
    [InlineData("a", 0UL, 0x3eac6bc516ef165dUL)]
    [InlineData("a", 7UL, 0x82fc70ad372c3759UL)]
    [InlineData("campaign", 0UL, 0x162bd9870c274a57UL)]
    [InlineData("sixteen bytes ok", 0UL, 0x243c542b3aac249dUL)]
    [InlineData("throughline: 37 bytes of plain text..", 0UL, 0x6d1259ed359ccc73UL)]
    public void Bytes_GivesThePinnedValue(string text, ulong seed, ulong expected) =>
        Assert.Equal(expected, Mix.Bytes(System.Text.Encoding.UTF8.GetBytes(text), seed));

    [Fact]
    public void Bytes_OneBitOrOneByteMore_GivesAnotherValue()
    {
        HashSet<ulong> seen = [];
        for (int length = 0; length < 40; length++)
        {
            byte[] bytes = new byte[length];
            Assert.True(seen.Add(Mix.Bytes(bytes)), $"{length} zeros");
            for (int bit = 0; bit < length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(seen.Add(Mix.Bytes(bytes)), $"bit {bit} of {length} bytes");
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }
}
