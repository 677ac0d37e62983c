using System.Runtime.CompilerServices;

namespace Throughline.Core.State;

/// <summary>Says whether a row is the one looked for.</summary>
public interface IRowProbe
{
    bool Matches(int row);
}

/// <summary>
/// Finds rows of a paged array by key: open addressing over 4-byte slots (28 bits row, 4 bits of hash, so that few rows are
/// looked at in vain), in segments of at most 64 KiB that split (extendible hashing), so that no insertion stalls the writer
/// for long. Holds no keys: a probe compares, and <paramref name="hashOf"/> gives a row's hash when a segment grows.
/// Rows are never removed. At most 2^28 - 1 rows. Rebuilt from the rows after a restart.
/// </summary>
public sealed class RowIndex(Func<int, ulong> hashOf)
{
    private const int FirstSlots = 16;
    private const int MaxSlots = 16 * 1024;
    private const int MaxDepth = 16;
    private const uint RowMask = 0x0fff_ffff;
    public const int MaxRows = (int)RowMask;

    private Segment[] directory = [new(FirstSlots, 0)];
    private int depth;

    public long Bytes => directory.Distinct().Sum(segment => (long)segment.Slots.Length) * sizeof(uint);

    /// <summary>The row that the probe accepts among those with this hash, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find<TProbe>(ulong hash, TProbe probe)
        where TProbe : struct, IRowProbe
    {
        uint[] slots = SegmentOf(hash).Slots;
        uint tag = Tag(hash);
        int slot = First(hash, slots.Length);
        while (true)
        {
            uint entry = slots[slot];
            if (entry == 0)
                return -1;
            if ((entry & ~RowMask) == tag)
            {
                int row = (int)(entry & RowMask) - 1;
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
                segment.Rehash(Math.Min(MaxSlots, segment.Slots.Length * 3 / 2), hashOf);
            else if (segment.Depth == MaxDepth)
                segment.Rehash(segment.Slots.Length * 3 / 2, hashOf); // hashes that are not spread: larger, never refused
            else
                Split(segment);
            segment = SegmentOf(hash);
        }
        segment.Put(hash, row);
    }

    private Segment SegmentOf(ulong hash) => directory[depth == 0 ? 0 : (int)(hash >> (64 - depth))];

    private static uint Tag(ulong hash) => (uint)hash << 28;

    private static int First(ulong hash, int slots) => (int)(((ulong)(uint)(hash >> 4) * (uint)slots) >> 32);

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
        Segment zero = new(slots, full.Depth + 1);
        Segment one = new(slots, full.Depth + 1);
        foreach (uint entry in full.Slots)
        {
            if (entry == 0)
                continue;
            int row = (int)(entry & RowMask) - 1;
            ulong hash = hashOf(row);
            Segment half = ((hash >> (63 - full.Depth)) & 1) == 0 ? zero : one;
            half.MakeRoom(hashOf);
            half.Put(hash, row);
        }
        for (int i = 0; i < directory.Length; i++)
            if (directory[i] == full)
                directory[i] = (i >> (depth - full.Depth - 1) & 1) == 0 ? zero : one;
    }

    private sealed class Segment(int slots, int depth)
    {
        public uint[] Slots = new uint[slots];
        public int Count;
        public readonly int Depth = depth;

        public void Put(ulong hash, int row)
        {
            Place(Slots, hash, row);
            Count++;
        }

        public void MakeRoom(Func<int, ulong> hashOf)
        {
            if ((Count + 1) * 5 > Slots.Length * 4)
                Rehash(Slots.Length * 3 / 2, hashOf);
        }

        public void Rehash(int slots, Func<int, ulong> hashOf)
        {
            var larger = new uint[slots];
            foreach (uint entry in Slots)
                if (entry != 0)
                {
                    int row = (int)(entry & RowMask) - 1;
                    Place(larger, hashOf(row), row);
                }
            Slots = larger;
        }

        private static void Place(uint[] slots, ulong hash, int row)
        {
            int slot = First(hash, slots.Length);
            while (slots[slot] != 0)
                if (++slot == slots.Length)
                    slot = 0;
            slots[slot] = Tag(hash) | (uint)(row + 1);
        }
    }
}
