using Throughline.Core.Events;
using Throughline.World.Bots;
using Throughline.World.Marketing;
using Throughline.World.Population;

namespace Throughline.World.Behaviour;

/// <summary>
/// All events of a world in the order in which they happen, day by day. No two happen at the same millisecond, so that no
/// rule of any lens ever has to break a tie. Holds one day's events and what reaches beyond it, never the run's.
/// </summary>
internal sealed class TimeStream
{
    // Keys pack (milliseconds since the start, index in the day): 35 and 28 bits.
    private const int IndexBits = 28;

    private readonly Stage stage;
    private readonly BotPlan bots;
    private readonly DayPlan plan;
    private readonly Visits visits;
    private readonly Purchases purchases;
    private readonly Exposures exposures;
    private readonly BotActs botActs;
    private readonly List<Draft> beyond = [];
    private long[] keys = [];
    private int count;
    private int next;
    private int day;
    private long latest = long.MinValue;

    public TimeStream(WorldOptions options, CampaignPlan campaigns)
    {
        stage = new(options, new Census(options), campaigns);
        bots = new(stage);
        plan = new(stage, bots);
        purchases = new(stage);
        visits = new(stage, purchases);
        exposures = new(stage);
        botActs = new(stage, bots);
    }

    public Census Census => stage.Census;
    public BotPlan Bots => bots;

    /// <summary>Gives the next event by its place in a buffer that holds until the next call; false at the end.</summary>
    public bool TryNext(out Draft draft)
    {
        while (next == count)
        {
            if (day == stage.Options.Days)
            {
                draft = default;
                return false;
            }
            Live(day++);
        }
        ref Draft found = ref stage.Drafts[(int)(keys[next++] & ((1L << IndexBits) - 1))];
        found.Time = latest = Math.Max(found.Time, latest + 1);
        draft = found;
        return true;
    }

    private void Live(int today)
    {
        stage.Drafts.Clear();
        long end = stage.StartMs + (today + 1) * Stage.DayMs;
        Bring(end);
        foreach (Act act in plan.Of(today))
            Perform(act, today);
        if (keys.Length < stage.Drafts.Count)
            keys = new long[stage.Drafts.Count * 5 / 4];
        count = next = 0;
        for (int i = 0; i < stage.Drafts.Count; i++)
        {
            ref Draft draft = ref stage.Drafts[i];
            if (draft.Time < end)
                keys[count++] = (Math.Max(draft.Time - stage.StartMs, 0) << IndexBits) | (uint)i;
            else if (draft.Time < stage.EndMs)
                beyond.Add(draft);
        }
        Array.Sort(keys, 0, count);
    }

    private void Bring(long end)
    {
        int kept = 0;
        for (int i = 0; i < beyond.Count; i++)
        {
            if (beyond[i].Time < end)
                stage.Drafts.Add() = beyond[i];
            else
                beyond[kept++] = beyond[i];
        }
        beyond.RemoveRange(kept, beyond.Count - kept);
    }

    private void Perform(in Act act, int today)
    {
        Chance chance = Chance.For(
            stage.Options.Seed,
            act.Kind == ActKind.Bot ? Purpose.BotAct : Purpose.Act,
            ((ulong)act.Kind << 40) | (uint)act.Actor,
            (ulong)today * 100_003 + (ulong)act.Slot
        );
        stage.Begin(isVisit: act.Kind is ActKind.Visit or ActKind.Bot);
        switch (act.Kind)
        {
            case ActKind.Visit:
                visits.Run(act.Actor, act.Time, ref chance);
                break;
            case ActKind.Advertisement:
                exposures.Advertisement(act.Actor, act.Time, ref chance);
                break;
            case ActKind.Message:
                exposures.Message(act.Actor, act.Time, ref chance);
                break;
            case ActKind.StoreSale:
                purchases.BuyInStore(act.Actor, act.Time, ref chance);
                break;
            default:
                botActs.Run(act.Actor, act.Time, ref chance);
                break;
        }
    }
}
