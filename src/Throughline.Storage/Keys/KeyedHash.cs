using System.Security.Cryptography;
using Throughline.Core.Events;

namespace Throughline.Storage.Keys;

/// <summary>The first 16 bytes of HMAC-SHA256 under one key, without an allocation per hash.</summary>
internal sealed class KeyedHash(byte[] key) : IDisposable
{
    private readonly ConcurrentPool<IncrementalHash> hashes = new(() =>
        IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key)
    );

    /// <summary>Hashes up to four parts, one after another.</summary>
    public Token Of(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third = default,
        ReadOnlySpan<byte> fourth = default
    )
    {
        IncrementalHash hash = hashes.Rent();
        hash.AppendData(first);
        hash.AppendData(second);
        hash.AppendData(third);
        hash.AppendData(fourth);
        Span<byte> full = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(full);
        hashes.Return(hash);
        return Token.Read(full);
    }

    public void Dispose()
    {
        hashes.Dispose();
        CryptographicOperations.ZeroMemory(key);
    }
}
