using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Counters;

/// <summary>
/// Cells of a few sizes in pages: no object per key. A page's cells are all of one size; an empty page is any size's again. A cell
/// is named by its page and its place there.
/// </summary>
internal sealed class CellStore(int maxPages)
{
    private const int PlaceBits = 11;
    private const int PlaceMask = (1 << PlaceBits) - 1;
    private const int None = -1;

    private ulong[][] pages = [];
    private Page[] about = [];
    private int pageCount;
    private int emptyPage = None;
    private readonly int[] roomy = [.. Enumerable.Repeat(None, CellSizes.Classes)];
    private readonly int[] free = new int[CellSizes.Classes];

    public int PageCount => pageCount;

    public long Bytes => (long)pageCount * CellSizes.PageBytes;

    /// <summary>How many cells were freed so far.</summary>
    public long Freed { get; private set; }

    /// <summary>Cells of a size that are nobody's, in pages of that size.</summary>
    public int FreeOf(int size) => free[size];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref CellHeader Header(int cell)
    {
        int page = cell >> PlaceBits;
        return ref Unsafe.As<ulong, CellHeader>(ref pages[page][(cell & PlaceMask) * about[page].Words]);
    }

    /// <summary>What follows the header, in words of 8 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Payload(int cell)
    {
        int page = cell >> PlaceBits;
        int words = about[page].Words;
        const int skip = CellHeader.Size / sizeof(ulong);
        return MemoryMarshal.AsBytes(pages[page].AsSpan((cell & PlaceMask) * words + skip, words - skip));
    }

    /// <summary>Brings a cell's first 128 bytes into the cache; changes nothing.</summary>
    public void Prefetch(int cell)
    {
        int page = cell >> PlaceBits;
        ref ulong first = ref pages[page][(cell & PlaceMask) * about[page].Words];
        Prefetching.Of(ref first);
        if (about[page].Size != CellSizes.Tiny)
            Prefetching.Of(ref Unsafe.Add(ref first, 8)); // a cell of another size has more than 64 bytes
    }

    public static int PageOf(int cell) => cell >> PlaceBits;

    public int SizeOf(int cell) => about[cell >> PlaceBits].Size;

    /// <summary>A zeroed cell, or -1 if there is no room for one of this size.</summary>
    public int TryTake(int size)
    {
        if (roomy[size] == None && !TryOpenPage(size))
            return None;
        int number = roomy[size];
        ref Page page = ref about[number];
        int place = page.FirstFree;
        if (place == None)
            place = page.Fresh++;
        else
            page.FirstFree = Header(number << PlaceBits | place).Older;
        page.Live++;
        free[size]--;
        if (page.Live == CellSizes.PerPage(size))
            Unlink(number);
        int cell = number << PlaceBits | place;
        Header(cell) = default;
        Payload(cell).Clear();
        return cell;
    }

    public void Free(int cell)
    {
        int number = cell >> PlaceBits;
        ref Page page = ref about[number];
        ref CellHeader header = ref Header(cell);
        Freed++;
        header.Form = CellForm.Free;
        header.Older = page.FirstFree;
        page.FirstFree = cell & PlaceMask;
        page.Live--;
        free[page.Size]++;
        if (page.Live == 0)
            Empty(number);
        else if (page.Live == CellSizes.PerPage(page.Size) - 1 && !page.IsClosed)
            Link(number);
    }

    /// <summary>Closes the page of a size that has the fewest cells in use: no cell is taken there until it is empty.</summary>
    public int CloseEmptiest(int size)
    {
        int emptiest = roomy[size];
        for (int page = roomy[size]; page != None; page = about[page].Next)
            if (about[page].Live < about[emptiest].Live)
                emptiest = page;
        Unlink(emptiest);
        about[emptiest].IsClosed = true;
        return emptiest;
    }

    /// <summary>The first cell in use at or after a place of a page, or -1.</summary>
    public int NextLive(int page, ref int place)
    {
        for (; place < about[page].Fresh; place++)
            if (Header(page << PlaceBits | place).Form != CellForm.Free)
                return page << PlaceBits | place++;
        return None;
    }

    private bool TryOpenPage(int size)
    {
        int number = emptyPage;
        if (number != None)
        {
            emptyPage = about[number].Next;
        }
        else if (pageCount < maxPages)
        {
            number = pageCount++;
            if (number == pages.Length)
            {
                int room = Math.Min(maxPages, Math.Max(16, pages.Length * 2));
                Array.Resize(ref pages, room);
                Array.Resize(ref about, room);
            }
            // Cells are cleared when they are taken.
            pages[number] = GC.AllocateUninitializedArray<ulong>(CellSizes.PageBytes / sizeof(ulong));
        }
        else
        {
            return false;
        }
        about[number] = new()
        {
            Size = size,
            Words = CellSizes.Of(size) / sizeof(ulong),
            FirstFree = None,
        };
        free[size] += CellSizes.PerPage(size);
        Link(number);
        return true;
    }

    private void Empty(int number)
    {
        ref Page page = ref about[number];
        if (!page.IsClosed && CellSizes.PerPage(page.Size) > 1)
            Unlink(number); // one that holds a single cell was full until now: in no list
        free[page.Size] -= CellSizes.PerPage(page.Size);
        page.Next = emptyPage;
        emptyPage = number;
    }

    private void Link(int number)
    {
        ref Page page = ref about[number];
        int first = roomy[page.Size];
        (page.Next, page.Previous) = (first, None);
        if (first != None)
            about[first].Previous = number;
        roomy[page.Size] = number;
    }

    private void Unlink(int number)
    {
        ref Page page = ref about[number];
        if (page.Next != None)
            about[page.Next].Previous = page.Previous;
        if (page.Previous != None)
            about[page.Previous].Next = page.Next;
        else
            roomy[page.Size] = page.Next;
    }

    private struct Page
    {
        public int Size;
        public int Words;
        public int Live;

        /// <summary>Places from here on were never used.</summary>
        public int Fresh;
        public int FirstFree;

        /// <summary>Among the pages of the size with room, or among the empty ones.</summary>
        public int Next;
        public int Previous;
        public bool IsClosed;
    }
}
