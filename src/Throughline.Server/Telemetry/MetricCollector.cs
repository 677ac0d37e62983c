using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Throughline.Server.Telemetry;

/// <summary>
/// Sums up what the instruments of this product, of the web server and of the runtime measure, for <see cref="PrometheusText"/>. Listens
/// from its creation on, to all of the process.
/// </summary>
internal sealed class MetricCollector : IDisposable
{
    private const string OwnPrefix = "Throughline.";

    private static readonly string[] ForeignMeters =
    [
        "System.Runtime",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Hosting",
    ];

    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<string, MetricFamily> families = new(StringComparer.Ordinal);
    private readonly Lock scraping = new();

    public MetricCollector()
    {
        listener.InstrumentPublished = Listen;
        listener.SetMeasurementEventCallback<byte>(Take);
        listener.SetMeasurementEventCallback<short>(Take);
        listener.SetMeasurementEventCallback<int>(Take);
        listener.SetMeasurementEventCallback<long>(Take);
        listener.SetMeasurementEventCallback<float>(Take);
        listener.SetMeasurementEventCallback<double>(Take);
        listener.SetMeasurementEventCallback<decimal>(Take);
        listener.Start();
    }

    /// <summary>Asks the observable instruments and gives everything, in the order of names.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        lock (scraping)
        {
            foreach (MetricFamily family in families.Values)
                family.BeginObserving();
            listener.RecordObservableInstruments();
            return [.. families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)];
        }
    }

    public void Dispose() => listener.Dispose();

    private void Listen(Instrument instrument, MeterListener target)
    {
        string meter = instrument.Meter.Name;
        if (
            !meter.StartsWith(OwnPrefix, StringComparison.Ordinal)
            && !ForeignMeters.Contains(meter, StringComparer.Ordinal)
        )
            return;
        MetricFamily family = families.GetOrAdd(
            instrument.Name,
            static (_, source) => MetricFamily.Of(source),
            instrument
        );
        target.EnableMeasurementEvents(instrument, family);
    }

    private static void Take<T>(
        Instrument instrument,
        T value,
        ReadOnlySpan<KeyValuePair<string, object?>> tags,
        object? state
    )
        where T : struct, IConvertible =>
        ((MetricFamily)state!).Record(value.ToDouble(System.Globalization.CultureInfo.InvariantCulture), tags);
}
