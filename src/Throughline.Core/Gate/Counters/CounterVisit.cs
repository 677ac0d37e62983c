namespace Throughline.Core.Gate.Counters;

/// <summary>A key that will be counted or read next, and where it most likely is; see <see cref="CounterBank.Seek"/>.</summary>
internal struct CounterVisit
{
    /// <summary>The counter's place.</summary>
    public int Counter;

    /// <summary>Hash of the key's values.</summary>
    public UInt128 Key;

    /// <summary>The hash under which the counter's key is indexed.</summary>
    public ulong Hash;

    /// <summary>The cell that has the hash's mark; -1: none.</summary>
    public int Cell;

    /// <summary>How many cells had been freed until then: while none is, a cell is whose it was.</summary>
    public long Freed;

    /// <summary>A key of which nobody knows yet where it is.</summary>
    public static CounterVisit Of(int counter, UInt128 key) =>
        new()
        {
            Counter = counter,
            Key = key,
            Hash = CellIndex.Hash(counter, key),
            Cell = -1,
        };
}
