namespace Throughline.Core.Volume;

/// <summary>Fewer events of a name happened than usual at this hour of the week.</summary>
/// <param name="Name">Of the events.</param>
/// <param name="Hours">Length of the time that is looked at: 1 or 24.</param>
/// <param name="Until">The end of that time, milliseconds since 1970.</param>
/// <param name="Count">Events in it.</param>
/// <param name="Expected">The median of the same time of the weeks before.</param>
/// <param name="Least">So few are still usual.</param>
public sealed record VolumeAlarm(string Name, int Hours, long Until, long Count, double Expected, double Least);

/// <summary>
/// Finds drops of volume in event time, so that the same events give the same alarms. Of a time of 1 or 24 whole hours that ended
/// <see cref="LagMs"/> before the watermark, <c>x</c> events are compared with the same hours of the up to 8 weeks before, since the name was first
/// seen, of which there must be 3: with <c>m</c> their median and <c>s</c> the greater of 1.4826 times their median absolute deviation from it (the
/// standard deviation of normal noise: Rousseeuw and Croux 1993) and the square root of <c>m</c> (that of a Poisson count), a name alarms if
/// <c>m</c> is at least 20, <c>x</c> less than half of <c>m</c>, and less than <c>m - 4 s</c>.
/// </summary>
public static class VolumeGuard
{
    public const int WeeksMax = 8;
    public const int WeeksMin = 3;
    public const double SupportMin = 20;
    public const double Deviations = 4;
    public const double ShareMin = 0.5;
    public const long LagMs = VolumeBook.HourMs;

    private const int HoursOfWeek = 7 * 24;
    private const double NormalDeviation = 1.4826;

    private static readonly int[] Lengths = [1, 24];

    /// <summary>Names that alarm, ordinal; the shorter time first.</summary>
    public static IReadOnlyList<VolumeAlarm> Judge(VolumeView view)
    {
        List<VolumeAlarm> alarms = [];
        if (view.Watermark is not { } watermark)
            return alarms;
        int end = (int)Math.Floor((watermark - LagMs) / (double)VolumeBook.HourMs); // the first hour that is not over
        foreach ((string name, SortedDictionary<int, long> hours) in view.Names)
        foreach (int length in Lengths)
            if (Judge(name, hours, end, length) is { } alarm)
                alarms.Add(alarm);
        return alarms;
    }

    private static VolumeAlarm? Judge(string name, SortedDictionary<int, long> hours, int end, int length)
    {
        int first = hours.Keys.First();
        List<double> before = [];
        for (int week = 1; week <= WeeksMax && end - length - week * HoursOfWeek >= first; week++)
            before.Add(Sum(hours, end - week * HoursOfWeek, length));
        if (before.Count < WeeksMin)
            return null;
        long count = Sum(hours, end, length);
        double expected = MedianOf(before);
        double deviation = NormalDeviation * MedianOf([.. before.Select(x => Math.Abs(x - expected))]);
        double least = Math.Min(expected * ShareMin, expected - Deviations * Math.Max(deviation, Math.Sqrt(expected)));
        return expected >= SupportMin && count < least
            ? new(name, length, end * VolumeBook.HourMs, count, expected, least)
            : null;
    }

    internal static long Sum(SortedDictionary<int, long> hours, int end, int length)
    {
        long sum = 0;
        for (int hour = end - length; hour < end; hour++)
            sum += hours.GetValueOrDefault(hour);
        return sum;
    }

    internal static double MedianOf(List<double> values)
    {
        values.Sort();
        int middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
