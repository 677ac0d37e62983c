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
    public int AttributionsMax { get; init; } = 100;
    public int AttributionOriginsMax { get; init; } = 10;
    public int RateLimitDays { get; init; } = 30;

    /// <summary>How much later than its trigger an aggregate report is sent, in milliseconds.</summary>
    public long AggregateDelay { get; init; } = 3_600_000;

    public double EpsilonMax { get; init; } = 14;

    /// <summary>In bits: what the reports of one source may tell at most.</summary>
    public double CapacityNavigation { get; init; } = 11.46173;

    public double CapacityEvent { get; init; } = 6.5;

    /// <summary>In bits: what the reports of one source and its scopes may tell at most.</summary>
    public double ScopesCapacityNavigation { get; init; } = 11.55;

    public double ScopesCapacityEvent { get; init; } = 6.5;

    public string CoordinatorOrigin { get; init; } = "https://coordinator.test";
}
