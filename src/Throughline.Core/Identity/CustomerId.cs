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

    private readonly byte[] prefix = Prefix(tenant);

    public Token Of(ReadOnlySpan<byte> type, Token token)
    {
        Span<byte> input = stackalloc byte[512];
        prefix.CopyTo(input);
        int length = prefix.Length;
        length += Part(input[length..], type);
        Span<byte> value = stackalloc byte[Token.Size];
        token.Write(value);
        length += Part(input[length..], value);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        return Token.Read(hash);
    }

    private static byte[] Prefix(string tenant)
    {
        byte[] buffer = new byte[512];
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
