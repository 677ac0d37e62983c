using System.Diagnostics;
using Throughline.Cli.Demo;
using Throughline.Cli.Service;
using Throughline.World;

namespace Throughline.Cli.Bench;

/// <summary>How many events a second are acknowledged over HTTP in NDJSON batches, the generator beside the service.</summary>
internal static class HttpBench
{
    public const string Tenant = "bench-http";

    public static async Task<Stretches> RunAsync(
        ServiceConnection service,
        long events,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        await service.EnsureTenantAsync(Tenant, cancellation);
        SimulatedWorld world = EncodedWorld.NewWorld(events);
        WorldRun run = world.Run(keepTruth: false);
        Stretches speed = new();
        long since = Stopwatch.GetTimestamp();
        await new EventSender(service.For(Tenant), EventSender.DefaultConnections, backfill: false).SendAsync(
            () =>
                run.Count >= events
                    ? null
                    : WorldBatch.Of(run, most: (int)Math.Min(WorldBatch.Events, events - run.Count)),
            (WorldBatch batch, BatchAnswer _) =>
            {
                speed.Add(batch.Count, since);
                since = Stopwatch.GetTimestamp();
                progress.Report(speed.Events);
            },
            cancellation
        );
        return speed;
    }
}
