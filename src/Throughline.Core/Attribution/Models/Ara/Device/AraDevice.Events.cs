using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>What event-level reports say of a trigger on a device: one each, or one for each bucket that is reached.</summary>
public sealed partial class AraDevice
{
    private bool ForEvent(AraTrigger trigger, AraSource source)
    {
        bool Fail(string code, long? limit = null)
        {
            Explain(trigger, source, code, limit);
            return false;
        }
        // A copy has aggregate reports alone.
        if (source.Parent is not null || trigger.Events.Count == 0)
            return false;
        long age = trigger.Time - source.Time;
        if (trigger.Events.FirstOrDefault(x => x.Filters.Fits(source.Filters, age)) is not { } wanted)
            return Fail("trigger-event-no-matching-configurations");
        if (wanted.DedupKey is not null && source.DedupKeys.Contains(wanted.DedupKey))
            return Fail("trigger-event-deduplicated");
        if (AraReason.Data(source.TriggerData, source.Matching, wanted.Data) is not { } data)
            return Fail("trigger-event-no-matching-trigger-data");
        bool isInstalled = source.InstalledAt is not null && AraSource.IsApp(trigger.DestinationSite);
        AraReportWindows windows = isInstalled ? source.Device.WindowsWhenInstalled ?? source.Windows : source.Windows;
        AraTriggerSpec spec =
            source.Specs?.First(x => x.Data.Contains(data))
            ?? new(source.TriggerData, source.WindowStart, windows.Ends, [], IsSum: false);
        if (age < spec.WindowStart)
            return Fail("trigger-event-report-window-not-started");
        if (spec.EndAt(age) is not { } end)
            return Fail("trigger-event-report-window-passed");
        return source.Specs is null
            ? ForOne(trigger, source, wanted, data, source.Time + end, windows.MaxReports)
            : ForBuckets(trigger, source, wanted, data, spec);
    }

    private bool ForOne(AraTrigger trigger, AraSource source, AraEventData wanted, long data, long sendAt, int most)
    {
        bool Fail(string code, long? limit = null)
        {
            Explain(trigger, source, code, limit);
            return false;
        }
        if (events.Count(x => x.Source == source) >= most)
        {
            AraDeviceReport? lowest = events
                .Where(x => x.Source == source && x.SendAt == sendAt)
                .OrderBy(x => x.Priority)
                .ThenByDescending(x => x.TriggerTime)
                .FirstOrDefault();
            if (lowest is null || lowest.Priority >= wanted.Priority)
            {
                JsonObject body = AraForms.PlainEvent(source, trigger.DestinationSite, data, sendAt);
                body["attribution_destination"] = trigger.DestinationSite;
                AddKeys(body, AraDebugKeys.OfReason(source, trigger, settings));
                string code = lowest is null ? "trigger-event-excessive-reports" : "trigger-event-low-priority";
                Explain(trigger, source, new JsonObject { ["body"] = body, ["type"] = code });
                return false;
            }
            events.Remove(lowest);
            attributions.Remove(lowest.Attribution);
        }
        else if (Attributions(trigger, source, isEvent: true) >= shared.AttributionsMax)
            return Fail(AttributionLimit(isEvent: true), shared.AttributionsMax);
        if (events.Count(x => x.Destination == trigger.DestinationSite) >= shared.EventReportsPerDestinationMax)
            return Fail("trigger-event-storage-limit", shared.EventReportsPerDestinationMax);
        if (wanted.DedupKey is not null)
            source.DedupKeys.Add(wanted.DedupKey);
        JsonObject payload = AraForms.PlainEvent(source, trigger.DestinationSite, data, sendAt);
        var keys = AraDebugKeys.OfReport(source, trigger, settings);
        AddKeys(payload, keys);
        Send(trigger, source, payload, sendAt, wanted.Priority, data, keys is { Source: not null, Trigger: not null });
        return true;
    }

    /// <summary>
    /// What was not sent yet is made anew from all triggers of the source, by priority, then time: what was sent already took its part
    /// of the triggers in the order in which they came to be counted.
    /// </summary>
    private bool ForBuckets(AraTrigger trigger, AraSource source, AraEventData wanted, long data, AraTriggerSpec spec)
    {
        List<AraDeviceReport> own = events.FindAll(x => x.Source == source);
        List<AraDeviceReport> sent = own.FindAll(x => x.SendAt <= trigger.Time);
        if (sent.Count == source.MaxReports)
            return false;
        int attributed = Attributions(trigger, source, isEvent: true);
        foreach (AraDeviceReport pending in own.Except(sent))
        {
            events.Remove(pending);
            attributions.Remove(pending.Attribution);
        }
        int left = Math.Min(
            shared.AttributionsMax - attributed + own.Count - sent.Count,
            source.MaxReports - sent.Count
        );
        if (left == 0)
            return false;
        if (wanted.DedupKey is not null)
            source.DedupKeys.Add(wanted.DedupKey);
        AraBuckets buckets = new(source, sent);
        source.Counted.Add(
            new(
                trigger.Time,
                wanted.Priority,
                data,
                spec.IsSum ? wanted.Value : 1,
                AraDebugKeys.OfReport(source, trigger, settings)
            )
        );
        source.Counted.Sort(
            (x, y) => x.Priority != y.Priority ? y.Priority.CompareTo(x.Priority) : x.Time.CompareTo(y.Time)
        );
        foreach (AraBuckets.Reached reached in buckets.Fill(source.Counted, left))
            if (reached.Spec.EndAt(trigger.Time - source.Time) is { } end)
                Send(trigger, source, reached, source.Time + end);
        return true;
    }

    // Keys of all triggers that took part, if all have one.
    private void Send(AraTrigger trigger, AraSource source, AraBuckets.Reached reached, long sendAt)
    {
        JsonObject payload = AraForms.PlainEvent(source, trigger.DestinationSite, reached.Data, sendAt);
        payload["trigger_summary_bucket"] = new JsonArray(reached.Least, reached.Most);
        bool hasSource = source.DebugKey is not null && reached.From.All(x => x.Keys.Source is not null);
        bool hasTriggers = reached.From.All(x => x.Keys.Trigger is not null);
        bool hasBoth = hasSource && hasTriggers;
        if (hasSource && (hasBoth || !settings.NeedsBothDebugKeys))
            payload["source_debug_key"] = source.DebugKey;
        if (hasTriggers && (hasBoth || !settings.NeedsBothDebugKeys))
            payload["trigger_debug_keys"] = new JsonArray([
                .. reached.From.Select(x => (JsonNode)JsonValue.Create(x.Keys.Trigger!)),
            ]);
        Send(trigger, source, payload, sendAt, reached.From[^1].Priority, reached.Data, hasBoth);
    }

    private void Send(
        AraTrigger trigger,
        AraSource source,
        JsonObject payload,
        long sendAt,
        long priority,
        long data,
        bool hasKeys
    )
    {
        AraAttribution attribution = Attribution(trigger, source, isEvent: true);
        AraDeviceReport report = new(
            source,
            trigger.Device.Party,
            trigger.DestinationSite,
            sendAt,
            trigger.Time,
            priority,
            data,
            payload,
            attribution
        );
        attributions.Add(attribution);
        events.Add(report);
        if (hasKeys)
            reports.Add(new(trigger.Time, report.Url(isDebug: true), payload.DeepClone()));
    }

    private static void AddKeys(JsonObject payload, (string? Source, string? Trigger) keys)
    {
        if (keys.Source is not null)
            payload["source_debug_key"] = keys.Source;
        if (keys.Trigger is not null)
            payload["trigger_debug_key"] = keys.Trigger;
    }
}
