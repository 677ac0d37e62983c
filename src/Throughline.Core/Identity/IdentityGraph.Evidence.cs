using Throughline.Core.Events;
using Throughline.Core.Events.Expressions;
using Throughline.Core.Gate;
using Throughline.Core.Identity.Types;

namespace Throughline.Core.Identity;

/// <summary>Which sightings are evidence: not a bot's, taken by the strategy, while neither end is frozen or older than its type is valid.</summary>
internal sealed partial class IdentityGraph
{
    /// <summary>The sightings are evidence.</summary>
    public bool IsEvidence(in SightingRow sighting) =>
        !sighting.IsRefused && verdicts.Counts(sighting.Bucket) && IsInTime(Links[sighting.Link], sighting.Bucket);

    /// <summary>The condition that says which events are evidence for a link, or null.</summary>
    public LinkCondition? ConditionOf(in LinkRow link) =>
        strategy.Conditions.Of(Identifiers[link.A].Type, Identifiers[link.B].Type);

    /// <summary>An operator froze a type, or took that back: what was seen of it since counts no more, or again.</summary>
    public void SetFrozen(int type, int since)
    {
        SortedSet<int> changed = [];
        for (int row = 0; row < Sightings.Count; row++)
            if (verdicts.Actors[Sightings[row].Bucket].Bucket >= since && HasEnd(Sightings[row].Link, type))
                changed.Add(Sightings[row].Link);
        foreach (int link in changed)
            Recount(link);
    }

    /// <summary>The tenant's types were configured anew: classes, their order, how long a value is valid.</summary>
    public void SetTypes(IdentifierTypes next)
    {
        strategy.Set(next);
        for (int link = 0; link < Links.Count; link++)
        {
            ref LinkRow row = ref Links.Mutable(link);
            (row.First, row.Last, row.Count) = EvidenceOf(link, null);
        }
        admission.StrategyChanged();
    }

    /// <summary>What another strategy would make of the same facts.</summary>
    /// <param name="end">How many events there are.</param>
    /// <param name="heldOut">Code of a type whose links are left out, or -1.</param>
    public WholePass Try(Strategy other, long end, int heldOut = -1)
    {
        StrategyInForce tried = new(types, other);
        tried.Set(strategy.Types);
        LinkEvidence[]? evidence = strategy.AdmitsLike(other) switch
        {
            (_, false) => EvidenceBy(tried, end),
            (false, _) =>
            [
                .. Enumerable
                    .Range(0, Links.Count)
                    .Select(link => EvidenceOf(link, Links[link].Stated == 0 ? null : tried)),
            ],
            _ => null,
        };
        return new(this, tried, heldOut, evidence);
    }

    /// <summary>Each sighting has a row of its own from now on.</summary>
    /// <param name="end">Position of the event that says so: all before it are noted again.</param>
    public void KeepApart(long end)
    {
        KeepsApart = true;
        SightAgain(end);
    }

    /// <summary>Sightings are not summed up: their events can be asked under any strategy.</summary>
    public bool KeepsApart { get; set; }

    /// <summary>The strategy asks of some events more than that they show two identifiers.</summary>
    public bool HasConditions => !strategy.Conditions.IsEmpty;

    /// <summary>The strategy takes an event for evidence of a link between two identifiers.</summary>
    public bool Holds(int x, int y, EventInput input) =>
        strategy.Conditions.Hold(Identifiers[x].Type, Identifiers[y].Type, input);

    /// <summary>Some event of before an instant, the beginning of a verdict's bucket, showed both ends of a link, evidence or not.</summary>
    /// <param name="end">Milliseconds since 1970.</param>
    public bool WasSeen(int link, long end)
    {
        for (int next = Links[link].Sightings; next != 0; next = Sightings[next - 1].NextOfLink)
            if (verdicts.Actors[Sightings[next - 1].Bucket].Bucket * VerdictPolicy.BucketMs < end)
                return true;
        return false;
    }

    /// <summary>A graph of the same tenant without any facts, under a strategy and types of its own.</summary>
    public IdentityGraph Beside(Strategy inForce, IdentifierTypes configured)
    {
        IdentityGraph beside = new(verdicts, types, ids, history, freezes, erasures);
        beside.Restore(inForce, configured);
        return beside;
    }

    // Other events are evidence under another strategy. Sightings are kept by the bucket, events are not: so they are all read again.
    private void SightAgain(long end)
    {
        Sightings.Clear();
        for (int link = 0; link < Links.Count; link++)
            Links.Mutable(link).Sightings = 0;
        for (int bucket = 0; bucket < verdicts.Actors.Count; bucket++)
            verdicts.Actors.Mutable(bucket).Sightings = 0;
        Span<int> rows = stackalloc int[EventRecord.MaxIdentifiers];
        for (long position = 0; position < end; position++)
        {
            EventRecord record = EventRecord.FromTrusted(history.Read(position));
            if (!TryFindAll(record, rows, out int count, out int bucket))
                continue;
            Sighting sighting = new(this, bucket, record, position, isOfLog: true);
            if (record.Type == EventType.Link)
                State(rows[..count], sighting, record);
            else
                for (int i = 0; i < count; i++)
                for (int j = i + 1; j < count; j++)
                    Sight(rows[i], rows[j], sighting, ref verdicts.Actors.Mutable(bucket));
        }
        for (int link = 0; link < Links.Count; link++)
        {
            ref LinkRow row = ref Links.Mutable(link);
            (row.First, row.Last, row.Count) = EvidenceOf(link, null);
        }
    }

    private LinkEvidence[] EvidenceBy(StrategyInForce tried, long end)
    {
        LinkEvidence[] evidence = new LinkEvidence[Links.Count];
        Span<int> rows = stackalloc int[EventRecord.MaxIdentifiers];
        for (long position = 0; position < end; position++)
        {
            EventRecord record = EventRecord.FromTrusted(history.Read(position));
            if (!TryFindAll(record, rows, out int count, out int bucket) || !verdicts.Counts(bucket))
                continue;
            if (record.Type == EventType.Link && (count != 2 || !tried.Admits(record)))
                continue;
            int stated = record.Type == EventType.Link ? StatedBy(record) : 0;
            EventInput? input = tried.Conditions.IsEmpty ? null : EventInput.Of(record);
            for (int i = 0; i < count; i++)
            for (int j = i + 1; j < count; j++)
            {
                (int a, int b) = rows[i] < rows[j] ? (rows[i], rows[j]) : (rows[j], rows[i]);
                int link = FindLink(a, b, stated);
                ref readonly LinkRow row = ref Links[link];
                bool isHeld = input is null || tried.Conditions.Hold(Identifiers[a].Type, Identifiers[b].Type, input);
                if (!isHeld || !IsInTime(row, bucket))
                    continue;
                LinkEvidence known = evidence[link];
                evidence[link] =
                    known.Count == 0
                        ? new(record.Time, record.Time, 1)
                        : new(Math.Min(known.First, record.Time), Math.Max(known.Last, record.Time), known.Count + 1);
            }
        }
        return evidence;
    }

    // The rows of a stored sighting, or false if the event is none.
    private bool TryFindAll(in EventRecord record, Span<int> rows, out int count, out int bucket)
    {
        (count, bucket) = (0, -1);
        if (!record.Type.IsSighting() || record.IdentifierCount < 2)
            return false;
        int number = VerdictPolicy.BucketOf(record.Time);
        for (int i = 0; i < record.IdentifierCount; i++)
            if (record.Identifier(i).Token is var token && !IsErased(token, number))
                rows[count++] = Find(token);
        if (count < 2)
            return false;
        bucket = verdicts.Find(Actor.Of(record), number);
        return true;
    }

    private bool Holds(in LinkRow link, EventInput input) =>
        strategy.Conditions.Hold(Identifiers[link.A].Type, Identifiers[link.B].Type, input);

    // It was first seen earlier than known: so it was valid no longer than until then.
    private void Revalidate(int row)
    {
        if (strategy.Of(Identifiers[row].Type).ValidBuckets == int.MaxValue)
            return;
        for (int next = Identifiers[row].Links; next != 0; next = Links[next - 1].NextOf(row))
            Recount(next - 1);
    }

    private void Recount(int link)
    {
        LinkEvidence evidence = EvidenceOf(link, null);
        Measured(link, evidence.First, evidence.Last, evidence.Count);
    }

    /// <summary>A link's valid evidence, from its sightings.</summary>
    /// <param name="by">Weigh each statement by this strategy; null: as they were weighed by the one in force.</param>
    private LinkEvidence EvidenceOf(int link, StrategyInForce? by)
    {
        (long first, long last, int count) = (long.MaxValue, long.MinValue, 0);
        for (int next = Links[link].Sightings; next != 0; next = Sightings[next - 1].NextOfLink)
        {
            SightingRow sighting = Sightings[next - 1];
            bool isRefused = by is null ? sighting.IsRefused : !IsAdmitted(sighting, by);
            if (isRefused || !verdicts.Counts(sighting.Bucket) || !IsInTime(Links[link], sighting.Bucket))
                continue;
            long start = verdicts.Actors[sighting.Bucket].Bucket * VerdictPolicy.BucketMs;
            first = Math.Min(first, start + sighting.First);
            last = Math.Max(last, start + sighting.Last);
            count += sighting.Count;
        }
        return count == 0 ? default : new(first, last, count);
    }

    /// <summary>What was seen of two identifiers in a bucket (its number) may be evidence: neither was frozen, or too old for its type.</summary>
    public bool IsInTime(int x, int y, int bucket) =>
        (freezes.IsEmpty && erasures.IsEmpty && !strategy.HasValidity)
        || (IsInTime(Identifiers[x], bucket) && IsInTime(Identifiers[y], bucket));

    /// <summary>The strategy in force takes a matcher's statement for evidence.</summary>
    public bool Admits(in EventRecord statement) => strategy.Admits(statement);

    /// <summary>Says what the valid evidence of a link is, all of it, for a graph that is given no sightings; gives the link's row.</summary>
    /// <param name="stated">The tier that a matcher states, or 0.</param>
    public int Restate(int x, int y, int stated, LinkEvidence evidence)
    {
        NoteTier(stated);
        int link = x < y ? FindOrAddLink(x, y, stated) : FindOrAddLink(y, x, stated);
        if (Links[link].Count != evidence.Count)
            Measured(link, evidence.First, evidence.Last, evidence.Count);
        return link;
    }

    private bool IsInTime(in LinkRow link, int bucketRow) =>
        IsInTime(link.A, link.B, verdicts.Actors[bucketRow].Bucket);

    private bool IsInTime(in IdentifierRow end, int bucket) =>
        !freezes.IsFrozen(end.Type, bucket)
        && (erasures.IsEmpty || !erasures.Covers(end.Token, bucket))
        && (!end.IsSeen || bucket - VerdictPolicy.BucketOf(end.FirstSeen) <= strategy.Of(end.Type).ValidBuckets);

    /// <summary>An event that shows identifiers together.</summary>
    /// <param name="isOfLog">It is noted again: its evidence is counted later.</param>
    private readonly struct Sighting(
        IdentityGraph graph,
        int bucket,
        in EventRecord record,
        long position,
        bool isOfLog
    )
    {
        public readonly int Bucket = bucket;
        public readonly long Time = record.Time;
        public readonly int Offset = (int)(record.Time % VerdictPolicy.BucketMs);
        public readonly long Position = position;
        public readonly bool IsOfLog = isOfLog;

        /// <summary>What conditions read; null without any.</summary>
        public readonly EventInput? Input = graph.strategy.Conditions.IsEmpty ? null : EventInput.Of(record);
    }

    private bool HasEnd(int link, int type) =>
        Identifiers[Links[link].A].Type == type || Identifiers[Links[link].B].Type == type;
}

/// <summary>A link's valid evidence: earliest and latest (milliseconds since 1970), and how many; all 0 without any.</summary>
internal readonly record struct LinkEvidence(long First, long Last, int Count);
