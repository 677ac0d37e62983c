using System.Numerics;
using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>What a trigger reports of the source that has the credit, or why it does not.</summary>
public sealed partial class AraBrowser
{
    private const long Budget = 65_536;
    private const long Day = 86_400_000;

    private bool ForEvent(AraTrigger trigger, AraSource source, List<JsonObject> debug)
    {
        bool Fail(string code, long? limit = null)
        {
            debug.Add(Reason(trigger, source, code, limit));
            return false;
        }
        if (trigger.Events.Count == 0)
            return false;
        long age = trigger.Time - source.Time;
        if (source.FakeReports is not null)
            return Fail("trigger-event-noise");
        if (trigger.Events.FirstOrDefault(x => x.Filters.Fits(source.Filters, age)) is not { } wanted)
            return Fail("trigger-event-no-matching-configurations");
        if (wanted.DedupKey is not null && source.DedupKeys.Contains(wanted.DedupKey))
            return Fail("trigger-event-deduplicated");
        if (Data(source, wanted.Data) is not { } data)
            return Fail("trigger-event-no-matching-trigger-data");
        if (age < source.WindowStart)
            return Fail("trigger-event-report-window-not-started");
        long end = source.WindowEnds.FirstOrDefault(x => age < x);
        if (end == 0)
            return Fail("trigger-event-report-window-passed");
        long sendAt = source.Time + end;
        JsonObject payload = AraForms.EventPayload(source, trigger, data, sendAt);
        AraPending report = new(source, sendAt, trigger.Time, wanted.Priority, payload);
        AraPending? lowest = null;
        if (source.Reports >= source.MaxReports)
        {
            lowest = pending
                .Where(x => x.Source == source && x.SendAt == sendAt)
                .OrderBy(x => x.Priority)
                .ThenByDescending(x => x.TriggerTime)
                .FirstOrDefault();
            if (lowest is null || lowest.Priority >= report.Priority)
            {
                debug.Add(
                    new()
                    {
                        ["body"] = payload,
                        ["type"] = lowest is null ? "trigger-event-excessive-reports" : "trigger-event-low-priority",
                    }
                );
                return false;
            }
        }
        else if (
            pending.Count(x => x.Source.Destinations.Contains(trigger.DestinationSite))
            >= settings.EventReportsPerDestinationMax
        )
            return Fail("trigger-event-storage-limit", settings.EventReportsPerDestinationMax);
        if (lowest is null)
        {
            if (Attributions(trigger, source, isEvent: true) >= settings.AttributionsMax)
                return Fail("trigger-event-attributions-per-source-destination-limit", settings.AttributionsMax);
            if (HasTooManyOrigins(trigger, source))
                return Fail("trigger-reporting-origin-limit", settings.AttributionOriginsMax);
            source.Reports++;
            attributions.Add((trigger.Time, source.SourceSite, trigger.DestinationSite, trigger.ReportingOrigin, true));
        }
        else
            pending.Remove(lowest);
        pending.Add(report);
        if (wanted.DedupKey is not null)
            source.DedupKeys.Add(wanted.DedupKey);
        if (payload.ContainsKey("source_debug_key"))
            reports.Add(AraForms.Event(report, isDebug: true));
        return true;
    }

    private bool ForAggregate(AraTrigger trigger, AraSource source, List<JsonObject> debug)
    {
        bool Fail(string code, long? limit = null)
        {
            debug.Add(Reason(trigger, source, code, limit));
            return false;
        }
        if (trigger.Aggregates.Count == 0 && trigger.Values.Count == 0)
            return false;
        long age = trigger.Time - source.Time;
        if (age >= source.AggregateWindow)
            return Fail("trigger-aggregate-report-window-passed");
        List<(BigInteger Key, long Value)> histogram = Histogram(trigger, source, age);
        if (histogram.Count == 0)
            return Fail("trigger-aggregate-no-contributions");
        string? dedup = trigger.AggregateDedupKeys.FirstOrDefault(x => x.Filters.Fits(source.Filters, age)).Key;
        if (dedup is not null && source.AggregateDedupKeys.Contains(dedup))
            return Fail("trigger-aggregate-deduplicated");
        if (AggregatesOf(trigger.DestinationSite, trigger.Time) >= settings.AggregateReportsPerDestinationMax)
            return Fail("trigger-aggregate-storage-limit", settings.AggregateReportsPerDestinationMax);
        if (Attributions(trigger, source, isEvent: false) >= settings.AttributionsMax)
            return Fail("trigger-aggregate-attributions-per-source-destination-limit", settings.AttributionsMax);
        if (HasTooManyOrigins(trigger, source))
            return Fail("trigger-reporting-origin-limit", settings.AttributionOriginsMax);
        if (source.AggregateReports >= settings.AggregateReportsPerSourceMax)
            return Fail("trigger-aggregate-excessive-reports", settings.AggregateReportsPerSourceMax);
        long spent = histogram.Sum(x => x.Value);
        if (source.AggregateSpent + spent > Budget)
            return Fail("trigger-aggregate-insufficient-budget", Budget);
        source.AggregateSpent += spent;
        source.AggregateReports++;
        if (dedup is not null)
            source.AggregateDedupKeys.Add(dedup);
        attributions.Add((trigger.Time, source.SourceSite, trigger.DestinationSite, trigger.ReportingOrigin, false));
        SendAggregate(trigger, source, histogram);
        return true;
    }

    private void SendAggregate(AraTrigger trigger, AraSource source, List<(BigInteger Key, long Value)> histogram)
    {
        long sendAt = trigger.Time + settings.AggregateDelay;
        JsonObject shared = new()
        {
            ["api"] = "attribution-reporting",
            ["attribution_destination"] = trigger.DestinationSite,
            ["reporting_origin"] = trigger.ReportingOrigin,
            ["scheduled_report_time"] = AraForms.Seconds(sendAt),
            ["version"] = "1.0",
        };
        if (trigger.IncludesSourceTime)
            shared["source_registration_time"] = AraForms.Seconds(source.Time / Day * Day);
        JsonObject payload = new()
        {
            ["aggregation_coordinator_origin"] = trigger.CoordinatorOrigin,
            ["histograms"] = new JsonArray([
                .. histogram.Select(x => new JsonObject
                {
                    ["id"] = "0",
                    ["key"] = Hex(x.Key),
                    ["value"] = x.Value,
                }),
            ]),
            ["shared_info"] = shared,
        };
        if (AraForms.AddKeys(payload, source, trigger))
        {
            shared["debug_mode"] = "enabled";
            reports.Add(
                AraForms.Aggregate(trigger.Time, trigger.ReportingOrigin, payload.DeepClone().AsObject(), isDebug: true)
            );
        }
        reports.Add(AraForms.Aggregate(sendAt, trigger.ReportingOrigin, payload, isDebug: false));
    }

    private static List<(BigInteger Key, long Value)> Histogram(AraTrigger trigger, AraSource source, long age)
    {
        IReadOnlyDictionary<string, long>? values = trigger
            .Values.FirstOrDefault(x => x.Filters.Fits(source.Filters, age))
            ?.Values;
        List<(BigInteger Key, long Value)> histogram = [];
        foreach (string name in source.AggregationKeys.Keys.Order(StringComparer.Ordinal))
        {
            if (values is null || !values.TryGetValue(name, out long value))
                continue;
            BigInteger key = source.AggregationKeys[name];
            foreach (AraAggregateData data in trigger.Aggregates)
                if (data.SourceKeys.Contains(name) && data.Filters.Fits(source.Filters, age))
                    key |= data.KeyPiece;
            histogram.Add((key, value));
        }
        return histogram;
    }

    private static string Hex(BigInteger key)
    {
        string digits = key.ToString("x", System.Globalization.CultureInfo.InvariantCulture).TrimStart('0');
        return "0x" + (digits.Length == 0 ? "0" : digits);
    }

    private static long? Data(AraSource source, BigInteger data)
    {
        if (source.TriggerData.Count == 0)
            return null;
        if (source.Matching == AraMatching.Modulus)
            return (long)(data % source.TriggerData.Count);
        return data <= long.MaxValue && source.TriggerData.Contains((long)data) ? (long)data : null;
    }

    private int AggregatesOf(string destination, long now) =>
        attributions.Count(x => !x.IsEvent && x.Destination == destination && x.Time + settings.AggregateDelay > now);

    private int Attributions(AraTrigger trigger, AraSource source, bool isEvent) =>
        attributions.Count(x =>
            x.IsEvent == isEvent
            && IsRecent(x.Time, trigger)
            && x.Source == source.SourceSite
            && x.Destination == trigger.DestinationSite
            && x.Origin == trigger.ReportingOrigin
        );

    private bool HasTooManyOrigins(AraTrigger trigger, AraSource source)
    {
        string[] origins =
        [
            .. attributions
                .Where(x =>
                    IsRecent(x.Time, trigger)
                    && x.Source == source.SourceSite
                    && x.Destination == trigger.DestinationSite
                )
                .Select(x => x.Origin)
                .Distinct(StringComparer.Ordinal),
        ];
        return !origins.Contains(trigger.ReportingOrigin) && origins.Length >= settings.AttributionOriginsMax;
    }

    private bool IsRecent(long time, AraTrigger trigger) => trigger.Time - time < settings.RateLimitDays * 86_400_000L;

    private static JsonObject Reason(AraTrigger trigger, AraSource? source, string code, long? limit = null)
    {
        JsonObject body = new() { ["attribution_destination"] = trigger.DestinationSite };
        if (source is not null)
        {
            body["source_event_id"] = source.EventId;
            body["source_site"] = source.SourceSite;
            if (source.DebugKey is not null)
                body["source_debug_key"] = source.DebugKey;
        }
        if (trigger.DebugKey is not null)
            body["trigger_debug_key"] = trigger.DebugKey;
        if (limit is { } most)
            body["limit"] = AraForms.Text(most);
        return new() { ["body"] = body, ["type"] = code };
    }
}
