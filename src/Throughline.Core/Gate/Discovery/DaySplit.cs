namespace Throughline.Core.Gate.Discovery;

/// <summary>
/// Where the days end that rules are looked for, and those begin that they must hold on: the last third, at least one. A log of a single
/// day is split by hours instead.
/// </summary>
/// <param name="Unit">What is split by: day or hour.</param>
/// <param name="Place">The first held-out request.</param>
/// <param name="Time">The first held-out instant, milliseconds since 1970.</param>
public sealed record DaySplit(string Unit, int Training, int HeldOut, int Place, long Time)
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;

    /// <summary>Milliseconds of a day or hour.</summary>
    public long UnitMs => Unit == "day" ? DayMs : HourMs;

    /// <summary>The split; null if all is within one hour.</summary>
    public static DaySplit? Of(SiteTraffic traffic)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        return Of(traffic.Times, DayMs, "day") ?? Of(traffic.Times, HourMs, "hour");
    }

    private static DaySplit? Of(long[] times, long unit, string name)
    {
        long[] spans = [.. times.Select(x => x / unit).Distinct()];
        if (spans.Length < 2)
            return null;
        int heldOut = (spans.Length + 2) / 3;
        long first = spans[^heldOut] * unit;
        return new(name, spans.Length - heldOut, heldOut, Array.FindIndex(times, x => x >= first), first);
    }
}
