namespace Throughline.Cli.Bench;

/// <summary>What this machine did, as <c>bench identity --json</c> prints it.</summary>
/// <param name="Identifiers">Stored before the questions: in memory, and again in the service.</param>
/// <param name="LinkResolveEventsPerSecond">In memory, one thread: identify events of 2 to 4 identifiers, each linked and then resolved.</param>
/// <param name="LastToFirstMillion">Rate of the last million of those events over that of the first.</param>
/// <param name="ResolveUs">One look-up in the process, in microseconds.</param>
/// <param name="ResolveBesideWriterUs">The same while the writer goes on linking.</param>
/// <param name="ResolveHttpMs">One question over HTTP, in milliseconds.</param>
/// <param name="DurableLinksPerSecond">Through a tenant's writer: events of one link each, with a commit to disk for a group of them.</param>
/// <param name="UnmergeUs">An operator separates two halves of a customer of 50 identifiers; microseconds that the writer takes.</param>
/// <param name="UnmergeByBlockUs">The same by a block of the value that joins them.</param>
/// <param name="Constrained">Changes in one component of a million links (or <paramref name="Identifiers"/>, if fewer), of which limits reject two in five.</param>
/// <param name="ComponentEdgesPerSecond">Of <c>identity components</c>, once <paramref name="ComponentEdges"/> are read.</param>
/// <param name="BytesPerIdentifier">In memory, with its links, their sightings and all indexes.</param>
/// <param name="DiskBytesPerIdentifier">In the store, with the events that showed them.</param>
internal sealed record IdentityReport(
    long Identifiers,
    double LinkResolveEventsPerSecond,
    double? LastToFirstMillion,
    Latencies ResolveUs,
    Latencies ResolveBesideWriterUs,
    Latencies ResolveHttpMs,
    double DurableLinksPerSecond,
    Latencies UnmergeUs,
    Latencies UnmergeByBlockUs,
    ConstrainedFigures Constrained,
    int ComponentEdges,
    double ComponentEdgesPerSecond,
    double BytesPerIdentifier,
    double DiskBytesPerIdentifier,
    int Processors
);
