using System.Diagnostics;
using System.Runtime.CompilerServices;
using Throughline.Cel.Compile;

namespace Throughline.Cli.Bench;

/// <summary>How long the bench takes over its figures.</summary>
/// <param name="WarmUp">Everything in turn, so that all of it is compiled as a service that has run for a while has it.</param>
/// <param name="Run">One measurement of one thing; the figure is the median of several.</param>
/// <param name="Runs">How many.</param>
/// <param name="SetSizes">Rules of the sets that are made of the file's one.</param>
/// <param name="PatternRules">Rules of the set in which one in ten is a pattern of its own.</param>
/// <param name="Loads">A set is loaded so many times; the figure is the median.</param>
internal sealed record CelBenchEffort(
    TimeSpan WarmUp,
    TimeSpan Run,
    int Runs,
    IReadOnlyList<int> SetSizes,
    int PatternRules,
    int Loads
)
{
    public static readonly CelBenchEffort Full = new(
        TimeSpan.FromSeconds(2),
        TimeSpan.FromMilliseconds(20),
        Runs: 9,
        SetSizes: [1_000, 10_000],
        PatternRules: 10_000,
        Loads: 3
    );
}

/// <summary>Times evaluations on one thread in steady state: things in turn, so that noise of the machine meets all of them.</summary>
internal sealed class CelBenchTimer(CelBenchEffort effort)
{
    private readonly List<Action<int>> loops = [];

    /// <summary>Adds something to be timed.</summary>
    /// <param name="loop">Evaluates so many times.</param>
    /// <returns>Its place in the results.</returns>
    public int Add(Action<int> loop)
    {
        loops.Add(loop);
        return loops.Count - 1;
    }

    public int Add<T>(CompiledRule<T> rule, T input, bool isBool)
    {
        EvaluationScratch scratch = new();
        return Add(n => Sink += isBool ? Outcomes(rule, input, scratch, n) : Values(rule, input, scratch, n));
    }

    public int Add<T>(RuleSet<T> set, T input)
    {
        RuleMatches matches = set.NewMatches();
        return Add(n => Sink += Matches(set, input, matches, n));
    }

    /// <summary>Results go here, so that no loop is without effect.</summary>
    public long Sink { get; private set; }

    /// <summary>ns of one evaluation of each thing; the median of the runs.</summary>
    public double[] Measure(CancellationToken cancellation)
    {
        int[] counts = WarmUp(cancellation);
        double[][] times = [.. loops.Select(_ => new double[effort.Runs])];
        for (int run = 0; run < effort.Runs; run++)
        for (int i = 0; i < loops.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long started = Stopwatch.GetTimestamp();
            loops[i](counts[i]);
            times[i][run] = Stopwatch.GetElapsedTime(started).TotalNanoseconds / counts[i];
        }
        return [.. times.Select(Median)];
    }

    /// <summary>
    /// Bytes that one evaluation of a thing allocates; it must have been measured before. The least of several measures: a collection that
    /// another thread causes may add the rest of this thread's allocation context to one of them.
    /// </summary>
    public double Bytes(int place)
    {
        const int Count = 1_000;
        const int Measures = 5;
        long least = long.MaxValue;
        for (int measure = 0; measure < Measures && least != 0; measure++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            loops[place](Count);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return Math.Round((double)least / Count, 1, MidpointRounding.ToEven);
    }

    /// <summary>Finer than a <see cref="TimeSpan"/>.</summary>
    public static double Microseconds(long from, long to) => (to - from) * 1e6 / Stopwatch.Frequency;

    public static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    // How many evaluations of each thing a run takes, found out while all of them warm up in turn.
    private int[] WarmUp(CancellationToken cancellation)
    {
        int[] counts = [.. loops.Select(_ => 1)];
        TimeSpan slice = effort.Run / 4;
        long started = Stopwatch.GetTimestamp();
        do
        {
            for (int i = 0; i < counts.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                long begun = Stopwatch.GetTimestamp();
                loops[i](counts[i]);
                double share = Stopwatch.GetElapsedTime(begun) / slice;
                counts[i] = (int)Math.Clamp(counts[i] / Math.Max(share, 0.01), 1, 100_000_000);
            }
        } while (Stopwatch.GetElapsedTime(started) < effort.WarmUp);
        return [.. counts.Select(x => 4 * x)];
    }

    // Methods of their own, so that they are optimised like any caller's.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Outcomes<T>(CompiledRule<T> rule, T input, EvaluationScratch scratch, int count)
    {
        long sum = 0;
        for (int i = 0; i < count; i++)
            sum += (int)rule.Evaluate(input, scratch);
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Values<T>(CompiledRule<T> rule, T input, EvaluationScratch scratch, int count)
    {
        long sum = 0;
        for (int i = 0; i < count; i++)
            sum += rule.EvaluateValue(input, scratch).IsFault ? 1 : 0;
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Matches<T>(RuleSet<T> set, T input, RuleMatches matches, int count)
    {
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            set.Evaluate(input, matches);
            sum += (long)matches.Bits[0];
        }
        return sum;
    }
}
