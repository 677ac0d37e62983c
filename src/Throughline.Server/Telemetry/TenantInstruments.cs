using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Throughline.Server.Tenants;
using Throughline.Storage.Pages;

namespace Throughline.Server.Telemetry;

/// <summary>Metrics of tenants, over all registries of the process.</summary>
internal static class TenantInstruments
{
    public const string MeterName = "Throughline.Tenants";

    private static readonly Meter Meter = new(MeterName);
    private static readonly ConcurrentDictionary<TenantRegistry, bool> Registries = new();

    public static readonly Counter<long> NewNames = Meter.CreateCounter<long>(
        "throughline.tenants.new_names",
        "{name}",
        "Names that nurturing events have declared"
    );

    static TenantInstruments()
    {
        Meter.CreateObservableGauge(
            "throughline.tenants.known",
            () => Registries.Keys.Sum(registry => registry.Tenants.Count),
            "{tenant}",
            "Tenants of the data folder"
        );
        Meter.CreateObservableGauge(
            "throughline.tenants.open",
            () => Registries.Keys.Sum(registry => registry.OpenCells),
            "{tenant}",
            "Tenants whose cell is open"
        );
        Meter.CreateObservableGauge(
            "throughline.tenants.state.mapped",
            () => MappedPages.AllReservedBytes,
            "By",
            "Of tenants' states in mapped files: taken on the disk"
        );
        Meter.CreateObservableGauge(
            "throughline.tenants.state.mapped.used",
            () => MappedPages.AllUsedBytes,
            "By",
            "… and in use, the rest is taken again before more of the disk"
        );
        Meter.CreateObservableGauge(
            "throughline.tenants.state.mapped.resident",
            () =>
                MappedPages.AllResidentBytes is { } bytes
                    ? [new Measurement<long>(bytes)]
                    : Array.Empty<Measurement<long>>(),
            "By",
            "… and in memory now"
        );
    }

    public static void Add(TenantRegistry registry) => Registries[registry] = true;

    public static void Remove(TenantRegistry registry) => Registries.TryRemove(registry, out _);
}
