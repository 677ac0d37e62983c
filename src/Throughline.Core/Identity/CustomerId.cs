using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Throughline.Core.Events;

namespace Throughline.Core.Identity;

/// <summary>
/// Names a customer for ever by its founder: the first 128 bits of SHA-256 over tenant, level, type and token, each preceded
/// by its length. Equal founders give equal ids in any order of events.
/// </summary>
internal sealed class CustomerIds(string tenant)
{
    private const string Level = "person";
    private const int InputMax = 512;
    private const int BlockBytes = 64;
    private const int PaddingBytes = 9; // at least: a bit, and the length

    private readonly byte[] prefix = Prefix(tenant);

    public Token Of(ReadOnlySpan<byte> type, Token token)
    {
        Span<byte> input = stackalloc byte[InputMax];
        int length = Write(type, token, input);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        return Token.Read(hash);
    }

    /// <summary>The message that founders of a type have in common, as <see cref="Sha256Lanes"/> takes it.</summary>
    public (uint[] Padded, int TokenAt) MessageOf(ReadOnlySpan<byte> type)
    {
        byte[] input = new byte[InputMax];
        int length = Write(type, default, input);
        int bytes = (length + PaddingBytes + BlockBytes - 1) / BlockBytes * BlockBytes;
        Array.Resize(ref input, bytes);
        input[length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(input.AsSpan(bytes - sizeof(long)), length * 8L);
        uint[] padded = new uint[bytes / sizeof(uint)];
        for (int i = 0; i < padded.Length; i++)
            padded[i] = BinaryPrimitives.ReadUInt32BigEndian(input.AsSpan(i * sizeof(uint)));
        return (padded, length - Token.Size);
    }

    private int Write(ReadOnlySpan<byte> type, Token token, Span<byte> input)
    {
        prefix.CopyTo(input);
        int length = prefix.Length;
        length += Part(input[length..], type);
        Span<byte> value = stackalloc byte[Token.Size];
        token.Write(value);
        return length + Part(input[length..], value);
    }

    private static byte[] Prefix(string tenant)
    {
        byte[] buffer = new byte[InputMax];
        int length = Part(buffer, Encoding.UTF8.GetBytes(tenant));
        length += Part(buffer.AsSpan(length), Encoding.UTF8.GetBytes(Level));
        return buffer[..length];
    }

    private static int Part(Span<byte> target, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, value.Length);
        value.CopyTo(target[4..]);
        return 4 + value.Length;
    }
}
