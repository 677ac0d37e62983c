using Throughline.Core.Events;
using Throughline.Core.Events.Expressions;
using Throughline.Core.Gate;

namespace Throughline.Core.Identity;

/// <summary>
/// What matchers outside state. A link is one per (pair, tier), beside that of what was seen; the strategy in force says from which score
/// on a statement is evidence, so each keeps where its event is and is weighed again when another strategy comes.
/// </summary>
internal sealed partial class IdentityGraph
{
    // Tiers that were stated so far: found again from the links.
    private readonly List<int> tiers = [];

    /// <summary>Matchers have stated something.</summary>
    public bool HasStated => tiers.Count > 0;

    /// <summary>Takes in a matcher's statement that two identifiers belong together.</summary>
    public void State(ReadOnlySpan<int> rows, int bucket, in EventRecord record, long position) =>
        State(rows, new(this, bucket, record, position, isOfLog: false), record);

    private void State(ReadOnlySpan<int> rows, in Sighting sighting, in EventRecord record)
    {
        if (rows.Length != 2)
            return; // one of the two was refused at the door
        (int a, int b) = rows[0] < rows[1] ? (rows[0], rows[1]) : (rows[1], rows[0]);
        int stated = StatedBy(record);
        NoteTier(stated);
        int link = FindOrAddLink(a, b, stated);
        ref LinkRow row = ref Links.Mutable(link);
        ref ActorBucketRow actor = ref verdicts.Actors.Mutable(sighting.Bucket);
        bool refused = !strategy.Admits(record) || (sighting.Input is { } input && !Holds(row, input));
        AddSighting(link, ref row, ref actor, sighting, refused);
        if (!refused && !sighting.IsOfLog && VerdictPolicy.Counts(actor.Verdict) && IsInTime(a, b, actor.Bucket))
            Validate(link, record.Time, record.Time, 1);
    }

    private static int StatedBy(in EventRecord record) =>
        (int)(record.Number(EventField.Status) ?? EventLimits.LinkTier);

    /// <summary>
    /// Another candidate link has the same ends: they are neighbours by that one already, or still. Neighbours are counted, not links.
    /// </summary>
    public bool HasCandidateTwin(int link)
    {
        if (tiers.Count == 0)
            return false;
        ref readonly LinkRow row = ref Links[link];
        if (row.Stated != 0 && IsCandidate(row, 0))
            return true;
        foreach (int tier in tiers)
            if (tier != row.Stated && IsCandidate(row, tier))
                return true;
        return false;
    }

    /// <summary>Some link between two identifiers, seen or stated, is of a kind.</summary>
    public bool AnyLink(int x, int y, Func<int, bool> isOfKind)
    {
        (int a, int b) = x < y ? (x, y) : (y, x);
        if (FindLink(a, b, 0) is >= 0 and var seen && isOfKind(seen))
            return true;
        foreach (int tier in tiers)
            if (FindLink(a, b, tier) is >= 0 and var stated && isOfKind(stated))
                return true;
        return false;
    }

    // Another strategy admits other statements: which, their events tell.
    private void Reassess()
    {
        for (int row = 0; row < Sightings.Count; row++)
            if (Links[Sightings[row].Link].Stated != 0)
                Sightings.Mutable(row).IsRefused = !IsAdmitted(Sightings[row], strategy);
        for (int link = 0; link < Links.Count; link++)
        {
            if (Links[link].Stated == 0)
                continue;
            ref LinkRow row = ref Links.Mutable(link);
            (row.First, row.Last, row.Count) = EvidenceOf(link, null);
        }
    }

    private bool IsAdmitted(in SightingRow sighting, StrategyInForce by)
    {
        EventRecord record = EventRecord.FromTrusted(history.Read(sighting.Position));
        ref readonly LinkRow link = ref Links[sighting.Link];
        return by.Admits(record)
            && (
                by.Conditions.IsEmpty
                || by.Conditions.Hold(Identifiers[link.A].Type, Identifiers[link.B].Type, EventInput.Of(record))
            );
    }

    private bool IsCandidate(in LinkRow ends, int stated)
    {
        int twin = FindLink(ends.A, ends.B, stated);
        return twin >= 0 && Links[twin].IsCandidate;
    }

    private void NoteTier(int stated)
    {
        if (stated != 0 && !tiers.Contains(stated))
            tiers.Add(stated);
    }
}
