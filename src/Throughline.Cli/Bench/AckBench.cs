using System.Diagnostics;
using Throughline.Cli.Service;

namespace Throughline.Cli.Bench;

/// <summary>Time from when an event was due to be sent until it was acknowledged as durable, in milliseconds.</summary>
internal sealed record AckTimes(double P50, double P99, double Max, double PerSecond);

/// <summary>
/// Sends single events at a steady rate, whether or not the ones before were answered (an open loop), so that a stall
/// counts for every event that it delays.
/// </summary>
internal static class AckBench
{
    public const string Tenant = "bench-ack";
    public const int Rate = 1000;

    private const int WarmUp = 2 * Rate;

    public static async Task<AckTimes> RunAsync(
        ServiceConnection service,
        int seconds,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        await service.EnsureTenantAsync(Tenant, cancellation);
        ServiceClient client = service.For(Tenant);
        int count = WarmUp + seconds * Rate;
        double[] times = new double[count];
        List<Task> tasks = new(count);
        long begun = Stopwatch.GetTimestamp();
        while (tasks.Count < count)
        {
            double elapsed = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            for (int due = (int)Math.Min(count, elapsed * Rate / 1000); tasks.Count < due; )
            {
                int number = tasks.Count;
                tasks.Add(Task.Run(() => SendAsync(client, number, times, begun, cancellation), cancellation));
            }
            progress.Report(tasks.Count);
            await Task.Delay(1, cancellation);
        }
        await Task.WhenAll(tasks);
        double took = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        double[] measured = times[WarmUp..];
        Array.Sort(measured);
        return new(At(measured, 0.50), At(measured, 0.99), At(measured, 1), Output.Figures.PerSecond(count, took));
    }

    private static async Task SendAsync(
        ServiceClient client,
        int number,
        double[] times,
        long begun,
        CancellationToken cancellation
    )
    {
        using var batch = new PlainClicks(number, 1);
        await client.SendAsync(batch, backfill: false, cancellation);
        double due = number * 1000.0 / Rate;
        times[number] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds - due;
    }

    private static double At(double[] sorted, double share) =>
        Math.Round(
            sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)],
            2,
            MidpointRounding.ToEven
        );
}
