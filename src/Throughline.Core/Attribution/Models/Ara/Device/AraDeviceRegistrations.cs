using System.Numerics;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>Who registers on a device: an app, or a browser for the web, and the network that is told.</summary>
/// <param name="IsApp">In an app, not on the web.</param>
/// <param name="Registrant">The app that registers, also for the web.</param>
/// <param name="HasPermission">The platform lets the network see debug keys: of apps by the advertising id, of the web by a cookie.</param>
public sealed record AraParty(bool IsApp, string Registrant, bool HasPermission)
{
    public static AraParty None { get; } = new(false, "", false);

    /// <summary>A key that both sides may send to be joined for debugging.</summary>
    public string? JoinKey { get; init; }

    /// <summary>The hash of an advertising id and the network, sent from the web.</summary>
    public string? AdIdHash { get; init; }

    /// <summary>The platform's advertising id, of an app.</summary>
    public string? AdId { get; init; }
}

/// <summary>What only sources on a device have. Windows in milliseconds.</summary>
public sealed class AraDeviceSource
{
    public static AraDeviceSource None { get; } = new();

    public AraParty Party { get; init; } = AraParty.None;

    /// <summary>How long after the source an install may be credited to it.</summary>
    public long InstallWindow { get; init; }

    /// <summary>How long after the source the credited install keeps others out; 0 for not at all.</summary>
    public long ExclusivityWindow { get; init; }

    /// <summary>How long after an install a second one is not credited anew to the same reporter.</summary>
    public long ReinstallWindow { get; init; }

    /// <summary>Windows after an install was credited, if they are others.</summary>
    public AraReportWindows? WindowsWhenInstalled { get; init; }

    /// <summary>What other networks may have of it; null for nothing at all.</summary>
    public IReadOnlyList<string>? SharedAggregationKeys { get; init; }

    public IReadOnlyList<string>? SharedFilterKeys { get; init; }
    public string? SharedDebugKey { get; init; }

    internal bool DetectsInstalls(AraSource source) =>
        ExclusivityWindow > 0 && source.Destinations.Any(AraSource.IsApp);
}

/// <summary>Which sources of another network a trigger may have credited to its own.</summary>
public sealed record AraNetworkRule(string Network)
{
    public (long Least, long Most)? Priorities { get; init; }
    public AraFilterPair Filters { get; init; } = AraFilterPair.None;

    /// <summary>How old the source may be, in milliseconds.</summary>
    public long? AgeMax { get; init; }

    public long? Priority { get; init; }

    /// <summary>From the source's time, in milliseconds.</summary>
    public long? Expiry { get; init; }

    /// <summary>In place of the source's.</summary>
    public AraFilterData? FilterData { get; init; }

    public long? ExclusivityWindow { get; init; }
}

/// <summary>What only triggers on a device have.</summary>
public sealed class AraDeviceTrigger
{
    public static AraDeviceTrigger None { get; } = new();

    public AraParty Party { get; init; } = AraParty.None;
    public IReadOnlyList<AraNetworkRule> Networks { get; init; } = [];

    /// <summary>Bits that stand for other networks in keys.</summary>
    public IReadOnlyDictionary<string, BigInteger> NetworkBits { get; init; } = new Dictionary<string, BigInteger>();
}
