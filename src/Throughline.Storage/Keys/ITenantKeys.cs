using System.Buffers;
using Throughline.Core.Events;

namespace Throughline.Storage.Keys;

/// <summary>
/// A tenant's keys, behind which a key file stands today and a key service may stand later. What is made with them
/// carries <see cref="Version"/>. Safe for any number of threads. Nothing here is ever logged.
/// </summary>
public interface ITenantKeys : IEventKeys, IDisposable
{
    /// <summary>Appends what was sealed to <paramref name="target"/>.</summary>
    /// <exception cref="SealException">It was changed, belongs to another event or tenant, or to an unknown key version.</exception>
    void Open(ReadOnlySpan<byte> sealedBytes, Token eventId, IBufferWriter<byte> target);

    /// <summary>Fills in the 32 bytes that key the ids of customers.</summary>
    void CopyCustomerIdKey(Span<byte> key);

    /// <summary>Fills in the 32 bytes that chain the records of decisions.</summary>
    void CopyDecisionChainKey(Span<byte> key);

    /// <summary>Fills in the 16 bytes that the gate hashes what strangers send with.</summary>
    void CopyGateHashKey(Span<byte> key);

    /// <summary>Bytes that sealing adds: version 2, nonce 12, tag 16.</summary>
    const int SealedOverhead = 30;
}

/// <summary>Sealed bytes do not open. The message repeats nothing of them.</summary>
public sealed class SealException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A key file cannot be used. The message never holds a secret.</summary>
public sealed class KeyFileException(string file, string detail, Exception? inner = null)
    : Exception($"{file}: {detail}", inner)
{
    /// <summary>The file's path.</summary>
    public string File { get; } = file;
}
