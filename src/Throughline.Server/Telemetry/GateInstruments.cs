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

    public static readonly Counter<long> Brakes = Meter.CreateCounter<long>(
        "throughline.gate.brakes",
        "{rule}",
        "Rules that the brake returned to shadow"
    );

    public static readonly Counter<long> ListingsStored = Meter.CreateCounter<long>(
        "throughline.gate.listings",
        "{entry}",
        "Entries that rules have put into lists and that are durable"
    );

    public static readonly Counter<long> ListingsLost = Meter.CreateCounter<long>(
        "throughline.gate.listings.lost",
        "{entry}",
        "Entries of rules that count until they expire, but are not kept over a restart: too many waited, or the store failed"
    );

    public static readonly Counter<long> ListFull = Meter.CreateCounter<long>(
        "throughline.gate.listings.refused",
        "{entry}",
        "Entries that rules could not put into a list, because it was full"
    );
}
