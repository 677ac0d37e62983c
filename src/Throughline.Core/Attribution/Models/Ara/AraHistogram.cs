using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>What a trigger adds to which buckets of a source, and the aggregate report of it.</summary>
internal static class AraHistogram
{
    private const long Day = 86_400_000;

    /// <summary>The most that all reports of one source may add.</summary>
    public const long Budget = 65_536;

    /// <summary>Buckets in ordinal order of the keys' names; <paramref name="networkBits"/> mark another network's source.</summary>
    public static List<AraContribution> Of(AraTrigger trigger, AraSource source, BigInteger networkBits)
    {
        long age = trigger.Time - source.Time;
        AraAggregateValues? values = trigger.Values.FirstOrDefault(x => x.Filters.Fits(source.Filters, age));
        List<AraContribution> histogram = [];
        foreach (string name in source.AggregationKeys.Keys.Order(StringComparer.Ordinal))
        {
            if (values is null || !values.Values.TryGetValue(name, out long value))
                continue;
            BigInteger key = source.AggregationKeys[name];
            foreach (AraAggregateData data in trigger.Aggregates)
                if (data.SourceKeys.Contains(name) && data.Filters.Fits(source.Filters, age))
                    key |= data.KeyPiece | (networkBits << data.NetworkOffset);
            histogram.Add(new(key, value, values.FilteringIds.GetValueOrDefault(name)));
        }
        return histogram;
    }

    /// <summary>Charges the source's budget and a named part of it; the reason if it has not so much left.</summary>
    public static (string Code, long Limit, string? Name)? Spend(
        AraTrigger trigger,
        AraSource source,
        List<AraContribution> histogram
    )
    {
        long spent = histogram.Sum(x => x.Value);
        if (source.AggregateSpent + spent > Budget - source.DebugSums.Budget)
            return ("trigger-aggregate-insufficient-budget", Budget, null);
        string? name = trigger
            .Budgets.FirstOrDefault(x => x.Filters.Fits(source.Filters, trigger.Time - source.Time))
            .Name;
        if (name is not null && source.Budgets.TryGetValue(name, out long part))
        {
            long own = source.BudgetSpent.GetValueOrDefault(name) + spent;
            if (own > part)
                return ("trigger-aggregate-insufficient-named-budget", part, name);
            source.BudgetSpent[name] = own;
        }
        source.AggregateSpent += spent;
        return null;
    }

    /// <summary>When the report is sent (ms): later than the trigger, unless that has an id of its own.</summary>
    public static long SendAt(AraTrigger trigger, AraSettings settings) =>
        trigger.Time + (trigger.IsUnconditional ? 0 : settings.AggregateDelay);

    /// <summary>
    /// Reports that add nothing, so that nobody can tell from their number what was credited: by chance, and of a trigger with an id of
    /// its own that is credited to no source.
    /// </summary>
    public static IEnumerable<AraReport> Empty(AraTrigger trigger, long? creditedTime, AraSettings settings)
    {
        if (trigger.Aggregates.Count == 0 && trigger.Values.Count == 0)
            yield break;
        List<long> times =
            trigger.IncludesSourceTime
                ?
                [
                    .. trigger
                        .EmptyReportDays.Select(day => trigger.Time - (day * Day))
                        .Where(x => x / Day != creditedTime / Day),
                ]
            : creditedTime is null && (trigger.IsUnconditional || trigger.EmptyReportDays.Contains(0)) ? [trigger.Time]
            : [];
        foreach (long time in times)
        {
            long sendAt = SendAt(trigger, settings);
            JsonObject payload = Payload(trigger, time, [default], sendAt);
            yield return AraForms.Aggregate(sendAt, trigger.ReportingOrigin, payload, isDebug: false);
        }
    }

    /// <summary>What the report says, without debug keys.</summary>
    public static JsonObject Payload(AraTrigger trigger, long sourceTime, List<AraContribution> histogram, long sendAt)
    {
        JsonObject shared = new()
        {
            ["api"] = "attribution-reporting",
            ["attribution_destination"] = trigger.DestinationSite,
            ["reporting_origin"] = trigger.ReportingOrigin,
            ["scheduled_report_time"] = AraForms.Seconds(sendAt),
            ["version"] = "1.0",
        };
        if (trigger.IncludesSourceTime)
            shared["source_registration_time"] = AraForms.Seconds(sourceTime / Day * Day);
        JsonObject payload = new()
        {
            ["aggregation_coordinator_origin"] = trigger.CoordinatorOrigin,
            ["histograms"] = Buckets(histogram),
            ["shared_info"] = shared,
        };
        if (trigger.ContextId is not null)
            payload["trigger_context_id"] = trigger.ContextId;
        return payload;
    }

    /// <summary>Contributions, as reports have them.</summary>
    public static JsonArray Buckets(IEnumerable<AraContribution> histogram) =>
        new([
            .. histogram.Select(x => new JsonObject
            {
                ["id"] = x.FilteringId.ToString(CultureInfo.InvariantCulture),
                ["key"] = Hex(x.Key),
                ["value"] = x.Value,
            }),
        ]);

    private static string Hex(BigInteger key)
    {
        string digits = key.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
        return "0x" + (digits.Length == 0 ? "0" : digits);
    }
}
