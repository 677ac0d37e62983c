using Throughline.Core.Tenant;
using Throughline.Storage.Log;

namespace Throughline.Server.Replay;

/// <summary>In which order stored events are applied again. Both must give the same results.</summary>
public enum ReplayOrder
{
    /// <summary>As they were accepted.</summary>
    Log,

    /// <summary>By event time, equal times as they were accepted.</summary>
    Time,
}

/// <summary>
/// Applies a stored log again to a fresh machine in memory: what proves that the results are a function of the events.
/// The log may be written to meanwhile.
/// </summary>
public static class LogReplay
{
    /// <summary>Replays the events before <paramref name="end"/> until nothing is queued.</summary>
    /// <param name="progress">Told now and then how many events were applied.</param>
    public static MemoryTenant Run(
        ITenantLog log,
        long end,
        TenantSettings settings,
        ReplayOrder order,
        IProgress<long>? progress = null,
        CancellationToken cancellation = default
    )
    {
        MemoryTenant tenant = new(settings, new ScratchKeys());
        log.Scan(
            0,
            (position, record) =>
            {
                if (position >= end)
                    return false;
                tenant.Replay(record);
                if (ReplayProgress.Report(position, progress, cancellation))
                    tenant.TakeRetired();
                return true;
            }
        );
        tenant.Settle();
        return order == ReplayOrder.Log ? tenant : tenant.ByTime(settings, progress, cancellation);
    }
}
