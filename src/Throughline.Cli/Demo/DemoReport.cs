using System.Text.Json;

namespace Throughline.Cli.Demo;

/// <summary>What the demo found, as <c>--json</c> prints it.</summary>
/// <param name="Events">Lines sent: duplicates and late ones among them.</param>
/// <param name="Decisions">How many of them are refusals by the shop's edge.</param>
/// <param name="EventsPerSecond">Acknowledged over HTTP, the generator beside it.</param>
/// <param name="Seconds">From start to report.</param>
/// <param name="Why">The explanation of one conversion, in full.</param>
/// <param name="Address">Where the service still runs; null with <c>--once</c>.</param>
internal sealed record DemoReport(
    long Events,
    long Decisions,
    long Accepted,
    long Duplicates,
    long Rejected,
    double EventsPerSecond,
    long Waits,
    GateMeasure Gate,
    IdentityMeasure Identity,
    AttributionMeasure Attribution,
    string ResultsDigest,
    JsonElement Why,
    double Seconds,
    string? Address = null
);
