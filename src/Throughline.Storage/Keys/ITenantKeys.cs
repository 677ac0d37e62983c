using System.Buffers;
using Throughline.Core.Events;

namespace Throughline.Storage.Keys;

/// <summary>
/// A tenant's keys, behind which a key file stands today and a key service may stand later. What is made with them
/// carries <see cref="Version"/>. Safe for any number of threads. Nothing here is ever logged.
/// </summary>
public interface ITenantKeys : IDisposable
{
    /// <summary>The version of the keys in use, 1 to 65535: goes into every record.</summary>
    int Version { get; }

    /// <summary>
    /// The token of an identifier: equal values of one type have equal tokens, and nobody without the key finds the
    /// value. First 16 bytes of HMAC-SHA256(identifier key, type name, 0x00, value).
    /// </summary>
    /// <param name="typeName">Such as <c>email</c>; <c>address</c> for IP addresses, <c>event</c> for event ids.</param>
    /// <param name="normalised">The value as UTF-8, normalised for its type.</param>
    Token Tokenise(string typeName, ReadOnlySpan<byte> normalised);

    /// <summary>The hash of an event id: <see cref="Tokenise"/> with type <c>event</c>.</summary>
    Token EventId(ReadOnlySpan<byte> id);

    /// <summary>
    /// The hash that tells whether two events of one id are equal: first 16 bytes of HMAC-SHA256(content key, record,
    /// sealed plaintext), with the record's flags byte taken as zero.
    /// </summary>
    /// <param name="written">What the record's writer has written before its hashes and the sealed field.</param>
    /// <param name="plaintext">The personal fields before they are sealed; empty if there are none.</param>
    Token Content(ReadOnlySpan<byte> written, ReadOnlySpan<byte> plaintext);

    /// <summary>
    /// Encrypts an event's personal fields so that they open for this tenant and this event only. Appends key version,
    /// nonce, ciphertext and tag: <see cref="SealedOverhead"/> bytes more than the plaintext.
    /// </summary>
    void Seal(ReadOnlySpan<byte> plaintext, Token eventId, IBufferWriter<byte> target);

    /// <summary>Appends what was sealed to <paramref name="target"/>.</summary>
    /// <exception cref="SealException">It was changed, belongs to another event or tenant, or to an unknown key version.</exception>
    void Open(ReadOnlySpan<byte> sealedBytes, Token eventId, IBufferWriter<byte> target);

    /// <summary>Fills in the 32 bytes that key the ids of customers.</summary>
    void CopyCustomerIdKey(Span<byte> key);

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
