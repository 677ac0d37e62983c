using System.Text;
using System.Text.Json;
using Throughline.Cli.Service;
using Throughline.World;
using Throughline.World.Marketing;

namespace Throughline.Cli.Demo;

/// <summary>Tells a service of a simulated world as its sites and its operator would: campaigns, blocked values, events.</summary>
internal sealed class WorldSender(ServiceClient client, SimulatedWorld world)
{
    public long Sent => Accepted + Duplicates + Rejected;
    public long Accepted { get; private set; }
    public long Duplicates { get; private set; }
    public long Rejected { get; private set; }

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

    /// <summary>Blocks the values that belong to nobody, as an operator does who knows his site.</summary>
    public async Task BlockJunkAsync(CancellationToken cancellation)
    {
        foreach ((string type, string value) in SimulatedWorld.JunkValues)
            (
                await client.SendAsync(
                    HttpMethod.Put,
                    "v1/blocked-values",
                    JsonSerializer.SerializeToUtf8Bytes(
                        new
                        {
                            type,
                            value,
                            blocked = true,
                        }
                    ),
                    cancellation
                )
            ).Dispose();
    }

    /// <summary>Sends a run to its end; gives how many events there were.</summary>
    public async Task<long> SendAsync(WorldRun run, IProgress<long> progress, CancellationToken cancellation)
    {
        await new EventSender(client, EventSender.DefaultConnections, backfill: false).SendAsync(
            () => WorldBatch.Of(run),
            (WorldBatch _, BatchAnswer answer) =>
            {
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
