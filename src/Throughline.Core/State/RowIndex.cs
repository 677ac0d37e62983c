using System.Runtime.CompilerServices;

namespace Throughline.Core.State;

/// <summary>Says whether a row is the one looked for.</summary>
public interface IRowProbe
{
    bool Matches(int row);
}

/// <summary>What an index must know of the rows that it finds.</summary>
public interface IRowKeys
{
    /// <summary>The hash under which a row was inserted.</summary>
    ulong HashOf(int row);

    /// <summary>Brings a row's key into the cache; changes nothing.</summary>
    void Prefetch(int row);
}

/// <summary>
/// Finds rows of a paged array by key: open addressing over 4-byte slots, in segments of at most 64 KiB that split
/// (extendible hashing), so that no insertion stalls the writer for long. A slot holds a row and, in the bits above it, the
/// lowest bits of the row's hash (12 while the rows of a segment are below 2^20, at least 4), so that few rows are looked at
/// in vain. Holds no keys: a probe compares, and <typeparamref name="TKeys"/> gives a row's hash when a segment grows. Rows
/// are never removed. At most 2^28 - 1 rows. Rebuilt from the rows after a restart.
/// </summary>
public sealed class RowIndex<TKeys>
    where TKeys : struct, IRowKeys
{
    private const int FirstSlots = 16;
    private const int MaxSlots = 16 * 1024;
    private const int MaxDepth = 16;
    private const int FirstRowBits = 20;
    private const int MaxRowBits = 28;
    private const int MaxRows = (1 << MaxRowBits) - 1;
    private const int Ahead = 16; // slots: a row is asked for this long before its hash is needed

    private readonly TKeys keys;
    private Segment[] directory;
    private int depth;

    /// <summary>An empty index.</summary>
    /// <param name="keys">Gives the rows' hashes.</param>
    /// <param name="expected">Rows to make room for at once; 0 to start small.</param>
    public RowIndex(TKeys keys, int expected = 0)
    {
        this.keys = keys;
        while (expected >> depth > MaxSlots * 3 / 4)
            depth++;
        directory = new Segment[1 << depth];
        for (int i = 0; i < directory.Length; i++)
            directory[i] = new(expected == 0 ? FirstSlots : MaxSlots, depth, FirstRowBits);
    }

    public long Bytes => directory.Distinct().Sum(segment => (long)segment.Slots.Length) * sizeof(uint);

    /// <summary>The row that the probe accepts among those with this hash, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find<TProbe>(ulong hash, TProbe probe)
        where TProbe : struct, IRowProbe
    {
        Segment segment = SegmentOf(hash);
        uint[] slots = segment.Slots;
        uint rowMask = segment.RowMask;
        uint tag = Tag(hash, rowMask);
        int slot = First(hash, slots.Length);
        while (true)
        {
            uint entry = slots[slot];
            if (entry == 0)
                return -1;
            if ((entry & ~rowMask) == tag)
            {
                int row = (int)(entry & rowMask) - 1;
                if (probe.Matches(row))
                    return row;
            }
            if (++slot == slots.Length)
                slot = 0;
        }
    }

    /// <summary>Adds a row that no probe has found.</summary>
    public void Insert(ulong hash, int row)
    {
        if (row >= MaxRows)
            throw new InvalidOperationException($"an index of one tenant holds at most {MaxRows} rows");
        Segment segment = SegmentOf(hash);
        while ((segment.Count + 1) * 5 > segment.Slots.Length * 4)
        {
            if (segment.Slots.Length < MaxSlots)
                Resize(segment, Larger(segment.Slots.Length));
            else if (segment.Depth == MaxDepth)
                Resize(segment, segment.Slots.Length * 3 / 2); // hashes that are not spread: larger, never refused
            else
                Split(segment);
            segment = SegmentOf(hash);
        }
        segment.Put(hash, row);
    }

    /// <summary>Brings the slots of a hash into the cache, for a look-up soon; changes nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchSlot(ulong hash)
    {
        uint[] slots = SegmentOf(hash).Slots;
        Prefetching.Of(ref slots[First(hash, slots.Length)]);
    }

    /// <summary>The row that this hash most likely has, or -1, for a prefetch: it may be another's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Guess(ulong hash) => Find(hash, default(AnyRow));

    private Segment SegmentOf(ulong hash) => directory[depth == 0 ? 0 : (int)(hash >> (64 - depth))];

    private static uint Tag(ulong hash, uint rowMask) => (uint)hash * (rowMask + 1);

    private static int First(ulong hash, int slots) => (int)(((ulong)(uint)(hash >> 4) * (uint)slots) >> 32);

    // Not by a step that would soon need another: each moves all rows.
    private static int Larger(int slots) =>
        slots * 3 / 2 > MaxSlots * 3 / 4 && slots < MaxSlots ? MaxSlots : slots * 3 / 2;

    private void Split(Segment full)
    {
        if (full.Depth == depth)
        {
            var doubled = new Segment[directory.Length * 2];
            for (int i = 0; i < doubled.Length; i++)
                doubled[i] = directory[i >> 1];
            depth++; // readers of a torn pair retry: the machine's sequence changed
            directory = doubled;
        }
        int slots = full.Slots.Length * 5 / 8;
        Segment zero = new(slots, full.Depth + 1, full.RowBits);
        Segment one = new(slots, full.Depth + 1, full.RowBits);
        for (int slot = 0; slot < full.Slots.Length; slot++)
        {
            if (!TryTake(full, slot, out int row, out ulong hash))
                continue;
            Segment half = ((hash >> (63 - full.Depth)) & 1) == 0 ? zero : one;
            if ((half.Count + 1) * 5 > half.Slots.Length * 4)
                Resize(half, Larger(half.Slots.Length));
            half.Put(hash, row);
        }
        for (int i = 0; i < directory.Length; i++)
            if (directory[i] == full)
                directory[i] = (i >> (depth - full.Depth - 1) & 1) == 0 ? zero : one;
    }

    private void Resize(Segment segment, int slots)
    {
        Segment larger = new(slots, segment.Depth, segment.RowBits);
        for (int slot = 0; slot < segment.Slots.Length; slot++)
            if (TryTake(segment, slot, out int row, out ulong hash))
                larger.Put(hash, row);
        segment.Slots = larger.Slots;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(Segment from, int slot, out int row, out ulong hash)
    {
        uint[] slots = from.Slots;
        int ahead = slot + Ahead;
        if (ahead < slots.Length && slots[ahead] != 0)
            keys.Prefetch((int)(slots[ahead] & from.RowMask) - 1);
        row = (int)(slots[slot] & from.RowMask) - 1;
        hash = row < 0 ? 0 : keys.HashOf(row);
        return row >= 0;
    }

    private readonly struct AnyRow : IRowProbe
    {
        public bool Matches(int row) => true;
    }

    private sealed class Segment(int slots, int depth, int rowBits)
    {
        public uint[] Slots = new uint[slots];
        public uint RowMask = (1u << rowBits) - 1;
        public int RowBits = rowBits;
        public int Count;
        public readonly int Depth = depth;

        public void Put(ulong hash, int row)
        {
            while (row + 1 >= 1 << RowBits)
                Widen();
            uint[] slots = Slots;
            int slot = First(hash, slots.Length);
            while (slots[slot] != 0)
                if (++slot == slots.Length)
                    slot = 0;
            slots[slot] = Tag(hash, RowMask) | (uint)(row + 1);
            Count++;
        }

        // More bits for rows, fewer for hashes. A copy, so that readers of the torn pair see sound slots and retry.
        private void Widen()
        {
            int wider = RowBits + 4;
            var slots = new uint[Slots.Length];
            for (int i = 0; i < slots.Length; i++)
                slots[i] = Slots[i] >> RowBits << wider | Slots[i] & RowMask;
            Slots = slots;
            RowBits = wider;
            RowMask = (1u << wider) - 1;
        }
    }
}
