using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Throughline.Core.Events;

namespace Throughline.Testing.Events;

/// <summary>
/// Keys for tests: real keyed hashes under a fixed key, and a sealing that anyone can open, so that records are the same in every
/// run. Sealed bytes are the text <c>test-seal:</c> and the plain JSON with each byte inverted.
/// </summary>
public sealed class TestEventKeys(string secret = "test key", int keyVersion = 1) : IEventKeys
{
    private static ReadOnlySpan<byte> Prefix => "test-seal:"u8;

    private readonly byte[] key = Encoding.UTF8.GetBytes(secret);
    private readonly byte[] buffer = new byte[256 * 1024];

    public int KeyVersion => keyVersion;

    public Token Tokenise(string type, ReadOnlySpan<byte> normalisedUtf8)
    {
        int length = Encoding.UTF8.GetBytes(type, buffer);
        buffer[length++] = 0;
        normalisedUtf8.CopyTo(buffer.AsSpan(length));
        return Hash(buffer.AsSpan(0, length + normalisedUtf8.Length));
    }

    public Token EventId(ReadOnlySpan<byte> id) => Tokenise("event", id);

    public Token Content(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> personalJson)
    {
        clear.CopyTo(buffer);
        personalJson.CopyTo(buffer.AsSpan(clear.Length));
        return Hash(buffer.AsSpan(0, clear.Length + personalJson.Length));
    }

    public void Seal(ReadOnlySpan<byte> plain, Token eventId, IBufferWriter<byte> target)
    {
        Span<byte> bytes = target.GetSpan(Prefix.Length + plain.Length);
        Prefix.CopyTo(bytes);
        for (int i = 0; i < plain.Length; i++)
            bytes[Prefix.Length + i] = (byte)~plain[i];
        target.Advance(Prefix.Length + plain.Length);
    }

    /// <summary>The plain JSON of a record's sealed part; empty if it has none.</summary>
    public static byte[] Open(EventRecord record)
    {
        if (!record.TryGet(EventField.Sealed, out ReadOnlySpan<byte> value))
            return [];
        byte[] plain = value[Prefix.Length..].ToArray();
        for (int i = 0; i < plain.Length; i++)
            plain[i] = (byte)~plain[i];
        return plain;
    }

    private Token Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, data, hash);
        return Token.Read(hash);
    }
}
