using System.Runtime.InteropServices;
using Throughline.Core.State;

namespace Throughline.Storage.Pages;

/// <summary>
/// Pages that were taken from the system in chunks, and who holds them: what is given up is taken again before more is asked for, by
/// whoever comes first. Safe for any number of threads.
/// </summary>
/// <param name="grow">Gives a new chunk, given the bytes that were taken before.</param>
internal sealed class PagePool(Func<long, PageChunk> grow)
{
    private const int PageBytes = IPageSource.PageBytes;
    private const long FirstChunkBytes = 1 << 20;
    private const long MaxChunkBytes = 64 << 20;

    private readonly Lock gate = new();
    private readonly List<PageChunk> chunks = []; // by address
    private readonly Stack<nint> free = new();
    private long reserved;
    private long used;

    /// <summary>A quarter more each time, so that a small state takes little and a large one few chunks.</summary>
    public static long NextChunkBytes(long reserved) =>
        Math.Clamp(reserved / 4 / FirstChunkBytes * FirstChunkBytes, FirstChunkBytes, MaxChunkBytes);

    /// <summary>Bytes of all chunks.</summary>
    public long ReservedBytes => Interlocked.Read(ref reserved);

    /// <summary>Bytes of pages that somebody holds.</summary>
    public long UsedBytes => Interlocked.Read(ref used);

    /// <summary>All chunks so far.</summary>
    public PageChunk[] Chunks
    {
        get
        {
            lock (gate)
                return [.. chunks];
        }
    }

    public nint Take()
    {
        lock (gate)
        {
            if (free.Count == 0)
                Grow();
            nint page = free.Pop();
            ChunkOf(page).Holders(page) = 1;
            used += PageBytes;
            return page;
        }
    }

    public void Share(IEnumerable<nint> pages)
    {
        lock (gate)
            foreach (nint page in pages)
                ChunkOf(page).Holders(page)++;
    }

    public bool IsShared(nint page)
    {
        lock (gate)
            return ChunkOf(page).Holders(page) > 1;
    }

    public void Drop(IEnumerable<nint> pages)
    {
        lock (gate)
            foreach (nint page in pages)
                DropHere(page);
    }

    public void Drop(nint page)
    {
        lock (gate)
            DropHere(page);
    }

    private void DropHere(nint page)
    {
        if (--ChunkOf(page).Holders(page) > 0)
            return;
        free.Push(page);
        used -= PageBytes;
    }

    private void Grow()
    {
        PageChunk chunk = grow(reserved);
        int at = chunks.FindIndex(other => other.Start > chunk.Start);
        chunks.Insert(at < 0 ? chunks.Count : at, chunk);
        reserved += chunk.Bytes;
        for (nint page = chunk.Start + (nint)chunk.Bytes - PageBytes; page >= chunk.Start; page -= PageBytes)
            free.Push(page);
    }

    private PageChunk ChunkOf(nint page)
    {
        int low = 0;
        int high = chunks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = chunks[middle].Start <= page ? (middle, high) : (low, middle - 1);
        }
        return chunks[low];
    }
}

/// <summary>Whole pages in a row, which go back to the system when nobody can reach them any more.</summary>
internal sealed class PageChunk(SafeHandle memory, long bytes)
{
    private readonly int[] holders = new int[bytes / IPageSource.PageBytes];

    public nint Start { get; } = memory.DangerousGetHandle();

    public long Bytes => bytes;

    /// <summary>How many hold a page.</summary>
    public ref int Holders(nint page)
    {
        GC.KeepAlive(memory); // it goes with this
        return ref holders[(page - Start) / IPageSource.PageBytes];
    }
}
