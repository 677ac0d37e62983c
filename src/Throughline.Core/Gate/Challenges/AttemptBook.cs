using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Challenges;

/// <summary>When the loop guard lets a client through.</summary>
/// <param name="Rounds">Tasks solved one after another without ever showing a clearance; 0: no guard.</param>
/// <param name="WithinMs">All of them within so long; challenges are counted for as long.</param>
/// <param name="PassMs">It is let through for so long.</param>
public readonly record struct LoopGuard(int Rounds, long WithinMs, long PassMs);

/// <summary>
/// What became of the challenges of each network and user agent of late, in bounded memory, and the loop guard: whoever solves a task,
/// is challenged again, solves that, and so on, cannot keep the cookie, and would never get in. Tasks that were under way at once (many
/// tabs) are one round, and a clearance that is shown ends the count. Not for two threads.
/// </summary>
/// <param name="countMax">Clients remembered; of more, those that were not seen for longest are forgotten.</param>
public sealed class AttemptBook(LoopGuard guard, int countMax)
{
    // Two generations: what is looked up moves to the young one; when that is full, the old one goes.
    private Dictionary<ulong, Attempts> young = [];
    private Dictionary<ulong, Attempts> old = [];

    /// <summary>Clients that are remembered.</summary>
    public int Count => young.Count + old.Count;

    /// <summary>What is known of a client.</summary>
    public ChallengeCounts CountsOf(ulong client, long now) =>
        Find(client) is { } found && now - found.Since <= guard.WithinMs
            ? new(found.Issued, found.Solved, found.Failed)
            : default;

    /// <summary>Zero bits of the proofs by which the guard lets a client through; 0: it does not.</summary>
    public int PassOf(ulong client, long now) =>
        Find(client) is { } found && now < found.PassUntil ? found.PassDifficulty : 0;

    /// <summary>It was sent a task.</summary>
    public void Issued(ulong client, long now) => Of(client, now).Issued++;

    /// <summary>A proof of it was refused.</summary>
    public void Failed(ulong client, long now) => Of(client, now).Failed++;

    /// <summary>It solved a task; true if the guard lets it through from now on.</summary>
    /// <param name="issuedAt">When the task was given: if before the last one was solved, both were under way at once.</param>
    public bool Solved(ulong client, long issuedAt, int difficulty, long now)
    {
        Attempts known = Of(client, now);
        known.Solved++;
        if (guard.Rounds == 0 || (known.Rounds > 0 && issuedAt <= known.LastSolved))
            return false;
        if (known.Rounds == 0 || now - known.FirstSolved > guard.WithinMs)
            (known.Rounds, known.FirstSolved, known.PassDifficulty) = (0, now, difficulty);
        known.Rounds++;
        known.LastSolved = now;
        known.PassDifficulty = Math.Min(known.PassDifficulty, difficulty);
        if (known.Rounds < guard.Rounds)
            return false;
        (known.Rounds, known.PassUntil) = (0, now + guard.PassMs);
        return true;
    }

    /// <summary>It showed a valid clearance: it keeps cookies, and goes round in no circle.</summary>
    public void Cleared(ulong client)
    {
        if (Find(client) is { } known)
            known.Rounds = 0;
    }

    private Attempts? Find(ulong client) =>
        young.TryGetValue(client, out Attempts? found) || old.TryGetValue(client, out found) ? found : null;

    private Attempts Of(ulong client, long now)
    {
        if (!young.TryGetValue(client, out Attempts? known))
        {
            if (!old.Remove(client, out known))
                known = new() { Since = now };
            if (young.Count >= Math.Max(1, countMax / 2))
                (old, young) = (young, []);
            young.Add(client, known);
        }
        if (now - known.Since > guard.WithinMs)
            (known.Since, known.Issued, known.Solved, known.Failed) = (now, 0, 0, 0);
        return known;
    }

    private sealed class Attempts
    {
        public long Since;
        public int Issued;
        public int Solved;
        public int Failed;
        public int Rounds;
        public long FirstSolved;
        public long LastSolved;
        public int PassDifficulty;
        public long PassUntil;
    }
}
