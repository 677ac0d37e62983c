using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Throughline.Core.State;

/// <summary>
/// A segment of a <see cref="RowIndex{TKeys}"/>: lines of 16 slots, each a line of the cache. A slot is a row + 1 (0: none) in its lower bits,
/// and above them as many bits of the row's hash as there is room for: those that follow on the bits that name the segment and the line.
/// An entry is in its home line from the front, or, where that was full, in the next that was not, from the back. Lines lose no entries: so
/// whoever comes to one with room has seen all, and of nearly every entry it is known where its home is, and with it the hash's first bits.
/// </summary>
internal sealed unsafe class IndexSegment
{
    /// <summary>Slots of a line.</summary>
    public const int LineSlots = 16;

    private const int LineBytes = LineSlots * sizeof(uint);
    private const int PieceShift = 7;
    private const int PieceLines = IndexMemory.PieceBytes / LineBytes;
    private const int PiecesMax = 8;
    private const int Contiguous = 31;
    private const int LinesMax = PiecesMax * PieceLines;
    private const int LoadOf5 = 4; // slots in use of five

    private readonly uint lines;
    private readonly int tagStart;
    private readonly int shift;
    private readonly int lineMask;
    private readonly uint[]? own; // keeps the memory where it is no piece of a page
    private Pieces pieces;

    /// <summary>A segment without entries.</summary>
    /// <param name="depth">Bits of a hash that name the segment.</param>
    /// <param name="lines">As <see cref="Larger"/> gives them.</param>
    /// <param name="rowBits">Bits of a slot that hold a row.</param>
    /// <param name="known">Bits of the hash above those, that every entry will have at least.</param>
    /// <param name="memory">Where large ones are; null: in arrays.</param>
    public IndexSegment(int depth, int lines, int rowBits, int known, IndexMemory? memory)
    {
        (Depth, this.lines, RowBits, Known) = (depth, (uint)lines, rowBits, known);
        tagStart = depth + BitOperations.Log2((uint)lines);
        RowMask = (1u << rowBits) - 1;
        KnownMask = known == 0 ? 0 : uint.MaxValue << (32 - known);
        if (memory is not null && lines % PieceLines == 0 && lines <= LinesMax)
        {
            (shift, lineMask) = (PieceShift, PieceLines - 1);
            for (int i = 0; i < lines / PieceLines; i++)
                NativeMemory.Clear((void*)(pieces[i] = memory.Take()), IndexMemory.PieceBytes);
            return;
        }
        (shift, lineMask) = (Contiguous, int.MaxValue);
        own = GC.AllocateArray<uint>((lines + 1) * LineSlots, pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(own));
        pieces[0] = (start + LineBytes - 1) & ~(LineBytes - 1);
    }

    /// <summary>Bits of a hash that name the segment.</summary>
    public int Depth { get; }

    public int Lines => (int)lines;

    public int RowBits { get; }

    public uint RowMask { get; }

    /// <summary>Bits of the hash that every slot has, from the highest on.</summary>
    public int Known { get; }

    public uint KnownMask { get; }

    /// <summary>Bits of an entry's hash, after those that name the segment, that its place and its slot tell.</summary>
    public int PrefixBits => tagStart - Depth + Known;

    /// <summary>Entries can be taken elsewhere without their hashes, nearly all. With fewer bits a slot would not tell homes apart.</summary>
    public bool IsRecalled => Known >= 3 && PrefixBits <= 32 && lines <= LinesMax;

    /// <summary>Entries.</summary>
    public int Count { get; private set; }

    public bool IsFull => (Count + 1L) * 5 > lines * (long)LineSlots * LoadOf5;

    /// <summary>Lines can be split in two segments.</summary>
    public bool IsLargest => lines >= LinesMax;

    public long Bytes => lines * (long)LineBytes;

    /// <summary>The next number of lines. Entries of a segment of another can be placed without their hashes, nearly all.</summary>
    public static int Larger(int lines) =>
        lines switch
        {
            < 4 or > LinesMax - 1 => lines * 2,
            _ when BitOperations.IsPow2(lines) => lines + lines / 4,
            _ => BitOperations.RoundUpToPowerOf2((uint)lines) is var next && lines * 4L < next * 3L
                ? (int)(next / 4 * 3)
                : (int)next,
        };

    /// <summary>The fewest lines for so many entries.</summary>
    public static int LinesFor(int entries)
    {
        int lines = 1;
        while (entries * 5L > lines * (long)LineSlots * LoadOf5 && lines < LinesMax)
            lines = Larger(lines);
        return lines;
    }

    /// <summary>Lines of each half of a largest segment.</summary>
    public const int HalfLines = LinesMax / 8 * 5;

    /// <summary>Gives the memory back.</summary>
    public void Release(IndexMemory? memory)
    {
        if (shift == PieceShift)
            for (int i = 0; i < lines / PieceLines; i++)
                memory!.Drop(pieces[i]);
    }

    /// <summary>Says that the whole segment will be read soon.</summary>
    public void Foresee(IndexMemory? memory)
    {
        if (shift == PieceShift)
            for (int i = 0; i < lines / PieceLines; i++)
                memory!.Foresee(pieces[i], IndexMemory.PieceBytes);
    }

    /// <summary>Where a hash belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int HomeOf(ulong hash) => (int)((ulong)(uint)(hash << Depth >> 32) * lines >> 32);

    /// <summary>What slots with this hash have above the row, as far as every slot has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint KnownOf(ulong hash) => (uint)(hash << tagStart >> 32) & KnownMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint* LineAt(int line) =>
        (uint*)(
            Unsafe.Add(ref Unsafe.As<Pieces, nint>(ref pieces), line >> shift) + ((nint)(line & lineMask) * LineBytes)
        );

    /// <summary>Which slots of a line are free: a bit each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint FreeOf(uint* line) => SlotsWith(line, uint.MaxValue, 0);

    /// <summary>Which slots of a line are equal to something under a mask.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SlotsWith(uint* line, uint mask, uint value)
    {
        Vector256<uint> wanted = Vector256.Create(value);
        Vector256<uint> bits = Vector256.Create(mask);
        Vector256<uint> front = Vector256.Equals(Vector256.Load(line) & bits, wanted);
        Vector256<uint> back = Vector256.Equals(Vector256.Load(line + LineSlots / 2) & bits, wanted);
        return front.ExtractMostSignificantBits() | back.ExtractMostSignificantBits() << (LineSlots / 2);
    }

    /// <summary>Adds an entry; the segment must not be full.</summary>
    public void Put(ulong hash, int row)
    {
        int home = HomeOf(hash);
        uint entry = EntryOf(hash, row);
        uint* line = LineAt(home);
        uint free = FreeOf(line);
        if (free != 0)
            line[BitOperations.TrailingZeroCount(free)] = entry;
        else
        {
            for (int at = home; free == 0; free = FreeOf(line))
                line = LineAt(at = at + 1 == lines ? 0 : at + 1);
            line[BitOperations.Log2(free)] = entry;
        }
        Count++;
    }

    private uint EntryOf(ulong hash, int row) => ((uint)(hash << tagStart >> 32) & ~RowMask) | (uint)(row + 1);

    /// <summary>Shows all entries, line by line.</summary>
    /// <param name="isAsked">The target will ask for all rows' hashes.</param>
    public void MoveTo<TTarget>(ref TTarget target, bool isAsked)
        where TTarget : struct, IEntryTarget, allows ref struct
    {
        int bits = PrefixBits;
        bool isRecalled = IsRecalled && !isAsked;
        bool wasFullBefore = FreeOf(LineAt((int)((lines * 2 - 2) % lines))) == 0;
        bool wasFull = FreeOf(LineAt((int)lines - 1)) == 0;
        for (int at = 0; at < lines; at++)
        {
            uint* line = LineAt(at);
            uint free = FreeOf(line);
            // Entries from the front are at home, those from the back are of the line before; without a gap nobody can tell.
            uint here =
                !isRecalled ? 0
                : !wasFull ? uint.MaxValue
                : free == 0 ? 0
                : (free & (0 - free)) - 1;
            uint before = !isRecalled || !wasFull || wasFullBefore || free == 0 ? 0 : ~here;
            Home home = new(this, at);
            Home other = before == 0 ? default : new(this, at == 0 ? (int)lines - 1 : at - 1);
            Look(ref target, at);
            for (uint taken = ~free & 0xffff; taken != 0; taken &= taken - 1)
            {
                int slot = BitOperations.TrailingZeroCount(taken);
                uint entry = line[slot];
                int row = (int)(entry & RowMask) - 1;
                if ((here >> slot & 1) != 0)
                    target.Take(row, home.PrefixOf(entry), bits);
                else if ((before >> slot & 1) != 0)
                    target.Take(row, other.PrefixOf(entry), bits);
                else
                    target.Take(row);
            }
            (wasFullBefore, wasFull) = (wasFull, free == 0);
        }

        // Rows whose hashes will have to be asked for.
        void Look(ref TTarget target, int at)
        {
            const int Ahead = 3;
            if (at + Ahead >= lines)
                return;
            uint* line = LineAt(at + Ahead);
            if (isRecalled && (FreeOf(line) != 0 || FreeOf(LineAt(at + Ahead - 1)) != 0))
                return;
            for (int slot = 0; slot < LineSlots; slot++)
                if (line[slot] != 0)
                    target.Foresee((int)(line[slot] & RowMask) - 1);
        }
    }

    /// <summary>
    /// Fills a segment with many entries. It counts what is in each line, since a line that was just written to is slow to read whole.
    /// </summary>
    public ref struct Filler
    {
        private readonly IndexSegment segment;
        private readonly Span<byte> front;
        private readonly Span<byte> back;

        /// <summary>Goes on from what is there.</summary>
        /// <param name="segment">May hold entries already.</param>
        /// <param name="counts">Two for each line, of any content.</param>
        public Filler(IndexSegment segment, Span<byte> counts)
        {
            this.segment = segment;
            front = counts[..segment.Lines];
            back = counts.Slice(segment.Lines, segment.Lines);
            counts[..(2 * segment.Lines)].Clear();
            for (int line = 0; segment.Count > 0 && line < front.Length; line++)
            {
                uint free = FreeOf(segment.LineAt(line));
                front[line] = (byte)(free == 0 ? LineSlots : BitOperations.TrailingZeroCount(free));
                back[line] = (byte)(free == 0 ? 0 : LineSlots - 1 - BitOperations.Log2(free));
            }
        }

        /// <summary>As the segment's own.</summary>
        public readonly void Put(ulong hash, int row) => Put(segment.HomeOf(hash), segment.EntryOf(hash, row));

        /// <summary>Adds what is known of a hash; false if that does not tell where it belongs.</summary>
        /// <param name="prefix">The hash's bits after those that name this segment, from the highest on.</param>
        /// <param name="bits">How many of them are known.</param>
        public readonly bool TryPut(uint prefix, int bits, int row)
        {
            int start = segment.tagStart - segment.Depth;
            if (bits - start < segment.Known)
                return false;
            int home = (int)((ulong)prefix * segment.lines >> 32);
            ulong last = prefix | (uint)((1L << (32 - bits)) - 1);
            if (home != (int)(last * segment.lines >> 32))
                return false;
            Put(home, ((prefix << start) & ~segment.RowMask) | (uint)(row + 1));
            return true;
        }

        private readonly void Put(int home, uint entry)
        {
            segment.Count++;
            if (front[home] + back[home] < LineSlots)
            {
                segment.LineAt(home)[front[home]++] = entry;
                return;
            }
            int at = home;
            do at = at + 1 == front.Length ? 0 : at + 1;
            while (front[at] + back[at] == LineSlots);
            segment.LineAt(at)[LineSlots - 1 - back[at]++] = entry;
        }
    }

    // A line is a range of the hash's bits after those that name the segment; with the bits in a slot one place in it is meant.
    private readonly struct Home
    {
        private readonly ulong first;
        private readonly int start;
        private readonly int known;
        private readonly uint mask;

        public Home(IndexSegment segment, int line)
        {
            start = segment.tagStart - segment.Depth;
            known = segment.Known;
            mask = segment.KnownMask;
            first = (((ulong)line << 32) + segment.lines - 1) / segment.lines;
        }

        public uint PrefixOf(uint entry)
        {
            ulong step = 1UL << (32 - start);
            ulong place = (first & ~(step - 1)) | (ulong)(entry & mask) >> start;
            bool isBefore = place + (1UL << (32 - start - known)) <= first;
            return (uint)(isBefore ? place + step : place);
        }
    }

    [InlineArray(PiecesMax)]
    private struct Pieces
    {
        private nint first;
    }
}

/// <summary>What takes the entries of an <see cref="IndexSegment"/>.</summary>
internal interface IEntryTarget
{
    /// <summary>A row whose hash begins with known bits, after those that name the segment.</summary>
    void Take(int row, uint prefix, int bits);

    /// <summary>A row of whose hash nothing is known.</summary>
    void Take(int row);

    /// <summary>Such a row will come soon.</summary>
    void Foresee(int row);
}
