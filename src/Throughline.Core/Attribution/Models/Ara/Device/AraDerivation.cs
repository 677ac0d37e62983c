using System.Numerics;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>
/// Copies of other networks' sources with what those share, so that a trigger's own network may be credited with them. Source: the
/// platform's public description of attribution across networks without redirects.
/// </summary>
internal static class AraDerivation
{
    /// <summary>One copy at most of each source, by the first rule that it fits.</summary>
    public static List<AraSource> Copies(AraTrigger trigger, List<AraSource> sources, AraDeviceSettings settings)
    {
        string network = trigger.Network;
        HashSet<int> own = [.. sources.Where(x => x.Network == network).Select(x => x.Registration)];
        List<AraSource> copies = [];
        HashSet<AraSource> used = [];
        foreach (AraNetworkRule rule in trigger.Device.Networks)
        foreach (AraSource source in sources)
            if (
                rule.Network != network
                && source.Network == rule.Network
                && source.Device.SharedAggregationKeys is not null
                && !own.Contains(source.Registration)
                && !source.LostFor.Contains(network)
                && IsLive(trigger, source)
                && Fits(rule, trigger, source)
                && used.Add(source)
            )
                copies.Add(Copy(rule, trigger, source, settings));
        return copies;
    }

    /// <summary>The bits that mark the network of a copy in keys.</summary>
    public static BigInteger Bits(AraTrigger trigger, AraSource source) =>
        source.Parent is null ? BigInteger.Zero : trigger.Device.NetworkBits.GetValueOrDefault(source.Network);

    public static bool IsLive(AraTrigger trigger, AraSource source) =>
        source.Destinations.Contains(trigger.DestinationSite)
        && source.Time <= trigger.Time
        && trigger.Time < source.Time + source.Expiry;

    private static bool Fits(AraNetworkRule rule, AraTrigger trigger, AraSource source)
    {
        long age = trigger.Time - source.Time;
        return (rule.Priorities is not { } range || (source.Priority >= range.Least && source.Priority <= range.Most))
            && (rule.AgeMax is not { } most || age <= most)
            && rule.Filters.Fits(source.Filters, age);
    }

    private static AraSource Copy(AraNetworkRule rule, AraTrigger trigger, AraSource source, AraDeviceSettings settings)
    {
        AraFilterData filters = source.Filters;
        if (rule.FilterData is { } own)
            filters = new(
                new Dictionary<string, IReadOnlyList<string>>(own.Values, StringComparer.Ordinal)
                {
                    ["source_type"] = source.Filters.Values["source_type"],
                }
            );
        if (settings.SharesFilterKeys && source.Device.SharedFilterKeys is { } keys)
            filters = new(
                source
                    .Filters.Values.Where(x => keys.Contains(x.Key) || x.Key == "source_type")
                    .ToDictionary(StringComparer.Ordinal)
            );
        return new()
        {
            Time = source.Time,
            SourceSite = source.SourceSite,
            SourceOrigin = source.SourceOrigin,
            Network = source.Network,
            Registration = source.Registration,
            ReportingOrigin = source.ReportingOrigin,
            IsNavigation = source.IsNavigation,
            Destinations = source.Destinations,
            EventId = source.EventId,
            Priority = rule.Priority ?? source.Priority,
            Expiry = Math.Min(source.Expiry, rule.Expiry ?? source.Expiry),
            WindowStart = source.WindowStart,
            WindowEnds = source.WindowEnds,
            AggregateWindow = source.AggregateWindow,
            MaxReports = source.MaxReports,
            Matching = source.Matching,
            TriggerData = source.TriggerData,
            Filters = filters,
            DebugKey = settings.SharesDebugKeys ? source.Device.SharedDebugKey : null,
            HasDebugPermission = source.HasDebugPermission,
            WantsDebugReports = source.WantsDebugReports,
            AggregationKeys = source
                .AggregationKeys.Where(x => source.Device.SharedAggregationKeys!.Contains(x.Key))
                .ToDictionary(StringComparer.Ordinal),
            Scopes = source.Scopes,
            AggregateSpent = source.AggregateSpent,
            Parent = source,
            InstalledAt = source.InstalledAt < trigger.Time ? source.InstalledAt : null,
            Device = new()
            {
                Party = source.Device.Party with { JoinKey = null, AdIdHash = null },
                InstallWindow = source.Device.InstallWindow,
                ExclusivityWindow = rule.ExclusivityWindow ?? source.Device.ExclusivityWindow,
            },
        };
    }
}
