using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>Which sources a device refuses.</summary>
public sealed partial class AraDevice
{
    private const string DestinationLimit = "source-destination-limit";

    private (string Code, JsonNode? Limit) Refusal(AraSource source)
    {
        (double limit, double scoped) = (source.IsNavigation, source.Kinds > 1) switch
        {
            (true, true) => (settings.DualCapacityNavigation, settings.DualScopesCapacityNavigation),
            (false, true) => (settings.DualCapacityEvent, settings.DualScopesCapacityEvent),
            (true, false) => (shared.CapacityNavigation, shared.ScopesCapacityNavigation),
            _ => (shared.CapacityEvent, shared.ScopesCapacityEvent),
        };
        if (source.States > shared.StatesMax)
            return ("source-trigger-state-cardinality-limit", AraForms.Text((long)shared.StatesMax));
        if (AraCapacity.Of(source) > limit)
            return ("source-channel-capacity-limit", limit);
        if (!settings.HasScopes || source.Scopes is not { } scopes)
            return ("", null);
        if (!source.IsNavigation && source.States > scopes.MaxEventStates)
            return ("source-max-event-states-limit", AraForms.Text(scopes.MaxEventStates));
        return AraCapacity.OfScopes(source, scopes) > scoped
            ? ("source-scopes-channel-capacity-limit", scoped)
            : ("", null);
    }

    private (string Code, JsonNode? Limit, bool IsFull) LimitRefusal(AraSource source)
    {
        int kept = sources.Count(x => x.SourceOrigin == source.SourceOrigin && source.Time < x.Time + x.Expiry);
        if (kept >= shared.SourcesPerOriginMax)
            return ("source-storage-limit", AraForms.Text(kept), false);
        AraSourceLimits.Met met = limits.DestinationsOverTime(source);
        if (met.Code.Length > 0)
            return (met.Code, AraForms.Text(met.Limit), false);
        HashSet<AraSource> gone = limits.MakingWay(source);
        if (gone.Contains(source))
            return (DestinationLimit, AraForms.Text(shared.ActiveDestinationsMax), false);
        limits.Remove(gone);
        sources.RemoveAll(gone.Contains);
        aggregates.RemoveAll(x => gone.Contains(x.From) && x.Report.Time > source.Time);
        attributions.RemoveAll(x => gone.Contains(x.From) && !x.IsEvent);
        return ("", null, gone.Count > 0);
    }
}
