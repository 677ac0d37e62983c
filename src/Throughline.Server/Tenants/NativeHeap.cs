using System.Runtime.InteropServices;

namespace Throughline.Server.Tenants;

/// <summary>Gives freed memory of native libraries back to the machine: glibc keeps it otherwise, long after the cells are closed.</summary>
internal static partial class NativeHeap
{
    public static void Trim()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // another C library, which gives memory back by itself
        }
        catch (DllNotFoundException)
        {
            // likewise
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
