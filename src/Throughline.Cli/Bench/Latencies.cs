using System.Diagnostics;

namespace Throughline.Cli.Bench;

/// <summary>Percentiles of times that were taken one by one, in the unit that the field's name says.</summary>
internal sealed record Latencies(double P50, double P99, double Max)
{
    /// <param name="ticks">Of <see cref="Stopwatch"/>; sorted here.</param>
    /// <param name="perSecond">Units in a second: 1,000 for milliseconds.</param>
    public static Latencies Of(long[] ticks, double perSecond)
    {
        Array.Sort(ticks);
        double At(double share) =>
            Math.Round(
                ticks[Math.Clamp((int)Math.Ceiling(share * ticks.Length) - 1, 0, ticks.Length - 1)]
                    * perSecond
                    / Stopwatch.Frequency,
                2,
                MidpointRounding.ToEven
            );
        return new(At(0.5), At(0.99), At(1));
    }
}
