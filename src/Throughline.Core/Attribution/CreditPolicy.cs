using System.Runtime.InteropServices;

namespace Throughline.Core.Attribution;

/// <summary>
/// The policy <c>credit/1</c>: a pure function from a conversion, its candidates, rules and refunds to credit. Tests in a
/// fixed order, exclusivity within each group (priority, click before other kinds, latest, id), the winner's model, money by
/// largest remainder, refunds over what is left.
/// </summary>
public static class CreditPolicy
{
    public const string Name = "credit/1";

    public static void Decide(ConversionCase conversion)
    {
        conversion.Shares.Clear();
        conversion.Refunded = 0;
        conversion.Status = StatusBefore(conversion);
        Span<Candidate> candidates = CollectionsMarshal.AsSpan(conversion.Candidates);
        foreach (ref Candidate candidate in candidates)
        {
            candidate.Reason = Test(conversion, candidate);
            candidate.Minor = candidate.Net = 0;
        }
        if (conversion.Status == ConversionStatus.DuplicateOrder)
            return; // it is the same conversion told again: it has no value of its own
        if (conversion.Status == ConversionStatus.Attributed)
        {
            bool attributed = false;
            foreach (string group in Groups(conversion))
                attributed |= Share(conversion, candidates, group);
            if (!attributed)
                conversion.Status = ConversionStatus.Unattributed;
        }
        if (conversion.Shares.Count == 0)
            conversion.Shares.Add(new(CampaignRule.DefaultGroup, conversion.Minor, conversion.Minor));
        Refund(conversion, candidates);
    }

    private static ConversionStatus StatusBefore(ConversionCase conversion) =>
        conversion.DuplicateOf >= 0 ? ConversionStatus.DuplicateOrder
        : !conversion.HasCustomer ? ConversionStatus.NoCustomer
        : conversion.IsBot ? ConversionStatus.Bot
        : conversion.IsCustomerTooLarge ? ConversionStatus.CustomerTooLarge
        : ConversionStatus.Attributed;

    private static TouchReason Test(ConversionCase conversion, in Candidate candidate)
    {
        if (candidate.Rule < 0)
            return TouchReason.NoRule;
        if (candidate.IsBot)
            return TouchReason.Bot;
        long age = conversion.Time - candidate.Time;
        return age < 0 || age > conversion.Rules[candidate.Rule].WindowMs
            ? TouchReason.OutsideWindow
            : TouchReason.Credited;
    }

    // Groups in which a campaign competes at all, ordinal; a group without an eligible touch keeps the whole value unattributed.
    private static IEnumerable<string> Groups(ConversionCase conversion)
    {
        if (conversion.Rules.Count == 0)
            return [];
        if (conversion.Rules.TrueForAll(rule => rule.Group == conversion.Rules[0].Group))
            return [conversion.Rules[0].Group];
        return conversion
            .Rules.Select(rule => rule.Group)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    private static bool Share(ConversionCase conversion, Span<Candidate> candidates, string group)
    {
        int top = -1;
        for (int i = 0; i < candidates.Length; i++)
            if (
                IsEligible(conversion, candidates[i], group)
                && (top < 0 || Beats(conversion, candidates[i], candidates[top]))
            )
                top = i;
        if (top < 0)
        {
            conversion.Shares.Add(new(group, conversion.Minor, conversion.Minor));
            return false;
        }
        CampaignRule winner = conversion.Rules[candidates[top].Rule];
        string campaign = candidates[top].Campaign;
        int last = -1;
        int eligible = 0;
        for (int i = 0; i < candidates.Length; i++)
        {
            if (!IsEligible(conversion, candidates[i], group))
                continue;
            if (candidates[i].Campaign != campaign)
            {
                candidates[i].Reason = TouchReason.LostExclusivity;
                continue;
            }
            eligible++;
            if (winner.Model == CreditModel.LastTouch && last >= 0)
                candidates[last].Reason = TouchReason.NotLast;
            last = i;
        }
        if (winner.Model == CreditModel.LastTouch)
            candidates[last].Minor = candidates[last].Net = conversion.Minor;
        else
            ShareEqually(conversion, candidates, campaign, eligible);
        conversion.Shares.Add(new(group, 0, 0));
        return true;
    }

    private static void ShareEqually(
        ConversionCase conversion,
        Span<Candidate> candidates,
        string campaign,
        int eligible
    )
    {
        // Equal weights: largest remainder gives one unit more to the first ones.
        long each = conversion.Minor / eligible;
        long more = conversion.Minor % eligible;
        for (int i = 0; i < candidates.Length; i++)
            if (candidates[i].Reason == TouchReason.Credited && candidates[i].Campaign == campaign)
                candidates[i].Minor = candidates[i].Net = each + (more-- > 0 ? 1 : 0);
    }

    private static bool IsEligible(ConversionCase conversion, in Candidate candidate, string group) =>
        candidate.Reason == TouchReason.Credited && conversion.Rules[candidate.Rule].Group == group;

    // Candidates are in (time, id) order: of equals, the later one is the greater.
    private static bool Beats(ConversionCase conversion, in Candidate later, in Candidate best)
    {
        int priority = conversion.Rules[later.Rule].Priority.CompareTo(conversion.Rules[best.Rule].Priority);
        if (priority != 0)
            return priority > 0;
        return later.IsClick == best.IsClick || later.IsClick;
    }

    // Each refund, in (time, id) order, takes from what is left of every group's whole value, credits and unattributed alike.
    private static void Refund(ConversionCase conversion, Span<Candidate> candidates)
    {
        if (conversion.Refunds.Count == 0)
            return;
        long[] left = new long[candidates.Length + 1];
        long[] parts = new long[left.Length];
        for (int s = 0; s < conversion.Shares.Count; s++)
        {
            GroupShare share = conversion.Shares[s];
            long refunded = 0;
            for (int i = 0; i < candidates.Length; i++)
                left[i] = InGroup(conversion, candidates[i], share.Group) ? candidates[i].Minor : 0;
            left[^1] = share.Unattributed;
            foreach (RefundCase refund in conversion.Refunds)
            {
                if (!refund.SameCurrency)
                    continue;
                long amount = Math.Min(refund.Minor, left.Sum());
                LargestRemainder.Split(amount, left, parts);
                for (int i = 0; i < left.Length; i++)
                    left[i] -= parts[i];
                refunded += amount;
            }
            for (int i = 0; i < candidates.Length; i++)
                if (InGroup(conversion, candidates[i], share.Group))
                    candidates[i].Net = left[i];
            conversion.Shares[s] = share with { NetUnattributed = left[^1] };
            conversion.Refunded = refunded;
        }
    }

    private static bool InGroup(ConversionCase conversion, in Candidate candidate, string group) =>
        candidate.Reason == TouchReason.Credited && conversion.Rules[candidate.Rule].Group == group;
}
