using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Throughline.Server.Telemetry;

/// <summary>Metrics of the volumes of event names, over all open tenants.</summary>
internal static class VolumeInstruments
{
    public const string MeterName = "Throughline.Volume";

    private static readonly Meter Meter = new(MeterName);

    // By whoever looks: how many names alarm.
    private static readonly ConcurrentDictionary<object, int> Seen = [];

    public static readonly Counter<long> Raised = Meter.CreateCounter<long>(
        "throughline.volume.alarms.raised",
        "{alarm}",
        "Event names of which far fewer events than usual began to come"
    );

    static VolumeInstruments() =>
        Meter.CreateObservableGauge(
            "throughline.volume.alarms",
            () => (long)Seen.Values.Sum(),
            "{alarm}",
            "Event names of which far fewer events than usual come now"
        );

    public static void Note(object from, int alarms) => Seen[from] = alarms;

    public static void Forget(object from) => Seen.TryRemove(from, out _);
}
