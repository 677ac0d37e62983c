using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution;

/// <summary>Gathers everything that one conversion's credit is made of from the state, in the stated order.</summary>
internal sealed class CaseBuilder(
    AttributionLens lens,
    VerdictLens verdicts,
    IdentityGraph graph,
    Names names,
    RuleBook rules,
    IHistory history
)
{
    private readonly ConversionCase conversion = new();
    private readonly List<int> touches = [];

    /// <summary>Builds and decides the case of a conversion; valid until the next call.</summary>
    public ConversionCase Build(int row)
    {
        ref readonly ConversionRow stored = ref lens.Conversions[row];
        conversion.Clear();
        conversion.Position = stored.Position;
        conversion.Time = stored.Time;
        conversion.Id = stored.Id;
        conversion.Kind = names.ConversionKinds.Text(stored.Kind);
        conversion.Minor = stored.Minor;
        conversion.Currency = stored.Currency;
        conversion.IsBot = !verdicts.Counts(stored.Bucket);
        CustomerState customer = graph.CustomerOf(stored.Owner);
        conversion.HasCustomer = customer.Size > 0;
        conversion.IsCustomerTooLarge = customer.Size > ConversionCase.MaxIdentifiers;
        int canonical = lens.Canonical(row);
        if (canonical != row)
        {
            conversion.DuplicateOf = lens.Conversions[canonical].Position;
            conversion.DuplicateOfId = lens.Conversions[canonical].Id;
        }
        else
            AddRefunds(stored);
        if (conversion is { DuplicateOf: < 0, HasCustomer: true, IsBot: false, IsCustomerTooLarge: false })
            AddCandidates(stored);
        CreditPolicy.Decide(conversion);
        return conversion;
    }

    private void AddCandidates(in ConversionRow stored)
    {
        touches.Clear();
        long oldest = stored.Time - rules.WindowAtMs(stored.Time);
        foreach (int member in graph.Groups.MembersOf(stored.Owner))
            for (int next = graph.Identifiers[member].Touches; next != 0; next = lens.Touches[next - 1].NextOfOwner)
            {
                long time = lens.Touches[next - 1].Time;
                if (time < oldest)
                    break;
                if (time > stored.Time)
                    continue;
                touches.Add(next - 1);
                verdicts.Actors.Prefetch(lens.Touches[next - 1].Bucket);
            }
        touches.Sort(Compare);
        int first = Math.Max(0, touches.Count - ConversionCase.MaxCandidates);
        foreach (int touch in CollectionsMarshal.AsSpan(touches)[first..])
        {
            ref readonly TouchRow row = ref lens.Touches[touch];
            string campaign = names.Campaigns.Text(row.Campaign);
            conversion.Candidates.Add(
                new()
                {
                    Position = row.Position,
                    IdStart = row.IdStart,
                    Time = row.Time,
                    Campaign = campaign,
                    Kind = names.TouchKinds.Text(row.Kind),
                    IsClick = row.Kind == EventType.Click - EventType.Impression,
                    IsBot = !verdicts.Counts(row.Bucket),
                    Rule = RuleOf(campaign, stored.Time),
                }
            );
        }
    }

    private int RuleOf(string campaign, long time)
    {
        if (rules.For(campaign, time) is not { } rule)
            return -1;
        int known = conversion.Rules.IndexOf(rule);
        if (known >= 0)
            return known;
        conversion.Rules.Add(rule);
        return conversion.Rules.Count - 1;
    }

    // By (time, id). The row holds the first bits of the id; only a tie of those reads the events.
    private int Compare(int x, int y)
    {
        ref readonly TouchRow a = ref lens.Touches[x];
        ref readonly TouchRow b = ref lens.Touches[y];
        int order = a.Time.CompareTo(b.Time);
        if (order == 0)
            order = a.IdStart.CompareTo(b.IdStart);
        return order != 0 || x == y ? order : IdAt(a.Position).CompareTo(IdAt(b.Position));
    }

    private Token IdAt(long position) => EventRecord.FromTrusted(history.Read(position)).Id;

    // Conversions of one order are one: a refund that names any of them is this one's, as is one that names the order.
    private void AddRefunds(in ConversionRow stored)
    {
        if (lens.Refunds.Count == 0)
            return;
        AddRefunds(stored, lens.RefundsOf(stored.Order));
        if (stored.Order == default)
            AddRefunds(stored, lens.RefundsOf(stored.Id));
        else
            for (int next = lens.FindOrder(stored.Order) + 1; next != 0; next = lens.Conversions[next - 1].NextOfOrder)
                AddRefunds(stored, lens.RefundsOf(lens.Conversions[next - 1].Id));
        if (conversion.Refunds.Count > 1)
            conversion.Refunds.Sort((x, y) => (x.Time, x.Id).CompareTo((y.Time, y.Id)));
    }

    private void AddRefunds(in ConversionRow stored, int head)
    {
        for (int next = head; next != 0; next = lens.Refunds[next - 1].Next)
        {
            ref readonly RefundRow refund = ref lens.Refunds[next - 1];
            conversion.Refunds.Add(
                new(refund.Position, refund.Time, refund.Id, refund.Minor, refund.Currency == stored.Currency)
            );
        }
    }
}
