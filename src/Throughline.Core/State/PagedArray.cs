using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Throughline.Core.State;

/// <summary>
/// A growing array of plain structs in pages that never move: no object per row, nothing for the collector to walk, and a
/// snapshot that costs nothing until a page changes (<see cref="Capture"/> freezes the pages; the first write to a frozen
/// page copies it). One writer; readers may read at any time under the machine's sequence lock. Full pages are pinned arrays, or lie
/// in an <see cref="IPageSource"/>.
/// </summary>
public sealed class PagedArray<T> : IStateArray
    where T : unmanaged
{
    private const int FirstPageRows = 16;
    private const int CacheLine = 64;
    private const int PagesAhead = 4; // of a page that is read whole

    private static readonly int Shift = BitOperations.Log2(
        (uint)Math.Max(1, IPageSource.PageBytes / Unsafe.SizeOf<T>())
    );
    private static readonly int PageRows = 1 << Shift;
    private static readonly int Mask = PageRows - 1;

    // An entry is set once, and then changed in place only to one of the same kind, whose other half is equal: a reader of a torn entry finds
    // either page, or none, or the one without rows.
    private Page[] pages = [];
    private bool[] frozen = [];
    private int pageCount;
    private IPageHold? hold;
    private bool isFar;

    public PagedArray(string name) => Name = name;

    public string Name { get; }

    public int RowSize => Unsafe.SizeOf<T>();

    /// <summary>Rows in use.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the pages held.</summary>
    public long Bytes => pages.Take(pageCount).Sum(page => (long)page.Length) * Unsafe.SizeOf<T>();

    /// <inheritdoc/>
    public void Use(IPageSource? source)
    {
        if (pageCount != 0)
            throw new InvalidOperationException($"{Name} is in use");
        hold = source?.Hold();
        isFar = source?.IsFar ?? false;
    }

    /// <summary>A row, to read.</summary>
    public ref readonly T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref pages[row >> Shift].At(row & Mask);
    }

    /// <summary>A row, to change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T Mutable(int row)
    {
        int page = row >> Shift;
        if (frozen[page])
            Thaw(page);
        return ref pages[page].At(row & Mask);
    }

    /// <summary>Brings a row into the cache, to be used soon; one that does not exist is passed over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int row)
    {
        if ((uint)row >= (uint)Count)
            return;
        ref readonly Page page = ref pages[row >> Shift];
        ref T place = ref page.At(row & Mask);
        if (isFar && page.IsElsewhere)
            Foresee(ref place);
        Prefetching.Of(ref place);
        if (Unsafe.SizeOf<T>() > CacheLine / 2) // most rows of that size lie on two lines
            Prefetching.Of(ref Unsafe.AddByteOffset(ref place, Unsafe.SizeOf<T>() - 1));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void Foresee(ref T place) => hold!.Foresee((nint)Unsafe.AsPointer(ref place), Unsafe.SizeOf<T>()); // it never moves

    /// <summary>Appends a row and gives its number.</summary>
    public int Add(in T value)
    {
        int row = Count;
        int page = row >> Shift;
        if (page == pageCount || (row & Mask) >= pages[page].Length)
            Grow(page);
        Mutable(row) = value;
        Count = row + 1;
        return row;
    }

    /// <summary>Forgets all rows; what was captured stays as it is.</summary>
    public void Clear() => Count = 0;

    /// <inheritdoc/>
    public void Release()
    {
        Count = 0;
        (pages, frozen, pageCount) = ([], [], 0);
        hold?.Dispose();
        hold = null;
    }

    /// <summary>The rows as they are now, to be written while the writer goes on.</summary>
    public StateSection Capture()
    {
        Page[] captured = pages[..pageCount];
        int count = Count;
        IPageHold? held = hold?.Share();
        Array.Fill(frozen, true);
        return new(
            Name,
            (long)count * Unsafe.SizeOf<T>(),
            stream => Write(captured, count, held, stream, giveUp: false)
        )
        {
            Held = held,
            MoveTo = held is null ? null : stream => Write(captured, count, held, stream, giveUp: true),
        };
    }

    /// <summary>Fills an empty array from a captured section.</summary>
    public void Restore(Stream stream, long length)
    {
        if (Count != 0)
            throw new InvalidOperationException($"{Name} is not empty");
        if (length % Unsafe.SizeOf<T>() != 0)
            throw new InvalidDataException(
                $"section {Name} of {length} bytes is not whole rows of {Unsafe.SizeOf<T>()}"
            );
        int rows = checked((int)(length / Unsafe.SizeOf<T>()));
        while (Count < rows)
        {
            int take = Math.Min(PageRows, rows - Count);
            int page = Count >> Shift;
            while (page == pageCount || pages[page].Length < take)
                Grow(page);
            stream.ReadExactly(MemoryMarshal.AsBytes(pages[page].Rows(take)));
            Count += take;
        }
    }

    /// <inheritdoc/>
    public void Share(IStateArray from)
    {
        if (Count != 0)
            throw new InvalidOperationException($"{Name} is not empty");
        PagedArray<T> other = (PagedArray<T>)from;
        hold?.Dispose();
        hold = other.hold?.Share();
        isFar = other.isFar;
        pages = other.pages[..other.pageCount];
        pageCount = other.pageCount;
        Count = other.Count;
        frozen = new bool[pageCount];
        Array.Fill(frozen, true);
        Array.Fill(other.frozen, true);
    }

    /// <summary>The rows of this array that may differ from the same of another with which it once shared its pages; those that it has alone too.</summary>
    public IEnumerable<int> Unshared(PagedArray<T> other)
    {
        for (int row = 0; row < Count; row++)
            if (row < other.Count && pages[row >> Shift].Is(other.pages[row >> Shift]))
                row |= Mask;
            else
                yield return row;
    }

    /// <summary>Mixes all rows into a hash.</summary>
    public ulong Hash(ulong seed)
    {
        for (int first = 0; first < Count; first += PageRows)
        {
            Foresee(pages.AsSpan(0, pageCount), (first >> Shift) + PagesAhead, hold);
            Span<T> rows = pages[first >> Shift].Rows(Math.Min(PageRows, Count - first));
            seed = Mix.Bytes(MemoryMarshal.AsBytes(rows), seed);
        }
        GC.KeepAlive(hold);
        return seed;
    }

    private static void Write(Page[] pages, int count, IPageHold? held, Stream stream, bool giveUp)
    {
        for (int first = 0; first < count; first += PageRows)
        {
            Foresee(pages, (first >> Shift) + PagesAhead, held);
            Page page = pages[first >> Shift];
            stream.Write(MemoryMarshal.AsBytes(page.Rows(Math.Min(PageRows, count - first))));
            if (giveUp && page.IsElsewhere)
                held!.Drop(page.Address);
        }
        GC.KeepAlive(held);
    }

    private static void Foresee(ReadOnlySpan<Page> pages, int page, IPageHold? hold)
    {
        if (page < pages.Length && pages[page].IsElsewhere)
            hold!.Foresee(pages[page].Address, IPageSource.PageBytes);
    }

    private void Grow(int page)
    {
        if (page == pageCount)
        {
            if (page == pages.Length)
            {
                Array.Resize(ref frozen, Math.Max(1, page * 2));
                Array.Resize(ref pages, Math.Max(1, page * 2)); // another array: a reader that has the old one finds what it holds
            }
            pages[page] = NewPage(page == 0 ? Math.Min(FirstPageRows, PageRows) : PageRows);
            frozen[page] = false;
            pageCount = page + 1;
            return;
        }
        Page larger = NewPage(Math.Min(PageRows, pages[page].Length * 2));
        pages[page].CopyTo(larger);
        Page[] with = [.. pages]; // not in place: it may be of another kind
        with[page] = larger;
        frozen[page] = false;
        pages = with;
    }

    private void Thaw(int page)
    {
        Page old = pages[page];
        if (old.IsElsewhere && !hold!.IsShared(old.Address))
        {
            frozen[page] = false; // whoever it was frozen for is done with it
            return;
        }
        Page copy = NewPage(old.Length);
        old.CopyTo(copy);
        // Captured page lists are copies, so that replacing an entry here never changes them.
        pages[page] = copy;
        frozen[page] = false;
        if (old.IsElsewhere)
            hold!.Drop(old.Address);
    }

    // Rows are written whole before they are read: there is nothing to clear.
    private Page NewPage(int rows) =>
        rows == PageRows && hold is not null
            ? Page.Elsewhere(hold.Take())
            : new(GC.AllocateUninitializedArray<T>(rows, pinned: rows == PageRows), 0);

    /// <summary>
    /// A page in an array, or elsewhere: then at a distance from a full page that all such pages name and that holds no rows. So either is
    /// read in the same few instructions, numbers of rows are checked against an array's length in either, and the collector sees what it
    /// knows: a place in a pinned array, or one outside its memory.
    /// </summary>
    private readonly struct Page(T[] array, nint distance)
    {
        private readonly T[] array = array;
        private readonly nint distance = distance;

        private static readonly T[] Anchor = GC.AllocateUninitializedArray<T>(PageRows, pinned: true);

        public static unsafe Page Elsewhere(nint address) => new(Anchor, address - AnchorAddress);

        public int Length => array.Length;

        public bool IsElsewhere => distance != 0;

        public nint Address => AnchorAddress + distance;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref T At(int row) => ref Unsafe.AddByteOffset(ref array[row], distance);

        public Span<T> Rows(int count) =>
            MemoryMarshal.CreateSpan(
                ref At(0),
                count <= array.Length ? count : throw new ArgumentOutOfRangeException(nameof(count))
            );

        public void CopyTo(Page larger) => Rows(Length).CopyTo(larger.Rows(larger.Length));

        public bool Is(Page other) => ReferenceEquals(array, other.array) && distance == other.distance;

        private static unsafe nint AnchorAddress =>
            (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Anchor));
    }
}
