namespace Throughline.Core.State;

/// <summary>What every array of a tenant's state can do, whatever its rows are.</summary>
public interface IStateArray
{
    string Name { get; }
    int Count { get; }
    int RowSize { get; }
    long Bytes { get; }
    StateSection Capture();
    void Restore(Stream stream, long length);
    ulong Hash(ulong seed);
}

/// <summary>A named part of a state image: so many bytes, written on demand.</summary>
public sealed record StateSection(string Name, long Length, Action<Stream> CopyTo);

/// <summary>A tenant's whole state at the end of a committed batch.</summary>
/// <param name="Position">Position of the next event: the image holds the effects of all events before it.</param>
/// <param name="Result">Sequence of the next result.</param>
public sealed record StateImage(long Position, long Result, IReadOnlyList<StateSection> Sections);

/// <summary>Gives back the sections of an image, in the order in which they were written.</summary>
public abstract class StateSource
{
    /// <summary>Opens the section that must come next.</summary>
    /// <exception cref="InvalidDataException">The image is damaged or has another section here.</exception>
    public abstract Stream Open(string name, out long length);
}
