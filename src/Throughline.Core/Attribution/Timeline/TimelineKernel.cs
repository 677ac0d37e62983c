using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution.Timeline;

/// <summary>
/// The one pure function of attribution: a customer's timeline and the rules in, credit out (docs/guide/attribution-rules.md states it
/// step by step). Whole numbers throughout, the same on every machine. Keeps its memory from timeline to timeline, so that evaluating
/// allocates nothing once it is large enough; for one thread at a time.
/// </summary>
/// <param name="rules">Shared by kernels; none may evaluate while names are taken over.</param>
/// <param name="explains">Make every test of every candidate, not only up to the first that fails.</param>
public sealed partial class TimelineKernel(CompiledRules rules, bool explains = false)
{
    /// <summary>Newest candidates that are looked at; older ones within the window are not (documented limit).</summary>
    public const int MaxCandidates = 512;

    /// <summary>Earlier conversions of the customer that caps, reuse, cooldown, dedup and expressions look at (documented limit).</summary>
    public const int MaxEarlier = 1_000;

    private readonly RulePlan[] plans = rules.Plans;
    private readonly bool isCoupled = rules.IsCoupled;
    private ConversionCredit[] conversions = new ConversionCredit[16];
    private CandidateCredit[] candidates = new CandidateCredit[64];
    private GroupCredit[] groups = new GroupCredit[16];
    private int conversionCount;
    private int candidateCount;
    private int groupCount;
    private IRuleFacts? source;
    private int place; // of the conversion under way
    private int earlier; // conversions that counted before it
    private long firstEarlier; // and when the first and the last of them were
    private long lastEarlier;
    private int journey; // touches in its longest window that are of no bot

    public CompiledRules Rules => rules;

    /// <summary>Outcome of the last timeline, one for each conversion; valid until the next.</summary>
    public ReadOnlySpan<ConversionCredit> Conversions => conversions.AsSpan(0, conversionCount);

    /// <summary>All candidates; a conversion says which are its own.</summary>
    public ReadOnlySpan<CandidateCredit> Candidates => candidates.AsSpan(0, candidateCount);

    /// <summary>All groups; a conversion says which are its own.</summary>
    public ReadOnlySpan<GroupCredit> Groups => groups.AsSpan(0, groupCount);

    /// <summary>Evaluates a customer's conversions one after another, as earlier credit may decide over later.</summary>
    /// <param name="facts">Needed if the rules have expressions.</param>
    public void Evaluate(in CustomerTimeline timeline, IRuleFacts? facts = null)
    {
        source = facts;
        candidateCount = groupCount = earlier = 0;
        conversionCount = timeline.Conversions.Length;
        if (conversions.Length < conversionCount)
            conversions = new ConversionCredit[Math.Max(conversionCount, conversions.Length * 2)];
        if (isCoupled)
            Forget(timeline.Touches.Length);
        int end = 0;
        for (place = 0; place < conversionCount; place++)
        {
            if (place > MaxEarlier)
                Relive(timeline);
            ref readonly TimelineConversion conversion = ref timeline.Conversions[place];
            end = EndOf(timeline, conversion, end);
            conversions[place] = Decide(timeline, conversion, end);
            Count(conversion);
        }
        source = null;
    }

    // What is too far back is forgotten, and what it brought about with it: as if the timeline began later.
    private void Relive(in CustomerTimeline timeline)
    {
        if (!isCoupled)
        {
            Uncount(timeline, place - MaxEarlier - 1);
            return;
        }
        (int last, int candidatesBefore, int groupsBefore) = (place, candidateCount, groupCount);
        Forget(timeline.Touches.Length);
        earlier = 0;
        int end = 0;
        for (place = last - MaxEarlier; place < last; place++)
        {
            ref readonly TimelineConversion conversion = ref timeline.Conversions[place];
            end = EndOf(timeline, conversion, end);
            Decide(timeline, conversion, end);
            Count(conversion);
            (candidateCount, groupCount) = (candidatesBefore, groupsBefore);
        }
    }

    private void Count(in TimelineConversion conversion)
    {
        if (!IsEarlier(conversion))
            return;
        if (earlier++ == 0)
            firstEarlier = conversion.Time;
        lastEarlier = conversion.Time;
    }

    private void Uncount(in CustomerTimeline timeline, int forgotten)
    {
        if (!IsEarlier(timeline.Conversions[forgotten]) || --earlier == 0)
            return;
        int first = forgotten + 1;
        while (!IsEarlier(timeline.Conversions[first]))
            first++;
        firstEarlier = timeline.Conversions[first].Time;
    }

    private static bool IsEarlier(in TimelineConversion conversion) =>
        (conversion.Flags & (ConversionFlags.DuplicateOrder | ConversionFlags.Bot)) == 0;

    // Where the touches after a conversion begin; not before those after an earlier one.
    private static int EndOf(in CustomerTimeline timeline, in TimelineConversion conversion, int end)
    {
        while (end < timeline.Touches.Length && timeline.Touches[end].Time <= conversion.Time)
            end++;
        return end;
    }

    private ConversionCredit Decide(in CustomerTimeline timeline, in TimelineConversion conversion, int end)
    {
        ConversionCredit credit = new()
        {
            Status = StatusBefore(conversion.Flags),
            FirstCandidate = candidateCount,
            FirstGroup = groupCount,
        };
        if (credit.Status == ConversionStatus.DuplicateOrder)
            return credit; // it is the same conversion told again: it has no value of its own
        if (credit.Status == ConversionStatus.Attributed)
        {
            if (given is null)
                Collect(timeline, conversion, end);
            else
                Take(timeline, conversion, given);
            credit.Candidates = candidateCount - credit.FirstCandidate;
            credit.Status = Choose(timeline, conversion, credit.FirstCandidate)
                ? ConversionStatus.Attributed
                : ConversionStatus.Unattributed;
        }
        if (groupCount == credit.FirstGroup)
            AddGroup(Unattributed(rules.DefaultGroup, conversion));
        credit.Groups = groupCount - credit.FirstGroup;
        if (conversion.Refunds > 0)
            credit.Refunded = Refund(timeline, conversion, credit);
        return credit;
    }

    private static ConversionStatus StatusBefore(ConversionFlags flags) =>
        flags == ConversionFlags.None ? ConversionStatus.Attributed
        : (flags & ConversionFlags.DuplicateOrder) != 0 ? ConversionStatus.DuplicateOrder
        : (flags & ConversionFlags.NoCustomer) != 0 ? ConversionStatus.NoCustomer
        : (flags & ConversionFlags.Bot) != 0 ? ConversionStatus.Bot
        : ConversionStatus.CustomerTooLarge;

    // All touches in the longest window, oldest first, each with the first test that it fails.
    private void Collect(in CustomerTimeline timeline, in TimelineConversion conversion, int end)
    {
        long oldest = conversion.Time - rules.WindowAt(conversion.Kind, conversion.Time);
        int first = end;
        int least = Math.Max(0, end - MaxCandidates);
        while (first > least && timeline.Touches[first - 1].Time >= oldest)
            first--;
        int needed = candidateCount + end - first;
        if (needed > candidates.Length)
            Array.Resize(ref candidates, Math.Max(needed, candidates.Length * 2));
        StartTests();
        journey = 0;
        for (int touch = first; touch < end && rules.HasExpressions; touch++)
            journey += (timeline.Touches[touch].Flags & TouchFlags.Bot) == 0 ? 1 : 0;
        int campaign = -1;
        int rule = -1;
        for (int touch = first; touch < end; touch++)
        {
            ref readonly TimelineTouch row = ref timeline.Touches[touch];
            if (row.Campaign != campaign)
                (campaign, rule) = (row.Campaign, rules.RuleFor(row.Campaign, conversion.Kind, conversion.Time));
            ref CandidateCredit candidate = ref candidates[candidateCount++];
            candidate = default;
            candidate.Touch = touch;
            candidate.Rule = rule;
            if (rule < 0)
                (candidate.Reason, candidate.Failed) = (TouchReason.NoRule, 1u << (int)TouchReason.NoRule);
            else
                candidate.Reason = Test(timeline, conversion, row, touch, rule, ref candidate.Failed);
        }
    }

    private static GroupCredit Unattributed(int group, in TimelineConversion conversion)
    {
        long value = Math.Max(0, conversion.Minor);
        return new()
        {
            Group = group,
            Rule = -1,
            Value = value,
            Unattributed = value,
            NetValue = value,
            NetUnattributed = value,
            Currency = conversion.Currency,
        };
    }

    private void AddGroup(in GroupCredit group)
    {
        if (groupCount == groups.Length)
            Array.Resize(ref groups, groups.Length * 2);
        groups[groupCount++] = group;
    }
}
