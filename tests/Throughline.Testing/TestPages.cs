using Throughline.Core.State;
using Throughline.Storage.Pages;

namespace Throughline.Testing;

/// <summary>One of the sources of pages that a state can have, for tests that must pass over all of them; null: the collector's memory.</summary>
public sealed class TestPages : IDisposable
{
    private readonly TempFolder folder = new();

    private readonly MemoryPages? memory;

    public TestPages(StatePages? kind)
    {
        Mapped = kind == StatePages.Mapped ? MappedPages.Create(folder.Path) : null;
        memory = kind == StatePages.Memory ? new() : null;
    }

    /// <summary>What a machine or an array is given.</summary>
    public IPageSource? Source => (IPageSource?)Mapped ?? memory;

    /// <summary>The same if it is a file.</summary>
    public MappedPages? Mapped { get; }

    /// <summary>Pages that somebody holds; 0 in the collector's memory.</summary>
    public long Used => (Mapped?.UsedBytes ?? memory?.UsedBytes ?? 0) / IPageSource.PageBytes;

    /// <summary>Pages that were taken from the system.</summary>
    public long Reserved => (Mapped?.ReservedBytes ?? memory?.ReservedBytes ?? 0) / IPageSource.PageBytes;

    public void Dispose()
    {
        Mapped?.Dispose();
        folder.Dispose();
    }
}
