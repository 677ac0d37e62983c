using System.Diagnostics.Metrics;

namespace Throughline.Server.Telemetry;

/// <summary>Metrics of the records of decisions.</summary>
internal static class GateInstruments
{
    public const string MeterName = "Throughline.Gate";

    private static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> Stored = Meter.CreateCounter<long>(
        "throughline.gate.records",
        "{decision}",
        "Decisions whose record is durable"
    );

    public static readonly Counter<long> Lost = Meter.CreateCounter<long>(
        "throughline.gate.records.lost",
        "{decision}",
        "Decisions whose record is lost: the queue was full, or the store failed"
    );
}
