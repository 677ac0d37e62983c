using Microsoft.Win32.SafeHandles;

namespace Throughline.Storage.Files;

/// <summary>
/// Files that appear whole or not at all: written under a draft name, flushed, renamed, and the folder flushed, so that
/// a crash at any point leaves the old state or the new one.
/// </summary>
public static class DurableFile
{
    /// <summary>Ending of files under way. Nobody else's: whoever opens a folder deletes those it finds.</summary>
    public const string DraftSuffix = ".tmp";

    /// <summary>Replaces a small file.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        using (SafeFileHandle draft = CreateDraft(path, mode))
        {
            RandomAccess.Write(draft, content, 0);
            Disk.Flush(draft, path);
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

    /// <summary>Makes what was written of a draft durable.</summary>
    /// <exception cref="IOException">The device refused.</exception>
    public static void Flush(SafeFileHandle draft, string path) => Disk.Flush(draft, path);

    /// <summary>Gives a flushed draft its name, durably.</summary>
    public static void Publish(string path)
    {
        File.Move(path + DraftSuffix, path, overwrite: true);
        Disk.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>
    /// Makes what can be read of a file durable, whatever flushes have failed before. After a failed flush the system
    /// still shows the data, yet calls it clean: later flushes succeed without having written it. So it is written
    /// again, in place.
    /// </summary>
    public static void Renew(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        byte[] buffer = new byte[1 << 20];
        long offset = 0;
        for (int read; (read = RandomAccess.Read(file, buffer, offset)) > 0; offset += read)
            RandomAccess.Write(file, buffer.AsSpan(0, read), offset);
        Disk.Flush(file, path);
    }

    /// <summary>Deletes what crashed writers left in a folder.</summary>
    public static void DeleteDrafts(string folder, string pattern)
    {
        foreach (string draft in Directory.EnumerateFiles(folder, pattern + DraftSuffix + "*"))
            File.Delete(draft);
    }
}
