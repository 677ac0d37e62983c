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
    /// <summary>What direct writes are aligned to: the largest block of common devices, bytes.</summary>
    public const int DirectBytes = 4096;

    private const int OpenReadOnlyCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC
    private const int GetFlags = 3; // F_GETFL
    private const int SetFlags = 4; // F_SETFL

    // O_DIRECT has a number of its own on every architecture; none is known for the others.
    private static readonly int Direct = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 or Architecture.X86 => 0x4000,
        Architecture.Arm64 or Architecture.Arm => 0x10000,
        _ => 0,
    };

    // Looked up from the program, not from libc by name, so that a preloaded library may stand in for the disk.
    private static readonly nint Program = OperatingSystem.IsLinux() ? NativeLibrary.GetMainProgramHandle() : 0;

    private static readonly delegate* unmanaged<int, int> Fsync = OperatingSystem.IsLinux()
        ? (delegate* unmanaged<int, int>)NativeLibrary.GetExport(Program, "fsync")
        : null;

    private static readonly delegate* unmanaged<byte*, int, int> OpenFile = OperatingSystem.IsLinux()
        ? (delegate* unmanaged<byte*, int, int>)NativeLibrary.GetExport(Program, "open")
        : null;

    private static readonly delegate* unmanaged<int, int, int, int> ControlFile =
        OperatingSystem.IsLinux() && Direct != 0
            ? (delegate* unmanaged<int, int, int, int>)NativeLibrary.GetExport(Program, "fcntl")
            : null;

    // The numbers of its arguments are 64 bits wide only where addresses are.
    private static readonly delegate* unmanaged<int, long, long, int> Allocate =
        OperatingSystem.IsLinux() && Environment.Is64BitProcess
            ? (delegate* unmanaged<int, long, long, int>)NativeLibrary.GetExport(Program, "posix_fallocate")
            : null;

    private static readonly delegate* unmanaged<nint, nint, int, int> Advise = OperatingSystem.IsLinux()
        ? (delegate* unmanaged<nint, nint, int, int>)NativeLibrary.GetExport(Program, "madvise")
        : null;

    private static readonly delegate* unmanaged<nint, nint, byte*, int> InCore = OperatingSystem.IsLinux()
        ? (delegate* unmanaged<nint, nint, byte*, int>)NativeLibrary.GetExport(Program, "mincore")
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

    /// <summary>
    /// Says whether what is written to a file from now on goes past the system's page cache: a gigabyte that nobody reads soon neither is
    /// copied nor drives anything else out, and flushes of other files do not wait for it. Then addresses, lengths and offsets must be whole
    /// <see cref="DirectBytes"/>. False, and nothing changed, where the system or the file system does not know of it.
    /// </summary>
    public static bool TryWriteDirectly(SafeFileHandle file, bool directly)
    {
        if (ControlFile is null)
            return false;
        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            int descriptor = (int)file.DangerousGetHandle();
            int flags = ControlFile(descriptor, GetFlags, 0);
            return flags >= 0 && ControlFile(descriptor, SetFlags, directly ? flags | Direct : flags & ~Direct) == 0;
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    /// <summary>
    /// Makes a stretch at a file's end its own on the disk, so that writing to it later cannot fail for want of space. Its content is
    /// undefined.
    /// </summary>
    /// <exception cref="IOException">The disk is full, or refused.</exception>
    public static void Reserve(SafeFileHandle file, string path, long offset, long bytes)
    {
        if (Allocate is null || !TryAllocate(file, path, offset, bytes))
            WriteZeros(file, offset, bytes);
    }

    // False: the file system cannot do it, and the C library does not stand in for it.
    private static bool TryAllocate(SafeFileHandle file, string path, long offset, long bytes)
    {
        const int Interrupted = 4; // EINTR
        const int Invalid = 22; // EINVAL
        const int NotSupported = 95; // EOPNOTSUPP
        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            int error;
            do error = Allocate((int)file.DangerousGetHandle(), offset, bytes);
            while (error == Interrupted);
            return error switch
            {
                0 => true,
                Invalid or NotSupported => false,
                _ => throw Failure("reserve space in", path, error),
            };
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    private static void WriteZeros(SafeFileHandle file, long offset, long bytes)
    {
        byte[] zeros = new byte[1 << 20];
        for (long end = offset + bytes; offset < end; offset += zeros.Length)
            RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, end - offset)), offset);
    }

    /// <summary>
    /// Says that a mapped stretch is read here and there: else the system reads what lies around each place too, megabytes on some
    /// devices, and drives out what is needed. A hint.
    /// </summary>
    public static void ReadHereAndThere(nint start, long bytes)
    {
        const int Random = 1; // MADV_RANDOM
        if (Advise is not null)
            _ = Advise(start, (nint)bytes, Random);
    }

    /// <summary>Begins to read a mapped stretch, and does not wait for it. A hint.</summary>
    public static void ReadSoon(nint start, int bytes)
    {
        const int WillNeed = 3; // MADV_WILLNEED
        nint first = start & -(nint)Environment.SystemPageSize;
        if (Advise is not null)
            _ = Advise(first, start + bytes - first, WillNeed);
    }

    /// <summary>Whether a mapped place is in memory; true where the system does not tell.</summary>
    public static bool IsInMemory(nint place)
    {
        byte state = 1;
        nint first = place & -(nint)Environment.SystemPageSize;
        return InCore is null || InCore(first, 1, &state) != 0 || (state & 1) != 0;
    }

    /// <summary>How much of a mapped stretch is in memory, bytes; null where the system does not tell.</summary>
    public static long? ResidentBytes(nint start, long bytes)
    {
        if (InCore is null)
            return null;
        byte[] pages = new byte[(bytes + Environment.SystemPageSize - 1) / Environment.SystemPageSize];
        fixed (byte* first = pages)
            if (InCore(start, (nint)bytes, first) != 0)
                return null;
        return pages.LongCount(page => (page & 1) != 0) * Environment.SystemPageSize;
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

    private static IOException Failure(string verb, string path) => Failure(verb, path, Marshal.GetLastSystemError());

    private static IOException Failure(string verb, string path, int error) =>
        new($"cannot {verb} {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
}
