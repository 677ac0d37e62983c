using System.Numerics;
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

/// <summary>What every index of a state can do, whatever it finds.</summary>
public interface IRowIndex
{
    long Bytes { get; }

    /// <summary>Where its large segments are from now on; it must be empty. Null: in arrays.</summary>
    void Use(IndexMemory? memory);
}

/// <summary>
/// Finds rows of a paged array by key: 4-byte slots in lines of 16, in segments of at most 64 KiB that split (extendible hashing), so that
/// no insertion stalls the writer for long, and a look-up reads one line of the cache, seldom two. A slot holds a row and, above it, some
/// bits of the row's hash (12 while rows are below 2^20, at least 4), so that few rows are looked at in vain. Holds no keys: a probe
/// compares. When a segment grows, a slot's bits and its place tell where it goes; they become fewer each time that segments double, and
/// when too few are left, <typeparamref name="TKeys"/> gives all rows' hashes anew. Rows are never removed. At most 2^28 - 1 rows. Rebuilt
/// from the rows after a restart.
/// </summary>
public sealed class RowIndex<TKeys> : IRowIndex
    where TKeys : struct, IRowKeys
{
    private const int MaxDepth = 16;
    private const int FirstRowBits = 20;
    private const int MaxRowBits = 28;
    private const int MaxRows = (1 << MaxRowBits) - 1;
    private const int KnownBits = 8; // of hashes: fewer, and too many rows are looked at in vain
    private const int Ahead = 32; // rows: a line is asked for this long before it is needed
    private const int FarAhead = 4096; // rows that are taken in order: where pages are elsewhere they come in time
    private const int FarStep = 32; // so few rows are in a page of the system
    private const int CountedLines = 1024; // without an array
    private const ulong Spread = 0x9e3779b97f4a7c15; // odd: the highest bits tell of all, whatever the caller's hash is like

    private readonly TKeys keys;
    private IndexMemory? memory;
    private IndexSegment[] directory;
    private int depth;
    private int expectedLines;

    /// <summary>An empty index.</summary>
    /// <param name="keys">Gives the rows' hashes.</param>
    /// <param name="expected">Rows to make room for as they come; 0 to grow in small steps.</param>
    /// <param name="memory">As <see cref="Use"/> says.</param>
    public RowIndex(TKeys keys, int expected = 0, IndexMemory? memory = null)
    {
        (this.keys, this.memory) = (keys, memory);
        directory = Empty(expected);
    }

    public long Bytes { get; private set; }

    /// <inheritdoc/>
    public void Use(IndexMemory? memory)
    {
        if (directory.Length != 1 || directory[0].Count != 0)
            throw new InvalidOperationException("an index is in use");
        this.memory = memory;
    }

    /// <summary>The row that the probe accepts among those with this hash, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe int Find<TProbe>(ulong hash, TProbe probe)
        where TProbe : struct, IRowProbe
    {
        hash *= Spread;
        IndexSegment segment = SegmentOf(hash);
        int at = segment.HomeOf(hash);
        uint known = segment.KnownOf(hash);
        int found = -1;
        for (int left = segment.Lines; left > 0; left--)
        {
            uint* line = segment.LineAt(at);
            for (uint alike = IndexSegment.SlotsWith(line, segment.KnownMask, known); alike != 0; alike &= alike - 1)
            {
                int row = (int)(line[BitOperations.TrailingZeroCount(alike)] & segment.RowMask) - 1;
                if (row >= 0 && probe.Matches(row))
                {
                    found = row;
                    goto Done;
                }
            }
            if (IndexSegment.FreeOf(line) != 0)
                break;
            at = at + 1 == segment.Lines ? 0 : at + 1;
        }
        Done:
        GC.KeepAlive(segment); // its memory goes with it
        return found;
    }

    /// <summary>Adds a row that no probe has found.</summary>
    public void Insert(ulong hash, int row)
    {
        if (row >= MaxRows)
            throw new InvalidOperationException($"an index of one tenant holds at most {MaxRows} rows");
        hash *= Spread;
        IndexSegment segment = SegmentOf(hash);
        while (segment.IsFull || row + 1 >= 1 << segment.RowBits)
        {
            int rowBits = Math.Max(segment.RowBits, BitOperations.Log2((uint)row + 1) + 1);
            if (segment.IsFull && segment.IsLargest && segment.Depth < MaxDepth)
                Split(hash, segment, rowBits);
            else // also where hashes are not spread: larger, never refused
                Replace(hash, segment, Moved(segment, segment.IsFull ? LinesAfter(segment) : segment.Lines, rowBits));
            segment = SegmentOf(hash);
        }
        segment.Put(hash, row);
    }

    /// <summary>Fills an empty index with the first <paramref name="count"/> rows, those that have the index to themselves.</summary>
    public void Fill(int count)
    {
        Release();
        directory = Empty(count);
        for (int row = 0; row < count; row++)
        {
            if (row % FarStep == 0 && row + FarAhead < count)
                keys.Prefetch(row + FarAhead);
            if (row + Ahead < count)
                PrefetchSlot(keys.HashOf(row + Ahead)); // rows come from memory in order, slots do not
            Insert(keys.HashOf(row), row);
        }
    }

    /// <summary>Gives its memory back: nobody may read it any more.</summary>
    public void Release()
    {
        for (int i = 0; i < directory.Length; i++)
            if (i == 0 || directory[i] != directory[i - 1])
                directory[i].Release(memory);
        directory = Empty(0);
    }

    /// <summary>Brings the slots of a hash into the cache, for a look-up soon; changes nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void PrefetchSlot(ulong hash)
    {
        hash *= Spread;
        IndexSegment segment = SegmentOf(hash);
        uint* line = segment.LineAt(segment.HomeOf(hash));
        memory?.Foresee((nint)line, IndexSegment.LineSlots * sizeof(uint));
        Prefetching.Of(ref *line);
    }

    /// <summary>The row that this hash most likely has, or -1, for a prefetch: it may be another's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Guess(ulong hash) => Find(hash, default(AnyRow));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private IndexSegment SegmentOf(ulong hash) => directory[depth == 0 ? 0 : (int)(hash >> (64 - depth))];

    // Memory for the rows that are expected is taken as they come, a segment at a time.
    private IndexSegment[] Empty(int expected)
    {
        depth = 0;
        while (IndexSegment.LinesFor(expected / 15 * 16 >> depth) > IndexSegment.HalfLines && depth < MaxDepth)
            depth++;
        expectedLines = IndexSegment.LinesFor(expected / 15 * 16 >> depth);
        Bytes = 0;
        var segments = new IndexSegment[1 << depth];
        for (int i = 0; i < segments.Length; i++)
            segments[i] = NewSegment(depth, 1, FirstRowBits, 32 - FirstRowBits);
        return segments;
    }

    private int LinesAfter(IndexSegment full) =>
        full.Lines == 1 ? Math.Max(2, expectedLines) : IndexSegment.Larger(full.Lines);

    private IndexSegment NewSegment(int itsDepth, int lines, int rowBits, int known)
    {
        IndexSegment segment = new(itsDepth, lines, rowBits, known, memory);
        Bytes += segment.Bytes;
        return segment;
    }

    private void Split(ulong hash, IndexSegment full, int rowBits)
    {
        if (full.Depth == depth)
        {
            var doubled = new IndexSegment[directory.Length * 2];
            for (int i = 0; i < doubled.Length; i++)
                doubled[i] = directory[i >> 1];
            depth++; // readers of a torn pair retry: the machine's sequence changed
            directory = doubled;
        }
        int known = KnownAfter(full, full.Depth + 1, IndexSegment.HalfLines, rowBits, out bool isAsked);
        IndexSegment zero = NewSegment(full.Depth + 1, IndexSegment.HalfLines, rowBits, known);
        IndexSegment one = NewSegment(full.Depth + 1, IndexSegment.HalfLines, rowBits, known);
        Mover mover = new(
            this,
            full.Depth,
            zero,
            one,
            stackalloc byte[2 * IndexSegment.HalfLines],
            stackalloc byte[2 * IndexSegment.HalfLines]
        );
        full.Foresee(memory);
        full.MoveTo(ref mover, isAsked);
        Replace(hash, full, Trim(mover.Zero), Trim(mover.One!));
    }

    // Hashes that are not spread leave one half empty.
    private IndexSegment Trim(IndexSegment half)
    {
        if (half.Count >= half.Lines * IndexSegment.LineSlots / 4)
            return half;
        IndexSegment trimmed = Moved(half, IndexSegment.LinesFor(half.Count * 2), half.RowBits);
        Release(half);
        return trimmed;
    }

    private IndexSegment Moved(IndexSegment segment, int lines, int rowBits)
    {
        int known = KnownAfter(segment, segment.Depth, lines, rowBits, out bool isAsked);
        IndexSegment other = NewSegment(segment.Depth, lines, rowBits, known);
        Span<byte> counts = lines <= CountedLines ? stackalloc byte[2 * CountedLines] : new byte[2 * lines];
        Mover mover = new(this, segment.Depth, other, null, counts, default);
        segment.Foresee(memory);
        segment.MoveTo(ref mover, isAsked);
        return mover.Zero;
    }

    // How many bits of hashes slots have after a move without their hashes; all there is room for if these must be asked for.
    private static int KnownAfter(IndexSegment from, int depth, int lines, int rowBits, out bool isAsked)
    {
        int room = 32 - rowBits;
        int known = Math.Min(room, from.PrefixBits - (depth - from.Depth) - BitOperations.Log2((uint)lines));
        isAsked = !from.IsRecalled || known < Math.Min(KnownBits, room - 1);
        return isAsked ? room : known;
    }

    private void Replace(ulong hash, IndexSegment old, IndexSegment zero, IndexSegment? one = null)
    {
        int span = 1 << (depth - old.Depth);
        int first = depth == 0 ? 0 : (int)(hash >> (64 - depth)) & ~(span - 1);
        for (int i = 0; i < span; i++)
            directory[first + i] = one is null || i < span / 2 ? zero : one;
        Release(old);
    }

    private void Release(IndexSegment segment)
    {
        Bytes -= segment.Bytes;
        segment.Release(memory);
    }

    private readonly struct AnyRow : IRowProbe
    {
        public bool Matches(int row) => true;
    }

    /// <summary>Takes entries of a segment to one other, or to the two that it splits in.</summary>
    private ref struct Mover : IEntryTarget
    {
        private readonly RowIndex<TKeys> index;
        private readonly int depth;
        private IndexSegment.Filler zero;
        private IndexSegment.Filler one;

        public Mover(
            RowIndex<TKeys> index,
            int depth,
            IndexSegment zero,
            IndexSegment? one,
            Span<byte> countsOfZero,
            Span<byte> countsOfOne
        )
        {
            (this.index, this.depth, Zero, One) = (index, depth, zero, one);
            this.zero = new(zero, countsOfZero);
            this.one = one is null ? default : new(one, countsOfOne);
        }

        public IndexSegment Zero { get; private set; }
        public IndexSegment? One { get; private set; }

        public void Take(int row, uint prefix, int bits)
        {
            MakeRoom();
            bool isPut =
                One is null ? zero.TryPut(prefix, bits, row)
                : prefix >> 31 == 0 ? zero.TryPut(prefix << 1, bits - 1, row)
                : one.TryPut(prefix << 1, bits - 1, row);
            if (!isPut)
                Take(row);
        }

        public void Take(int row)
        {
            MakeRoom();
            ulong hash = index.keys.HashOf(row) * Spread;
            if (One is not null && (hash >> (63 - depth) & 1) != 0)
                one.Put(hash, row);
            else
                zero.Put(hash, row);
        }

        public readonly void Foresee(int row) => index.keys.Prefetch(row);

        // Hashes that are not spread fill one of two.
        private void MakeRoom()
        {
            if (Zero.IsFull)
                zero = new(Zero = Enlarged(Zero), new byte[2 * Zero.Lines]);
            if (One is { IsFull: true })
                one = new(One = Enlarged(One), new byte[2 * One.Lines]);
        }

        private readonly IndexSegment Enlarged(IndexSegment full)
        {
            IndexSegment larger = index.Moved(full, IndexSegment.Larger(full.Lines), full.RowBits);
            index.Release(full);
            return larger;
        }
    }
}
