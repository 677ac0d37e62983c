using System.Diagnostics.Metrics;

namespace Throughline.Cli.Bench;

/// <summary>Counts what the server of this process says of the records of decisions.</summary>
internal sealed class RecordCount : IDisposable
{
    private readonly MeterListener listener = new();
    private long stored;
    private long lost;

    public RecordCount()
    {
        listener.InstrumentPublished = (instrument, target) =>
        {
            if (instrument.Name is "throughline.gate.records" or "throughline.gate.records.lost")
                target.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, count, _, _) =>
                Interlocked.Add(
                    ref instrument.Name.EndsWith(".lost", StringComparison.Ordinal) ? ref lost : ref stored,
                    count
                )
        );
        listener.Start();
    }

    public long Stored => Interlocked.Read(ref stored);

    public long Lost => Interlocked.Read(ref lost);

    public void Dispose() => listener.Dispose();
}
