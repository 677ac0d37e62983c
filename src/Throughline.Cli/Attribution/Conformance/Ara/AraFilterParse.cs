using System.Numerics;
using System.Text;
using System.Text.Json;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>Reads filter data of sources and filters of triggers; null is what is refused.</summary>
internal static class AraFilterParse
{
    private const int MostKeys = 50;
    private const int MostValues = 50;
    private const int LongestBytes = 25;
    private const string Lookback = "_lookback_window";
    private const string SourceType = "source_type";

    public static AraFilterData? Data(JsonElement header, bool isNavigation)
    {
        Dictionary<string, IReadOnlyList<string>> values = new(StringComparer.Ordinal);
        if (header.TryGetProperty("filter_data", out JsonElement given))
        {
            if (given.ValueKind != JsonValueKind.Object || given.EnumerateObject().Count() > MostKeys)
                return null;
            foreach (JsonProperty key in given.EnumerateObject())
            {
                if (key.Name == SourceType || key.Name.StartsWith('_') || IsLong(key.Name))
                    return null;
                if (Texts(key.Value) is not { } list || list.Count > MostValues || list.Any(IsLong))
                    return null;
                values[key.Name] = list;
            }
        }
        values[SourceType] = [isNavigation ? "navigation" : "event"];
        return new(values);
    }

    /// <summary>The members <c>filters</c> and <c>not_filters</c>: an object, or a list of which one must fit.</summary>
    public static AraFilterPair? Pair(
        JsonElement element,
        string anyName = "filters",
        string notName = "not_filters"
    ) =>
        element.ValueKind == JsonValueKind.Object
        && Read(element, anyName) is { } any
        && Read(element, notName) is { } not
            ? new(any, not)
            : null;

    private static List<AraFilter>? Read(JsonElement element, string name)
    {
        List<AraFilter> filters = [];
        if (!element.TryGetProperty(name, out JsonElement given))
            return filters;
        JsonElement[] all = given.ValueKind == JsonValueKind.Array ? [.. given.EnumerateArray()] : [given];
        foreach (JsonElement one in all)
        {
            if (one.ValueKind != JsonValueKind.Object)
                return null;
            Dictionary<string, IReadOnlyList<string>> values = new(StringComparer.Ordinal);
            long? lookback = null;
            foreach (JsonProperty key in one.EnumerateObject())
                if (key.Name == Lookback)
                {
                    if (
                        key.Value.ValueKind != JsonValueKind.Number
                        || !AraParse.Whole(key.Value, out BigInteger seconds)
                        || seconds <= 0
                    )
                        return null;
                    lookback = (long)BigInteger.Min(seconds, long.MaxValue / 1_000) * 1_000;
                }
                else if (key.Name.StartsWith('_') || Texts(key.Value) is not { } list)
                    return null;
                else
                    values[key.Name] = list;
            filters.Add(new(values, lookback));
        }
        return filters;
    }

    private static List<string>? Texts(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(x => x.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(x => x.GetString()!).Distinct(StringComparer.Ordinal)]
            : null;

    private static bool IsLong(string text) => Encoding.UTF8.GetByteCount(text) > LongestBytes;
}
