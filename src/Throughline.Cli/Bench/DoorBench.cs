using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Cli.Service;

namespace Throughline.Cli.Bench;

/// <summary>
/// How many clicks a second are acknowledged in Segment's form, and the same ones in our own: batches of 500, each form into a tenant of
/// its own, over as many connections. Bodies are made before, so that only the service and a sender are measured.
/// </summary>
internal static class DoorBench
{
    /// <summary>More say no more of what a form costs.</summary>
    public const long EventsMax = 500_000;

    private const int BatchEvents = 500;
    private const int Connections = 4;

    // Much before now, since the door believes clocks that are right: no time is corrected.
    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddDays(-1);

    /// <returns>Events a second: in our own form, in Segment's.</returns>
    public static async Task<(double Native, double Segment)> RunAsync(
        ServiceConnection service,
        long events,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        long batches = Math.Max(Connections, events / BatchEvents);
        double native = await RunAsync(
            service,
            "bench-native",
            "v1/events?results=rejected",
            batches,
            Native,
            progress,
            cancellation
        );
        double segment = await RunAsync(service, "bench-segment", "v1/batch", batches, Segment, progress, cancellation);
        return (native, segment);
    }

    private static async Task<double> RunAsync(
        ServiceConnection service,
        string tenant,
        string path,
        long batches,
        Func<long, byte[]> body,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        await service.EnsureTenantAsync(tenant, cancellation);
        ServiceClient client = service.For(tenant);
        // The first batches open the store and warm the code up, and are not counted.
        for (long batch = 0; batch < Connections; batch++)
            await SendAsync(client, path, body(batch), cancellation);
        const int Round = 200; // batches that are made at once
        Stretches speed = new();
        for (long from = Connections; from < batches + Connections; from += Round)
        {
            byte[][] made =
            [
                .. Enumerable.Range(0, (int)Math.Min(Round, batches + Connections - from)).Select(i => body(from + i)),
            ];
            long since = Stopwatch.GetTimestamp();
            await Parallel.ForEachAsync(
                made,
                new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = cancellation },
                async (bytes, ended) => await SendAsync(client, path, bytes, ended)
            );
            speed.Add(made.Length * (long)BatchEvents, since);
            progress.Report(speed.Events);
        }
        return speed.PerSecond;
    }

    private static async Task SendAsync(ServiceClient client, string path, byte[] body, CancellationToken cancellation)
    {
        using JsonDocument answer = await client.SendAsync(HttpMethod.Post, path, body, cancellation);
        if (answer.RootElement.GetProperty("accepted").GetInt32() != BatchEvents)
            throw new InvalidOperationException("the service did not take the whole batch");
    }

    private static byte[] Native(long batch) =>
        Join(
            batch,
            "[",
            "]",
            (number, time) =>
                $$"""{"id":"click-{{number}}","type":"click","time":"{{time}}","identifiers":[{"type":"user","value":"u-{{number % 3000}}"},{"type":"cookie","value":"c-{{number % 5000}}"}],"campaign":"bench","channel":"email","context":{"address":"203.0.113.7","userAgent":"Mozilla/5.0"},"product_id":"p-{{number % 100}}","position":3}"""
        );

    private static byte[] Segment(long batch) =>
        Join(
            batch,
            "{\"batch\":[",
            "]}",
            (number, time) =>
                $$$"""{"type":"track","messageId":"click-{{{number}}}","event":"Product Clicked","timestamp":"{{{time}}}","userId":"u-{{{number % 3000}}}","anonymousId":"c-{{{number % 5000}}}","context":{"ip":"203.0.113.7","userAgent":"Mozilla/5.0","campaign":{"name":"bench","medium":"email"}},"properties":{"product_id":"p-{{{number % 100}}}","position":3}}"""
        );

    private static byte[] Join(long batch, string before, string after, Func<long, string, string> one) =>
        Encoding.UTF8.GetBytes(
            before
                + string.Join(
                    ',',
                    Enumerable
                        .Range(0, BatchEvents)
                        .Select(i => batch * BatchEvents + i)
                        .Select(number =>
                            one(
                                number,
                                Start
                                    .AddMilliseconds(number)
                                    .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)
                            )
                        )
                )
                + after
        );
}
