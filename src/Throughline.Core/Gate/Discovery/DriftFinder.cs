namespace Throughline.Core.Gate.Discovery;

/// <summary>A value that comes much more often on the held-out days than on those before, all traffic grown or shrunk alike.</summary>
/// <param name="Kind">user agent, path, folder, parameter, network, block, referrer (its origin) or event name.</param>
/// <param name="Before">Visitors (of event names: events) a day, or an hour if the log is split by hours, on the days before, on average.</param>
/// <param name="After">The same of the held-out days.</param>
/// <param name="PValue">A bound of the probability of chance, times the number of values that were looked at.</param>
/// <param name="People">The share of its visitors of the held-out days that show signs of people as others do, at most 1; null: too few to tell.</param>
public sealed record Drift(string Kind, string Value, double Before, double After, double PValue, double? People);

/// <summary>Finds what is new or rising against its own baseline, among visitors whom no rule in force flags.</summary>
public static class DriftFinder
{
    private const int DriftsMax = 20;
    private const int VisitorsMin = 10;
    private const double RatioMin = 2;
    private const double ErrorMax = 0.01;
    private const double TellingMin = 5;
    private const int PerKindMax = 100;

    private static readonly (Dimension Dimension, string Kind)[] Kinds =
    [
        (Dimension.Agent, "user agent"),
        (Dimension.Path, "path"),
        (Dimension.Folder, "folder"),
        (Dimension.Parameter, "parameter"),
        (Dimension.Network, "network"),
        (Dimension.Block, "block"),
        (Dimension.Origin, "referrer"),
    ];

    /// <summary>The drifts, the least probable first.</summary>
    /// <param name="names">Events that are no requests, by their names.</param>
    public static IReadOnlyList<Drift> Find(SiteTraffic traffic, DaySplit? split, EventNames names)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        ArgumentNullException.ThrowIfNull(names);
        if (split is null || split.Training < 2)
            return [];
        Crowd before = new(traffic, 0, split.Place);
        Crowd after = new(traffic, split.Place, traffic.Requests);
        EvidenceTally tally = new(after);
        Span spans = new(traffic.Times[0] / split.UnitMs, split.Time / split.UnitMs, traffic.Times[^1] / split.UnitMs);
        (int[] First, int[] Last) all = Count(spans, Pairs(traffic, before, after, _ => 0, split.UnitMs))[0];
        List<(Drift Drift, double LogP)> found = [];
        int looked = 0;
        foreach ((Dimension dimension, string kind) in Kinds)
        {
            ValueDimension values = traffic[dimension];
            var counts = Count(spans, Pairs(traffic, before, after, x => values.Rows[x], split.UnitMs));
            foreach ((int value, (int[] First, int[] Last) days) in Frequent(counts))
            {
                looked++;
                if (Of(kind, values.Texts[value], days, all) is { } drift)
                    found.Add(
                        (drift.Drift with { People = PeopleOf(tally, after, x => values.Rows[x] == value) }, drift.LogP)
                    );
            }
        }
        foreach (
            (string name, (int[] First, int[] Last) days) in names.By(split.UnitMs, spans.From, spans.Split, spans.To)
        )
        {
            looked++;
            if (Of("event name", name, days, all) is { } drift)
                found.Add(drift);
        }
        return
        [
            .. found
                .Where(x => x.LogP + Math.Log(looked) <= Math.Log(ErrorMax))
                .OrderBy(x => x.LogP)
                .ThenBy(x => x.Drift.Value, StringComparer.Ordinal)
                .Take(DriftsMax)
                .Select(x => x.Drift with { PValue = Math.Min(1, Math.Exp(x.LogP) * looked) }),
        ];
    }

    private static (Drift Drift, double LogP)? Of(
        string kind,
        string value,
        (int[] First, int[] Last) days,
        (int[] First, int[] Last) all
    )
    {
        (double was, double isNow) = (days.First.Sum(), days.Last.Sum());
        (double wasAll, double isNowAll) = (all.First.Sum(), all.Last.Sum());
        if (isNow < VisitorsMin || isNow < RatioMin * was * isNowAll / Math.Max(1, wasAll))
            return null;
        // Binomial tail, by Chernoff; divided by how much more the days differ than chance would have them.
        double logP =
            -(was + isNow)
            * Divergence(isNow / (was + isNow), isNowAll / (wasAll + isNowAll))
            / Math.Max(Dispersion(days.First), Dispersion(days.Last));
        return (new(kind, value, Rate(days.First), Rate(days.Last), 0, null), logP);
    }

    private static double? PeopleOf(EvidenceTally tally, Crowd crowd, Func<int, bool> holds)
    {
        Evidence evidence = tally.Of(RowBits.Of(crowd, holds), Signs.All);
        return evidence.Expected < TellingMin
            ? null
            : Math.Round(Math.Min(1, evidence.Shown / evidence.Expected), 3, MidpointRounding.ToEven);
    }

    private static double Rate(int[] days) => Math.Round(days.Average(), 2, MidpointRounding.ToEven);

    // Of each request its value, day and visitor, each once.
    private static List<(int Value, long Span, int Member)> Pairs(
        SiteTraffic traffic,
        Crowd before,
        Crowd after,
        Func<int, int> valueOf,
        long unit
    )
    {
        HashSet<(int, long, int)> pairs = [];
        foreach (Crowd crowd in (Crowd[])[before, after])
            for (int i = 0; i < crowd.Rows.Length; i++)
                if (valueOf(crowd.Rows[i]) is >= 0 and var value)
                    pairs.Add((value, traffic.Times[crowd.Rows[i]] / unit, crowd.MemberOfRow[i]));
        return [.. pairs];
    }

    // Different visitors by value and day.
    private static Dictionary<int, (int[] First, int[] Last)> Count(
        Span spans,
        List<(int Value, long Span, int Member)> pairs
    )
    {
        Dictionary<int, (int[] First, int[] Last)> counts = [];
        foreach ((int value, long span, _) in pairs)
        {
            if (!counts.TryGetValue(value, out (int[] First, int[] Last) of))
                counts.Add(value, of = (new int[spans.Split - spans.From], new int[spans.To - spans.Split + 1]));
            if (span < spans.Split)
                of.First[span - spans.From]++;
            else
                of.Last[span - spans.Split]++;
        }
        return counts;
    }

    private static IEnumerable<KeyValuePair<int, (int[] First, int[] Last)>> Frequent(
        Dictionary<int, (int[] First, int[] Last)> counts
    ) =>
        counts
            .Where(x => x.Value.Last.Sum() >= VisitorsMin)
            .OrderByDescending(x => x.Value.Last.Sum())
            .ThenBy(x => x.Key)
            .Take(PerKindMax);

    private static double Dispersion(int[] days)
    {
        if (days.Length < 2 || days.Sum() == 0)
            return 1;
        double mean = days.Average();
        return Math.Max(1, days.Sum(x => (x - mean) * (x - mean)) / (days.Length - 1) / mean);
    }

    private static double Divergence(double seen, double share)
    {
        double rest = seen >= 1 ? 0 : (1 - seen) * Math.Log((1 - seen) / (1 - share));
        return seen * Math.Log(seen / share) + rest;
    }

    /// <summary>Days (or hours) since 1970: the first, the first held-out, the last.</summary>
    private readonly record struct Span(long From, long Split, long To);
}
