using Throughline.Core.Events;

namespace Throughline.Core.Identity;

/// <summary>
/// Which identifier types are frozen, and when: sightings of a frozen type link nobody. Goes by event time, in whole buckets of 5 minutes: in a
/// bucket the statement holds that is the latest by (time, id) of those up to the bucket's end, whenever they arrive.
/// </summary>
internal sealed class Freezes
{
    private readonly Dictionary<int, List<Entry>> byType = [];

    /// <summary>Nothing was ever frozen.</summary>
    public bool IsEmpty => byType.Count == 0;

    /// <summary>What operators said of each type, the latest last.</summary>
    public IEnumerable<(int Type, bool Frozen, long Time)> Latest =>
        byType.Select(type => (type.Key, type.Value[^1].Frozen, type.Value[^1].Time));

    /// <summary>Notes a statement; false if it was known.</summary>
    public void Add(int type, long time, Token id, bool frozen)
    {
        if (!byType.TryGetValue(type, out List<Entry>? entries))
            byType.Add(type, entries = []);
        int at = entries.Count;
        while (at > 0 && (entries[at - 1].Time, entries[at - 1].Id).CompareTo((time, id)) > 0)
            at--;
        entries.Insert(at, new(time, id, frozen));
    }

    /// <summary>Sightings of the type link nobody in this bucket.</summary>
    public bool IsFrozen(int type, int bucket)
    {
        if (!byType.TryGetValue(type, out List<Entry>? entries))
            return false;
        for (int i = entries.Count - 1; i >= 0; i--)
            if (Gate.VerdictPolicy.BucketOf(entries[i].Time) <= bucket)
                return entries[i].Frozen;
        return false;
    }

    private readonly record struct Entry(long Time, Token Id, bool Frozen);
}
