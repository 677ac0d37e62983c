using Throughline.Core.Events;

namespace Throughline.Storage.Ids;

/// <summary>
/// One question for all files of ids: may any of them hold this id? A few filters in memory, 2 bytes an id, whatever the
/// number of files: nearly every event brings a new id, and asking a hundred files' own filters would cost it microseconds.
/// One thread adds; any may ask meanwhile, and hears of what is being added or does not.
/// </summary>
internal sealed class IdSummary
{
    private const int FirstCapacity = 32 * 1024;
    private const int MaxCapacity = 8 * 1024 * 1024;

    private BlockedFilter[] filters = []; // never changed once it is there
    private long room; // ids that the newest filter still takes

    /// <summary>Bytes of all filters.</summary>
    public long Bytes => filters.Sum(x => (long)x.Bytes.Length);

    public bool MayContain(in BlockedFilter.Probe probe)
    {
        bool may = false;
        foreach (BlockedFilter filter in filters)
            may |= filter.MayContain(probe); // all of them: they are read from memory side by side
        return may;
    }

    /// <summary>Brings what <see cref="MayContain"/> will read into the cache.</summary>
    public void Prefetch(in BlockedFilter.Probe probe)
    {
        foreach (BlockedFilter filter in filters)
            filter.Prefetch(probe);
    }

    /// <summary>Adds an id; one that seems to be in already costs nothing.</summary>
    public void Add(Token id)
    {
        if (MayContain(new(id)))
            return;
        if (room == 0)
        {
            // Each filter is four times the one before: few to ask, and never much larger than what is in it.
            room = Math.Min(MaxCapacity, FirstCapacity << Math.Min(8, 2 * filters.Length));
            Volatile.Write(ref filters, [.. filters, new(BlockedFilter.BlocksFor(room))]);
        }
        filters[^1].Add(id);
        room--;
    }
}
