using System.Numerics;
using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>Which source a trigger is credited to on a device, and what aggregate reports say of it.</summary>
public sealed partial class AraDevice
{
    /// <summary>Registers a trigger.</summary>
    public void Register(AraTrigger trigger)
    {
        AraSource? summedUp = Credit(trigger);
        reports.AddRange(AraHistogram.Empty(trigger, summedUp?.Time, shared));
    }

    // The source for which there is an aggregate report, if any.
    private AraSource? Credit(AraTrigger trigger)
    {
        List<AraSource> matching = sources.FindAll(x =>
            !x.IsIgnored && x.ReportingOrigin == trigger.ReportingOrigin && AraDerivation.IsLive(trigger, x)
        );
        if (settings.CreditsOtherNetworks)
            matching.AddRange(AraDerivation.Copies(trigger, sources, settings));
        if (Winner(trigger, matching) is not { } source)
        {
            Explain(trigger, null, "trigger-no-matching-source");
            return null;
        }
        matching.Remove(source);
        if (!trigger.Filters.Fits(source.Filters, trigger.Time - source.Time))
        {
            Explain(trigger, source, "trigger-no-matching-filter-data");
            return null;
        }
        if (settings.LosersGoWithFilters)
            Ignore(matching, trigger);
        if (HasTooManyOrigins(trigger, source))
        {
            Explain(trigger, source, "trigger-reporting-origin-limit", shared.AttributionOriginsMax);
            return null;
        }
        bool isSummedUp = ForAggregate(trigger, source);
        if (ForEvent(trigger, source) || isSummedUp)
            Ignore(matching, trigger);
        return isSummedUp ? source : null;
    }

    // The trigger's scopes, an install that keeps others out, priority, then time decide.
    private AraSource? Winner(AraTrigger trigger, List<AraSource> matching)
    {
        IEnumerable<AraSource> candidates = matching;
        if (settings.HasScopes && trigger.Scopes.Count > 0)
            candidates = matching.Where(x => x.Scopes?.Values.Any(trigger.Scopes.Contains) ?? false);
        return candidates
            .OrderByDescending(x => x.InstalledAt is not null && trigger.Time < x.Time + x.Device.ExclusivityWindow)
            .ThenByDescending(x => x.Priority)
            .ThenByDescending(x => x.Time)
            .FirstOrDefault();
    }

    // Who loses once loses always; another network's source for this network alone.
    private static void Ignore(List<AraSource> losers, AraTrigger trigger)
    {
        foreach (AraSource loser in losers)
            if (loser.Parent is { } parent)
                parent.LostFor.Add(trigger.Network);
            else
                loser.IsIgnored = true;
    }

    private bool ForAggregate(AraTrigger trigger, AraSource source)
    {
        bool Fail(string code, long? limit = null)
        {
            Explain(trigger, source, code, limit);
            return false;
        }
        if (Attributions(trigger, source, isEvent: false) >= settings.AggregateAttributionsMax)
            return Fail(AttributionLimit(isEvent: false), settings.AggregateAttributionsMax);
        if (trigger.Time - source.Time >= source.AggregateWindow)
            return Fail("trigger-aggregate-report-window-passed");
        int kept = aggregates.Count(x =>
            x.Report.Payload["shared_info"]!["attribution_destination"]!.GetValue<string>() == trigger.DestinationSite
        );
        if (kept >= shared.AggregateReportsPerDestinationMax)
            return Fail("trigger-aggregate-storage-limit", shared.AggregateReportsPerDestinationMax);
        if (source.AggregateReports >= shared.AggregateReportsPerSourceMax)
            return Fail("trigger-aggregate-excessive-reports", shared.AggregateReportsPerSourceMax);
        string? dedup = trigger
            .AggregateDedupKeys.FirstOrDefault(x => x.Filters.Fits(source.Filters, trigger.Time - source.Time))
            .Key;
        if (dedup is not null && source.AggregateDedupKeys.Contains(dedup))
            return Fail("trigger-aggregate-deduplicated");
        var histogram = AraHistogram.Of(trigger, source, AraDerivation.Bits(trigger, source));
        if (histogram.Count == 0)
            return (trigger.Aggregates.Count > 0 || trigger.Values.Count > 0)
                && Fail("trigger-aggregate-no-contributions");
        if (AraHistogram.Spend(trigger, source, histogram) is { } lack)
        {
            var keys = AraDebugKeys.OfReason(source, trigger, settings);
            Explain(
                trigger,
                source,
                AraReason.Named(AraReason.Of(trigger, source, lack.Code, lack.Limit, keys), lack.Name)
            );
            return false;
        }
        source.AggregateReports++;
        if (dedup is not null)
            source.AggregateDedupKeys.Add(dedup);
        attributions.Add(Attribution(trigger, source, isEvent: false));
        SendAggregate(trigger, source, histogram);
        return true;
    }

    private void SendAggregate(AraTrigger trigger, AraSource source, List<AraContribution> histogram)
    {
        long sendAt = AraHistogram.SendAt(trigger, shared);
        JsonObject payload = AraHistogram.Payload(trigger, source.Time, histogram, sendAt);
        if (!settings.NamesCoordinator)
            payload.Remove("aggregation_coordinator_origin");
        var keys = AraDebugKeys.OfReport(source, trigger, settings);
        if (keys.Source is not null)
            payload["source_debug_key"] = keys.Source;
        if (keys.Trigger is not null)
            payload["trigger_debug_key"] = keys.Trigger;
        if (keys is { Source: not null, Trigger: not null })
        {
            payload["shared_info"]!["debug_mode"] = "enabled";
            JsonObject copy = payload.DeepClone().AsObject();
            reports.Add(AraForms.Aggregate(trigger.Time, trigger.ReportingOrigin, copy, isDebug: true));
        }
        AraReport report = AraForms.Aggregate(sendAt, trigger.ReportingOrigin, payload, isDebug: false);
        aggregates.Add((report, source, trigger.Device.Party));
    }

    private void Explain(AraTrigger trigger, AraSource? source, string code, long? limit = null)
    {
        JsonObject reason = AraReason.Of(
            trigger,
            source,
            code,
            limit,
            AraDebugKeys.OfReason(source, trigger, settings)
        );
        Explain(trigger, source, reason);
    }

    private void Explain(AraTrigger trigger, AraSource? source, JsonObject reason)
    {
        bool isPermitted = trigger.HasDebugPermission && (source?.HasDebugPermission ?? true);
        if (trigger.WantsDebugReports && isPermitted)
            reports.Add(AraForms.Verbose(trigger.Time, trigger.ReportingOrigin, [reason]));
    }

    private string AttributionLimit(bool isEvent) =>
        !settings.NamesKindOfLimit ? "trigger-attributions-per-source-destination-limit"
        : isEvent ? "trigger-event-attributions-per-source-destination-limit"
        : "trigger-aggregate-attributions-per-source-destination-limit";

    private static AraAttribution Attribution(AraTrigger trigger, AraSource source, bool isEvent) =>
        new(
            source.Time,
            source,
            trigger.Device.Party,
            source.SourceSite,
            trigger.DestinationSite,
            trigger.ReportingOrigin,
            trigger.Network,
            isEvent
        );

    private int Attributions(AraTrigger trigger, AraSource source, bool isEvent) =>
        Near(trigger, source).Count(x => x.IsEvent == isEvent && x.Network == trigger.Network);

    private bool HasTooManyOrigins(AraTrigger trigger, AraSource source) =>
        Near(trigger, source)
            .Select(x => x.Origin)
            .Where(x => x != trigger.ReportingOrigin)
            .Distinct(StringComparer.Ordinal)
            .Count() >= shared.AttributionOriginsMax;

    // Of these two sites, in the window of the limits.
    private IEnumerable<AraAttribution> Near(AraTrigger trigger, AraSource source) =>
        attributions.Where(x =>
            trigger.Time - x.Time < shared.RateLimitDays * 86_400_000L
            && x.SourceSite == source.SourceSite
            && x.Destination == trigger.DestinationSite
        );
}
