using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Throughline.Cli.Service;

namespace Throughline.Cli.Bench;

/// <summary>
/// Attribution as events come: durable over HTTP, the generator beside the service, every conversion with a journey of 30 touches. Then
/// single conversions, one after another: from sending one until its credit is answered. Then reports of them all.
/// </summary>
internal static class AttributionStreamBench
{
    public const string Tenant = "bench-attribution";

    private const int BatchEvents = 1000;
    private const int Questions = 2_000; // at most
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<StreamFigures> RunAsync(
        ServiceConnection service,
        CostMeter meter,
        long events,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        await service.EnsureTenantAsync(Tenant, cancellation);
        ServiceClient client = service.For(Tenant);
        byte[] rule = Encoding.UTF8.GetBytes(
            $$"""{"window":"{{JourneyEvents.WindowDays}}d","model":"linear","restate":true}"""
        );
        using (await client.SendAsync(HttpMethod.Put, "v1/campaigns/*", rule, cancellation)) { }
        JourneyEvents journeys = new(events);
        Stretches filling = await SendAsync(client, journeys, journeys.Filling, progress, cancellation);
        Stretches whole = await SendAsync(client, journeys, journeys.Filling, progress, cancellation);
        using (await client.GetAsync("v1/state?settled=true", cancellation)) { }
        Cost cost = meter.Of("30 touches to a conversion over HTTP, durable", filling.Events + whole.Events);
        return new(
            filling.Events + whole.Events,
            JourneyEvents.Touches,
            filling.PerSecond,
            whole.PerSecond,
            await ConvertAsync(client, journeys, (int)Math.Min(Questions, journeys.Single * 4 / 5), cancellation),
            await TenantReportBench.RunAsync(client, cancellation),
            cost
        );
    }

    private static async Task<Stretches> SendAsync(
        ServiceClient client,
        JourneyEvents journeys,
        long events,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        Stretches speed = new();
        long left = events;
        long since = Stopwatch.GetTimestamp();
        await new EventSender(client, EventSender.DefaultConnections, backfill: false).SendAsync<EventBatch>(
            () =>
            {
                int count = (int)Math.Min(BatchEvents, left);
                left -= count;
                return count == 0 ? null : journeys.Next(count);
            },
            (batch, answer) =>
            {
                if (answer.Accepted != batch.Count)
                    throw new InvalidOperationException("an event of the bench was not accepted");
                speed.Add(batch.Count, since);
                since = Stopwatch.GetTimestamp();
                progress.Report(speed.Events);
            },
            cancellation
        );
        return speed;
    }

    private static async Task<Latencies> ConvertAsync(
        ServiceClient client,
        JourneyEvents journeys,
        int count,
        CancellationToken cancellation
    )
    {
        long[] ticks = new long[count];
        for (int i = -count / 4; i < count; i++) // the first ones warm up
        {
            (EventBatch batch, string id) = journeys.Conversion();
            using (batch)
            {
                long started = Stopwatch.GetTimestamp();
                await client.SendAsync(batch, backfill: false, cancellation);
                while (!await IsCreditedAsync(client, id, cancellation))
                    if (Stopwatch.GetElapsedTime(started) > Patience)
                        throw new InvalidOperationException($"{id} has no credit after {Patience}");
                if (i >= 0)
                    ticks[i] = Stopwatch.GetTimestamp() - started;
            }
        }
        return Latencies.Of(ticks, 1e3);
    }

    private static async Task<bool> IsCreditedAsync(ServiceClient client, string id, CancellationToken cancellation)
    {
        using JsonDocument? answer = await client.GetAsync($"v1/conversions/{id}", cancellation);
        if (answer is null || !answer.RootElement.TryGetProperty("credits", out JsonElement credits))
            return false;
        long sum = credits.EnumerateArray().Sum(credit => credit.GetProperty("minor").GetInt64());
        return sum == 0 ? false
            : sum == JourneyEvents.Minor ? true
            : throw new InvalidOperationException($"the credits of {id} add up to {sum}");
    }
}

/// <summary>What <see cref="AttributionStreamBench"/> measured.</summary>
/// <param name="Events">Sent in all: 30 touches and a conversion, twice for each customer.</param>
/// <param name="FillingEventsPerSecond">While journeys were filling: conversions with up to 30 touches before them.</param>
/// <param name="EventsPerSecond">Once they were whole: every conversion with 30 touches before it.</param>
/// <param name="ConversionToCreditMs">A single conversion over HTTP, until its credit was answered; milliseconds.</param>
/// <param name="Reports">Of all that was sent.</param>
/// <param name="Cost">Of a million of these events: what the service's process works.</param>
internal sealed record StreamFigures(
    long Events,
    int TouchesPerJourney,
    double FillingEventsPerSecond,
    double EventsPerSecond,
    Latencies ConversionToCreditMs,
    ReportFigures Reports,
    Cost Cost
);
