using System.Text;
using System.Text.Json;
using Throughline.Cli.Service;
using Throughline.World;
using Throughline.World.Marketing;

namespace Throughline.Cli.Demo;

/// <summary>Tells a service of a simulated world as its sites and its operator would: campaigns, events, decisions of its edge.</summary>
internal sealed class WorldSender(ServiceClient client, SimulatedWorld world)
{
    public long Sent => Accepted + Duplicates + Rejected;
    public long Accepted { get; private set; }
    public long Duplicates { get; private set; }
    public long Rejected { get; private set; }

    /// <summary>How many of those sent are decisions of the world's edge.</summary>
    public long Decisions { get; private set; }

    /// <summary>Publishes the campaigns that the tenant does not have yet.</summary>
    public async Task PublishCampaignsAsync(CancellationToken cancellation)
    {
        using JsonDocument known = (await client.GetAsync("v1/campaigns", cancellation))!;
        HashSet<string?> names =
        [
            .. known
                .RootElement.GetProperty("campaigns")
                .EnumerateArray()
                .Select(campaign => campaign.GetProperty("campaign").GetString()),
        ];
        foreach (Campaign campaign in world.Campaigns.Where(campaign => !names.Contains(campaign.Id)))
            (
                await client.SendAsync(
                    HttpMethod.Put,
                    $"v1/campaigns/{campaign.Id}",
                    Encoding.UTF8.GetBytes(campaign.Document),
                    cancellation
                )
            ).Dispose();
    }

    /// <summary>Sends a run to its end; gives how many events there were.</summary>
    /// <param name="gate">The world's edge, whose decisions are sent as well; null: it has none.</param>
    public async Task<long> SendAsync(
        WorldRun run,
        WorldGate? gate,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        await new EventSender(client, EventSender.DefaultConnections, backfill: false).SendAsync(
            () => WorldBatch.Of(run, gate),
            (WorldBatch batch, BatchAnswer answer) =>
            {
                Decisions += batch.Decisions;
                Accepted += answer.Accepted;
                Duplicates += answer.Duplicates;
                Rejected += answer.Rejected;
                progress.Report(Sent);
            },
            cancellation
        );
        return Sent;
    }
}
