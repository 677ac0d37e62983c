namespace Throughline.Core.Volume;

/// <summary>Nothing came where something is usual.</summary>
/// <param name="Hours">For so many whole hours.</param>
/// <param name="Until">Their end, milliseconds since 1970.</param>
/// <param name="Expected">The median of the same hours of the weeks before, all names together.</param>
/// <param name="Last">When the last event happened.</param>
public sealed record Silence(int Hours, long Until, double Expected, long Last);

/// <summary>
/// Finds that a tenant went wholly silent, which <see cref="VolumeGuard"/> cannot: without events its watermark stands still. The time that
/// it is judged by is given, so that the same events at the same time give the same answer. A tenant is silent if none of its events happened
/// in the last whole hours or later, and the median of the same hours of the up to <see cref="VolumeGuard.WeeksMax"/> weeks before, of which
/// there must be <see cref="VolumeGuard.WeeksMin"/>, is at least <see cref="VolumeGuard.SupportMin"/>: of a Poisson count of that mean, one in
/// 400 million is 0. Who stays silent for more than half of those weeks is no longer missed.
/// </summary>
public static class SilenceGuard
{
    private const int HoursOfWeek = 7 * 24;

    /// <summary>The silence that lasts at a time; null: there is none, or too little is known.</summary>
    /// <param name="hours">1 to a week's; events that come late are awaited for so long.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    public static Silence? Judge(VolumeView view, int hours, long now)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Watermark is not { } last || view.Names.Count == 0)
            return null;
        int end = EndAt(now);
        return IsSilent(last, end, hours) ? JudgeAt(new(view, end, hours), last, end, hours) : null;
    }

    /// <summary>
    /// When silence begins to be missed if no more events come: the first time from now on at which <see cref="Judge"/> tells one, milliseconds
    /// since 1970, so that nobody has to look before. Null: never.
    /// </summary>
    public static long? DueAt(VolumeView view, int hours, long now)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Watermark is not { } last || view.Names.Count == 0)
            return null;
        int begin = EndAt(now);
        HourTotals totals = new(view, begin, hours);
        // Later all weeks that are compared with are without events.
        int never = (int)(last / VolumeBook.HourMs) + 1 + hours + VolumeGuard.WeeksMax * HoursOfWeek;
        for (int end = begin; end <= never; end++)
            if (IsSilent(last, end, hours) && JudgeAt(totals, last, end, hours) is not null)
                return Math.Max(now, end * VolumeBook.HourMs + VolumeGuard.LagMs);
        return null;
    }

    // The hour that is not over at a time, as far as events that come a little late are awaited.
    private static int EndAt(long now) => (int)Math.Floor((now - VolumeGuard.LagMs) / (double)VolumeBook.HourMs);

    private static bool IsSilent(long last, int end, int hours) => last < (end - hours) * VolumeBook.HourMs;

    private static Silence? JudgeAt(HourTotals totals, long last, int end, int hours)
    {
        List<double> before = [];
        for (int week = 1; week <= VolumeGuard.WeeksMax && end - hours - week * HoursOfWeek >= totals.First; week++)
            before.Add(totals.Sum(end - week * HoursOfWeek, hours));
        if (before.Count < VolumeGuard.WeeksMin)
            return null;
        double expected = VolumeGuard.MedianOf(before);
        return expected >= VolumeGuard.SupportMin ? new(hours, end * VolumeBook.HourMs, expected, last) : null;
    }

    /// <summary>Events of all names together by hour, as far back as a silence that ends at some hour or later is compared with.</summary>
    private sealed class HourTotals
    {
        private readonly int begin;
        private readonly long[] upTo; // events before begin + i, since begin

        public HourTotals(VolumeView view, int end, int hours)
        {
            begin = end - hours - VolumeGuard.WeeksMax * HoursOfWeek;
            First = view.Names.Values.Min(counts => counts.Keys.First());
            int last = view.Names.Values.Max(counts => counts.Keys.Last());
            upTo = new long[Math.Max(0, last + 1 - begin) + 1];
            foreach (SortedDictionary<int, long> counts in view.Names.Values)
            foreach ((int hour, long count) in counts)
                if (hour >= begin)
                    upTo[hour - begin + 1] += count;
            for (int i = 1; i < upTo.Length; i++)
                upTo[i] += upTo[i - 1];
        }

        /// <summary>The first hour that has events.</summary>
        public int First { get; }

        public long Sum(int end, int hours) => Before(end) - Before(end - hours);

        private long Before(int hour) => upTo[Math.Clamp(hour - begin, 0, upTo.Length - 1)];
    }
}

/// <summary>Events of a name that the tenant had not sent before.</summary>
/// <param name="First">The first hour that has any, milliseconds since 1970.</param>
public sealed record NewName(string Name, long First, long Count);

/// <summary>
/// Finds names that are new: the first event happened in the last <see cref="NewHours"/> before the watermark, and the tenant has sent
/// others for <see cref="BaselineHours"/> before that, since to a new tenant all is new.
/// </summary>
public static class NewNames
{
    public const int NewHours = 24;
    public const int BaselineHours = 7 * 24;

    /// <summary>New names, ordinal.</summary>
    public static IReadOnlyList<NewName> Judge(VolumeView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Watermark is not { } watermark || view.Names.Count == 0)
            return [];
        int oldest = view.Names.Values.Min(counts => counts.Keys.First());
        return
        [
            .. view
                .Names.Select(x => (x.Key, First: x.Value.Keys.First(), Hours: x.Value))
                .Where(x => watermark - x.First * VolumeBook.HourMs < NewHours * VolumeBook.HourMs)
                .Where(x => x.First - oldest >= BaselineHours)
                .Select(x => new NewName(x.Key, x.First * VolumeBook.HourMs, x.Hours.Values.Sum())),
        ];
    }
}
