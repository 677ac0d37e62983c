namespace Throughline.Core.State;

/// <summary>
/// Where the full pages of a state's arrays are, if not in the collector's memory: the driver's business, such as a mapped file.
/// Pages are plain memory at fixed addresses, <see cref="PageBytes"/> each, of undefined content. May be used by several machines
/// on several threads at once.
/// </summary>
/// <remarks>
/// A page goes back as soon as its last holder gives it up, and may hold other rows at once. Holders are those who read a page whenever
/// they like: an array, an image under way, a fork. Readers under a machine's sequence lock are none, and need not be: an array gives a
/// page up only while an event is applied, between the two steps of the sequence; whoever had the page's address from before finds the
/// sequence changed and throws away what it read. Until then it reads rows of anything, as it may of a torn row: numbers of rows are
/// checked against the array, walks along rows are counted, and the memory itself is there as long as the machine is.
/// </remarks>
public interface IPageSource
{
    /// <summary>Bytes of a page.</summary>
    public const int PageBytes = 64 * 1024;

    /// <summary>Pages may be on a disk: then reads are worth a word before (<see cref="IPageHold.Foresee"/>).</summary>
    bool IsFar { get; }

    /// <summary>A new holder, of no pages.</summary>
    IPageHold Hold();
}

/// <summary>Some pages of a source and one who reads them. Disposing gives all up; one thread at a time.</summary>
public interface IPageHold : IDisposable
{
    /// <summary>Takes a page that nobody else holds, and gives its address.</summary>
    /// <exception cref="IOException">The source has no more: nothing has changed, but an event under way cannot be finished.</exception>
    nint Take();

    /// <summary>Gives one page up.</summary>
    void Drop(nint page);

    /// <summary>Whether others hold this page too.</summary>
    bool IsShared(nint page);

    /// <summary>Says that a stretch of a page will be read soon: it may be far away. A hint, cheap enough to give for every row.</summary>
    void Foresee(nint start, int bytes);

    /// <summary>Another holder of the same pages, all of which are shared from now on.</summary>
    IPageHold Share();
}
