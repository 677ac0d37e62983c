using Throughline.Core.State;
using Throughline.Storage.Files;

namespace Throughline.Storage.Pages;

/// <summary>
/// Some pages of a pool and one who reads them. One that was forgotten (the answer to a question that nobody waited for) gives its
/// pages up when the collector finds it.
/// </summary>
/// <param name="isFar">They may be on a disk.</param>
internal sealed class PageHold(PagePool source, bool isFar, HashSet<nint> pages) : IPageHold
{
    private const int SampleEvery = 16;
    private const int Span = 1024;

    private int untilSample;
    private int asking;

    ~PageHold() => source.Drop(pages);

    public nint Take()
    {
        nint page = source.Take();
        pages.Add(page);
        return page;
    }

    public void Drop(nint page)
    {
        if (!pages.Remove(page))
            throw new InvalidOperationException("a page was given up that was not held");
        source.Drop(page);
    }

    public bool IsShared(nint page) => source.IsShared(page);

    // Asking costs a call of the system. As long as what is looked at now and then is in memory, nothing else is asked for.
    public void Foresee(nint start, int bytes)
    {
        if (!isFar)
            return;
        if (--untilSample <= 0)
        {
            untilSample = SampleEvery;
            if (!Disk.IsInMemory(start))
                asking = Span;
        }
        if (asking <= 0)
            return;
        asking--;
        Disk.ReadSoon(start, bytes);
    }

    public IPageHold Share()
    {
        source.Share(pages);
        return new PageHold(source, isFar, [.. pages]);
    }

    public void Dispose()
    {
        source.Drop(pages);
        pages.Clear();
        GC.SuppressFinalize(this);
    }
}
