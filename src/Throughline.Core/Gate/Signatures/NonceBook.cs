namespace Throughline.Core.Gate.Signatures;

/// <summary>
/// Nonces that were used, until their signatures expire, in bounded memory: when it is full, nonces are refused until the oldest expire, for none
/// may be taken twice. Only who holds a known key can fill it. Not for two threads.
/// </summary>
public sealed class NonceBook(int countMax)
{
    private readonly HashSet<(string Key, string Nonce)> used = [];
    private readonly PriorityQueue<(string Key, string Nonce), long> ends = new();

    public int Count => used.Count;

    /// <summary>Marks a nonce as used; false if it was, or if there is no room.</summary>
    /// <param name="now">Seconds since 1970.</param>
    public bool TryUse(in UsedNonce nonce, long now)
    {
        // Later than it must: the times of requests do not come quite in order.
        while (ends.TryPeek(out (string, string) oldest, out long end) && end <= now - AgentKeys.SkewSeconds)
        {
            ends.Dequeue();
            used.Remove(oldest);
        }
        if (used.Count >= countMax || !used.Add((nonce.KeyId, nonce.Nonce)))
            return false;
        ends.Enqueue((nonce.KeyId, nonce.Nonce), nonce.Expires);
        return true;
    }
}
