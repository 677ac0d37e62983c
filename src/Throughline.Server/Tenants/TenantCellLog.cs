using Microsoft.Extensions.Logging;
using Throughline.Server.Telemetry;

namespace Throughline.Server.Tenants;

/// <summary>What a cell reports of its store.</summary>
internal sealed partial class TenantCellLog(ILogger logger, string tenant)
{
    public void Opened(Recovery recovery)
    {
        StoreOpened(tenant, recovery.SnapshotPosition, recovery.Replayed, recovery.Elapsed.TotalMilliseconds);
        foreach (string reason in recovery.PassedOver)
            SnapshotPassedOver(tenant, reason);
    }

    public void Reopened(Recovery recovery) => Opened(recovery);

    public void Failed(Exception error) => StoreFailed(tenant, error);

    public void SnapshotFailed(Exception error) => SnapshotNotWritten(tenant, error);

    public void NameDeclared(string name)
    {
        TenantInstruments.NewNames.Add(1);
        NewName(tenant, name);
    }

    [LoggerMessage(
        2101,
        LogLevel.Information,
        "Store of {Tenant} opened: snapshot at {Position}, {Replayed} events replayed in {Milliseconds} ms"
    )]
    private partial void StoreOpened(string tenant, long position, long replayed, double milliseconds);

    [LoggerMessage(2102, LogLevel.Warning, "A snapshot of {Tenant} was passed over: {Reason}")]
    private partial void SnapshotPassedOver(string tenant, string reason);

    [LoggerMessage(2103, LogLevel.Error, "The store of {Tenant} failed; its memory is dropped and it is opened again")]
    private partial void StoreFailed(string tenant, Exception error);

    [LoggerMessage(2104, LogLevel.Error, "A snapshot of {Tenant} could not be written; the log is whole")]
    private partial void SnapshotNotWritten(string tenant, Exception error);

    // A name has the form of a type, [a-z][a-z0-9_.-]*: it is part of a tenant's vocabulary, not of an event's content.
    [LoggerMessage(2105, LogLevel.Information, "{Tenant} has sent its first nurturing event of the name {Name}")]
    private partial void NewName(string tenant, string name);
}
