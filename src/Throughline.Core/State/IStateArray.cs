namespace Throughline.Core.State;

/// <summary>What every array of a tenant's state can do, whatever its rows are.</summary>
public interface IStateArray
{
    string Name { get; }
    int Count { get; }
    int RowSize { get; }
    long Bytes { get; }

    /// <summary>Lets it keep its full pages in a source; it must never have had a row. Null: in the collector's memory.</summary>
    void Use(IPageSource? source);
    StateSection Capture();
    void Restore(Stream stream, long length);

    /// <summary>Takes the rows of an array of the same kind as they are now: pages are one until either side changes them. This one must be empty.</summary>
    void Share(IStateArray from);
    ulong Hash(ulong seed);

    /// <summary>Gives its pages back, and all rows with them: nobody may read it any more.</summary>
    void Release();
}

/// <summary>A named part of a state image: so many bytes, written on demand.</summary>
public sealed record StateSection(string Name, long Length, Action<Stream> CopyTo)
{
    /// <summary>Pages that it shares with the state.</summary>
    internal IDisposable? Held { get; init; }

    /// <summary>
    /// As <see cref="CopyTo"/>, once and for the last time: each page goes back as soon as it is written, so that the state's writer need not
    /// copy it any more. Null where nothing is shared.
    /// </summary>
    internal Action<Stream>? MoveTo { get; init; }

    /// <summary>Writes the section for the last time.</summary>
    public void WriteLast(Stream stream) => (MoveTo ?? CopyTo)(stream);
}

/// <summary>A tenant's whole state at the end of a committed batch.</summary>
/// <param name="Position">Position of the next event: the image holds the effects of all events before it.</param>
/// <param name="Result">Sequence of the next result.</param>
public sealed record StateImage(long Position, long Result, IReadOnlyList<StateSection> Sections)
{
    /// <summary>Gives the pages back that it shares with the state; nothing of it may be written any more.</summary>
    public void Release()
    {
        foreach (StateSection section in Sections)
            section.Held?.Dispose();
    }
}

/// <summary>Gives back the sections of an image, in the order in which they were written.</summary>
public abstract class StateSource
{
    /// <summary>Opens the section that must come next.</summary>
    /// <exception cref="InvalidDataException">The image is damaged or has another section here.</exception>
    public abstract Stream Open(string name, out long length);
}
