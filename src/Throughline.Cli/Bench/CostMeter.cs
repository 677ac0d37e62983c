using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Throughline.Cli.Bench;

/// <summary>
/// Counts what processors work from its creation on: this process's, or those that <paramref name="worked"/> tells of. Work of the bench itself, on
/// the thread that drives it, is taken out.
/// </summary>
internal sealed partial class CostMeter(Func<TimeSpan> worked)
{
    // CLOCK_THREAD_CPUTIME_ID of POSIX; the number is the system's own.
    private static readonly int? ThreadClock =
        OperatingSystem.IsLinux() ? 3
        : OperatingSystem.IsMacOS() ? 16
        : null;

    private readonly TimeSpan begun = worked();
    private TimeSpan aside;

    public CostMeter()
        : this(() => Environment.CpuUsage.TotalTime) { }

    /// <summary>Does what is not to be counted, such as making events.</summary>
    public T Aside<T>(Func<T> work)
    {
        TimeSpan before = OfThisThread();
        T made = work();
        aside += OfThisThread() - before;
        return made;
    }

    /// <summary>What these events took until now.</summary>
    public Cost Of(string what, long events) =>
        new(
            what,
            events,
            Math.Round((worked() - begun - aside).TotalSeconds * 1e6 / events, 3, MidpointRounding.ToEven)
        );

    // Where the system has no clock of a thread: the time that passed, which is no less.
    private static TimeSpan OfThisThread() =>
        ThreadClock is { } clock && ClockGetTime(clock, out TimeSpec time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1e3)
            : Stopwatch.GetElapsedTime(0);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    private readonly struct TimeSpec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
