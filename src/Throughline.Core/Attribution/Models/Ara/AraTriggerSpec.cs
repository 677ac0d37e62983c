namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>Ends of report windows from the source's time (ms), rising, and how many reports there may be in all.</summary>
public sealed record AraReportWindows(IReadOnlyList<long> Ends, int MaxReports);

/// <summary>
/// Kinds of data that are counted or summed up: a report says which of the buckets was reached, once for each, at the end of the
/// window in which it was. Source: flexible event-level configurations of the Attribution Reporting API.
/// </summary>
/// <param name="Data">Kinds of data.</param>
/// <param name="WindowStart">From the source's time, in milliseconds.</param>
/// <param name="WindowEnds">From the source's time, in milliseconds, rising.</param>
/// <param name="Buckets">Lower bounds, rising.</param>
/// <param name="IsSum">Values are summed up; else triggers are counted.</param>
public sealed record AraTriggerSpec(
    IReadOnlyList<long> Data,
    long WindowStart,
    IReadOnlyList<long> WindowEnds,
    IReadOnlyList<long> Buckets,
    bool IsSum
)
{
    /// <summary>The highest value of a bucket: buckets are of 32 bits.</summary>
    public const long ValueMax = uint.MaxValue;

    /// <summary>
    /// How many outcomes are possible: of each kind of data up to as many reports as it has buckets, in any of its windows (and kinds
    /// of destination), and no more in all than <paramref name="maxReports"/>.
    /// </summary>
    public static double States(IReadOnlyList<AraTriggerSpec> specs, int maxReports, int kinds)
    {
        // Ways to have so many reports of the kinds of data seen so far.
        double[] ways = new double[maxReports + 1];
        ways[0] = 1;
        foreach (AraTriggerSpec spec in specs)
            for (int data = 0; data < spec.Data.Count; data++)
            {
                double[] next = new double[ways.Length];
                for (int total = 0; total < ways.Length; total++)
                for (int own = 0; own <= Math.Min(total, spec.Buckets.Count); own++)
                    next[total] += ways[total - own] * Multisets(spec.WindowEnds.Count * kinds, own);
                ways = next;
            }
        return ways.Sum();
    }

    /// <summary>The end of the window in which this age (ms) lies, if any.</summary>
    internal long? EndAt(long age)
    {
        if (age < WindowStart)
            return null;
        foreach (long end in WindowEnds)
            if (age < end)
                return end;
        return null;
    }

    // Of so many windows, with repeats.
    private static double Multisets(int windows, int reports) =>
        windows == 0 ? (reports == 0 ? 1 : 0) : AraSource.Choose(windows + reports - 1, reports);
}
