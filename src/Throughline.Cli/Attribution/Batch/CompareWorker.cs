using System.Text;
using Throughline.Cli.Attribution.Batch.Reading;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>One thread's comparison of two sets of rules, conversion by conversion.</summary>
internal sealed class CompareWorker : IPartitionWorker
{
    private readonly BatchNames names;
    private readonly PartitionLoader loader;
    private readonly PartitionJourneys journeys;
    private readonly TimelineKernel before;
    private readonly TimelineKernel after;
    private readonly RuleGroups groupsBefore;
    private readonly RuleGroups groupsAfter;
    private readonly BatchFacts facts;

    public CompareWorker(BatchData data, CompiledRules rules, CompiledRules draft, int samples)
    {
        names = data.Names;
        loader = new(data, Math.Max(rules.LongestWindowMs, draft.LongestWindowMs), keeps: false);
        journeys = new(loader, data.Names, data.Equal, rules.HasTiers || draft.HasTiers);
        (before, after) = (new(rules), new(draft));
        (groupsBefore, groupsAfter) = (new(rules), new(draft));
        facts = new(loader, data.Names, data.TouchExtras, data.ConversionExtras);
        Tally = new(samples);
    }

    public CompareTally Tally { get; }

    public int Run(int partition)
    {
        loader.Load(partition);
        journeys.Fill();
        for (int customer = 0; customer < journeys.Customers; customer++)
        {
            facts.Begin(customer, journeys.FirstTouch(customer), journeys.FirstConversion(customer));
            CustomerTimeline timeline = journeys.Of(customer);
            before.Evaluate(timeline, facts);
            after.Evaluate(timeline, facts);
            for (int conversion = 0; conversion < timeline.Conversions.Length; conversion++)
                Compare(timeline, customer, conversion);
        }
        return loader.Conversions.Count;
    }

    private void Compare(in CustomerTimeline timeline, int customer, int conversion)
    {
        Earn(timeline, before, groupsBefore, conversion, isAfter: false);
        Earn(timeline, after, groupsAfter, conversion, isAfter: true);
        Change change = ChangeOf(conversion);
        Tally.Count(change);
        if (change == Change.Same)
            return;
        int row = loader.Conversions.RowAt(journeys.FirstConversion(customer) + conversion);
        ulong draw = Mix.Two((ulong)loader.Conversions.Head(row).Place.Line, 0);
        if (Tally.Wants(draw))
            Tally.Keep(draw, SampleOf(timeline, customer, conversion, row, change));
    }

    private void Earn(
        in CustomerTimeline timeline,
        TimelineKernel kernel,
        RuleGroups groups,
        int conversion,
        bool isAfter
    )
    {
        ref readonly ConversionCredit credit = ref kernel.Conversions[conversion];
        foreach (ref readonly CandidateCredit candidate in CandidatesOf(kernel, conversion))
            if (candidate.Net > 0)
                Tally.Earn(
                    timeline.Touches[candidate.Touch].Campaign,
                    groups.Find(kernel, credit, candidate.Rule).Currency,
                    candidate.Net,
                    isAfter
                );
    }

    private Change ChangeOf(int conversion)
    {
        bool was = before.Conversions[conversion].Status == ConversionStatus.Attributed;
        bool isNow = after.Conversions[conversion].Status == ConversionStatus.Attributed;
        return was != isNow ? (isNow ? Change.Gained : Change.Lost)
            : IsSame(conversion) ? Change.Same
            : Change.Moved;
    }

    // The same touches earn the same, in the same currency.
    private bool IsSame(int conversion)
    {
        ReadOnlySpan<CandidateCredit> old = CandidatesOf(before, conversion);
        ReadOnlySpan<CandidateCredit> now = CandidatesOf(after, conversion);
        int other = 0;
        foreach (ref readonly CandidateCredit candidate in old)
        {
            if (candidate.Reason != TouchReason.Credited)
                continue;
            other = NextCredited(now, other);
            if (
                other == now.Length
                || now[other].Touch != candidate.Touch
                || now[other].Net != candidate.Net
                || groupsBefore.Find(before, before.Conversions[conversion], candidate.Rule).Currency
                    != groupsAfter.Find(after, after.Conversions[conversion], now[other].Rule).Currency
            )
                return false;
            other++;
        }
        return NextCredited(now, other) == now.Length;
    }

    private static int NextCredited(ReadOnlySpan<CandidateCredit> candidates, int from)
    {
        while (from < candidates.Length && candidates[from].Reason != TouchReason.Credited)
            from++;
        return from;
    }

    private static ReadOnlySpan<CandidateCredit> CandidatesOf(TimelineKernel kernel, int conversion)
    {
        ref readonly ConversionCredit credit = ref kernel.Conversions[conversion];
        return kernel.Candidates.Slice(credit.FirstCandidate, credit.Candidates);
    }

    // ---- samples ----------------------------------------------------------------------------------------------------------

    private CompareSample SampleOf(in CustomerTimeline timeline, int customer, int conversion, int row, Change change)
    {
        ref readonly ConversionHead head = ref loader.Conversions.Head(row);
        ReadOnlySpan<CandidateCredit> old = CandidatesOf(before, conversion);
        ReadOnlySpan<CandidateCredit> now = CandidatesOf(after, conversion);
        List<CompareTouch> touches = [];
        for (int i = 0, j = 0; i < old.Length || j < now.Length; )
        {
            int touch = Math.Min(
                i < old.Length ? old[i].Touch : int.MaxValue,
                j < now.Length ? now[j].Touch : int.MaxValue
            );
            CompareSide? was = i < old.Length && old[i].Touch == touch ? SideOf(before, old[i++]) : null;
            CompareSide? isNow = j < now.Length && now[j].Touch == touch ? SideOf(after, now[j++]) : null;
            touches.Add(TouchOf(timeline.Touches[touch], journeys.FirstTouch(customer) + touch, was, isNow));
        }
        return new(
            head.Place.Line,
            Encoding.UTF8.GetString(loader.Conversions.Texts(row)[..head.Place.IdBytes]),
            change,
            names.ConversionKind(head.Place.Kind),
            EventTime.ToText(head.Time),
            head.Minor,
            head.Currency == 0 ? null : Currency.FromNumber(head.Currency).ToString(),
            touches
        );
    }

    private CompareTouch TouchOf(in TimelineTouch touch, int place, CompareSide? was, CompareSide? isNow)
    {
        int row = loader.Touches.RowAt(place);
        return new(
            Encoding.UTF8.GetString(loader.Touches.Texts(row)[..loader.Touches.Head(row).Place.IdBytes]),
            names.Campaign(touch.Campaign),
            names.TouchKind(touch.Kind),
            EventTime.ToText(touch.Time),
            was,
            isNow
        );
    }

    private static CompareSide SideOf(TimelineKernel kernel, in CandidateCredit candidate)
    {
        AttributionRule? rule = candidate.Rule < 0 ? null : kernel.Rules.Rules[candidate.Rule].Rule;
        return new(
            Codes.Of(candidate.Reason),
            candidate.Rank == 0 ? null : candidate.Rank,
            candidate.Net,
            rule is null ? null : RuleGroups.NameOf(rule),
            rule?.Version
        );
    }
}
