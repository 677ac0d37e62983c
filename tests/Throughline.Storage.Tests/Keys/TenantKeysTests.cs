using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Throughline.Core.Events;
using Throughline.Storage.Keys;

namespace Throughline.Storage.Tests.Keys;

public sealed class TenantKeysTests
{
    private static readonly Token Event = new(1, 2);
    private readonly TenantKeys keys = New();

    private static TenantKeys New(string tenant = "demo", uint segment = 1, byte fill = 7, int version = 1)
    {
        byte[] secret = new byte[32];
        secret.AsSpan().Fill(fill);
        return new(tenant, version, secret, segment);
    }

    // RFC 4231, test cases 1 to 4, 6 and 7: key, data, first 16 bytes of the digest.
    [Theory]
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b")]
    [InlineData(
        "4a656665",
        "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        "5bdcc146bf60754e6a042426089575c7"
    )]
    [InlineData(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
        "773ea91e36800e46854db8ebd09181a7"
    )]
    [InlineData(
        "0102030405060708090a0b0c0d0e0f10111213141516171819",
        "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
        "82558a389a443c0ea4cc819899f2083a"
    )]
    public void KeyedHash_Rfc4231_Equal(string key, string data, string digest)
    {
        byte[] bytes = Convert.FromHexString(data);
        using KeyedHash hash = new(Convert.FromHexString(key));
        for (int cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(digest, hash.Of(bytes.AsSpan(0, cut), bytes.AsSpan(cut)).ToString());
    }

    // RFC 5869, test cases 1 and 3: the derivation that TenantKeys relies on is the standard one on this machine.
    [Theory]
    [InlineData(
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )]
    [InlineData("", "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")]
    public void Hkdf_Rfc5869_Equal(string salt, string info, string expected)
    {
        byte[] input = Enumerable.Repeat((byte)0x0b, 22).ToArray();
        byte[] output = new byte[42];
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            input,
            output,
            Convert.FromHexString(salt),
            Convert.FromHexString(info)
        );
        Assert.Equal(expected, Convert.ToHexStringLower(output));
    }

    [Fact]
    public void Tokenise_Email_IsTheDocumentedHash()
    {
        byte[] secret = new byte[32];
        secret.AsSpan().Fill(7);
        byte[] key = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            secret,
            32,
            null,
            Encoding.UTF8.GetBytes("throughline/1/identifiers/demo")
        );
        byte[] digest = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("email\0a@example.com"));
        Assert.Equal(Token.Read(digest), keys.Tokenise("email", "a@example.com"u8));
        // Golden: a change would make every stored token unfindable.
        Assert.Equal("25cbc4d7b7f61277e3fbcbad175576f6", keys.Tokenise("email", "a@example.com"u8).ToString());
    }

    [Fact]
    public void Tokenise_OtherTypeValueTenantOrSecret_DiffersEachTime()
    {
        Token[] tokens =
        [
            keys.Tokenise("email", "a"u8),
            keys.Tokenise("email", "b"u8),
            keys.Tokenise("user", "a"u8),
            keys.EventId("a"u8),
            New("other").Tokenise("email", "a"u8),
            New(fill: 8).Tokenise("email", "a"u8),
        ];
        Assert.Equal(tokens.Length, tokens.Distinct().Count());
        Assert.Equal(keys.Tokenise("event", "a"u8), keys.EventId("a"u8));
    }

    [Fact]
    public void Tokenise_TypeNameTooLong_Throws() =>
        Assert.Throws<ArgumentException>(() => keys.Tokenise(new('x', 128), "a"u8));

    [Fact]
    public void Tokenise_ManyThreads_EqualsOneThread()
    {
        byte[][] values = [.. Enumerable.Range(0, 500).Select(x => BitConverter.GetBytes(x))];
        Token[] expected = [.. values.Select(x => keys.Tokenise("user", x))];
        Parallel.For(0, 20_000, i => Assert.Equal(expected[i % 500], keys.Tokenise("user", values[i % 500])));
    }

    [Fact]
    public void Content_FlagsDiffer_IsEqual()
    {
        byte[] live = [1, 2, 0, 4, 5, 6];
        byte[] backfill = [1, 2, 1, 4, 5, 6];
        byte[] other = [1, 2, 0, 4, 5, 7];
        Assert.Equal(keys.Content(live, "p"u8), keys.Content(backfill, "p"u8));
        Assert.NotEqual(keys.Content(live, "p"u8), keys.Content(other, "p"u8));
        Assert.NotEqual(keys.Content(live, "p"u8), keys.Content(live, "q"u8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void Seal_ThenOpen_GivesThePlaintext(int length)
    {
        byte[] plaintext = RandomNumberGenerator.GetBytes(length);
        byte[] box = Seal(keys, plaintext, Event);
        Assert.Equal(length + ITenantKeys.SealedOverhead, box.Length);
        Assert.Equal(plaintext, Open(keys, box, Event));
    }

    [Fact]
    public void Seal_Form_IsVersionSegmentCounter()
    {
        TenantKeys started = New(segment: 0xa1b2c3d4, version: 513);
        for (int i = 0; i < 3; i++)
        {
            byte[] box = Seal(started, "x"u8, Event);
            Assert.Equal(513, BinaryPrimitives.ReadUInt16LittleEndian(box));
            Assert.Equal(0xa1b2c3d4, BinaryPrimitives.ReadUInt32BigEndian(box.AsSpan(2)));
            Assert.Equal(i, BinaryPrimitives.ReadInt64BigEndian(box.AsSpan(6)));
        }
    }

    [Fact]
    public void Seal_ManyThreadsAndStarts_NeverRepeatsANonce()
    {
        HashSet<string> nonces = [];
        for (uint start = 1; start <= 3; start++)
        {
            TenantKeys started = New(segment: start);
            string[] some = new string[2000];
            Parallel.For(0, some.Length, i => some[i] = Convert.ToHexString(Seal(started, "x"u8, Event), 2, 12));
            Assert.All(some, nonce => Assert.True(nonces.Add(nonce)));
        }
    }

    [Fact]
    public void Open_AnyBitChanged_IsRefused()
    {
        byte[] box = Seal(keys, "personal"u8, Event);
        for (int bit = 0; bit < box.Length * 8; bit++)
        {
            byte[] changed = [.. box];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<SealException>(() => Open(keys, changed, Event));
        }
        for (int length = 0; length < box.Length; length++)
            Assert.Throws<SealException>(() => Open(keys, box[..length], Event));
    }

    [Fact]
    public void Open_OtherEventTenantOrSecret_IsRefused()
    {
        byte[] box = Seal(keys, "personal"u8, Event);
        Assert.Throws<SealException>(() => Open(keys, box, new(1, 3)));
        Assert.Throws<SealException>(() => Open(New("other"), box, Event));
        Assert.Throws<SealException>(() => Open(New(fill: 8), box, Event));
    }

    [Fact]
    public void Open_UnknownKeyVersion_SaysWhich()
    {
        byte[] box = Seal(New(version: 9), "personal"u8, Event);
        SealException e = Assert.Throws<SealException>(() => Open(keys, box, Event));
        Assert.Contains("version 9", e.Message, StringComparison.Ordinal);
    }

    private static byte[] Seal(TenantKeys keys, ReadOnlySpan<byte> plaintext, Token id)
    {
        ArrayBufferWriter<byte> target = new();
        keys.Seal(plaintext, id, target);
        return target.WrittenSpan.ToArray();
    }

    private static byte[] Open(TenantKeys keys, byte[] box, Token id)
    {
        ArrayBufferWriter<byte> target = new();
        keys.Open(box, id, target);
        return target.WrittenSpan.ToArray();
    }
}
