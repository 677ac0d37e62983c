using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.World;
using Throughline.World.Marketing;
using Throughline.World.Truth;

namespace Throughline.Cli.Demo;

/// <summary>
/// The same world with identity and verdicts set to the truth, in memory: what is left to attribution alone. Its exact
/// share must be 1.
/// </summary>
internal static class GivenTruthRun
{
    private const int ReportEvery = 1 << 14;

    public static double ExactShare(
        SimulatedWorld world,
        WorldTruth truth,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        var keys = new ScratchKeys();
        WorldRun run = world.Run(Rendering.GivenTruth, keepTruth: false);
        MemoryTenant tenant = Apply(world, run, keys, progress, cancellation);
        var meter = new TruthMeter(tenant.Machine, tenant, tenant.ReadResult, keys, truth);
        return meter.Attribution().ExactShare;
    }

    /// <summary>A machine in memory that has seen a whole run, under the world's own rules.</summary>
    public static MemoryTenant Apply(
        SimulatedWorld world,
        WorldRun run,
        IEventKeys keys,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        var tenant = new MemoryTenant(new("given-truth"), keys, keepsResults: true);
        Publish(world, keys, tenant);
        var encoder = new EventEncoder(keys);
        var parsed = new RawEvent();
        var record = new RecordBuffer();
        while (run.MoveNext())
        {
            if (!EventJson.TryParse(run.Line, IdentifierRules.Default, parsed, out Rejection rejection))
                throw new InvalidDataException($"the world wrote an event that is none: {rejection}");
            record.Clear();
            encoder.Encode(parsed, backfill: false, record);
            tenant.Apply(record[0]);
            if (run.Count % ReportEvery != 0)
                continue;
            cancellation.ThrowIfCancellationRequested();
            progress.Report(run.Count);
            tenant.TakeRetired();
        }
        tenant.Settle();
        return tenant;
    }

    private static void Publish(SimulatedWorld world, IEventKeys keys, MemoryTenant tenant)
    {
        var platform = new PlatformEvents(keys);
        var record = new RecordBuffer();
        long start = world.Options.Start.ToUnixTimeMilliseconds();
        foreach (Campaign campaign in world.Campaigns)
        {
            record.Clear();
            byte[] document = ControlDocument.Campaign(RuleOf(campaign));
            if (!platform.TryControl(document, $"campaign-{campaign.Id}", start, record, out Rejection rejection))
                throw new InvalidDataException($"a campaign's document is refused: {rejection}");
            tenant.Apply(record[0]);
        }
    }

    private static CampaignRule RuleOf(Campaign campaign) =>
        new(
            campaign.Id,
            Version: 1,
            campaign.WindowMs,
            campaign.Model == World.Marketing.CreditModel.Linear
                ? Core.Attribution.CreditModel.Linear
                : Core.Attribution.CreditModel.LastTouch,
            Priority: 0,
            CampaignRule.DefaultGroup,
            EventTime.Min,
            EventTime.End,
            Restate: true,
            Published: 0,
            Position: 0
        );
}
