using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Cli.Bench;

/// <summary>
/// How fast a tenant's writer makes events durable when they are prepared already, and how long the store takes to come
/// up again after a crash at the end.
/// </summary>
internal static class WriterBench
{
    private const int Batch = 2048;
    private const int BatchesInFlight = 4;
    private const int Stretch = 64; // batches that are made ahead

    public static async Task<(Stretches Speed, Recovery Restart, Cost Cost)> RunAsync(
        string folder,
        long events,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        string live = Path.Combine(folder, "writer");
        string crashed = Path.Combine(folder, "crashed");
        TenantSettings settings = new("bench");
        using ILoggerFactory loggers = ServerLogging.CreateFactory(LogLevel.Warning);
        ILogger logger = loggers.CreateLogger<TenantCell>();
        var speed = new Stretches();
        Cost cost;
        await using (TenantCell cell = TenantCell.Open(live, settings, TimeProvider.System, logger))
        {
            var world = new EncodedWorld(cell.Keys, events);
            CostMeter meter = new();
            List<RecordBuffer> made = [.. Enumerable.Range(0, Stretch).Select(_ => new RecordBuffer())];
            while (speed.Events < events)
            {
                long most = Math.Min(events - speed.Events, speed.LeftOfWindow);
                long count = meter.Aside(() => Make(world, made, most));
                if (count == 0)
                    break;
                long started = Stopwatch.GetTimestamp();
                await SubmitAsync(cell, made, cancellation);
                speed.Add(count, started);
                progress.Report(speed.Events);
            }
            await cell.SettleAsync(cancellation);
            cost = meter.Of("through a tenant's writer, durable", speed.Events);
            Copy(live, crashed); // what a crash would leave: no last snapshot, no clean end
        }
        await using TenantCell again = TenantCell.Open(crashed, settings, TimeProvider.System, logger);
        return (speed, again.Recovery, cost.WithDisk(live));
    }

    private static long Make(EncodedWorld world, List<RecordBuffer> made, long left)
    {
        long count = 0;
        foreach (RecordBuffer batch in made)
        {
            batch.Clear();
            count += world.Append(batch, (int)Math.Min(Batch, left - count));
        }
        return count;
    }

    private static async Task SubmitAsync(TenantCell cell, List<RecordBuffer> made, CancellationToken cancellation)
    {
        Queue<Task> inFlight = [];
        foreach (RecordBuffer batch in made.Where(batch => batch.Count > 0))
        {
            if (inFlight.Count == BatchesInFlight)
                await inFlight.Dequeue();
            inFlight.Enqueue(cell.SubmitAsync(batch, cancellation).AsTask());
        }
        await Task.WhenAll(inFlight);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            if (!file.EndsWith(".lock", StringComparison.Ordinal) && !file.EndsWith(".owner", StringComparison.Ordinal))
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (string child in Directory.EnumerateDirectories(from))
            Copy(child, Path.Combine(to, Path.GetFileName(child)));
    }
}
