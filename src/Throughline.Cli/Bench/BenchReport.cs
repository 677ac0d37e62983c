namespace Throughline.Cli.Bench;

/// <summary>What this machine did, as <c>bench ingest --json</c> prints it.</summary>
/// <param name="Events">Asked for in each of the three runs.</param>
/// <param name="HttpEventsPerSecond">Durable, over HTTP in NDJSON batches, the load generator beside it.</param>
/// <param name="WriterEventsPerSecond">Durable, through a tenant's writer, prepared before.</param>
/// <param name="MachineEventsPerSecond">In memory, prepared before.</param>
/// <param name="LastToFirstMillion">Over HTTP: rate of the last million events over that of the first; null below two millions.</param>
/// <param name="WriterLastToFirstMillion">The same through the writer alone, which nothing else slows down.</param>
/// <param name="MachineLastToFirstMillion">The same in memory: how the state outgrows the processor's caches.</param>
/// <param name="AckMs">Single events at 1,000 a second: milliseconds until each was durable.</param>
/// <param name="NativeClicksPerSecond">Durable, over HTTP in arrays of 500, made before.</param>
/// <param name="SegmentClicksPerSecond">The same clicks in Segment's form.</param>
/// <param name="RestartSeconds">To bring the writer's store up again after a crash at its end.</param>
/// <param name="RestartReplayed">Events after the last snapshot, which that took.</param>
/// <param name="IdleTenantsMegabytes">Of <paramref name="IdleTenants"/> tenants that were used, once the service has closed them as idle.</param>
/// <param name="OpenTenantsMegabytes">Of the same before that.</param>
/// <param name="Cost">Of a million events of the mix, on each of the three ways.</param>
/// <param name="Kinds">What of that differs by kind of event.</param>
internal sealed record BenchReport(
    long Events,
    double HttpEventsPerSecond,
    double WriterEventsPerSecond,
    double MachineEventsPerSecond,
    double? LastToFirstMillion,
    double? WriterLastToFirstMillion,
    double? MachineLastToFirstMillion,
    AckTimes AckMs,
    double NativeClicksPerSecond,
    double SegmentClicksPerSecond,
    double BytesPerIdentifier,
    double BytesPerLink,
    double BytesPerTouch,
    double RestartSeconds,
    long RestartReplayed,
    int IdleTenants,
    double IdleTenantsMegabytes,
    double OpenTenantsMegabytes,
    IReadOnlyList<Cost> Cost,
    IReadOnlyList<KindCost> Kinds,
    int Processors
);
