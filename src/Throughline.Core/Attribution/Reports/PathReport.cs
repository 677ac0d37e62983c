using Throughline.Core.Attribution.Timeline;

namespace Throughline.Core.Attribution.Reports;

/// <summary>What is asked of paths.</summary>
/// <param name="By">What a step is named by: campaign, channel or kind.</param>
/// <param name="From">First instant of conversions, and of the last touches of other paths; milliseconds since 1970.</param>
/// <param name="To">First instant after it.</param>
/// <param name="Conversion">Conversions of this kind alone; null: of all.</param>
/// <param name="Collapse">Equal steps that follow one another are one.</param>
/// <param name="LengthMax">So many steps at most, the last ones.</param>
/// <param name="Top">So many paths are listed.</param>
public sealed record PathOptions(
    ReportPart By,
    long From,
    long To,
    string? Conversion,
    bool Collapse,
    int LengthMax,
    int Top
)
{
    public const int LengthUsual = 10;

    /// <summary>As many touches as a conversion has candidates: no path is cut.</summary>
    public const int LengthLimit = TimelineKernel.MaxCandidates;
    public const int TopUsual = 50;

    /// <summary>All of them.</summary>
    public const int TopLimit = DistinctMax;

    /// <summary>Different paths that are told apart: memory stays bounded.</summary>
    public const int DistinctMax = 1_000_000;
}

/// <summary>Paths that customers took, and how long it took them.</summary>
/// <param name="By">What steps are named by.</param>
/// <param name="Conversions">With a touch on their path.</param>
/// <param name="WithoutPath">Conversions without one.</param>
/// <param name="NotConverting">Paths that no conversion followed, of one customer each.</param>
/// <param name="DistinctPaths">Different paths; the most taken are in <paramref name="Paths"/>.</param>
/// <param name="FromFirstTouch">From the first touch of the path to the conversion.</param>
/// <param name="FromLastTouch">From the last touch to the conversion.</param>
public sealed record PathReport(
    string By,
    string? From,
    string? To,
    string? AsOf,
    long AsOfPosition,
    bool Settled,
    long Conversions,
    long WithoutPath,
    long NotConverting,
    long DistinctPaths,
    IReadOnlyList<PathRow> Paths,
    TimeToConvert FromFirstTouch,
    TimeToConvert FromLastTouch
);

/// <summary>One path.</summary>
/// <param name="Steps">Oldest first.</param>
/// <param name="Cut">There were steps before these.</param>
/// <param name="Conversions">That followed it.</param>
/// <param name="NotConverting">Customers who took it, and whom no conversion followed.</param>
/// <param name="Values">What the conversions were worth after refunds.</param>
public sealed record PathRow(
    IReadOnlyList<string> Steps,
    bool Cut,
    long Conversions,
    long NotConverting,
    IReadOnlyList<PathValue> Values
);

/// <summary>An amount of money.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Minor">Minor units.</param>
public sealed record PathValue(string Currency, long Minor);

/// <summary>How long conversions took, in milliseconds. A quantile is the least time that so great a share took at most.</summary>
/// <param name="Days">Conversions by whole days that had passed, those of the first day too.</param>
/// <param name="Hours">Conversions of the first day by whole hours that had passed.</param>
public sealed record TimeToConvert(
    long Conversions,
    long? MinMs,
    long? P10Ms,
    long? P25Ms,
    long? MedianMs,
    long? P75Ms,
    long? P90Ms,
    long? P99Ms,
    long? MaxMs,
    decimal? MeanMs,
    IReadOnlyList<TimeBucket> Days,
    IReadOnlyList<TimeBucket> Hours
)
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;

    /// <summary>The figures of some times.</summary>
    /// <param name="times">Milliseconds, each from 0; they are put in order.</param>
    public static TimeToConvert Of(List<long> times)
    {
        times.Sort();
        long? At(int percent) => times.Count == 0 ? null : times[(int)((times.Count * (long)percent + 99) / 100) - 1];
        Int128 sum = 0;
        foreach (long time in times)
            sum += time;
        return new(
            times.Count,
            times.Count == 0 ? null : times[0],
            At(10),
            At(25),
            At(50),
            At(75),
            At(90),
            At(99),
            times.Count == 0 ? null : times[^1],
            times.Count == 0 ? null : Math.Round((decimal)sum / times.Count, 3, MidpointRounding.ToEven),
            Buckets(times, DayMs),
            Buckets(times.TakeWhile(time => time < DayMs), HourMs)
        );
    }

    private static List<TimeBucket> Buckets(IEnumerable<long> ascending, long size)
    {
        List<TimeBucket> buckets = [];
        foreach (long time in ascending)
            if (buckets.Count > 0 && buckets[^1].From == time / size)
                buckets[^1] = buckets[^1] with { Conversions = buckets[^1].Conversions + 1 };
            else
                buckets.Add(new(time / size, 1));
        return buckets;
    }
}

/// <summary>Conversions that took about equally long.</summary>
/// <param name="From">Whole days or hours that had passed; those without conversions are left out.</param>
public sealed record TimeBucket(long From, long Conversions);
