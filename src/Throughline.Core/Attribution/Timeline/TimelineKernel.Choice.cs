using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution.Timeline;

/// <summary>
/// Who shares a conversion: caps within each campaign, then exclusivity over the campaigns of a group by (priority, click before other
/// touches, latest, id).
/// </summary>
public sealed partial class TimelineKernel
{
    private readonly bool limitsTouches = Array.Exists(rules.Plans, plan => plan.LimitsTouches);
    private readonly bool oneGroup = rules.Groups.Count == 1;
    private readonly int[] inGroup = new int[MaxCandidates];
    private readonly ulong[] order = new ulong[MaxCandidates];
    private readonly ulong[] ranking = new ulong[MaxCandidates];
    private readonly int[] path = new int[MaxCandidates];

    // Every group in which a campaign competes at all; true if one gave credit.
    private bool Choose(in CustomerTimeline timeline, in TimelineConversion conversion, int first)
    {
        bool attributed = false;
        for (int group = NextGroup(first, -1); group >= 0; group = NextGroup(first, group))
            attributed |= Choose(timeline, conversion, first, group);
        return attributed;
    }

    // The least group above another that a candidate's rule is of, or -1.
    private int NextGroup(int first, int above)
    {
        int next = -1;
        if (given is not null)
        {
            foreach (int group in given.Groups)
                if (group > above)
                    return group;
            return -1;
        }
        if (oneGroup && above >= 0)
            return -1;
        for (int i = first; i < candidateCount; i++)
        {
            if (candidates[i].Rule < 0)
                continue;
            int group = plans[candidates[i].Rule].Group;
            if (group > above && (next < 0 || group < next))
                next = group;
            if (oneGroup)
                break;
        }
        return next;
    }

    private bool Choose(in CustomerTimeline timeline, in TimelineConversion conversion, int first, int group)
    {
        int count = 0;
        for (int i = first; i < candidateCount; i++)
        {
            ref CandidateCredit candidate = ref candidates[i];
            if (candidate.Reason != TouchReason.Credited || plans[candidate.Rule].Group != group)
                continue;
            inGroup[count] = i;
            order[count++] = OrderOf(timeline.Touches[candidate.Touch], candidate.Rule, i - first);
        }
        if (limitsTouches && count > 1)
            count = Limit(timeline, count);
        if (count == 0)
        {
            AddGroup(Unattributed(group, conversion));
            return false;
        }
        Rank(first, count);
        int top = first + (int)(ranking[count - 1] & 0xffff);
        int rule = candidates[top].Rule;
        int campaign = timeline.Touches[candidates[top].Touch].Campaign;
        bool isShared = plans[rule].Rule.Exclusivity == Exclusivity.Shared;
        int length = 0;
        for (int i = 0; i < count; i++)
        {
            ref CandidateCredit candidate = ref candidates[inGroup[i]];
            bool wins = isShared
                ? plans[candidate.Rule].Rule.Exclusivity == Exclusivity.Shared
                : timeline.Touches[candidate.Touch].Campaign == campaign;
            if (wins)
                path[length++] = inGroup[i];
            else
                candidate.Reason = TouchReason.LostExclusivity;
        }
        return Share(timeline, conversion, group, rule, path.AsSpan(0, length));
    }

    // Greater is better: priority, click, then the place in (time, id).
    private ulong OrderOf(in TimelineTouch touch, int rule, int number)
    {
        RulePlan plan = plans[rule];
        ulong isClick = (touch.Flags & TouchFlags.Click) != 0 && plan.Rule.ClickBeforeView ? 1UL << 16 : 0;
        return (ulong)(plan.PriorityOf(touch.Kind) + AttributionRule.PriorityMax) << 17 | isClick | (uint)number;
    }

    private void Rank(int first, int count)
    {
        Span<ulong> sorted = ranking.AsSpan(0, count);
        order.AsSpan(0, count).CopyTo(sorted);
        if (count > 1)
            sorted.Sort();
        for (int i = 0; i < count; i++)
            candidates[first + (int)(sorted[i] & 0xffff)].Rank = count - i;
    }

    // Each campaign's touches compete for their place among themselves; gives how many are left.
    private int Limit(in CustomerTimeline timeline, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int rule = candidates[inGroup[i]].Rule;
            int campaign = timeline.Touches[candidates[inGroup[i]].Touch].Campaign;
            if (plans[rule].LimitsTouches && !IsKnown(timeline, campaign, i))
                Limit(timeline, campaign, plans[rule].Rule, i, count);
        }
        int left = 0;
        for (int i = 0; i < count; i++)
            if (candidates[inGroup[i]].Reason == TouchReason.Credited)
                (inGroup[left], order[left++]) = (inGroup[i], order[i]);
        return left;
    }

    private bool IsKnown(in CustomerTimeline timeline, int campaign, int before)
    {
        for (int i = 0; i < before; i++)
            if (timeline.Touches[candidates[inGroup[i]].Touch].Campaign == campaign)
                return true;
        return false;
    }

    private void Limit(in CustomerTimeline timeline, int campaign, AttributionRule rule, int from, int count)
    {
        int length = 0;
        ulong greatest = 0;
        for (int i = from; i < count; i++)
            if (timeline.Touches[candidates[inGroup[i]].Touch].Campaign == campaign)
            {
                path[length++] = i;
                greatest = Math.Max(greatest, order[i] >> 16);
            }
        if (rule.DisplaceLower)
        {
            int left = 0;
            for (int i = 0; i < length; i++)
                if (order[path[i]] >> 16 == greatest)
                    path[left++] = path[i];
                else
                    candidates[inGroup[path[i]]].Reason = TouchReason.LowerPriority;
            length = left;
        }
        if (rule.TouchesPerConversion is not { } most || length <= most)
            return;
        ulong threshold = 0;
        if (rule.Keep == CapKeep.Priority)
        {
            for (int i = 0; i < length; i++)
                ranking[i] = order[path[i]];
            ranking.AsSpan(0, length).Sort();
            threshold = ranking[length - most];
        }
        for (int i = 0; i < length; i++)
        {
            bool stays = rule.Keep switch
            {
                CapKeep.Latest => i >= length - most,
                CapKeep.Earliest => i < most,
                _ => order[path[i]] >= threshold,
            };
            if (!stays)
                candidates[inGroup[path[i]]].Reason = TouchReason.TouchCap;
        }
    }
}
