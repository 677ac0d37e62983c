using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution.Timeline;

/// <summary>What the touches of a path get: weights by the winner's model, money by largest remainder, refunds from what is left.</summary>
public sealed partial class TimelineKernel
{
    private readonly long[] weights = new long[MaxCandidates];
    private readonly long[] parts = new long[MaxCandidates + 1];
    private readonly long[] left = new long[MaxCandidates + 1];
    private readonly ulong[] pathOrder = new ulong[MaxCandidates];

    private bool Share(
        in CustomerTimeline timeline,
        in TimelineConversion conversion,
        int group,
        int rule,
        ReadOnlySpan<int> members
    )
    {
        RulePlan plan = plans[rule];
        bool isCount = plan.Rule.Model.Kind == ModelKind.Participation;
        Span<long> weight = weights.AsSpan(0, members.Length);
        Weigh(timeline, conversion, plan, members, weight);
        Int128 sum = 0;
        foreach (long each in weight)
            sum += each;
        RuleWorth worth =
            plan.Value is null && plan.Currency == 0 ? RuleWorth.Of(conversion) : WorthOf(conversion, rule);
        long value = worth.Value;
        Span<long> part = parts.AsSpan(0, members.Length);
        if (isCount || sum == 0)
            part.Clear();
        else
            LargestRemainder.Split(value, weight, part);
        long given = 0;
        bool credits = false;
        TouchReason loses = plan.Rule.Model.Kind == ModelKind.Last ? TouchReason.NotLast : TouchReason.NoWeight;
        for (int i = 0; i < members.Length; i++)
        {
            ref CandidateCredit candidate = ref candidates[members[i]];
            ref readonly TimelineTouch touch = ref timeline.Touches[candidate.Touch];
            int share =
                (touch.Flags & TouchFlags.Click) != 0
                    ? AttributionRule.FullShare
                    : plans[candidate.Rule].Rule.ViewShare;
            candidate.Weight = weight[i];
            candidate.Minor = candidate.Net =
                share == AttributionRule.FullShare
                    ? part[i]
                    : (long)((Int128)part[i] * share / AttributionRule.FullShare);
            given += candidate.Minor;
            candidate.Reason =
                weight[i] == 0 ? loses
                : share == 0 ? TouchReason.ViewShare
                : TouchReason.Credited;
            if (candidate.Reason != TouchReason.Credited)
                continue;
            credits = true;
            if (isCoupled)
                Credit(timeline, conversion, members[..(i + 1)]);
        }
        AddGroup(
            new()
            {
                Group = group,
                Rule = rule,
                Weights = isCount ? 1 : sum,
                Value = value,
                Unattributed = value - given,
                NetValue = value,
                NetUnattributed = value - given,
                Currency = worth.Currency,
                Rate = worth.Rate,
            }
        );
        return credits;
    }

    // The last of these members has credit: its touch is used, and its campaign has won if it had not yet.
    private void Credit(in CustomerTimeline timeline, in TimelineConversion conversion, ReadOnlySpan<int> members)
    {
        CandidateCredit last = candidates[members[^1]];
        int campaign = timeline.Touches[last.Touch].Campaign;
        Use(last.Touch, conversion.Kind);
        foreach (int member in members[..^1])
            if (
                candidates[member].Reason == TouchReason.Credited
                && timeline.Touches[candidates[member].Touch].Campaign == campaign
            )
                return;
        Remember(conversion, campaign, last.Rule);
    }

    private void Weigh(
        in CustomerTimeline timeline,
        in TimelineConversion conversion,
        RulePlan plan,
        ReadOnlySpan<int> members,
        Span<long> weight
    )
    {
        if (plan.Rule.Model.Kind == ModelKind.CreditVector)
        {
            weight.Clear();
            for (int i = 0; i < members.Length; i++)
                pathOrder[i] = (ulong)(ushort.MaxValue - candidates[members[i]].Rank) << 16 | (uint)i;
            Span<ulong> sorted = pathOrder.AsSpan(0, members.Length);
            sorted.Sort();
            for (int i = 0; i < Math.Min(members.Length, plan.Rule.Model.Shares.Count); i++)
                weight[(int)(sorted[members.Length - 1 - i] & 0xffff)] = plan.Rule.Model.Shares[i];
            return;
        }
        Span<PathTouch> touches = pathTouches.AsSpan(0, members.Length);
        for (int i = 0; i < members.Length; i++)
        {
            ref readonly TimelineTouch touch = ref timeline.Touches[candidates[members[i]].Touch];
            touches[i] = new(conversion.Time - touch.Time, touch.Channel, touch.Kind);
        }
        PathWeights.Fill(plan, touches, rules.DirectChannel, weight);
    }

    private readonly PathTouch[] pathTouches = new PathTouch[MaxCandidates];

    // Each refund, in (time, id) order, takes from what is left of every group's whole value, credits and unattributed alike.
    private long Refund(in CustomerTimeline timeline, in TimelineConversion conversion, in ConversionCredit credit)
    {
        ReadOnlySpan<long> refunds = timeline.Refunds.Slice(conversion.FirstRefund, conversion.Refunds);
        long own = Math.Max(0, conversion.Minor);
        long refunded = 0;
        for (int g = credit.FirstGroup; g < groupCount; g++)
        {
            ref GroupCredit group = ref groups[g];
            int count = 0;
            for (int i = credit.FirstCandidate; i < credit.FirstCandidate + credit.Candidates; i++)
                if (IsPaid(candidates[i], group.Group))
                    left[count++] = candidates[i].Minor;
            left[count++] = group.Unattributed;
            long told = 0;
            long taken = 0;
            foreach (long refund in refunds)
            {
                told += own == 0 ? Math.Max(0, refund) : Math.Clamp(refund, 0, own - told);
                long target =
                    own == 0 ? Math.Min(Exchanged(told, conversion, group), group.Value)
                    : own == group.Value ? Math.Min(told, group.Value)
                    : (long)((Int128)group.Value * told / own);
                Span<long> rest = left.AsSpan(0, count);
                Span<long> part = parts.AsSpan(0, count);
                LargestRemainder.Split(target - taken, rest, part);
                for (int i = 0; i < count; i++)
                    rest[i] -= part[i];
                taken = target;
            }
            count = 0;
            for (int i = credit.FirstCandidate; i < credit.FirstCandidate + credit.Candidates; i++)
                if (IsPaid(candidates[i], group.Group))
                    candidates[i].Net = left[count++];
            group.NetUnattributed = left[count];
            group.NetValue = group.Value - taken;
            refunded = own == 0 ? taken : told;
        }
        return refunded;
    }

    // What was given back of a conversion that names no value, in the group's currency.
    private static long Exchanged(long told, in TimelineConversion conversion, in GroupCredit group)
    {
        if (group.Rate.IsNone || told > Events.Money.MaxMinor)
            return told;
        RuleWorth worth = RuleWorth.Of(conversion) with { Value = told };
        return worth.In(group.Currency, group.Rate)?.Value ?? long.MaxValue;
    }

    private bool IsPaid(in CandidateCredit candidate, int group) =>
        candidate.Reason == TouchReason.Credited && plans[candidate.Rule].Group == group;
}
