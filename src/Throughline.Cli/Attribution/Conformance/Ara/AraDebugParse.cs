using System.Numerics;
using System.Text.Json;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>Reads what reporters want summed up of debug reports. What is wrong asks for nothing; the registration counts all the same.</summary>
internal static class AraDebugParse
{
    private const long Budget = 65_536;

    // What may become of sources and triggers; other words are there for browsers to come, and ask for nothing.
    private static readonly HashSet<string> OfSources = new(StringComparer.Ordinal)
    {
        AraDebugSums.Unspecified,
        "source-channel-capacity-limit",
        "source-destination-global-rate-limit",
        "source-destination-limit",
        "source-destination-limit-replaced",
        "source-destination-per-day-rate-limit",
        "source-destination-rate-limit",
        "source-max-event-states-limit",
        "source-noised",
        "source-reporting-origin-limit",
        "source-reporting-origin-per-site-limit",
        "source-scopes-channel-capacity-limit",
        "source-storage-limit",
        "source-success",
        "source-trigger-state-cardinality-limit",
        "source-unknown-error",
    };

    private static readonly HashSet<string> OfTriggers = new(StringComparer.Ordinal)
    {
        AraDebugSums.Unspecified,
        "trigger-aggregate-attributions-per-source-destination-limit",
        "trigger-aggregate-deduplicated",
        "trigger-aggregate-excessive-reports",
        "trigger-aggregate-insufficient-budget",
        "trigger-aggregate-insufficient-named-budget",
        "trigger-aggregate-no-contributions",
        "trigger-aggregate-report-window-passed",
        "trigger-aggregate-storage-limit",
        "trigger-event-attributions-per-source-destination-limit",
        "trigger-event-deduplicated",
        "trigger-event-excessive-reports",
        "trigger-event-low-priority",
        "trigger-event-no-matching-configurations",
        "trigger-event-no-matching-trigger-data",
        "trigger-event-noise",
        "trigger-event-report-window-not-started",
        "trigger-event-report-window-passed",
        "trigger-event-storage-limit",
        "trigger-no-matching-filter-data",
        "trigger-no-matching-source",
        "trigger-reporting-origin-limit",
        "trigger-unknown-error",
    };

    public static AraDebugSums OfSource(JsonElement header, AraParse.Context context) =>
        Find(header, context, out JsonElement given)
        && given.TryGetProperty("budget", out JsonElement budget)
        && Amount(budget, Budget) is { } most
        && Sums(given, context, most, OfSources) is { } sums
            ? sums with
            {
                Budget = most,
            }
            : AraDebugSums.None;

    public static AraDebugSums OfTrigger(JsonElement header, AraParse.Context context) =>
        Find(header, context, out JsonElement given) && Sums(given, context, Budget, OfTriggers) is { } sums
            ? sums
            : AraDebugSums.None;

    private static bool Find(JsonElement header, AraParse.Context context, out JsonElement given)
    {
        given = default;
        return context.Device is null
            && context.Settings.SumsUpDebugReports
            && header.TryGetProperty("aggregatable_debug_reporting", out given)
            && given.ValueKind == JsonValueKind.Object;
    }

    private static AraDebugSums? Sums(JsonElement given, AraParse.Context context, long most, HashSet<string> known)
    {
        BigInteger key = 0;
        if (given.TryGetProperty("key_piece", out JsonElement piece))
        {
            if (AraParse.Key(piece) is not { } read)
                return null;
            key = read;
        }
        if (!AraBudgetParse.Coordinator(given, context, out string coordinator))
            return null;
        Dictionary<string, AraContribution> data = new(StringComparer.Ordinal);
        if (given.TryGetProperty("debug_data", out JsonElement list) && list.ValueKind != JsonValueKind.Array)
            return null;
        foreach (JsonElement item in AraParse.List(given, "debug_data"))
            if (!Add(item, most, data))
                return null;
        foreach (string unknown in data.Keys.Where(type => !known.Contains(type)).ToList())
            data.Remove(unknown);
        return new(key, data, coordinator, 0);
    }

    private static bool Add(JsonElement item, long most, Dictionary<string, AraContribution> data)
    {
        if (
            item.ValueKind != JsonValueKind.Object
            || !item.TryGetProperty("key_piece", out JsonElement piece)
            || AraParse.Key(piece) is not { } key
            || !item.TryGetProperty("value", out JsonElement given)
            || Amount(given, most) is not { } value
            || !item.TryGetProperty("types", out JsonElement types)
            || types.ValueKind != JsonValueKind.Array
            || types.GetArrayLength() == 0
        )
            return false;
        foreach (JsonElement type in types.EnumerateArray())
            if (type.ValueKind != JsonValueKind.String || !data.TryAdd(type.GetString()!, new(key, value)))
                return false;
        return true;
    }

    // A number from 1 on.
    private static long? Amount(JsonElement given, long most) =>
        given.ValueKind == JsonValueKind.Number
        && AraParse.Whole(given, out BigInteger value)
        && value >= 1
        && value <= most
            ? (long)value
            : null;
}
