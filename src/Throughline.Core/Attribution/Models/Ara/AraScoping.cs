namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>What a new source's scopes do to those that are there.</summary>
internal static class AraScoping
{
    /// <summary>The clicks of one registration and reporter are all of the same scopes; those of other scopes are not kept.</summary>
    public static bool IsOther(List<AraSource> sources, AraSource source)
    {
        AraSource? known = sources.Find(x =>
            x.Registration == source.Registration && x.ReportingOrigin == source.ReportingOrigin
        );
        return source.IsNavigation
            && known is not null
            && !(known.Scopes?.Values ?? []).ToHashSet(StringComparer.Ordinal).SetEquals(source.Scopes?.Values ?? []);
    }

    /// <summary>Sources of other scopes, of fewer or of none make way for a source with scopes; one without takes the scopes from all.</summary>
    public static void Rescope(List<AraSource> sources, AraSource source)
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
