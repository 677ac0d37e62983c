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

    /// <summary>Where exactly on the site; sources are stored by it.</summary>
    public required string SourceOrigin { get; init; }

    public required string ReportingOrigin { get; init; }

    /// <summary>The reporter's site or enrolment: what limits count as one.</summary>
    public string Network { get; init; } = "";

    /// <summary>The call or navigation that registered it; redirects belong to the same.</summary>
    public int Registration { get; init; }

    public required bool IsNavigation { get; init; }

    /// <summary>Sites, in ordinal order.</summary>
    public required IReadOnlyList<string> Destinations { get; init; }

    public string EventId { get; init; } = "0";

    /// <summary>Which sources make way last when there are too many destinations.</summary>
    public long DestinationPriority { get; init; }

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

    /// <summary>Parts of the budget for aggregate reports, by name.</summary>
    public IReadOnlyDictionary<string, long> Budgets { get; init; } = new Dictionary<string, long>();

    /// <summary>What its debug reports sum up.</summary>
    public AraDebugSums DebugSums { get; init; } = AraDebugSums.None;

    public IReadOnlyList<AraFakeReport>? FakeReports { get; init; }
    public double EpsilonMax { get; init; } = 14;
    public AraScopes? Scopes { get; set; }

    /// <summary>Reports name all destinations, not those of the trigger's kind alone.</summary>
    public bool HasCoarseDestinations { get; init; }

    /// <summary>Kinds of data with windows and buckets of their own, in place of those of the source; null for none.</summary>
    public IReadOnlyList<AraTriggerSpec>? Specs { get; init; }

    /// <summary>What only sources on a device have; a browser leaves it alone.</summary>
    public AraDeviceSource Device { get; init; } = AraDeviceSource.None;

    internal HashSet<string> DedupKeys { get; } = new(StringComparer.Ordinal);
    internal HashSet<string> AggregateDedupKeys { get; } = new(StringComparer.Ordinal);
    internal int Reports { get; set; }

    /// <summary>Another source had the credit: never any more for this one.</summary>
    internal bool IsIgnored { get; set; }

    /// <summary>Networks for which a copy lost to another source.</summary>
    internal HashSet<string> LostFor { get; } = new(StringComparer.Ordinal);

    /// <summary>The source of which this one is a copy for another network.</summary>
    internal AraSource? Parent { get; init; }

    /// <summary>When the install was that is credited to it.</summary>
    internal long? InstalledAt { get; set; }

    /// <summary>Triggers that count in its buckets.</summary>
    internal List<AraCounted> Counted { get; } = [];
    internal int AggregateReports { get; set; }
    internal long AggregateSpent { get; set; }
    internal int DebugReports { get; set; }
    internal long DebugSpent { get; set; }
    internal Dictionary<string, long> BudgetSpent { get; } = new(StringComparer.Ordinal);

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
    public double States
    {
        get
        {
            if (Specs is not null)
                return AraTriggerSpec.States(Specs, MaxReports, Kinds);
            AraReportWindows windows = Device.DetectsInstalls(this) ? Device.WindowsWhenInstalled ?? Windows : Windows;
            return Choose((TriggerData.Count * windows.Ends.Count * Kinds) + windows.MaxReports, windows.MaxReports);
        }
    }

    internal AraReportWindows Windows => new(WindowEnds, MaxReports);

    // Reports tell apps from the web, unless the source wants both named in each.
    internal int Kinds => !HasCoarseDestinations && Destinations.Any(IsApp) && !Destinations.All(IsApp) ? 2 : 1;

    internal static bool IsApp(string destination) =>
        destination.StartsWith("android-app://", StringComparison.Ordinal);

    internal static double Choose(int n, int k)
    {
        double ways = 1;
        for (int i = 1; i <= k; i++)
            ways = ways * (n - k + i) / i;
        return Math.Round(ways, MidpointRounding.AwayFromZero);
    }
}

/// <summary>A kind of report that a trigger asks for, if its filters fit the source.</summary>
public sealed record AraEventData(BigInteger Data, long Priority, string? DedupKey, AraFilterPair Filters)
{
    /// <summary>What it adds to a sum of values.</summary>
    public long Value { get; init; } = 1;
}

/// <summary>A piece of a bucket's key, for the source's keys of these names.</summary>
public sealed record AraAggregateData(BigInteger KeyPiece, IReadOnlyList<string> SourceKeys, AraFilterPair Filters)
{
    /// <summary>Where the bits of another network go in the key.</summary>
    public int NetworkOffset { get; init; }
}

/// <summary>What each named key counts.</summary>
public sealed record AraAggregateValues(IReadOnlyDictionary<string, long> Values, AraFilterPair Filters)
{
    /// <summary>By which who sums up may tell keys apart; 0 of all others.</summary>
    public IReadOnlyDictionary<string, ulong> FilteringIds { get; init; } = new Dictionary<string, ulong>();
}

/// <summary>What a report adds to a bucket.</summary>
/// <param name="FilteringId">By which who sums up may tell it apart.</param>
public readonly record struct AraContribution(BigInteger Key, long Value, ulong FilteringId = 0);

/// <summary>A conversion, as a reporter registered it. Time in milliseconds.</summary>
public sealed class AraTrigger
{
    public required long Time { get; init; }
    public required string DestinationSite { get; init; }
    public required string ReportingOrigin { get; init; }

    /// <summary>The reporter's site or enrolment: what limits count as one.</summary>
    public string Network { get; init; } = "";

    public required AraFilterPair Filters { get; init; }
    public required IReadOnlyList<AraEventData> Events { get; init; }
    public required IReadOnlyList<AraAggregateData> Aggregates { get; init; }
    public required IReadOnlyList<AraAggregateValues> Values { get; init; }
    public required IReadOnlyList<(string? Key, AraFilterPair Filters)> AggregateDedupKeys { get; init; }

    /// <summary>Names of parts of the source's budget; the first whose filters fit is charged.</summary>
    public IReadOnlyList<(string Name, AraFilterPair Filters)> Budgets { get; init; } = [];

    /// <summary>The reporter's own id; an aggregate report with it is sent at once, and an empty one if there is none.</summary>
    public string? ContextId { get; init; }

    /// <summary>Filtering ids are longer than usual: what tells that must not tell of a source, so an empty report is sent if there is none.</summary>
    public bool HasLongFilteringIds { get; init; }

    /// <summary>Its aggregate report is sent at once, whatever it is credited to.</summary>
    internal bool IsUnconditional => ContextId is not null || HasLongFilteringIds;

    /// <summary>What its debug reports sum up.</summary>
    public AraDebugSums DebugSums { get; init; } = AraDebugSums.None;

    /// <summary>Days before the trigger for which chance adds an empty aggregate report.</summary>
    public IReadOnlyList<int> EmptyReportDays { get; init; } = [];

    public IReadOnlyList<string> Scopes { get; init; } = [];
    public string? DebugKey { get; init; }
    public bool HasDebugPermission { get; init; }
    public bool WantsDebugReports { get; init; }
    public required string CoordinatorOrigin { get; init; }

    /// <summary>Aggregate reports say the day on which the source was registered.</summary>
    public bool IncludesSourceTime { get; init; }

    /// <summary>What only triggers on a device have.</summary>
    public AraDeviceTrigger Device { get; init; } = AraDeviceTrigger.None;
}
