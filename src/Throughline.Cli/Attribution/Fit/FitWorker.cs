using Throughline.Cli.Attribution.Batch;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Cli.Attribution.Fit;

/// <summary>
/// One thread's part of the paths: of each conversion the channels of the touches that pass all tests of its rules; and of what a
/// customer did after the last conversion, as if there were one at its last touch, a path that led to none.
/// </summary>
internal sealed class FitWorker : IPartitionWorker
{
    private readonly PartitionLoader loader;
    private readonly PartitionJourneys journeys;
    private readonly TimelineKernel kernel;
    private readonly FitFacts? facts;
    private readonly int kind;
    private readonly char[] path = new char[TimelineKernel.MaxCandidates];
    private TimelineConversion[] conversions = new TimelineConversion[16];

    /// <param name="kind">Number of the kind of conversion that counts; -1: every kind.</param>
    public FitWorker(BatchData data, CompiledRules rules, int kind)
    {
        loader = new(data, rules.LongestWindowMs, keeps: false, isWhole: true);
        journeys = new(loader, data.Names, data.Equal, rules.HasTiers);
        kernel = new(rules);
        this.kind = kind;
        if (rules.HasExpressions)
            facts = new(new(loader, data.Names, data.TouchExtras, data.ConversionExtras), data.Names, kind);
    }

    /// <summary>Conversions and others by path; a channel's number is a character.</summary>
    public Dictionary<string, (long Conversions, long Others)> Paths { get; } = new(StringComparer.Ordinal);

    public int Run(int partition)
    {
        loader.Load(partition);
        journeys.Fill();
        for (int customer = 0; customer < journeys.Customers; customer++)
            Take(customer);
        return loader.Conversions.Count;
    }

    private void Take(int customer)
    {
        CustomerTimeline timeline = journeys.Of(customer);
        int count = timeline.Conversions.Length;
        long last = count == 0 ? long.MinValue : timeline.Conversions[^1].Time;
        bool isOpen = timeline.Touches.Length > 0 && timeline.Touches[^1].Time > last;
        if (conversions.Length < count + 1)
            conversions = new TimelineConversion[(count + 1) * 2];
        timeline.Conversions.CopyTo(conversions);
        if (isOpen)
            conversions[count] = new()
            {
                Time = timeline.Touches[^1].Time,
                Kind = kind,
                Owner = timeline.Touches[^1].Owner,
            };
        facts?.Begin(customer, journeys.FirstTouch(customer), journeys.FirstConversion(customer), count);
        ReadOnlySpan<TimelineConversion> all = conversions.AsSpan(0, isOpen ? count + 1 : count);
        kernel.Evaluate(new(timeline.Touches, all, timeline.Refunds, timeline.Tiers, timeline.Owners), facts);
        for (int i = 0; i < count; i++)
            if (
                kernel.Conversions[i].Status != ConversionStatus.DuplicateOrder
                && (kind < 0 || conversions[i].Kind == kind)
            )
                Add(PathOf(timeline, i, long.MinValue), 1, 0);
        if (isOpen)
            Add(PathOf(timeline, count, last), 0, 1);
    }

    private void Add(string channels, long converted, long not)
    {
        (long before, long others) = Paths.GetValueOrDefault(channels);
        Paths[channels] = (before + converted, others + not);
    }

    // A touch with a rank passed its tests and the caps.
    private string PathOf(in CustomerTimeline timeline, int conversion, long after)
    {
        int length = 0;
        ConversionCredit credit = kernel.Conversions[conversion];
        foreach (
            ref readonly CandidateCredit candidate in kernel.Candidates.Slice(credit.FirstCandidate, credit.Candidates)
        )
            if (candidate.Rank > 0 && timeline.Touches[candidate.Touch].Time > after)
                path[length++] = (char)timeline.Touches[candidate.Touch].Channel;
        return new(path, 0, length);
    }

    /// <summary>Facts of rows, and of the conversion that never was.</summary>
    private sealed class FitFacts(BatchFacts rows, BatchNames names, int kind) : IRuleFacts
    {
        private int none;

        public void Begin(int customer, int touch, int conversion, int conversions)
        {
            rows.Begin(customer, touch, conversion);
            none = conversions;
        }

        public void ReadConversion(int conversion, RuleFacts facts)
        {
            if (conversion < none)
            {
                rows.ReadConversion(conversion, facts);
                return;
            }
            facts.FirstSeen = rows.FirstSeen;
            facts.ConversionKind = kind < 0 ? "" : names.ConversionKind(kind);
            facts.Currency = facts.OrderId = null;
            facts.ConversionProperties = default;
        }

        public void ReadTouch(int touch, RuleFacts facts) => rows.ReadTouch(touch, facts);
    }
}
