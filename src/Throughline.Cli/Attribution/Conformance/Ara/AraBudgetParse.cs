using System.Numerics;
using System.Text.Json;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>Reads what headers say of aggregate reports as a whole: named parts of the budget, who sums up, an id.</summary>
internal static class AraBudgetParse
{
    private const int MostBudgets = 25;
    private const int LongestName = 25;
    private const int LongestId = 64;
    private const long Budget = 65_536;
    private const int MostIdBytes = 8;

    /// <summary>Bytes of a filtering id, unless a trigger says more.</summary>
    public const int UsualIdBytes = 1;

    /// <summary>False if they are refused; none at all are fine.</summary>
    public static bool OfSource(JsonElement header, out Dictionary<string, long> budgets)
    {
        budgets = new(StringComparer.Ordinal);
        if (!header.TryGetProperty("named_budgets", out JsonElement given))
            return true;
        if (given.ValueKind != JsonValueKind.Object || given.EnumerateObject().Count() > MostBudgets)
            return false;
        foreach (JsonProperty part in given.EnumerateObject())
        {
            if (
                part.Name.Length > LongestName
                || part.Value.ValueKind != JsonValueKind.Number
                || !AraParse.Whole(part.Value, out BigInteger most)
                || most < 0
                || most > Budget
            )
                return false;
            budgets[part.Name] = (long)most;
        }
        return true;
    }

    /// <summary>False if they are refused.</summary>
    public static bool OfTrigger(JsonElement header, out List<(string Name, AraFilterPair Filters)> budgets)
    {
        budgets = [];
        if (!header.TryGetProperty("named_budgets", out JsonElement given))
            return true;
        if (given.ValueKind != JsonValueKind.Array)
            return false;
        foreach (JsonElement part in given.EnumerateArray())
        {
            if (AraFilterParse.Pair(part) is not { } filters)
                return false;
            if (!part.TryGetProperty("name", out JsonElement name))
                continue;
            if (name.ValueKind != JsonValueKind.String)
                return false;
            budgets.Add((name.GetString()!, filters));
        }
        return true;
    }

    /// <summary>False if nobody of that origin may sum up.</summary>
    public static bool Coordinator(JsonElement header, AraParse.Context context, out string origin)
    {
        origin = context.Settings.CoordinatorOrigins[0];
        if (
            context.Device is { Flags.Settings.NamesCoordinator: false }
            || !header.TryGetProperty("aggregation_coordinator_origin", out JsonElement given)
        )
            return true;
        if (
            given.ValueKind != JsonValueKind.String
            || !Uri.TryCreate(given.GetString(), UriKind.Absolute, out Uri? address)
        )
            return false;
        string named = address.GetLeftPart(UriPartial.Authority);
        if (!context.Settings.CoordinatorOrigins.Contains(named))
            return false;
        origin = named;
        return true;
    }

    /// <summary>How many bytes filtering ids have; false if that is refused.</summary>
    public static bool FilteringBytes(JsonElement header, AraParse.Context context, out int bytes)
    {
        bytes = UsualIdBytes;
        if (
            context.Device is not null
            || !header.TryGetProperty("aggregatable_filtering_id_max_bytes", out JsonElement given)
        )
            return true;
        if (
            given.ValueKind != JsonValueKind.Number
            || !AraParse.Whole(given, out BigInteger most)
            || most < 1
            || most > MostIdBytes
        )
            return false;
        bytes = (int)most;
        return true;
    }

    /// <summary>The filtering id of a value, 0 without one; false if it is no number in text, or longer than it may be.</summary>
    public static bool FilteringId(JsonElement value, int bytes, out ulong id)
    {
        id = 0;
        return value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("filtering_id", out JsonElement given)
            || given.ValueKind == JsonValueKind.String
                && ulong.TryParse(
                    given.GetString(),
                    System.Globalization.NumberStyles.None,
                    System.Globalization.CultureInfo.InvariantCulture,
                    out id
                )
                && (bytes == MostIdBytes || id >> (8 * bytes) == 0);
    }

    /// <summary>False if it is refused: too long, or with the day of the source, which would tell who it was.</summary>
    public static bool ContextId(JsonElement header, bool includesTime, out string? id)
    {
        id = null;
        if (!header.TryGetProperty("trigger_context_id", out JsonElement given))
            return true;
        if (given.ValueKind != JsonValueKind.String || given.GetString()!.Length > LongestId || includesTime)
            return false;
        id = given.GetString();
        return true;
    }
}
