using Throughline.Core.Events;

namespace Throughline.Core.Gate;

/// <summary>All labels, by actor: few, kept as objects, read back from their events after a restart.</summary>
internal sealed class LabelBook
{
    private readonly Dictionary<Token, List<LabelFact>> labels = [];

    /// <summary>The latest event time of a label, milliseconds since 1970; the least number before the first.</summary>
    public long LastSaid { get; private set; } = long.MinValue;

    private readonly record struct LabelFact(long Time, Token Id, int From, int To, Verdict Verdict);

    public void Add(Token actor, in EventRecord record, long from, long to, Verdict verdict)
    {
        if (!labels.TryGetValue(actor, out List<LabelFact>? of))
            labels.Add(actor, of = []);
        LastSaid = Math.Max(LastSaid, record.Time);
        of.Add(new(record.Time, record.Id, VerdictPolicy.BucketOf(from), VerdictPolicy.BucketOf(to), verdict));
    }

    /// <summary>The verdict + 1 of the latest label, by (time, id), that covers a bucket of the actor; 0 if none does.</summary>
    /// <param name="before">Only labels with an earlier event time are asked; milliseconds since 1970.</param>
    public byte Latest(Token actor, int bucket, long before = long.MaxValue)
    {
        if (labels.Count == 0 || !labels.TryGetValue(actor, out List<LabelFact>? of))
            return 0;
        LabelFact? latest = null;
        foreach (LabelFact fact in of)
        {
            if (bucket < fact.From || bucket > fact.To || fact.Time >= before)
                continue;
            if (latest is not { } best || (fact.Time, fact.Id).CompareTo((best.Time, best.Id)) > 0)
                latest = fact;
        }
        return latest is { } found ? (byte)(found.Verdict + 1) : (byte)0;
    }
}
