namespace Throughline.Core.Attribution.Models.W3c;

/// <summary>Limits of an implementation of W3C Attribution Level 1, and its choices that stand for chance.</summary>
public sealed record W3cSettings
{
    /// <summary>Addresses of known aggregation services.</summary>
    public IReadOnlySet<string> AggregationServices { get; init; } =
        new HashSet<string>(StringComparer.Ordinal) { "https://agg-service.example" };

    /// <summary>Where in an epoch the first event falls, as a fraction of it, 0 to below 1.</summary>
    public double EpochStart { get; init; } = 0.5;

    /// <summary>The draw that settles each rounding of credit, 0 to below 1.</summary>
    public double RoundingDraw { get; init; } = 0.5;

    /// <summary>In millionths of an epsilon, as all budgets.</summary>
    public long GlobalBudgetPerEpoch { get; init; } = 8_000_000;

    public long ImpressionSiteQuotaPerEpoch { get; init; } = 4_000_000;
    public long SiteBudgetPerEpoch { get; init; } = 1_000_000;
    public int EpochDays { get; init; } = 7;
    public int ConversionSitesMax { get; init; } = 3;
    public int ConversionCallersMax { get; init; } = 3;
    public int ImpressionSitesMax { get; init; } = 3;
    public int ImpressionCallersMax { get; init; } = 3;
    public int CreditsMax { get; init; } = 10;
    public int MatchValuesMax { get; init; } = 10;
    public int LookbackDaysMax { get; init; } = 30;
    public int HistogramSizeMax { get; init; } = 5;
}

/// <summary>Why a call was refused, by the name that scripts of a page see.</summary>
public enum W3cError
{
    None,
    RangeError,
    ReferenceError,

    /// <summary>A DOMException: what should be a site is none.</summary>
    SyntaxError,
}

/// <summary>What a page says of an impression it shows. Sites as written by the caller.</summary>
public sealed record W3cImpression(long HistogramIndex)
{
    public long MatchValue { get; init; }
    public IReadOnlyList<string> ConversionSites { get; init; } = [];
    public IReadOnlyList<string> ConversionCallers { get; init; } = [];
    public long LifetimeDays { get; init; } = 30;
    public long Priority { get; init; }
}

/// <summary>What a page asks about a conversion. Sites as written by the caller.</summary>
public sealed record W3cConversion(string AggregationService, long HistogramSize)
{
    public double Epsilon { get; init; } = 1;
    public IReadOnlyList<string> ImpressionSites { get; init; } = [];
    public IReadOnlyList<string> ImpressionCallers { get; init; } = [];
    public IReadOnlyList<long> MatchValues { get; init; } = [];

    /// <summary>In proportion, of the impression with the highest priority (then the latest) first.</summary>
    public IReadOnlyList<Rational> Credit { get; init; } = [Rational.One];

    /// <summary>Null is the longest.</summary>
    public long? LookbackDays { get; init; }

    public long Value { get; init; } = 1;
    public long MaxValue { get; init; } = 1;
}
