namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>
/// How triggers fill the buckets of a source's kinds of data: in the order given each adds what it has left to the bucket its data
/// stands at; a bucket that is full is reached, and what is over goes to the next. What reports that were sent took is gone.
/// </summary>
internal sealed class AraBuckets
{
    private readonly AraSource source;
    private readonly Dictionary<long, int> reachedOf = [];
    private readonly Dictionary<AraCounted, long> used = new(ReferenceEqualityComparer.Instance);

    /// <summary>A bucket that triggers reached, those that took part in their order.</summary>
    public sealed record Reached(AraTriggerSpec Spec, long Data, long Least, long Most, IReadOnlyList<AraCounted> From);

    public AraBuckets(AraSource source, IEnumerable<AraDeviceReport> sent)
    {
        this.source = source;
        foreach (IGrouping<long, AraDeviceReport> data in sent.GroupBy(x => x.Data))
        foreach (AraDeviceReport report in data.OrderBy(x => x.SendAt))
            Take(report);
    }

    /// <summary>Fills up to <paramref name="most"/> buckets.</summary>
    public List<Reached> Fill(IReadOnlyList<AraCounted> triggers, int most)
    {
        List<Reached> all = [];
        Dictionary<long, (long Amount, List<AraCounted> From)> open = [];
        foreach (AraCounted trigger in triggers)
        {
            if (!open.TryGetValue(trigger.Data, out (long Amount, List<AraCounted> From) state))
                state = (0, []);
            AraTriggerSpec spec = SpecOf(trigger.Data);
            bool hasBucket = reachedOf.GetValueOrDefault(trigger.Data) < spec.Buckets.Count;
            if (hasBucket && Left(trigger) > 0)
                state.From.Add(trigger);
            for (int i = reachedOf.GetValueOrDefault(trigger.Data); i < spec.Buckets.Count; i++)
            {
                long lacking = Size(spec, i) - state.Amount;
                if (Left(trigger) < lacking)
                {
                    state.Amount += Left(trigger);
                    Use(trigger, Left(trigger));
                    break;
                }
                long top = i + 1 < spec.Buckets.Count ? spec.Buckets[i + 1] - 1 : AraTriggerSpec.ValueMax;
                all.Add(new(spec, trigger.Data, spec.Buckets[i], top, [.. state.From]));
                if (all.Count == most)
                    return all;
                Use(trigger, lacking);
                reachedOf[trigger.Data] = i + 1;
                state = (0, Left(trigger) > 0 ? [trigger] : []);
            }
            open[trigger.Data] = state;
        }
        return all;
    }

    // What a report that was sent took of the triggers before it.
    private void Take(AraDeviceReport report)
    {
        int bucket = reachedOf.GetValueOrDefault(report.Data);
        reachedOf[report.Data] = bucket + 1;
        long lacking = Size(SpecOf(report.Data), bucket);
        foreach (AraCounted trigger in source.Counted)
            if (lacking > 0 && trigger.Time < report.SendAt && trigger.Data == report.Data)
            {
                long part = Math.Min(Left(trigger), lacking);
                Use(trigger, part);
                lacking -= part;
            }
    }

    private AraTriggerSpec SpecOf(long data) => source.Specs!.First(x => x.Data.Contains(data));

    private static long Size(AraTriggerSpec spec, int bucket) =>
        spec.Buckets[bucket] - (bucket == 0 ? 0 : spec.Buckets[bucket - 1]);

    private long Left(AraCounted trigger) => trigger.Value - used.GetValueOrDefault(trigger);

    private void Use(AraCounted trigger, long part) => used[trigger] = used.GetValueOrDefault(trigger) + part;
}
