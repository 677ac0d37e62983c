using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>
/// The Attribution Reporting API as one browser keeps it: sources and triggers in order of time give event-level, aggregate and
/// debug reports. Of sources with the trigger's destination and reporter the one with the highest priority, then the latest, has
/// the credit; the others never have any again.
/// </summary>
public sealed partial class AraBrowser(AraSettings settings)
{
    private readonly List<AraSource> sources = [];
    private readonly List<AraPending> pending = [];
    private readonly List<AraReport> reports = [];
    private readonly List<(AraSource Source, string Destination, AraReport Report)> aggregates = [];
    private readonly List<Attribution> attributions = [];
    private readonly AraSourceLimits limits = new(settings);
    private readonly AraDebugReports sums = new(settings);

    // That a trigger was credited; the limits count these.
    private sealed record Attribution(
        AraSource Source,
        string Destination,
        string Origin,
        string Network,
        bool IsEvent
    );

    /// <summary>Every report of what was registered, in the order of sending.</summary>
    public IReadOnlyList<AraReport> Finish()
    {
        foreach (AraPending report in pending)
            reports.Add(AraForms.Event(report, isDebug: false));
        pending.Clear();
        return [.. reports.Concat(aggregates.Select(x => x.Report)).OrderBy(x => x.Time)];
    }

    /// <summary>Adds a debug report of something that was never registered: a header that does not parse.</summary>
    public void HeaderError(long time, string origin, string contextSite, string header, string value) =>
        reports.Add(
            AraForms.Verbose(
                time,
                origin,
                [
                    new JsonObject
                    {
                        ["body"] = new JsonObject
                        {
                            ["context_site"] = contextSite,
                            ["header"] = header,
                            ["value"] = value,
                        },
                        ["type"] = "header-parsing-error",
                    },
                ]
            )
        );

    /// <summary>Adds a debug report of a registration that is the operating system's: it asked for one.</summary>
    public void Delegated(long time, string origin, string contextSite, string url, bool isSource) =>
        reports.Add(
            AraForms.Verbose(
                time,
                origin,
                [
                    new JsonObject
                    {
                        ["body"] = new JsonObject { ["context_site"] = contextSite, ["registration_url"] = url },
                        ["type"] = isSource ? "os-source-delegated" : "os-trigger-delegated",
                    },
                ]
            )
        );

    /// <summary>Registers a source.</summary>
    public void Register(AraSource source)
    {
        Send(source.Time);
        if (AraScoping.IsOther(sources, source))
            return;
        (string code, JsonNode? limit) = Refusal(source);
        bool isFull = false;
        if (code.Length == 0)
        {
            HashSet<AraSource> gone = limits.MakingWay(source);
            if (gone.Contains(source))
                (code, limit) = ("source-destination-limit", AraForms.Text(settings.ActiveDestinationsMax));
            else
            {
                isFull = gone.Count > 0;
                Remove(gone, source.Time);
                AraScoping.Rescope(sources, source);
            }
        }
        string outcome = code;
        if (code.Length == 0)
        {
            code = source.FakeReports is null ? "source-success" : "source-noised";
            // What others did is told in sums alone: it looks like success.
            outcome = limits.MeetsHidden(source) ?? code;
            if (outcome == code)
                Keep(source);
        }
        if (sums.Of(source, isFull ? [outcome, "source-destination-limit-replaced"] : [outcome]) is { } summed)
            reports.Add(summed);
        if (!source.WantsDebugReports || !source.HasDebugPermission)
            return;
        reports.Add(
            AraForms.Verbose(
                source.Time,
                source.ReportingOrigin,
                [AraForms.SourceReason(source, code, limit, isFull ? settings.ActiveDestinationsMax : null)]
            )
        );
    }

    /// <summary>Registers a trigger.</summary>
    public void Register(AraTrigger trigger)
    {
        Send(trigger.Time);
        List<AraSource> matching = sources.FindAll(x =>
            x.ReportingOrigin == trigger.ReportingOrigin
            && x.Destinations.Contains(trigger.DestinationSite)
            && trigger.Time < x.Time + x.Expiry
        );
        AraSource? source = matching
            .Where(x => trigger.Scopes.Count == 0 || (x.Scopes?.Values.Any(trigger.Scopes.Contains) ?? false))
            .OrderByDescending(x => x.Priority)
            .ThenByDescending(x => x.Time)
            .ThenByDescending(sources.IndexOf)
            .FirstOrDefault();
        List<JsonObject> debug = [];
        bool isSummedUp = false;
        if (source is null)
            debug.Add(Reason(trigger, null, "trigger-no-matching-source"));
        else if (!trigger.Filters.Fits(source.Filters, trigger.Time - source.Time))
            debug.Add(Reason(trigger, source, "trigger-no-matching-filter-data"));
        else
        {
            bool attributed = ForEvent(trigger, source, debug);
            isSummedUp = ForAggregate(trigger, source, debug);
            attributed |= isSummedUp;
            // A trigger that asks for nothing of this kind of source has used the others up all the same.
            if (attributed || debug.Any(x => (string)x["type"]! == "trigger-event-no-matching-configurations"))
                sources.RemoveAll(x => x != source && matching.Contains(x));
        }
        reports.AddRange(AraHistogram.Empty(trigger, isSummedUp ? source!.Time : null, settings));
        bool asks = trigger.Events.Count > 0 || trigger.Aggregates.Count > 0 || trigger.Values.Count > 0;
        if (asks && sums.Of(trigger, source, debug.Select(x => (string)x["type"]!)) is { } summed)
            reports.Add(summed);
        bool permitted = trigger.HasDebugPermission && (source?.HasDebugPermission ?? true);
        if (debug.Count > 0 && trigger.WantsDebugReports && permitted)
            reports.Add(AraForms.Verbose(trigger.Time, trigger.ReportingOrigin, new([.. debug])));
    }

    // What is due is sent before anything that happens at this time or later.
    private void Send(long now)
    {
        foreach (AraPending due in pending.Where(x => x.SendAt <= now))
            reports.Add(AraForms.Event(due, isDebug: false));
        pending.RemoveAll(x => x.SendAt <= now);
    }

    private (string Code, JsonNode? Limit) Refusal(AraSource source)
    {
        double limit = source.IsNavigation ? settings.CapacityNavigation : settings.CapacityEvent;
        if (source.States > settings.StatesMax)
            return ("source-trigger-state-cardinality-limit", AraForms.Text((long)settings.StatesMax));
        if (AraCapacity.Of(source) > limit)
            return ("source-channel-capacity-limit", limit);
        double scoped = source.IsNavigation ? settings.ScopesCapacityNavigation : settings.ScopesCapacityEvent;
        if (source.Scopes is { } scopes)
        {
            if (!source.IsNavigation && source.States > scopes.MaxEventStates)
                return ("source-max-event-states-limit", AraForms.Text(scopes.MaxEventStates));
            // Each scope but the source's own may stand for as many states as the reporter says.
            if (Math.Log2(source.States + ((double)scopes.MaxEventStates * (scopes.Limit - 1))) > scoped)
                return ("source-scopes-channel-capacity-limit", scoped);
        }
        int kept = sources.Count(x => x.SourceOrigin == source.SourceOrigin && source.Time < x.Time + x.Expiry);
        if (kept >= settings.SourcesPerOriginMax)
            return ("source-storage-limit", AraForms.Text(settings.SourcesPerOriginMax));
        AraSourceLimits.Met met = limits.OriginsOfReporter(source);
        if (met.Code.Length == 0)
            met = limits.DestinationsOverTime(source);
        return met.Code.Length > 0 ? (met.Code, AraForms.Text(met.Limit)) : ("", null);
    }

    private void Keep(AraSource source)
    {
        limits.Add(source);
        sources.Add(source);
        foreach (AraFakeReport fake in source.FakeReports ?? [])
        {
            long sendAt = source.Time + source.WindowEnds[fake.Window];
            JsonObject payload = AraForms.EventPayload(source, null, fake.TriggerData, sendAt);
            long start = fake.Window == 0 ? source.WindowStart : source.WindowEnds[fake.Window - 1];
            pending.Add(new(source, sendAt, source.Time + start, 0, payload));
        }
        if (source.FakeReports is not null)
            foreach (string destination in source.Destinations)
                attributions.Add(new(source, destination, source.ReportingOrigin, source.Network, IsEvent: true));
    }

    // Sources that made way go, and so do reports that could tell of it.
    private void Remove(HashSet<AraSource> gone, long now)
    {
        limits.Remove(gone);
        sources.RemoveAll(gone.Contains);
        pending.RemoveAll(x => gone.Contains(x.Source) && x.TriggerTime >= now);
        aggregates.RemoveAll(x => gone.Contains(x.Source) && x.Report.Time > now);
        attributions.RemoveAll(x => gone.Contains(x.Source) && !x.IsEvent);
    }
}
