namespace Throughline.Core.State;

/// <summary>
/// Memory for the large segments of a state's indexes, in pieces that are cut from the pages of the state's source. What is given back is
/// taken again first, and the pages go back all at once. One thread at a time; the rules for readers are those of <see cref="IPageSource"/>.
/// </summary>
public sealed class IndexMemory
{
    /// <summary>Bytes of a piece.</summary>
    public const int PieceBytes = 8 * 1024;

    private readonly IPageHold hold;
    private readonly bool isFar;
    private readonly Stack<nint> free = new();

    private IndexMemory(IPageSource source) => (hold, isFar) = (source.Hold(), source.IsFar);

    /// <summary>Memory from a source; null without one: then indexes are arrays.</summary>
    public static IndexMemory? From(IPageSource? source) => source is null ? null : new(source);

    /// <summary>A piece of undefined content.</summary>
    /// <exception cref="IOException">The source has no more.</exception>
    internal nint Take()
    {
        if (free.TryPop(out nint piece))
            return piece;
        nint page = hold.Take();
        for (nint at = page + IPageSource.PageBytes - PieceBytes; at > page; at -= PieceBytes)
            free.Push(at);
        return page;
    }

    internal void Drop(nint piece) => free.Push(piece);

    /// <summary>Says that some bytes will be read soon.</summary>
    internal void Foresee(nint start, int bytes)
    {
        if (isFar)
            hold.Foresee(start, bytes);
    }

    /// <summary>Gives all pages back: no index may use them any more.</summary>
    public void Release()
    {
        free.Clear();
        hold.Dispose();
    }
}
