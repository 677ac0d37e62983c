using Microsoft.Extensions.Logging;
using Throughline.Core.Identity;
using Throughline.Core.Volume;
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

    public void GuardRaised(GuardAlarm alarm)
    {
        IdentityInstruments.Raised.Add(1, IdentityInstruments.TagOf(alarm.Guard));
        AlarmRaised(tenant, NameOf(alarm.Guard, alarm.Type), alarm.Value, alarm.Max);
    }

    public void GuardCleared(GraphGuard guard, string? type) => AlarmCleared(tenant, NameOf(guard, type));

    public void VolumeDropped(VolumeAlarm alarm)
    {
        VolumeInstruments.Raised.Add(1);
        DropRaised(tenant, alarm.Name, alarm.Hours, alarm.Count, alarm.Expected);
    }

    public void VolumeRecovered(string name, int hours) => DropCleared(tenant, name, hours);

    private static string NameOf(GraphGuard guard, string? type) => type is null ? $"{guard}" : $"{guard} of {type}";

    public void Erased(long position, long events) => ErasureDone(tenant, position, events);

    public void EraseFailed(Exception error) => ErasureNotDone(tenant, error);

    public void WatchFailed(Exception error) => NotWatched(tenant, error);

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

    // A type's name is part of a tenant's vocabulary, as above.
    [LoggerMessage(2106, LogLevel.Warning, "Identity of {Tenant}: the guard {Guard} alarms at {Value}, above {Max}")]
    private partial void AlarmRaised(string tenant, string guard, double value, double max);

    [LoggerMessage(2107, LogLevel.Information, "Identity of {Tenant}: the guard {Guard} alarms no longer")]
    private partial void AlarmCleared(string tenant, string guard);

    [LoggerMessage(
        2109,
        LogLevel.Information,
        "Erasures of {Tenant} up to the statement at {Position} are carried out in all files: {Events} events so far"
    )]
    private partial void ErasureDone(string tenant, long position, long events);

    [LoggerMessage(2110, LogLevel.Error, "An erasure of {Tenant} could not be carried out yet; it is tried again")]
    private partial void ErasureNotDone(string tenant, Exception error);

    [LoggerMessage(2108, LogLevel.Error, "Identity of {Tenant} could not be looked at; it is tried again")]
    private partial void NotWatched(string tenant, Exception error);

    // An event's name is part of a tenant's vocabulary, as above.
    [LoggerMessage(
        2109,
        LogLevel.Warning,
        "Volume of {Tenant}: {Count} events of {Name} in {Hours} h, where {Expected} are usual"
    )]
    private partial void DropRaised(string tenant, string name, int hours, long count, double expected);

    [LoggerMessage(
        2110,
        LogLevel.Information,
        "Volume of {Tenant}: as many events of {Name} in {Hours} h as usual again"
    )]
    private partial void DropCleared(string tenant, string name, int hours);
}
