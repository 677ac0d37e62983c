using Microsoft.Extensions.Logging;

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
}
