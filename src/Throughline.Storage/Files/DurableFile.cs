using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Throughline.Storage.Files;

/// <summary>
/// Files that appear whole or not at all: written under a draft name, flushed, renamed, and the folder flushed, so that
/// a crash at any point leaves the old state or the new one.
/// </summary>
public static partial class DurableFile
{
    /// <summary>Ending of files under way. Nobody else's: whoever opens a folder deletes those it finds.</summary>
    public const string DraftSuffix = ".tmp";

    /// <summary>Replaces a small file.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        using (SafeFileHandle draft = CreateDraft(path, mode))
        {
            RandomAccess.Write(draft, content, 0);
            RandomAccess.FlushToDisk(draft);
        }
        Publish(path);
    }

    /// <summary>Starts a file under its draft name; <see cref="Publish"/> follows once it is written, flushed and closed.</summary>
    public static SafeFileHandle CreateDraft(string path, UnixFileMode? mode = null)
    {
        string draft = path + DraftSuffix;
        File.Delete(draft);
        if (mode is null || OperatingSystem.IsWindows())
            return File.OpenHandle(draft, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        // Born with its mode: set later, somebody could have opened it before.
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        };
        new FileStream(draft, options).Dispose();
        return File.OpenHandle(draft, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>Gives a flushed draft its name, durably.</summary>
    public static void Publish(string path)
    {
        File.Move(path + DraftSuffix, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Makes the names in a folder durable. Windows does so by itself.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Open(folder, 0);
        if (descriptor < 0)
            throw Failure("open", folder);
        try
        {
            if (Fsync(descriptor) != 0)
                throw Failure("flush", folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Deletes what crashed writers left in a folder.</summary>
    public static void DeleteDrafts(string folder, string pattern)
    {
        foreach (string draft in Directory.EnumerateFiles(folder, pattern + DraftSuffix + "*"))
            File.Delete(draft);
    }

    private static IOException Failure(string verb, string folder) =>
        new($"cannot {verb} folder {folder}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
