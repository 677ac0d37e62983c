using System.Numerics;
using System.Runtime.InteropServices;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Counters;

/// <summary>
/// HyperLogLog over a sliding window: 4,096 registers, standard error 1.04 / sqrt(4096) = 1.6 %. Of each register it keeps every rank
/// that may yet be the greatest of a window (none as great came later: Chabchoub, Hébrail, "Sliding HyperLogLog"), with the sub-window
/// of its last sight: 2 to 4 entries each, in an open hash table within the cell. The estimate is kept and only made anew when a
/// register changes or the window has moved by a sub-window.
/// </summary>
internal readonly ref struct Sketch
{
    /// <summary>No sketch has more entries.</summary>
    public const int EntriesMax = (CellSizes.PageBytes - CellHeader.Size) / sizeof(uint);

    /// <summary>What a bank takes beside its cells, at most.</summary>
    public const int ScratchBytes = EntriesMax * sizeof(uint);

    private const int RegisterBits = 12;
    private const int Registers = 1 << RegisterBits;
    private const int SlotBits = 15;
    private const int SlotMask = (1 << SlotBits) - 1;
    private const int RankMax = HyperLogLog.RankMax;

    // No rank is 0: what is left of an entry that was removed.
    private const uint Gone = 1;

    private readonly ref Head about;
    private readonly Span<ushort> histogram;
    private readonly Span<uint> cells;

    public Sketch(Span<byte> payload)
    {
        about = ref MemoryMarshal.AsRef<Head>(payload);
        histogram = MemoryMarshal.Cast<byte, ushort>(payload.Slice(Head.Size, (RankMax + 1) * sizeof(ushort)));
        cells = MemoryMarshal.Cast<byte, uint>(payload[(Head.Size + (RankMax + 1) * sizeof(ushort))..]);
    }

    /// <summary>The number of different values in the window that was last looked at, a whole number.</summary>
    public double Estimate => about.Estimate;

    /// <summary>Whether so many entries call for a larger cell.</summary>
    public static bool IsCrowded(int entries, int size) => entries * 8 > CellSizes.PayloadOf(size) / sizeof(uint) * 5;

    public void Clear()
    {
        cells.Clear();
        about = new() { LookedFrom = -1, SweptFrom = -1 };
    }

    /// <summary>Moves the window on: what is no longer in it is removed.</summary>
    /// <param name="head">The sub-window in which it ends.</param>
    /// <param name="first">The sub-window in which it begins.</param>
    public void Advance(long head, long first)
    {
        if (about.SweptFrom != first)
        {
            foreach (ref uint cell in cells)
                if (RankOf(cell) != 0 && Age(cell, head) > head - first)
                    cell = Gone;
            about.SweptFrom = first;
        }
        Look(head, first);
    }

    /// <summary>Estimates a window; no entry changes.</summary>
    public void Look(long head, long first)
    {
        if (about.LookedFrom == first)
            return;
        Span<byte> ranks = stackalloc byte[Registers];
        histogram.Clear();
        histogram[0] = Registers;
        foreach (uint cell in cells)
        {
            int rank = RankOf(cell);
            if (rank == 0 || Age(cell, head) > head - first)
                continue;
            ref byte known = ref ranks[(int)RegisterOf(cell)];
            if (rank <= known)
                continue;
            histogram[known]--;
            histogram[rank]++;
            known = (byte)rank;
        }
        about.LookedFrom = first;
        about.Estimate = Math.Round(HyperLogLog.Estimate(histogram), MidpointRounding.AwayFromZero);
    }

    /// <summary>Adds a value to the window that was advanced to last; false if there is no room: then nothing is changed.</summary>
    public bool TryAdd(ulong item, long slot, long head)
    {
        ulong hash = Mix.Two(item, 0x9e3779b97f4a7c15);
        uint register = (uint)(hash >> (64 - RegisterBits));
        int rank = Math.Min(RankMax, BitOperations.LeadingZeroCount(hash << RegisterBits) + 1);
        long age = head - slot;
        int place = Home(register);
        int reusable = -1;
        int greatest = 0;
        for (; cells[place] != 0; place = place + 1 == cells.Length ? 0 : place + 1)
        {
            uint cell = cells[place];
            int known = RankOf(cell);
            if (known != 0 && RegisterOf(cell) == register)
            {
                greatest = Math.Max(greatest, known);
                if (known >= rank && Age(cell, head) <= age)
                    return true; // as great, and lasts as long
                if (known <= rank && Age(cell, head) >= age)
                    (cells[place], known) = (Gone, 0);
            }
            if (known == 0 && reusable < 0)
                reusable = place;
        }
        if (reusable < 0)
        {
            if ((about.Used + 1) * 8 > cells.Length * 7)
                return false;
            about.Used++;
            reusable = place;
        }
        cells[reusable] = register << 20 | (uint)rank << SlotBits | (uint)(slot & SlotMask);
        if (rank > greatest)
        {
            histogram[greatest]--;
            histogram[rank]++;
            about.Estimate = Math.Round(HyperLogLog.Estimate(histogram), MidpointRounding.AwayFromZero);
        }
        return true;
    }

    /// <summary>Its entries, copied.</summary>
    public Span<uint> Take(Span<uint> target)
    {
        // Some 15,000 at most, as long as nobody chooses the hashes: the largest cell never comes to this limit.
        int limit = Math.Min(
            target.Length,
            cells.Length == EntriesOf(CellSizes.LastSketch) ? cells.Length / 4 * 3 : cells.Length
        );
        int count = 0;
        foreach (uint cell in cells)
            if (RankOf(cell) != 0 && count < limit)
                target[count++] = cell;
        return target[..count];
    }

    /// <summary>Puts entries into an empty sketch.</summary>
    public void Put(ReadOnlySpan<uint> entries)
    {
        foreach (uint entry in entries)
        {
            int place = Home(RegisterOf(entry));
            while (cells[place] != 0)
                place = place + 1 == cells.Length ? 0 : place + 1;
            cells[place] = entry;
        }
        about.Used = entries.Length;
    }

    /// <summary>Makes everything anew from the entries of an image; false if there are too many.</summary>
    public bool Repair(long head, long first)
    {
        Span<uint> entries = Take(new uint[EntriesMax]);
        if (entries.Length * 8 > cells.Length * 7)
            return false;
        Clear();
        Put(entries);
        Advance(head, first);
        return true;
    }

    private static int EntriesOf(int size) =>
        (CellSizes.PayloadOf(size) - Head.Size - (RankMax + 1) * sizeof(ushort)) / sizeof(uint);

    private int Home(uint register) => (int)((register * (uint)cells.Length) >> RegisterBits);

    private static uint RegisterOf(uint cell) => cell >> 20;

    private static int RankOf(uint cell) => (int)(cell >> SlotBits & RankMax);

    private static long Age(uint cell, long head) => head - cell & SlotMask;

    [StructLayout(LayoutKind.Sequential)]
    private struct Head
    {
        public const int Size = 32;

        public double Estimate;

        /// <summary>First sub-window of the window that the histogram and the estimate are of.</summary>
        public long LookedFrom;

        /// <summary>First sub-window of the window that entries were last removed for.</summary>
        public long SweptFrom;

        /// <summary>Cells that are not empty.</summary>
        public int Used;
        private readonly int unused;
    }
}
