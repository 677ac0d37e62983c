namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>What a device's implementation does and how much at most. The values are those of its published cases.</summary>
public sealed record AraDeviceSettings
{
    /// <summary>Limits that a browser has as well.</summary>
    public AraSettings Shared { get; init; } = new() { SourcesPerOriginMax = 4096, DestinationsMax = 50 };

    public int AggregateAttributionsMax { get; init; } = 100;

    /// <summary>In bits, of sources that tell apps from the web.</summary>
    public double DualCapacityNavigation { get; init; } = 11.46173;

    public double DualCapacityEvent { get; init; } = 6.5;

    /// <summary>The same with scopes.</summary>
    public double DualScopesCapacityNavigation { get; init; } = 11.55;

    public double DualScopesCapacityEvent { get; init; } = 6.5;

    /// <summary>Sources of other networks may be credited.</summary>
    public bool CreditsOtherNetworks { get; init; }

    /// <summary>Copies have the debug key that the source shares.</summary>
    public bool SharesDebugKeys { get; init; } = true;

    /// <summary>Copies have no more of the source's filter data than it shares.</summary>
    public bool SharesFilterKeys { get; init; } = true;

    /// <summary>Sources have scopes.</summary>
    public bool HasScopes { get; init; }

    /// <summary>The losing sources are gone as soon as the trigger's filters fit the winner, credit or not.</summary>
    public bool LosersGoWithFilters { get; init; }

    /// <summary>A second install is not credited anew while the first one's window lasts.</summary>
    public bool KeepsFirstInstall { get; init; }

    /// <summary>Debug keys stand in reports only if both sides have one.</summary>
    public bool NeedsBothDebugKeys { get; init; }

    /// <summary>Too many attributions are named by the kind of report.</summary>
    public bool NamesKindOfLimit { get; init; }

    /// <summary>Networks that may join debug keys; null for all with permission.</summary>
    public IReadOnlySet<string>? JoinNetworks { get; init; } = new HashSet<string>();

    /// <summary>Networks that may not match advertising ids; null if none may.</summary>
    public IReadOnlySet<string>? NoAdIdNetworks { get; init; }

    /// <summary>Aggregate reports name who sums them up.</summary>
    public bool NamesCoordinator { get; init; } = true;
}
