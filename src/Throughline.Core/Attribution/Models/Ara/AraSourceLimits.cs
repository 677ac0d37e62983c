namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>
/// How many destinations and reporters a site's sources may name at once and over time. What was registered counts over time even if
/// its source made way. Source: processing an attribution source, in the Attribution Reporting API's description.
/// </summary>
internal sealed class AraSourceLimits(AraSettings settings)
{
    private const long Day = 86_400_000;

    private readonly List<Record> records = [];

    private sealed record Record(AraSource Source, string Destination)
    {
        public bool IsGone { get; set; }
    }

    /// <summary>The limit that a source meets; an empty code if none.</summary>
    /// <param name="Code">What its reporter is told.</param>
    /// <param name="Limit">The limit.</param>
    public readonly record struct Met(string Code, int Limit)
    {
        public static Met None { get; } = new("", 0);
    }

    /// <summary>Reporters of one site that register on one site within the window.</summary>
    public Met OriginsOfReporter(AraSource source) =>
        records
            .Where(x =>
                IsOwn(x, source)
                && source.Time - x.Source.Time < settings.OriginWindow
                && x.Source.ReportingOrigin != source.ReportingOrigin
            )
            .Select(x => x.Source.ReportingOrigin)
            .Distinct(StringComparer.Ordinal)
            .Count() >= settings.OriginsPerReporterMax
            ? new("source-reporting-origin-per-site-limit", settings.OriginsPerReporterMax)
            : Met.None;

    /// <summary>Destinations that the source's reporter names within the windows.</summary>
    public Met DestinationsOverTime(AraSource source)
    {
        if (Destinations(source, settings.DestinationWindow, isOwn: true) > settings.DestinationsMax)
            return new("source-destination-rate-limit", settings.DestinationsMax);
        return Destinations(source, Day, isOwn: true) > settings.DestinationsPerDayMax
            ? new("source-destination-per-day-rate-limit", settings.DestinationsPerDayMax)
            : Met.None;
    }

    /// <summary>
    /// Sources that make way for one more, so that the reporter's unexpired sources name no more destinations than they may: those of
    /// the lowest priority, then the oldest. The source itself is among them if it is the one.
    /// </summary>
    public HashSet<AraSource> MakingWay(AraSource source)
    {
        HashSet<AraSource> gone = [];
        foreach (IGrouping<bool, string> kind in source.Destinations.GroupBy(AraSource.IsApp))
        {
            HashSet<string> kept = new(StringComparer.Ordinal);
            IEnumerable<Record> all = records
                .Where(x => !x.IsGone && IsLive(x, source) && IsOwn(x, source))
                .Where(x => AraSource.IsApp(x.Destination) == kind.Key)
                .Concat(kind.Select(x => new Record(source, x)));
            foreach (
                Record record in all.OrderByDescending(x => x.Source.DestinationPriority)
                    .ThenByDescending(x => x.Source.Time)
                    .ThenByDescending(x => x.Destination, StringComparer.Ordinal)
            )
                if (kept.Count < settings.ActiveDestinationsMax)
                    kept.Add(record.Destination);
                else if (!kept.Contains(record.Destination))
                    gone.Add(record.Source);
        }
        return gone;
    }

    /// <summary>A limit that depends on other reporters is met: only sums are told. Null: none.</summary>
    public string? MeetsHidden(AraSource source) =>
        Destinations(source, settings.DestinationWindow, isOwn: false) > settings.DestinationsInAllMax
            ? "source-destination-global-rate-limit"
        : HasTooManyReporters(source) ? "source-reporting-origin-limit"
        : null;

    private bool HasTooManyReporters(AraSource source) =>
        source.Destinations.Any(destination =>
            records
                .Where(x =>
                    x.Destination == destination
                    && x.Source.SourceSite == source.SourceSite
                    && source.Time - x.Source.Time < settings.RateLimitDays * Day
                )
                .Select(x => x.Source.ReportingOrigin)
                .Append(source.ReportingOrigin)
                .Distinct(StringComparer.Ordinal)
                .Count() > settings.SourceOriginsMax
        );

    /// <summary>The source was registered.</summary>
    public void Add(AraSource source) => records.AddRange(source.Destinations.Select(x => new Record(source, x)));

    /// <summary>These made way.</summary>
    public void Remove(HashSet<AraSource> gone)
    {
        foreach (Record record in records)
            record.IsGone |= gone.Contains(record.Source);
    }

    // Apps and sites are counted apart; the more counts.
    private int Destinations(AraSource source, long window, bool isOwn) =>
        source
            .Destinations.GroupBy(AraSource.IsApp)
            .Max(kind =>
                records
                    .Where(x => IsLive(x, source) && source.Time - x.Source.Time < window)
                    .Where(x => isOwn ? IsOwn(x, source) : x.Source.SourceSite == source.SourceSite)
                    .Select(x => x.Destination)
                    .Where(x => AraSource.IsApp(x) == kind.Key)
                    .Concat(kind)
                    .Distinct(StringComparer.Ordinal)
                    .Count()
            );

    private static bool IsOwn(Record record, AraSource source) =>
        record.Source.SourceSite == source.SourceSite && record.Source.Network == source.Network;

    private static bool IsLive(Record record, AraSource source) =>
        source.Time < record.Source.Time + record.Source.Expiry;
}
