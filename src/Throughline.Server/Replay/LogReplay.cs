using Throughline.Core.Events;
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
/// Applies a stored log again to a fresh machine: what proves that the results are a function of the events. For one
/// thread; the log may be written to meanwhile.
/// </summary>
public static class LogReplay
{
    private const int ReportEvery = 1 << 14;

    /// <summary>Replays the events before <paramref name="end"/> until nothing is queued.</summary>
    /// <param name="progress">Told now and then how many events were applied.</param>
    public static MemoryTenant Run(
        ITenantLog log,
        long end,
        TenantSettings settings,
        ReplayOrder order,
        ResultHandler? results = null,
        IProgress<long>? progress = null,
        CancellationToken cancellation = default
    )
    {
        MemoryTenant tenant = new(settings, new ScratchKeys(), results);
        if (order == ReplayOrder.Log)
            InLogOrder(log, end, tenant, progress, cancellation);
        else
            InTimeOrder(log, end, tenant, progress, cancellation);
        tenant.Settle();
        progress?.Report(end);
        return tenant;
    }

    private static void InLogOrder(
        ITenantLog log,
        long end,
        MemoryTenant tenant,
        IProgress<long>? progress,
        CancellationToken cancellation
    ) =>
        log.Scan(
            0,
            (position, record) =>
            {
                if (position >= end)
                    return false;
                tenant.Replay(record);
                Report(position, progress, cancellation);
                return true;
            }
        );

    // Ticks are no facts: they only let work go on, and Settle makes its own.
    private static void InTimeOrder(
        ITenantLog log,
        long end,
        MemoryTenant tenant,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        RecordChunks records = new();
        List<(long Time, int Place)> places = [];
        log.Scan(
            0,
            (position, record) =>
            {
                if (position >= end)
                    return false;
                EventRecord read = EventRecord.FromTrusted(record);
                if (read.Type == EventType.Tick)
                    return true;
                places.Add((read.Time, (int)records.Count));
                records.Add(record);
                return true;
            }
        );
        places.Sort();
        for (int i = 0; i < places.Count; i++)
        {
            tenant.Replay(records[places[i].Place]);
            Report(i, progress, cancellation);
        }
    }

    private static void Report(long done, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (done % ReportEvery != 0)
            return;
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(done);
    }
}
