using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Throughline.Core.State;

/// <summary>
/// A growing array of plain structs in pages that never move: no object per row, nothing for the collector to walk, and a
/// snapshot that costs nothing until a page changes (<see cref="Capture"/> freezes the pages; the first write to a frozen
/// page copies it). One writer; readers may read at any time under the machine's sequence lock.
/// </summary>
public sealed class PagedArray<T> : IStateArray
    where T : unmanaged
{
    private const int PageBytes = 64 * 1024;
    private const int FirstPageRows = 16;
    private const int CacheLine = 64;

    private static readonly int Shift = BitOperations.Log2((uint)Math.Max(1, PageBytes / Unsafe.SizeOf<T>()));
    private static readonly int PageRows = 1 << Shift;
    private static readonly int Mask = PageRows - 1;

    private T[][] pages = [];
    private bool[] frozen = [];

    public PagedArray(string name) => Name = name;

    public string Name { get; }

    public int RowSize => Unsafe.SizeOf<T>();

    /// <summary>Rows in use.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the pages held.</summary>
    public long Bytes => pages.Sum(page => (long)page.Length) * Unsafe.SizeOf<T>();

    /// <summary>A row, to read.</summary>
    public ref readonly T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref pages[row >> Shift][row & Mask];
    }

    /// <summary>A row, to change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T Mutable(int row)
    {
        int page = row >> Shift;
        if (frozen[page])
            Thaw(page);
        return ref pages[page][row & Mask];
    }

    /// <summary>Brings a row into the cache, to be used soon; one that does not exist is passed over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int row)
    {
        if ((uint)row >= (uint)Count)
            return;
        ref T place = ref pages[row >> Shift][row & Mask];
        Prefetching.Of(ref place);
        if (Unsafe.SizeOf<T>() > CacheLine / 2) // most rows of that size lie on two lines
            Prefetching.Of(ref Unsafe.AddByteOffset(ref place, Unsafe.SizeOf<T>() - 1));
    }

    /// <summary>Appends a row and gives its number.</summary>
    public int Add(in T value)
    {
        int row = Count;
        int page = row >> Shift;
        if (page == pages.Length || (row & Mask) >= pages[page].Length)
            Grow(page);
        Mutable(row) = value;
        Count = row + 1;
        return row;
    }

    /// <summary>The rows as they are now, to be written while the writer goes on.</summary>
    public StateSection Capture()
    {
        T[][] captured = [.. pages];
        int count = Count;
        Array.Fill(frozen, true);
        return new(Name, (long)count * Unsafe.SizeOf<T>(), stream => Write(captured, count, stream));
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
            while (page == pages.Length || pages[page].Length < take)
                Grow(page);
            stream.ReadExactly(MemoryMarshal.AsBytes(pages[page].AsSpan(0, take)));
            Count += take;
        }
    }

    /// <summary>Mixes all rows into a hash.</summary>
    public ulong Hash(ulong seed)
    {
        for (int first = 0; first < Count; first += PageRows)
        {
            Span<T> rows = pages[first >> Shift].AsSpan(0, Math.Min(PageRows, Count - first));
            seed = Mix.Bytes(MemoryMarshal.AsBytes(rows), seed);
        }
        return seed;
    }

    private static void Write(T[][] pages, int count, Stream stream)
    {
        for (int first = 0; first < count; first += PageRows)
            stream.Write(MemoryMarshal.AsBytes(pages[first >> Shift].AsSpan(0, Math.Min(PageRows, count - first))));
    }

    private void Grow(int page)
    {
        if (page == pages.Length)
        {
            int rows = page == 0 ? Math.Min(FirstPageRows, PageRows) : PageRows;
            Array.Resize(ref frozen, page + 1);
            T[][] grown = [.. pages, NewPage(rows)]; // quadratic in pages, but a page is 64 KiB
            pages = grown;
            return;
        }
        T[] larger = NewPage(Math.Min(PageRows, pages[page].Length * 2));
        pages[page].CopyTo(larger, 0);
        Replace(page, larger);
    }

    private void Thaw(int page)
    {
        T[] copy = NewPage(pages[page].Length);
        pages[page].CopyTo(copy, 0);
        Replace(page, copy);
    }

    // Captured page lists are copies, so that replacing an entry here never changes them.
    private void Replace(int page, T[] with)
    {
        pages[page] = with;
        frozen[page] = false;
    }

    // Rows are written whole before they are read: there is nothing to clear.
    private static T[] NewPage(int rows) => GC.AllocateUninitializedArray<T>(rows, pinned: rows == PageRows);
}
