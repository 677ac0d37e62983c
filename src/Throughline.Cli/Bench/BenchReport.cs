namespace Throughline.Cli.Bench;

/// <summary>What this machine did, as <c>bench ingest --json</c> prints it.</summary>
/// <param name="Events">Asked for in each of the three runs.</param>
/// <param name="HttpEventsPerSecond">Durable, over HTTP in NDJSON batches, the load generator beside it.</param>
/// <param name="WriterEventsPerSecond">Durable, through a tenant's writer, prepared before.</param>
/// <param name="MachineEventsPerSecond">In memory, prepared before.</param>
/// <param name="LastToFirstMillion">Rate of the writer's last million events over that of its first; null below two millions.</param>
/// <param name="AckMs">Single events at 1,000 a second: milliseconds until each was durable.</param>
/// <param name="RestartSeconds">To bring the writer's store up again after a crash at its end.</param>
/// <param name="RestartReplayed">Events after the last snapshot, which that took.</param>
/// <param name="IdleTenantsMegabytes">Of <paramref name="IdleTenants"/> tenants that were used once, their cells still open.</param>
internal sealed record BenchReport(
    long Events,
    double HttpEventsPerSecond,
    double WriterEventsPerSecond,
    double MachineEventsPerSecond,
    double? LastToFirstMillion,
    double? MachineLastToFirstMillion,
    AckTimes AckMs,
    double BytesPerIdentifier,
    double BytesPerLink,
    double BytesPerTouch,
    double RestartSeconds,
    long RestartReplayed,
    int IdleTenants,
    double IdleTenantsMegabytes,
    double ClosedTenantsMegabytes,
    int Processors
);
