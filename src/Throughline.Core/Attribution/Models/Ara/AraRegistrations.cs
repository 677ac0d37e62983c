using System.Numerics;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>How a trigger's data becomes that of the source: the remainder, or only if the source has it.</summary>
public enum AraMatching
{
    Modulus,
    Exact,
}

/// <summary>Scopes that a source stands for, and how many the reporter uses at once.</summary>
public sealed record AraScopes(IReadOnlyList<string> Values, int Limit, int MaxEventStates);

/// <summary>A report that chance made up in place of real ones.</summary>
public sealed record AraFakeReport(long TriggerData, int Window);

/// <summary>A view or click of an advertisement, as its reporter registered it. Times in milliseconds.</summary>
public sealed class AraSource
{
    public required long Time { get; init; }
    public required string SourceSite { get; init; }
    public required string ReportingOrigin { get; init; }
    public required bool IsNavigation { get; init; }

    /// <summary>Sites, in ordinal order.</summary>
    public required IReadOnlyList<string> Destinations { get; init; }

    public string EventId { get; init; } = "0";
    public long Priority { get; init; }
    public required long Expiry { get; init; }

    /// <summary>From the source's time.</summary>
    public long WindowStart { get; init; }

    /// <summary>Ends of the report windows from the source's time, rising.</summary>
    public required IReadOnlyList<long> WindowEnds { get; init; }

    public required long AggregateWindow { get; init; }
    public required int MaxReports { get; init; }
    public AraMatching Matching { get; init; }
    public required IReadOnlyList<long> TriggerData { get; init; }
    public required AraFilterData Filters { get; init; }
    public string? DebugKey { get; init; }

    /// <summary>The reporter may have debug reports that name this source.</summary>
    public bool HasDebugPermission { get; init; }

    public bool WantsDebugReports { get; init; }
    public IReadOnlyDictionary<string, BigInteger> AggregationKeys { get; init; } =
        new Dictionary<string, BigInteger>();
    public IReadOnlyList<AraFakeReport>? FakeReports { get; init; }
    public double EpsilonMax { get; init; } = 14;
    public AraScopes? Scopes { get; set; }

    /// <summary>Reports name all destinations, not those of the trigger's kind alone.</summary>
    public bool HasCoarseDestinations { get; init; }

    internal HashSet<string> DedupKeys { get; } = new(StringComparer.Ordinal);
    internal HashSet<string> AggregateDedupKeys { get; } = new(StringComparer.Ordinal);
    internal int Reports { get; set; }
    internal int AggregateReports { get; set; }
    internal long AggregateSpent { get; set; }

    /// <summary>The share of sources whose reports are made up: k / (k + e^epsilon - 1) for k possible outcomes.</summary>
    public double RandomRate
    {
        get
        {
            double states = States;
            return Math.Round(states / (states + Math.Exp(EpsilonMax) - 1), 7, MidpointRounding.AwayFromZero);
        }
    }

    /// <summary>How many outcomes are possible: reports, each of a kind of data in a window, in any number up to the most.</summary>
    public double States => Choose((TriggerData.Count * WindowEnds.Count * Kinds) + MaxReports, MaxReports);

    // Reports tell apps from the web, unless the source wants both named in each.
    private int Kinds => !HasCoarseDestinations && Destinations.Any(IsApp) && !Destinations.All(IsApp) ? 2 : 1;

    internal static bool IsApp(string destination) =>
        destination.StartsWith("android-app://", StringComparison.Ordinal);

    private static double Choose(int n, int k)
    {
        double ways = 1;
        for (int i = 1; i <= k; i++)
            ways = ways * (n - k + i) / i;
        return Math.Round(ways, MidpointRounding.AwayFromZero);
    }
}

/// <summary>A kind of report that a trigger asks for, if its filters fit the source.</summary>
public sealed record AraEventData(BigInteger Data, long Priority, string? DedupKey, AraFilterPair Filters);

/// <summary>A piece of a bucket's key, for the source's keys of these names.</summary>
public sealed record AraAggregateData(BigInteger KeyPiece, IReadOnlyList<string> SourceKeys, AraFilterPair Filters);

/// <summary>What each named key counts.</summary>
public sealed record AraAggregateValues(IReadOnlyDictionary<string, long> Values, AraFilterPair Filters);

/// <summary>A conversion, as a reporter registered it. Time in milliseconds.</summary>
public sealed class AraTrigger
{
    public required long Time { get; init; }
    public required string DestinationSite { get; init; }
    public required string ReportingOrigin { get; init; }
    public required AraFilterPair Filters { get; init; }
    public required IReadOnlyList<AraEventData> Events { get; init; }
    public required IReadOnlyList<AraAggregateData> Aggregates { get; init; }
    public required IReadOnlyList<AraAggregateValues> Values { get; init; }
    public required IReadOnlyList<(string? Key, AraFilterPair Filters)> AggregateDedupKeys { get; init; }
    public IReadOnlyList<string> Scopes { get; init; } = [];
    public string? DebugKey { get; init; }
    public bool HasDebugPermission { get; init; }
    public bool WantsDebugReports { get; init; }
    public required string CoordinatorOrigin { get; init; }

    /// <summary>Aggregate reports say the day on which the source was registered.</summary>
    public bool IncludesSourceTime { get; init; }
}
