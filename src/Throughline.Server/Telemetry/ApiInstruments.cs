using System.Diagnostics.Metrics;

namespace Throughline.Server.Telemetry;

/// <summary>Metrics of the API as a whole.</summary>
internal static class ApiInstruments
{
    public const string MeterName = "Throughline.Api";

    private static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> Unauthorized = Meter.CreateCounter<long>(
        "throughline.api.unauthorized",
        "{request}",
        "Requests without a valid key"
    );

    public static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "throughline.api.failures",
        "{request}",
        "Requests that the service itself failed"
    );

    public static readonly Counter<long> Aborted = Meter.CreateCounter<long>(
        "throughline.api.aborted",
        "{request}",
        "Requests whose client went away"
    );
}
