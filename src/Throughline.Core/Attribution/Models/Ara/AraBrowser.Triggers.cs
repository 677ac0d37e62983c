using System.Numerics;
using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>What a trigger reports of the source that has the credit, or why it does not.</summary>
public sealed partial class AraBrowser
{
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
        if (source.FakeReports is { Count: > 0 })
            return Fail("trigger-event-noise");
        if (trigger.Events.FirstOrDefault(x => x.Filters.Fits(source.Filters, age)) is not { } wanted)
            return Fail("trigger-event-no-matching-configurations");
        if (wanted.DedupKey is not null && source.DedupKeys.Contains(wanted.DedupKey))
            return Fail("trigger-event-deduplicated");
        if (AraReason.Data(source.TriggerData, source.Matching, wanted.Data) is not { } data)
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
            // Chance made up that there are no reports at all.
            if (source.FakeReports is not null)
                return Fail("trigger-event-noise");
            source.Reports++;
            attributions.Add(
                new(source, trigger.DestinationSite, trigger.ReportingOrigin, trigger.Network, IsEvent: true)
            );
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
        List<AraContribution> histogram = AraHistogram.Of(trigger, source, BigInteger.Zero);
        if (histogram.Count == 0)
            return Fail("trigger-aggregate-no-contributions");
        string? dedup = trigger.AggregateDedupKeys.FirstOrDefault(x => x.Filters.Fits(source.Filters, age)).Key;
        if (dedup is not null && source.AggregateDedupKeys.Contains(dedup))
            return Fail("trigger-aggregate-deduplicated");
        int waiting = aggregates.Count(x => x.Destination == trigger.DestinationSite && x.Report.Time > trigger.Time);
        if (waiting >= settings.AggregateReportsPerDestinationMax)
            return Fail("trigger-aggregate-storage-limit", settings.AggregateReportsPerDestinationMax);
        if (Attributions(trigger, source, isEvent: false) >= settings.AttributionsMax)
            return Fail("trigger-aggregate-attributions-per-source-destination-limit", settings.AttributionsMax);
        if (HasTooManyOrigins(trigger, source))
            return Fail("trigger-reporting-origin-limit", settings.AttributionOriginsMax);
        if (source.AggregateReports >= settings.AggregateReportsPerSourceMax)
            return Fail("trigger-aggregate-excessive-reports", settings.AggregateReportsPerSourceMax);
        if (AraHistogram.Spend(trigger, source, histogram) is { } lack)
        {
            debug.Add(AraReason.Named(Reason(trigger, source, lack.Code, lack.Limit), lack.Name));
            return false;
        }
        source.AggregateReports++;
        if (dedup is not null)
            source.AggregateDedupKeys.Add(dedup);
        attributions.Add(
            new(source, trigger.DestinationSite, trigger.ReportingOrigin, trigger.Network, IsEvent: false)
        );
        SendAggregate(trigger, source, histogram);
        return true;
    }

    private void SendAggregate(AraTrigger trigger, AraSource source, List<AraContribution> histogram)
    {
        long sendAt = AraHistogram.SendAt(trigger, settings);
        JsonObject payload = AraHistogram.Payload(trigger, source.Time, histogram, sendAt);
        if (AraForms.AddKeys(payload, source, trigger))
        {
            payload["shared_info"]!["debug_mode"] = "enabled";
            reports.Add(
                AraForms.Aggregate(trigger.Time, trigger.ReportingOrigin, payload.DeepClone().AsObject(), isDebug: true)
            );
        }
        AraReport report = AraForms.Aggregate(sendAt, trigger.ReportingOrigin, payload, isDebug: false);
        aggregates.Add((source, trigger.DestinationSite, report));
    }

    private int Attributions(AraTrigger trigger, AraSource source, bool isEvent) =>
        Near(trigger, source).Count(x => x.IsEvent == isEvent && x.Network == trigger.Network);

    private bool HasTooManyOrigins(AraTrigger trigger, AraSource source) =>
        Near(trigger, source)
            .Select(x => x.Origin)
            .Append(trigger.ReportingOrigin)
            .Distinct(StringComparer.Ordinal)
            .Count() > settings.AttributionOriginsMax;

    // Of these two sites, in the window of the limits, which counts from the source.
    private IEnumerable<Attribution> Near(AraTrigger trigger, AraSource source) =>
        attributions.Where(x =>
            trigger.Time - x.Source.Time < settings.RateLimitDays * 86_400_000L
            && x.Source.SourceSite == source.SourceSite
            && x.Destination == trigger.DestinationSite
        );

    private static JsonObject Reason(AraTrigger trigger, AraSource? source, string code, long? limit = null) =>
        AraReason.Of(trigger, source, code, limit, (source?.DebugKey, trigger.DebugKey));
}
