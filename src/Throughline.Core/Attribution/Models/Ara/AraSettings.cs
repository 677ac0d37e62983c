namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>Limits of an implementation of the Attribution Reporting API. The values are those of its published cases.</summary>
public sealed record AraSettings
{
    public int SourcesPerOriginMax { get; init; } = 1024;
    public int EventReportsPerDestinationMax { get; init; } = 1024;
    public int AggregateReportsPerDestinationMax { get; init; } = 1024;
    public int AggregateReportsPerSourceMax { get; init; } = 20;

    /// <summary>Destinations that a reporter may name on one site within the window (ms).</summary>
    public int DestinationsMax { get; init; } = 50;

    /// <summary>Destinations that all reporters together may name on one site within the window.</summary>
    public int DestinationsInAllMax { get; init; } = 200;

    public long DestinationWindow { get; init; } = 60_000;

    /// <summary>Destinations that a reporter may name on one site in a day.</summary>
    public int DestinationsPerDayMax { get; init; } = 100;

    /// <summary>Destinations of unexpired sources that a reporter may have on one site; the oldest make way.</summary>
    public int ActiveDestinationsMax { get; init; } = 100;

    /// <summary>Origins of one reporter that may register sources on one site within the window (ms).</summary>
    public int OriginsPerReporterMax { get; init; } = 1;

    public long OriginWindow { get; init; } = 86_400_000;

    /// <summary>Origins that may register sources of one site and destination within <see cref="RateLimitDays"/>.</summary>
    public int SourceOriginsMax { get; init; } = 100;

    /// <summary>Outcomes that the reports of one source may tell apart.</summary>
    public double StatesMax { get; init; } = uint.MaxValue;
    public int AttributionsMax { get; init; } = 100;
    public int AttributionOriginsMax { get; init; } = 10;
    public int RateLimitDays { get; init; } = 30;

    /// <summary>How much later than its trigger an aggregate report is sent, in milliseconds.</summary>
    public long AggregateDelay { get; init; } = 3_600_000;

    /// <summary>Debug reports are summed up for who wants it.</summary>
    public bool SumsUpDebugReports { get; init; }

    /// <summary>Such reports of one source.</summary>
    public int DebugReportsPerSourceMax { get; init; } = 5;

    /// <summary>What they may add in a day on one site.</summary>
    public long DebugBudgetPerSite { get; init; } = 1 << 20;

    public double EpsilonMax { get; init; } = 14;

    /// <summary>In bits: what the reports of one source may tell at most.</summary>
    public double CapacityNavigation { get; init; } = 11.46173;

    public double CapacityEvent { get; init; } = 6.5;

    /// <summary>In bits: what the reports of one source and its scopes may tell at most.</summary>
    public double ScopesCapacityNavigation { get; init; } = 11.55;

    public double ScopesCapacityEvent { get; init; } = 6.5;

    /// <summary>Who may sum up aggregate reports; the first does if a trigger names none.</summary>
    public IReadOnlyList<string> CoordinatorOrigins { get; init; } = ["https://coordinator.test"];
}
