using Throughline.Core.Events;

namespace Throughline.Core.Identity;

/// <summary>
/// Which identifiers were erased, and up to when: what events show of them until then is void, whenever it arrives. Goes by event time, in
/// whole buckets of 5 minutes, as all evidence is kept; the bucket in which an erasure was said is the last that it reaches. The tokens
/// are the keyed tombstone: who brings an erased value again is recognised, and nobody can read the value out of it.
/// </summary>
public sealed class Erasures
{
    private readonly Dictionary<Token, Reach> reaches = [];

    /// <summary>Nothing was ever erased.</summary>
    public bool IsEmpty => reaches.Count == 0;

    /// <summary>Identifiers that were ever erased.</summary>
    public int Count => reaches.Count;

    /// <summary>Notes an erasure; false if another one reached as far already.</summary>
    /// <param name="bucket">The last that it reaches.</param>
    /// <param name="withEvents">The person's events go with the identifier, not the identifier alone.</param>
    public bool Add(Token token, int bucket, bool withEvents)
    {
        Reach known = reaches.GetValueOrDefault(token, new(int.MinValue, int.MinValue));
        Reach now = new(
            Math.Max(known.Last, bucket),
            withEvents ? Math.Max(known.WithEvents, bucket) : known.WithEvents
        );
        reaches[token] = now;
        return now != known;
    }

    /// <summary>What events of this bucket show of the identifier is void.</summary>
    public bool Covers(Token token, int bucket) => reaches.TryGetValue(token, out Reach reach) && bucket <= reach.Last;

    /// <summary>The last bucket that the erasure of an identifier reaches.</summary>
    public int LastOf(Token token) => reaches.TryGetValue(token, out Reach reach) ? reach.Last : int.MinValue;

    /// <summary>Events of this bucket that the identifier would own are nobody's.</summary>
    public bool TakesEvents(Token token, int bucket) =>
        reaches.TryGetValue(token, out Reach reach) && bucket <= reach.WithEvents;

    /// <summary>It was erased, and never with its events.</summary>
    public bool IsOfIdentifier(Token token) =>
        reaches.TryGetValue(token, out Reach reach) && reach.WithEvents == int.MinValue;

    /// <summary>The event shows an identifier that is erased at its time.</summary>
    public bool Touch(in EventRecord record)
    {
        if (IsEmpty || record.IdentifierCount == 0)
            return false;
        int bucket = Gate.VerdictPolicy.BucketOf(record.Time);
        for (int i = 0; i < record.IdentifierCount; i++)
            if (Covers(record.Identifier(i).Token, bucket))
                return true;
        return false;
    }

    /// <summary>The same for another thread, as it is now.</summary>
    public Erasures Copy()
    {
        Erasures copy = new();
        foreach ((Token token, Reach reach) in reaches)
            copy.reaches.Add(token, reach);
        return copy;
    }

    private readonly record struct Reach(int Last, int WithEvents);
}

/// <summary>An erasure as it was said.</summary>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="Position">Of its event in the log.</param>
/// <param name="WithEvents">The whole customer went, with the events that were its; else identifiers alone.</param>
/// <param name="Identifiers">How many identifiers it names.</param>
public sealed record PublishedErasure(
    long Time,
    long Position,
    bool WithEvents,
    int Identifiers,
    string Reason,
    string Author
);
