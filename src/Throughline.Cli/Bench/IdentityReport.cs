namespace Throughline.Cli.Bench;

/// <summary>What this machine did, as <c>bench identity --json</c> prints it; null is what <c>--service-only</c> left out.</summary>
/// <param name="Identifiers">Stored before the questions: in memory, and again in the service.</param>
/// <param name="LinkResolveEventsPerSecond">In memory, one thread: identify events of 2 to 4 identifiers, each linked and then resolved.</param>
/// <param name="LastToFirstMillion">Rate of the last million of those events over that of the first.</param>
/// <param name="PlainTableEventsPerSecond">The floor: of the same events, in the same run, only each token counted in a plain hash table.</param>
/// <param name="ResolveUs">One look-up in the process, in microseconds.</param>
/// <param name="ResolveBesideWriterUs">The same while the writer goes on linking.</param>
/// <param name="ResolveHttpMs">One question over HTTP, in milliseconds.</param>
/// <param name="DurableEventsPerSecond">Through a tenant's writer, until all are stored: events of a customer's four identifiers each.</param>
/// <param name="DurableLinksPerSecond">Through a tenant's writer: events of one link each, with a commit to disk for a group of them.</param>
/// <param name="UnmergeUs">An operator separates two halves of a customer of 50 identifiers; microseconds that the writer takes.</param>
/// <param name="UnmergeByBlockUs">The same by a block of the value that joins them.</param>
/// <param name="Constrained">Changes in one component of a million links (or <paramref name="Identifiers"/>, if fewer), of which limits reject two in five.</param>
/// <param name="ComponentEdgesPerSecond">Of <c>identity components</c>, once <paramref name="ComponentEdges"/> are read.</param>
/// <param name="BytesPerIdentifier">In memory, with its links, their sightings and all indexes.</param>
/// <param name="DiskBytesPerIdentifier">In the store, with the events that showed them.</param>
/// <param name="StatePages">Where the states were: <c>memory</c> or <c>mapped</c>.</param>
/// <param name="MappedBytes">The service's state, once links were made, where it is mapped.</param>
/// <param name="ResidentBytes">So much of that was in memory, after the questions.</param>
/// <param name="Cost">Of a million events of a customer's four identifiers each, durable.</param>
internal sealed record IdentityReport(
    long Identifiers,
    double? LinkResolveEventsPerSecond,
    double? LastToFirstMillion,
    double? PlainTableEventsPerSecond,
    Latencies? ResolveUs,
    Latencies? ResolveBesideWriterUs,
    Latencies ResolveHttpMs,
    double DurableEventsPerSecond,
    double DurableLinksPerSecond,
    Latencies? UnmergeUs,
    Latencies? UnmergeByBlockUs,
    ConstrainedFigures? Constrained,
    int ComponentEdges,
    double? ComponentEdgesPerSecond,
    double? BytesPerIdentifier,
    double DiskBytesPerIdentifier,
    string StatePages,
    long? MappedBytes,
    long? ResidentBytes,
    Cost Cost,
    int Processors
);
