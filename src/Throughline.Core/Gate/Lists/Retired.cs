namespace Throughline.Core.Gate.Lists;

/// <summary>
/// Rows (and nodes of tries) that were cut off but that a reader may still be in. They are used again only after <see cref="Version"/>
/// went up: a reader that sees another version at its end than at its beginning may have seen reused ones, and looks again; one that
/// begins later cannot reach them. So readers take no lock and write nothing, and look again at most once in 4,096 removals.
/// </summary>
internal sealed class Retired
{
    private const int Batch = 4096;

    private readonly List<int> rows = [];
    private int version;

    public int Version => Volatile.Read(ref version);

    public void Add(int row) => rows.Add(row);

    /// <summary>Whether what was read since a version may be believed. Orders it after all reads before.</summary>
    public bool IsStill(int before)
    {
        Volatile.ReadBarrier();
        return Volatile.Read(ref version) == before;
    }

    /// <summary>Gives back what was cut off if it is much, or all of it.</summary>
    public void Release(ListRows to, PrefixTrie four, PrefixTrie six, bool all)
    {
        if (rows.Count == 0 || (!all && rows.Count < Batch))
            return;
        Interlocked.Increment(ref version);
        four.Release();
        six.Release();
        foreach (int row in rows)
            to.Free(row);
        rows.Clear();
    }
}
