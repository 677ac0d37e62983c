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
    private readonly List<(long Time, string Source, string Destination, string Origin, bool IsEvent)> attributions =
    [];

    private readonly List<(long Time, string Source, string Origin, string Destination)> destinations = [];

    /// <summary>Every report of what was registered, in the order of sending.</summary>
    public IReadOnlyList<AraReport> Finish()
    {
        foreach (AraPending report in pending)
            reports.Add(AraForms.Event(report, isDebug: false));
        pending.Clear();
        return [.. reports.OrderBy(x => x.Time)];
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

    /// <summary>Registers a source.</summary>
    public void Register(AraSource source)
    {
        Send(source.Time);
        (string code, JsonNode? limit) = Refusal(source);
        if (code.Length == 0)
        {
            Rescope(source);
            (code, limit) = DestinationRefusal(source);
        }
        if (code.Length == 0)
        {
            destinations.AddRange(
                source.Destinations.Select(x => (source.Time, source.SourceSite, source.ReportingOrigin, x))
            );
            sources.Add(source);
            foreach (AraFakeReport fake in source.FakeReports ?? [])
            {
                long sendAt = source.Time + source.WindowEnds[fake.Window];
                JsonObject payload = AraForms.EventPayload(source, null, fake.TriggerData, sendAt);
                pending.Add(new(source, sendAt, source.Time, 0, payload));
            }
            code = source.FakeReports is null ? "source-success" : "source-noised";
        }
        if (!source.WantsDebugReports || !source.HasDebugPermission)
            return;
        JsonObject body = new()
        {
            ["attribution_destination"] = AraForms.Destinations(source, null),
            ["source_event_id"] = source.EventId,
            ["source_site"] = source.SourceSite,
        };
        if (source.DebugKey is not null)
            body["source_debug_key"] = source.DebugKey;
        if (limit is not null)
            body["limit"] = limit;
        JsonObject entry = new() { ["body"] = body, ["type"] = code };
        reports.Add(AraForms.Verbose(source.Time, source.ReportingOrigin, [entry]));
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
        if (source is null)
            debug.Add(Reason(trigger, null, "trigger-no-matching-source"));
        else if (!trigger.Filters.Fits(source.Filters, trigger.Time - source.Time))
            debug.Add(Reason(trigger, source, "trigger-no-matching-filter-data"));
        else
        {
            bool attributed = ForEvent(trigger, source, debug);
            attributed |= ForAggregate(trigger, source, debug);
            // A trigger that asks for nothing of this kind of source has used the others up all the same.
            if (attributed || debug.Any(x => (string)x["type"]! == "trigger-event-no-matching-configurations"))
                sources.RemoveAll(x => x != source && matching.Contains(x));
        }
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
        if (Capacity(source) > limit)
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
        int kept = sources.Count(x => x.SourceSite == source.SourceSite && source.Time < x.Time + x.Expiry);
        return kept >= settings.SourcesPerOriginMax
            ? ("source-storage-limit", AraForms.Text(settings.SourcesPerOriginMax))
            : ("", null);
    }

    // New destinations of one reporter on one site within the window; counted for sources that were kept.
    private (string Code, JsonNode? Limit) DestinationRefusal(AraSource source)
    {
        var recent = destinations
            .Where(x => source.Time - x.Time < settings.DestinationWindow && x.Source == source.SourceSite)
            .ToList();
        int Different(Func<string, bool> origins) =>
            recent
                .Where(x => origins(x.Origin))
                .Select(x => x.Destination)
                .Concat(source.Destinations)
                .Distinct(StringComparer.Ordinal)
                .Count();
        if (Different(origin => origin == source.ReportingOrigin) > settings.DestinationsMax)
            return ("source-destination-rate-limit", AraForms.Text(settings.DestinationsMax));
        // What other reporters did is not told: it looks like success.
        return Different(_ => true) > settings.DestinationsInAllMax ? ("source-success", null) : ("", null);
    }

    // Of a channel with k symbols that errs to each other one alike (bits).
    private static double Capacity(AraSource source)
    {
        double states = source.States;
        if (states <= 1)
            return 0;
        double error = states / (states + Math.Exp(source.EpsilonMax) - 1) * (states - 1) / states;
        double entropy = error is <= 0 or >= 1 ? 0 : -(error * Math.Log2(error)) - ((1 - error) * Math.Log2(1 - error));
        return Math.Log2(states) - entropy - (error * Math.Log2(states - 1));
    }

    // Sources of other scopes, of fewer or of none make way for a source with scopes; one without takes the scopes from all.
    private void Rescope(AraSource source)
    {
        List<AraSource> same = sources.FindAll(x =>
            x.ReportingOrigin == source.ReportingOrigin && x.Destinations.Any(source.Destinations.Contains)
        );
        if (source.Scopes is not { } scopes)
        {
            foreach (AraSource other in same)
                other.Scopes = null;
            return;
        }
        sources.RemoveAll(x =>
            same.Contains(x)
            && (x.Scopes is null || x.Scopes.Limit < scopes.Limit || x.Scopes.MaxEventStates != scopes.MaxEventStates)
        );
        foreach (string destination in source.Destinations)
        {
            List<AraSource> of = sources.FindAll(x => same.Contains(x) && x.Destinations.Contains(destination));
            HashSet<string> kept =
            [
                .. of.Append(source)
                    .SelectMany(x => x.Scopes!.Values.Select(value => (x.Time, Value: value)))
                    .OrderByDescending(x => x.Time)
                    .ThenByDescending(x => x.Value, StringComparer.Ordinal)
                    .Select(x => x.Value)
                    .Distinct(StringComparer.Ordinal)
                    .Take(scopes.Limit),
            ];
            sources.RemoveAll(x => of.Contains(x) && x.Scopes!.Values.Any(value => !kept.Contains(value)));
        }
    }
}
