using System.Collections.Concurrent;
using System.Diagnostics;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Publishing;

/// <summary>
/// Saves the counters of every tenant that counted something since the last time: now and then, and at an orderly stop. Requests go on
/// meanwhile. What a killed process loses is what was counted since its last image: at most <see cref="EdgeOptions.CountersSavedEveryMs"/>,
/// or 20 times as long as saving takes, if that is more.
/// </summary>
internal sealed class CounterKeeper : IAsyncDisposable
{
    /// <summary>Saving takes at most one in so many of a processor's time.</summary>
    private const int PauseTimes = 20;

    private readonly TenantRegistry registry;
    private readonly EdgeService edges;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<TenantId, Saved> saved = new();
    private readonly PeriodicTimer? timer;
    private readonly Task loop;

    public CounterKeeper(TenantRegistry registry, EdgeService edges, TimeProvider clock, ILogger logger)
    {
        (this.registry, this.edges, this.clock, this.logger) = (registry, edges, clock, logger);
        int every = edges.Model.Options.CountersSavedEveryMs;
        timer = every == 0 ? null : new(TimeSpan.FromMilliseconds(every), clock);
        loop = timer is null ? Task.CompletedTask : Task.Run(() => RunAsync(timer));
    }

    /// <summary>Saves what has changed, whether it is due or not.</summary>
    public async Task SaveAllAsync()
    {
        foreach (TenantEdge edge in edges.All)
            await SaveAsync(edge, isDue: true);
    }

    /// <summary>Saves for the last time.</summary>
    public async ValueTask DisposeAsync()
    {
        timer?.Dispose();
        await loop;
        await SaveAllAsync();
    }

    private async Task RunAsync(PeriodicTimer ticks)
    {
        while (await ticks.WaitForNextTickAsync())
            foreach (TenantEdge edge in edges.All)
                await SaveAsync(edge, isDue: false);
    }

    private async Task SaveAsync(TenantEdge edge, bool isDue)
    {
        Saved last = saved.GetOrAdd(edge.Tenant, _ => new());
        long counted = edge.Counted;
        if (counted == last.Counted || (!isDue && clock.GetElapsedTime(last.At) < last.Pause))
            return;
        long started = Stopwatch.GetTimestamp();
        try
        {
            using CellLease lease = await registry.UseAsync(edge.Tenant, CancellationToken.None);
            ITenantGate gate = lease.Cell.Gate;
            await Task.Run(() => gate.SaveCounters(edge.CounterSlices()));
            last.Counted = counted;
        }
        catch (CountersChangedException)
        {
            return; // the next turn begins anew
        }
        catch (Exception error) // the image before is still there, and the next turn tries again
        {
            GateEvents.CountersNotSaved(logger, edge.Tenant.Value, error.GetType().Name, error.Message);
        }
        last.At = clock.GetTimestamp();
        last.Pause = Stopwatch.GetElapsedTime(started) * PauseTimes;
    }

    private sealed class Saved
    {
        public long Counted { get; set; }
        public long At { get; set; }
        public TimeSpan Pause { get; set; }
    }
}

/// <summary>A publication gave counters' places to others while an image was written.</summary>
internal sealed class CountersChangedException() : Exception("the counters are others now");
