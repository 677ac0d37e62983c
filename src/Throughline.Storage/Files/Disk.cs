using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Throughline.Storage.Files;

/// <summary>
/// Flushes to the device, and says when the device refuses. The framework's own flush does not: with .NET 10 on Linux
/// <see cref="RandomAccess.FlushToDisk"/> and <c>FileStream.Flush(true)</c> return as if nothing were wrong when fsync
/// fails (the tests on a failing disk found it).
/// </summary>
internal static unsafe class Disk
{
    private const int OpenReadOnlyCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC

    // Looked up from the program, not from libc by name, so that a preloaded library may stand in for the disk.
    private static readonly nint Program = OperatingSystem.IsLinux() ? NativeLibrary.GetMainProgramHandle() : 0;

    private static readonly delegate* unmanaged<int, int> Fsync = OperatingSystem.IsLinux()
        ? (delegate* unmanaged<int, int>)NativeLibrary.GetExport(Program, "fsync")
        : null;

    private static readonly delegate* unmanaged<byte*, int, int> OpenFile = OperatingSystem.IsLinux()
        ? (delegate* unmanaged<byte*, int, int>)NativeLibrary.GetExport(Program, "open")
        : null;

    /// <summary>Makes a file's content durable.</summary>
    /// <exception cref="IOException">The device refused: what was written since the last flush may be lost.</exception>
    public static void Flush(SafeFileHandle file, string path)
    {
        if (Fsync is null)
        {
            RandomAccess.FlushToDisk(file);
            return;
        }
        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            if (Fsync((int)file.DangerousGetHandle()) != 0)
                throw Failure("flush", path);
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    /// <summary>Makes the names in a folder durable: creations, renames. Windows does so by itself.</summary>
    /// <exception cref="IOException">The device refused.</exception>
    public static void FlushFolder(string folder)
    {
        if (OpenFile is null)
            return;
        // The framework opens no folders.
        byte[] name = System.Text.Encoding.UTF8.GetBytes(folder + "\0");
        int descriptor;
        fixed (byte* start = name)
            descriptor = OpenFile(start, OpenReadOnlyCloseOnExec);
        if (descriptor < 0)
            throw Failure("open", folder);
        using SafeFileHandle handle = new(descriptor, ownsHandle: true);
        Flush(handle, folder);
    }

    private static IOException Failure(string verb, string path)
    {
        int error = Marshal.GetLastSystemError();
        return new($"cannot {verb} {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }
}
