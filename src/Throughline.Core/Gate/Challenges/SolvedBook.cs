using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Challenges;

/// <summary>
/// The tasks that were solved, so that each counts once, in bounded memory and without exception: what has to be forgotten raises a floor
/// below which tasks are refused, used or not. Not for two threads.
/// </summary>
/// <param name="countMax">Tasks that are remembered.</param>
/// <param name="floor">Tasks issued before it are refused: what an earlier run has seen is not known. Milliseconds since 1970.</param>
public sealed class SolvedBook(int countMax, long floor)
{
    private const long BucketMs = 30_000;

    private readonly SortedDictionary<long, HashSet<DecisionId>> buckets = [];
    private long floor = floor;

    /// <summary>Tasks that are remembered now.</summary>
    public int Count { get; private set; }

    /// <summary>Marks a task as solved.</summary>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <param name="lifeMsMax">Older tasks are refused before they come here.</param>
    /// <returns>Whether it counts; if not, whether it was used before or is too old to be told.</returns>
    public ChallengeOutcome Take(DecisionId id, long issuedAt, long now, long lifeMsMax)
    {
        if (issuedAt < floor)
            return ChallengeOutcome.Failed;
        Forget(now - lifeMsMax);
        long bucket = Math.DivRem(issuedAt, BucketMs).Quotient;
        if (!buckets.TryGetValue(bucket, out HashSet<DecisionId>? ids))
            buckets.Add(bucket, ids = []);
        if (!ids.Add(id))
            return ChallengeOutcome.Replayed;
        Count++;
        while (Count > countMax)
            Drop();
        return issuedAt < floor ? ChallengeOutcome.Failed : ChallengeOutcome.Solved;
    }

    private void Forget(long before)
    {
        while (buckets.Count > 0 && (buckets.Keys.First() + 1) * BucketMs <= before)
            Drop();
    }

    private void Drop()
    {
        (long bucket, HashSet<DecisionId> ids) = buckets.First();
        buckets.Remove(bucket);
        Count -= ids.Count;
        floor = Math.Max(floor, (bucket + 1) * BucketMs);
    }
}
