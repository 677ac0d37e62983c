using System.Diagnostics;
using System.Text.Json;
using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.Server.Tenants;
using Throughline.World;
using Throughline.World.Truth;

namespace Throughline.Cli.Demo;

/// <summary>
/// A simulated shop's month, end to end: campaigns, events and the decisions of the shop's edge over HTTP into the store, wait until all
/// is worked out, compare with the truth.
/// </summary>
internal sealed class DemoRun(ServiceConnection service, string tenant, SimulatedWorld world, ICommandOutput output)
{
    private readonly ServiceClient client = service.For(tenant);

    public async Task<DemoReport> RunAsync(CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        WorldSender sender = new(client, world);
        await sender.PublishCampaignsAsync(cancellation);

        WorldRun run = world.Run();
        WorldGate edge = new(world);
        long started = Stopwatch.GetTimestamp();
        await output.ProgressAsync(
            "Sending events",
            null,
            progress => sender.SendAsync(run, edge, progress, cancellation)
        );
        double sending = Stopwatch.GetElapsedTime(started).TotalSeconds;
        string digest = await client.SettledDigestAsync(output, cancellation);

        output.Note("Comparing with the truth …");
        (GateMeasure gate, IdentityMeasure identity, AttributionMeasure attribution) = await MeasureAsync(
            run.Truth,
            cancellation
        );
        double given = await output.ProgressAsync(
            "Once more, with identity and verdicts set to the truth",
            sender.Sent,
            progress => Task.Run(() => GivenTruthRun.ExactShare(world, run.Truth, progress, cancellation), cancellation)
        );
        return new(
            sender.Sent,
            sender.Decisions,
            sender.Accepted,
            sender.Duplicates,
            sender.Rejected,
            Figures.PerSecond(sender.Sent, sending),
            client.Waits,
            gate,
            identity,
            attribution with
            {
                ExactShareGivenTruth = given,
            },
            digest,
            await WhyAsync(run.Truth, cancellation),
            Figures.Seconds(Stopwatch.GetElapsedTime(begun).TotalSeconds)
        );
    }

    // On the writer's thread, between events: the same readers that answer the API, without a million requests.
    private async Task<(GateMeasure, IdentityMeasure, AttributionMeasure)> MeasureAsync(
        WorldTruth truth,
        CancellationToken cancellation
    )
    {
        using CellLease lease = await service.Own!.Registry.UseAsync(TenantId.Parse(tenant), cancellation);
        var cell = (TenantCell)lease.Cell;
        return await cell.AskAsync(
            store =>
            {
                var meter = new TruthMeter(store.Machine, store.History, store.ReadResult, cell.Keys, truth);
                void Scan(RecordHandler handler) =>
                    store.Log.Scan(
                        0,
                        (_, record) =>
                        {
                            handler(record);
                            return true;
                        }
                    );
                return (meter.Gate(Scan), meter.Identity(), meter.Attribution(Scan));
            },
            cancellation
        );
    }

    /// <summary>The explanation of a conversion with several credits, as anybody gets it over HTTP.</summary>
    private async Task<JsonElement> WhyAsync(WorldTruth truth, CancellationToken cancellation)
    {
        TrueConversion shown =
            truth.Conversions.FirstOrDefault(conversion => conversion.Credits.Count == 2) ?? truth.Conversions[0];
        using JsonDocument why = (await client.GetAsync($"v1/why/{shown.EventId}", cancellation))!;
        return why.RootElement.Clone();
    }
}
