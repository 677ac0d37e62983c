namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>What a source says of itself for filters; the key <c>source_type</c> is always there.</summary>
public sealed record AraFilterData(IReadOnlyDictionary<string, IReadOnlyList<string>> Values);

/// <summary>A condition: all of its keys, and the source no older than the lookback window (ms).</summary>
public sealed record AraFilter(IReadOnlyDictionary<string, IReadOnlyList<string>> Values, long? Lookback);

/// <summary>Filters, one of which must fit, and filters of which none may fail to exclude.</summary>
public sealed record AraFilterPair(IReadOnlyList<AraFilter> Any, IReadOnlyList<AraFilter> Not)
{
    public static AraFilterPair None { get; } = new([], []);

    /// <summary>Whether a source of this age (ms) fits.</summary>
    public bool Fits(AraFilterData data, long age) =>
        (Any.Count == 0 || Any.Any(filter => Fits(filter, data, age, isNegated: false)))
        && (Not.Count == 0 || Not.Any(filter => Fits(filter, data, age, isNegated: true)));

    // A key that the source does not have says nothing. An empty list fits an empty list alone.
    private static bool Fits(AraFilter filter, AraFilterData data, long age, bool isNegated)
    {
        if (filter.Lookback is { } lookback && age <= lookback == isNegated)
            return false;
        foreach ((string key, IReadOnlyList<string> wanted) in filter.Values)
        {
            if (!data.Values.TryGetValue(key, out IReadOnlyList<string>? has))
                continue;
            bool meets = wanted.Count == 0 ? has.Count == 0 : wanted.Any(has.Contains);
            if (meets == isNegated)
                return false;
        }
        return true;
    }
}
