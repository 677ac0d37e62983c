using Throughline.Cli.Input;

namespace Throughline.Cli.Import;

/// <summary>What came of an import.</summary>
/// <param name="Read">Lines that are not blank: <c>accepted + duplicates + rejected</c>.</param>
/// <param name="Rejections">The first of them.</param>
/// <param name="NewNames">Names of nurturing events that the tenant had not seen before, sorted.</param>
/// <param name="ResultsDigest">Of all current results of the tenant, once nothing is left to be worked out.</param>
internal sealed record ImportSummary(
    string Tenant,
    IReadOnlyList<string> Files,
    string Format,
    long Read,
    long Accepted,
    long Duplicates,
    long Rejected,
    IReadOnlyList<InputRejection> Rejections,
    IReadOnlyList<string> NewNames,
    string ResultsDigest,
    double Seconds,
    double EventsPerSecond
);
