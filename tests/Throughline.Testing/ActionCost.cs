using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Throughline.Testing;

/// <summary>What an action costs, measured so that what other tests do at the same time does not count.</summary>
public static partial class ActionCost
{
    private const int Measures = 5;
    private const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID of Linux

    /// <summary>
    /// Bytes that the action allocates on this thread once it is warm, of all its calls together. The least of several measures: a
    /// collection that another thread causes may add the rest of this thread's allocation context to one of them; what the action
    /// itself allocates is in each.
    /// </summary>
    /// <param name="action">What is measured; it must bear any number of calls.</param>
    /// <param name="calls">Calls of one measure.</param>
    /// <param name="warm">Calls before the first measure.</param>
    public static long AllocatedBytes(Action action, int calls = 1_000, int warm = 100)
    {
        for (int i = 0; i < warm; i++)
            action();
        long least = long.MaxValue;
        for (int measure = 0; measure < Measures && least != 0; measure++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < calls; i++)
                action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }

    /// <summary>
    /// Bytes of the heap that what is made holds. The middle one of several measures: pools that give back what a test before had of them
    /// make one of them too small, and even negative. For tests beside which no other runs.
    /// </summary>
    public static long HeldBytes(Func<object> make)
    {
        make(); // what all of them share
        long[] held = [.. Enumerable.Range(0, Measures).Select(_ => Held(make))];
        Array.Sort(held);
        return held[Measures / 2];
    }

    // A method of its own: nothing of a measure is left on the stack of the next.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Held(Func<object> make)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        object made = make();
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(made);
        return bytes;
    }

    /// <summary>Time that a processor spent on this thread for the action; where the system does not tell, the time that passed.</summary>
    public static TimeSpan ProcessorTime(Action action)
    {
        if (!OperatingSystem.IsLinux())
        {
            long start = Stopwatch.GetTimestamp();
            action();
            return Stopwatch.GetElapsedTime(start);
        }
        TimeSpan before = Now();
        action();
        return Now() - before;
    }

    private static TimeSpan Now()
    {
        if (GetTime(ThreadClock, out TimeSpec time) != 0)
            throw new InvalidOperationException("the system does not tell the processor time of a thread");
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1_000.0);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
