using System.Security.Cryptography;

namespace Throughline.Core.Gate.Decide;

/// <summary>
/// Chains records: each link is HMAC-SHA256, under a key that whoever writes the store does not have, over the link before and the
/// record. So a record that is changed, removed, added or moved later breaks the chain: see <see cref="ChainVerifier"/>. One chain
/// goes on over restarts, from the last stored link. Not for two threads.
/// </summary>
public sealed class RecordChain : IDisposable
{
    public const int LinkSize = 32;

    private readonly IncrementalHash hash;
    private readonly byte[] head = new byte[LinkSize];

    /// <summary>A chain that goes on after a link.</summary>
    /// <param name="last">The link of the last record; empty: a new chain.</param>
    public RecordChain(ReadOnlySpan<byte> key, ReadOnlySpan<byte> last = default)
    {
        hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        if (!last.IsEmpty)
            last.CopyTo(head.AsSpan(0, LinkSize));
    }

    /// <summary>The link of the last record; zeros before the first.</summary>
    public ReadOnlySpan<byte> Head => head;

    /// <summary>Adds a record; <see cref="Head"/> is its link then.</summary>
    public void Add(ReadOnlySpan<byte> record)
    {
        hash.AppendData(head);
        hash.AppendData(record);
        hash.GetHashAndReset(head);
    }

    /// <summary>Goes on after another link.</summary>
    internal void Continue(ReadOnlySpan<byte> link) => link.CopyTo(head);

    public void Dispose() => hash.Dispose();
}
