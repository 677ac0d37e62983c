namespace Throughline.Core.Attribution.Models.W3c;

/// <summary>
/// W3C Attribution Level 1 as one browser keeps it: impressions are saved, conversions ask for a histogram of credit. Times are
/// seconds since 1970 and never go back. Source: https://w3c.github.io/attribution.
/// </summary>
public sealed class W3cAttribution(W3cSettings settings)
{
    private const long DaySeconds = 86_400;
    private const double EpsilonMax = 4_294;
    private readonly W3cBudgets budgets = new(settings);
    private List<Saved> impressions = [];
    private long? epochsFrom;
    private long? clearedAt;

    public bool Enabled { get; set; } = true;

    /// <summary>Saves an impression that <paramref name="site"/> shows, on behalf of <paramref name="intermediary"/> if it is given.</summary>
    public W3cError Save(long now, string site, string? intermediary, W3cImpression options)
    {
        if (!IsSite(site) || (intermediary is not null && !IsSite(intermediary)))
            return W3cError.SyntaxError;
        if (options.HistogramIndex >= settings.HistogramSizeMax || options.LifetimeDays == 0)
            return W3cError.RangeError;
        W3cError error = Parse(options.ConversionSites, settings.ConversionSitesMax, out HashSet<string> sites);
        if (error != W3cError.None)
            return error;
        error = Parse(options.ConversionCallers, settings.ConversionCallersMax, out HashSet<string> callers);
        if (error != W3cError.None || !Enabled)
            return error;
        long lifetime = Math.Min(options.LifetimeDays, settings.LookbackDaysMax) * DaySeconds;
        impressions.Add(new(options, site, intermediary, sites, callers, now, lifetime));
        return W3cError.None;
    }

    /// <summary>The histogram of a conversion on <paramref name="site"/>: all zero where nothing matches or the budget is spent.</summary>
    public W3cError Measure(long now, string site, string? intermediary, W3cConversion options, out long[] histogram)
    {
        histogram = [];
        if (!IsSite(site) || (intermediary is not null && !IsSite(intermediary)))
            return W3cError.SyntaxError;
        W3cError error = Check(options);
        if (error != W3cError.None)
            return error;
        error = Parse(options.ImpressionSites, settings.ImpressionSitesMax, out HashSet<string> sites);
        if (error != W3cError.None)
            return error;
        error = Parse(options.ImpressionCallers, settings.ImpressionCallersMax, out HashSet<string> callers);
        if (error != W3cError.None)
            return error;
        histogram = new long[options.HistogramSize];
        if (Enabled)
        {
            Query query = new(site, intermediary ?? site, sites, callers, options, now);
            List<Saved> matched = Matched(query);
            if (matched.Count > 0)
                Fill(histogram, matched, options);
        }
        return W3cError.None;
    }

    /// <summary>Forgets impressions that a site saved, and the site where impressions name it.</summary>
    public void ClearImpressions(string site) =>
        impressions.RemoveAll(x =>
            (x.Intermediary ?? x.Site) == site
            || (x.ConversionSites.Remove(site) && x.ConversionSites.Count == 0)
            || (x.ConversionCallers.Remove(site) && x.ConversionCallers.Count == 0)
        );

    /// <summary>
    /// The user clears sites (all, if the list is empty). With <paramref name="forgetVisits"/> what they left is forgotten and this
    /// epoch's and earlier impressions tell nothing more; without, they have no budget left.
    /// </summary>
    public W3cError ClearHistory(long now, IReadOnlyList<string> sites, bool forgetVisits)
    {
        W3cError error = Parse(sites, int.MaxValue, out HashSet<string> parsed);
        if (error != W3cError.None)
            return error;
        if (!forgetVisits)
        {
            foreach (string site in parsed)
                for (long epoch = StartEpoch(now); epoch <= Epoch(now); epoch++)
                    budgets.Exhaust(epoch, site);
            return W3cError.None;
        }
        if (parsed.Count == 0)
            budgets.Forget();
        else
            budgets.Forget(parsed);
        impressions = parsed.Count == 0 ? [] : [.. impressions.Where(x => !parsed.Contains(x.Site))];
        clearedAt = now;
        return W3cError.None;
    }

    private W3cError Check(W3cConversion options)
    {
        if (!settings.AggregationServices.Contains(options.AggregationService))
            return W3cError.ReferenceError;
        bool holds =
            options.Epsilon is > 0 and <= EpsilonMax
            && options.HistogramSize >= 1
            && options.HistogramSize <= settings.HistogramSizeMax
            && options.Value >= 1
            && options.Value <= options.MaxValue
            && options.Credit.Count >= 1
            && options.Credit.Count <= settings.CreditsMax
            && options.Credit.All(credit => credit.Sign > 0)
            && options.LookbackDays != 0
            && options.MatchValues.Count <= settings.MatchValuesMax;
        return holds ? W3cError.None : W3cError.RangeError;
    }

    // Impressions of epochs whose budgets hold what this conversion tells.
    private List<Saved> Matched(Query query)
    {
        long lookback = Lookback(query.Options);
        long current = Epoch(query.Now);
        bool isOneEpoch = Epoch(query.Now - lookback) == current;
        long told = 2 * query.Options.Value;
        if (isOneEpoch)
        {
            List<Saved> now = Matching(query, current, lookback);
            if (now.Count == 0)
                return [];
            long[] histogram = new long[query.Options.HistogramSize];
            Fill(histogram, now, query.Options);
            told = histogram.Sum();
        }
        double scale = 2 * query.Options.MaxValue / query.Options.Epsilon;
        long siteCost = (long)Math.Ceiling(told / scale * 1_000_000);
        long cost = (long)Math.Ceiling(2 * query.Options.Value / scale * 1_000_000);
        List<Saved> matched = [];
        for (long epoch = StartEpoch(query.Now); epoch <= current; epoch++)
        {
            List<Saved> found = Matching(query, epoch, lookback);
            if (found.Count == 0)
                continue;
            string[] sites = [.. found.Select(x => x.Site).Distinct(StringComparer.Ordinal)];
            if (budgets.TryTake(epoch, query.Site, sites, siteCost, cost))
                matched.AddRange(found);
        }
        return matched;
    }

    private List<Saved> Matching(Query query, long epoch, long lookback) =>
        impressions.FindAll(x =>
            Epoch(x.Time) == epoch
            && query.Now - x.Time <= Math.Min(x.Lifetime, lookback)
            && IsIn(x.ConversionSites, query.Site)
            && IsIn(x.ConversionCallers, query.Caller)
            && (query.Options.MatchValues.Count == 0 || query.Options.MatchValues.Contains(x.Options.MatchValue))
            && IsIn(query.ImpressionSites, x.Site)
            && IsIn(query.ImpressionCallers, x.Intermediary ?? x.Site)
        );

    private void Fill(long[] histogram, List<Saved> matched, W3cConversion options)
    {
        List<Saved> last =
        [
            .. matched
                .OrderByDescending(x => x.Options.Priority)
                .ThenByDescending(x => x.Time)
                .Take(options.Credit.Count),
        ];
        Rational draw = new((long)(settings.RoundingDraw * (1L << 52)), 1L << 52);
        long[] parts = CreditList.Share([.. options.Credit.Take(last.Count)], options.Value, draw);
        for (int i = 0; i < parts.Length; i++)
            if (last[i].Options.HistogramIndex < histogram.Length)
                histogram[last[i].Options.HistogramIndex] += parts[i];
    }

    private long Lookback(W3cConversion options) =>
        Math.Min(options.LookbackDays ?? settings.LookbackDaysMax, settings.LookbackDaysMax) * DaySeconds;

    // Epochs count from the first event, set back by a part of an epoch and down to the hour.
    private long Epoch(long time)
    {
        long period = settings.EpochDays * DaySeconds;
        epochsFrom ??= (long)Math.Floor((time - (settings.EpochStart * period)) / 3_600) * 3_600;
        return (long)Math.Floor((double)(time - epochsFrom.Value) / period);
    }

    private long StartEpoch(long now)
    {
        long start = Epoch(now - (settings.LookbackDaysMax * DaySeconds));
        return clearedAt is { } cleared ? Math.Max(start, Epoch(cleared) + 1) : start;
    }

    private static bool IsIn(HashSet<string> named, string site) => named.Count == 0 || named.Contains(site);

    private static bool IsSite(string text) => Sites.Of(text) is not null;

    private static W3cError Parse(IReadOnlyList<string> hosts, int most, out HashSet<string> sites)
    {
        sites = new(StringComparer.Ordinal);
        if (hosts.Count > most)
            return W3cError.RangeError;
        foreach (string host in hosts)
        {
            if (Sites.Of(host) is not { } site)
                return W3cError.SyntaxError;
            sites.Add(site);
        }
        return W3cError.None;
    }

    private sealed record Saved(
        W3cImpression Options,
        string Site,
        string? Intermediary,
        HashSet<string> ConversionSites,
        HashSet<string> ConversionCallers,
        long Time,
        long Lifetime
    );

    private sealed record Query(
        string Site,
        string Caller,
        HashSet<string> ImpressionSites,
        HashSet<string> ImpressionCallers,
        W3cConversion Options,
        long Now
    );
}
