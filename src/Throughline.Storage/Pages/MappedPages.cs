using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using Throughline.Core.State;
using Throughline.Storage.Files;

namespace Throughline.Storage.Pages;

/// <summary>
/// Pages of a state in a mapped file: the system keeps in memory what is used and writes the rest to the file, so that a state may be
/// larger than memory. The file holds nothing that must last (log and snapshots are the truth): it has no name once it is open, where the
/// system allows that, and its blocks are gone with the process, however that ends.
/// </summary>
/// <remarks>
/// Blocks are reserved on the disk before they are mapped: a full disk is an <see cref="IOException"/> of <see cref="IPageHold.Take"/>, not
/// a signal that ends the process. (A device that fails to read a page back is such a signal, and so is a full disk on a file system that
/// copies what it writes, such as ZFS.) The file grows in chunks, and never shrinks while it is open.
/// <para/>
/// The mapping outlives <see cref="Dispose"/>: readers of a store that was closed just now may still look at its state. It goes when
/// nobody can reach it any more; one that is never disposed of stays as long as the process.
/// </remarks>
public sealed class MappedPages : IPageSource, IDisposable
{
    private static readonly Lock All = new();
    private static readonly HashSet<MappedPages> Open = [];

    private readonly Lock gate = new();
    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly long bytesMax;
    private readonly PagePool pool;

    private MappedPages(string path, SafeFileHandle file, long bytesMax)
    {
        this.path = path;
        this.file = file;
        this.bytesMax = bytesMax;
        pool = new(Grow);
    }

    /// <summary>The name that the file has for a moment, in a tenant's folder.</summary>
    public const string FileName = "state.pages";

    /// <summary>An empty file in a folder; what a process that was killed amid this left there is deleted.</summary>
    /// <param name="bytesMax">Larger than this the file never gets.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    /// <exception cref="UnauthorizedAccessException">No file may be made there.</exception>
    public static MappedPages Create(string folder, long bytesMax = long.MaxValue)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, FileName);
        File.Delete(path);
        SafeFileHandle file = Born(path);
        MappedPages pages = new(path, file, bytesMax);
        lock (All)
            Open.Add(pages);
        return pages;
    }

    // Its owner's alone from the beginning: tokens are in it. Where a file that is open can be deleted, it is at once.
    private static SafeFileHandle Born(string path)
    {
        const FileShare Everybody = FileShare.ReadWrite | FileShare.Delete;
        if (OperatingSystem.IsWindows())
            return File.OpenHandle(
                path,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                Everybody,
                FileOptions.DeleteOnClose
            );
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        new FileStream(path, options).Dispose();
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Everybody);
        File.Delete(path);
        return file;
    }

    /// <summary>Bytes on disk and in the address space, of all that are open in this process.</summary>
    public static long AllReservedBytes => Sum(pages => pages.ReservedBytes);

    /// <summary>Bytes of pages that somebody holds, of all that are open in this process.</summary>
    public static long AllUsedBytes => Sum(pages => pages.UsedBytes);

    /// <summary>Bytes that are in memory now, of all that are open in this process; null where the system does not tell. Some 0.1 ms a gigabyte.</summary>
    public static long? AllResidentBytes
    {
        get
        {
            lock (All)
                return Open.Aggregate((long?)0, (sum, pages) => sum + pages.ResidentBytes);
        }
    }

    /// <summary>Bytes on disk and in the address space.</summary>
    public long ReservedBytes => pool.ReservedBytes;

    /// <summary>Bytes of pages that somebody holds.</summary>
    public long UsedBytes => pool.UsedBytes;

    /// <summary>Bytes that are in memory now; null where the system does not tell.</summary>
    public long? ResidentBytes
    {
        get
        {
            long? sum = 0;
            foreach (PageChunk chunk in pool.Chunks)
                sum += Disk.ResidentBytes(chunk.Start, chunk.Bytes);
            GC.KeepAlive(this);
            return sum;
        }
    }

    /// <inheritdoc/>
    public bool IsFar => true;

    /// <inheritdoc/>
    public IPageHold Hold() => new PageHold(pool, isFar: true, []);

    /// <summary>Nobody will ask for more; what is mapped goes when nobody can read it any more.</summary>
    public void Dispose()
    {
        lock (All)
            Open.Remove(this);
        lock (gate)
            file.Dispose(); // what is mapped stays
    }

    private PageChunk Grow(long reserved)
    {
        long bytes = PagePool.NextChunkBytes(reserved);
        if (reserved + bytes > bytesMax)
            throw new IOException(
                $"state pages: {path} holds {reserved} bytes already and may not become larger than {bytesMax}"
            );
        lock (gate)
        {
            try
            {
                Disk.Reserve(file, path, reserved, bytes);
            }
            catch (IOException refused)
            {
                throw new IOException(
                    $"state pages: {refused.Message} (it has {reserved >> 20} MiB and needs {bytes >> 20} more)",
                    refused.HResult
                );
            }
            PageChunk chunk = new(Map(reserved, bytes), bytes);
            Disk.ReadHereAndThere(chunk.Start, bytes);
            return chunk;
        }
    }

    private SafeMemoryMappedViewHandle Map(long reserved, long bytes)
    {
        using MemoryMappedFile whole = MemoryMappedFile.CreateFromFile(
            file,
            null,
            reserved + bytes,
            MemoryMappedFileAccess.ReadWrite,
            HandleInheritability.None,
            leaveOpen: true
        );
        // The accessor is left to the collector: disposed of, it would write all its pages to the disk first.
        return whole.CreateViewAccessor(reserved, bytes).SafeMemoryMappedViewHandle;
    }

    private static long Sum(Func<MappedPages, long> figure)
    {
        lock (All)
            return Open.Sum(figure);
    }
}
