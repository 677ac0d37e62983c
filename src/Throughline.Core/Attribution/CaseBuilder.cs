using Throughline.Core.Attribution.Timeline;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution;

/// <summary>
/// Gathers the timeline that one conversion's credit is made of from the state, has the kernel evaluate it, and gives the case. Where
/// rules couple conversions, the timeline holds the customer's earlier ones, too.
/// </summary>
internal sealed class CaseBuilder(
    AttributionLens lens,
    VerdictLens verdicts,
    IdentityGraph graph,
    Names names,
    ControlBook control,
    IHistory history,
    Finality finality
)
{
    private readonly ConversionCase conversion = new();
    private readonly RuleBook rules = control.Rules;
    private readonly ClosedJourney closed = new(lens, verdicts, graph, control, history);
    private bool isClosed; // the conversion under way is final
    private int owner; // of it; of a closed one a row of the journey's graph
    private long end; // labels from here on do not count for the conversion under way
    private readonly List<int> touches = [];
    private readonly List<int> conversions = [];
    private readonly MatchTiers tiers = new();
    private readonly EventFacts facts = new(lens, names, history);
    private TimelineTouch[] touchRows = new TimelineTouch[64];
    private TimelineConversion[] conversionRows = new TimelineConversion[8];
    private long[] refunds = [];
    private Comparison<int>? compareTouches; // kept: each new one would be garbage
    private Func<int, int>? ruleOf;

    /// <summary>How many closed journeys needed a look into the past, and how many did not.</summary>
    public (long Past, long Today) Looked => closed.Looked;

    /// <summary>Builds and decides the case of a conversion; valid until the next call. One that is final is as it was at its end.</summary>
    public ConversionCase Build(int row)
    {
        ref readonly ConversionRow stored = ref lens.Conversions[row];
        Describe(row, stored);
        touches.Clear();
        conversions.Clear();
        CompiledRules compiled = rules.Compiled;
        if (conversion.Flags != ConversionFlags.None)
            conversions.Add(row);
        else if (compiled.IsCoupled || compiled.HasExpressions)
            GatherWhole(row, stored);
        else
        {
            AddItself(row);
            GatherTouches(stored.Time - compiled.WindowAt(stored.Kind, stored.Time), stored.Time);
        }
        touches.Sort(compareTouches ??= CompareTouches);
        Evaluate(compiled);
        return conversion;
    }

    private void Describe(int row, in ConversionRow stored)
    {
        conversion.Clear();
        conversion.Position = stored.Position;
        conversion.Time = stored.Time;
        conversion.Id = stored.Id;
        conversion.Kind = names.ConversionKinds.Text(stored.Kind);
        conversion.Minor = stored.Minor;
        conversion.Currency = stored.Currency;
        end = finality.EndOf(stored.Time);
        conversion.IsBot = !verdicts.Counts(stored.Bucket, end);
        isClosed = lens.IsFinal(row);
        if (isClosed)
            closed.Look(row, end, rules.Compiled.HasTiers);
        owner = isClosed ? closed.Owner : stored.Owner;
        int size = isClosed ? closed.Size : graph.CustomerOf(owner).Size;
        conversion.HasCustomer = size > 0;
        conversion.IsCustomerTooLarge = size > ConversionCase.MaxIdentifiers;
        int canonical = lens.Canonical(row);
        if (canonical != row)
        {
            conversion.DuplicateOf = lens.Conversions[canonical].Position;
            conversion.DuplicateOfId = lens.Conversions[canonical].Id;
        }
        else
            AddRefunds(stored);
    }

    private void AddItself(int row)
    {
        if (isClosed)
            closed.NoteItself(row);
        conversions.Add(row);
    }

    // The conversion with those of its customer before it, and every touch that any of them can reach.
    private void GatherWhole(int row, in ConversionRow stored)
    {
        if (isClosed)
            closed.GatherConversions(row, conversions);
        else
            foreach (int member in graph.Groups.MembersOf(owner))
                for (
                    int next = graph.Identifiers[member].Conversions;
                    next != 0;
                    next = lens.Conversions[next - 1].NextOfOwner
                )
                    if (lens.Conversions[next - 1].Time <= stored.Time && !lens.Precedes(row, next - 1))
                        conversions.Add(next - 1);
        conversions.Sort(
            (x, y) =>
                x == y ? 0
                : lens.Precedes(x, y) ? -1
                : 1
        );
        if (conversions.Count > ConversionCase.MaxEarlier + 1)
            conversions.RemoveRange(0, conversions.Count - ConversionCase.MaxEarlier - 1);
        GatherTouches(lens.Conversions[conversions[0]].Time - rules.LongestWindowMs, stored.Time);
    }

    private void GatherTouches(long oldest, long newest)
    {
        if (isClosed)
        {
            closed.GatherTouches(oldest, newest, touches);
            return;
        }
        foreach (int member in graph.Groups.MembersOf(owner))
            for (int next = graph.Identifiers[member].Touches; next != 0; next = lens.Touches[next - 1].NextOfOwner)
            {
                long time = lens.Touches[next - 1].Time;
                if (time < oldest)
                    break;
                if (time > newest)
                    continue;
                touches.Add(next - 1);
                verdicts.Actors.Prefetch(lens.Touches[next - 1].Bucket);
            }
    }

    private void Evaluate(CompiledRules compiled)
    {
        if (touchRows.Length < touches.Count)
            touchRows = new TimelineTouch[Math.Max(touches.Count, touchRows.Length * 2)];
        if (conversionRows.Length < conversions.Count)
            conversionRows = new TimelineConversion[Math.Max(conversions.Count, conversionRows.Length * 2)];
        bool hasTiers = compiled.HasTiers && conversion.Flags == ConversionFlags.None;
        if (hasTiers)
            tiers.Take(isClosed ? closed.Graph : graph, owner);
        for (int i = 0; i < touches.Count; i++)
            touchRows[i] = RowOf(touches[i], lens.Touches[touches[i]], hasTiers);
        for (int i = 0; i < conversions.Count; i++)
            conversionRows[i] = RowOf(conversions[i], lens.Conversions[conversions[i]], hasTiers);
        ref TimelineConversion last = ref conversionRows[conversions.Count - 1];
        last.Flags = conversion.Flags;
        last.Refunds = TakeRefunds();
        TimelineKernel kernel = rules.Kernel;
        if (compiled.HasExpressions)
        {
            facts.Look(touches, conversions);
            facts.FirstSeen = compiled.ReadsFirstSeen && conversion.Flags == ConversionFlags.None ? FirstSeen() : null;
        }
        kernel.Evaluate(
            new(
                touchRows.AsSpan(0, touches.Count),
                conversionRows.AsSpan(0, conversions.Count),
                refunds,
                hasTiers ? tiers.Matrix : default,
                tiers.Count
            ),
            facts
        );
        AddCandidates(kernel);
    }

    // The customer's earliest touch or conversion of no bot: chains hang newest first, so all of them are looked through.
    private long FirstSeen()
    {
        if (isClosed)
            return closed.FirstSeen(conversions[^1], end);
        long first = conversion.Time;
        foreach (int member in graph.Groups.MembersOf(owner))
        {
            for (int next = graph.Identifiers[member].Touches; next != 0; next = lens.Touches[next - 1].NextOfOwner)
                if (lens.Touches[next - 1].Time < first && verdicts.Counts(lens.Touches[next - 1].Bucket, end))
                    first = lens.Touches[next - 1].Time;
            for (
                int next = graph.Identifiers[member].Conversions;
                next != 0;
                next = lens.Conversions[next - 1].NextOfOwner
            )
                if (lens.Conversions[next - 1].Time < first && verdicts.Counts(lens.Conversions[next - 1].Bucket, end))
                    first = lens.Conversions[next - 1].Time;
        }
        return first;
    }

    private TimelineTouch RowOf(int place, in TouchRow row, bool hasTiers)
    {
        (int campaign, int channel) = names.Touches.PartsOf(row.Campaign);
        return new()
        {
            Time = row.Time,
            Campaign = campaign,
            Channel = channel,
            Kind = (ushort)row.Kind,
            Owner = hasTiers ? tiers.PlaceOf(isClosed ? closed.OwnerOfTouch(place) : row.Owner) : (ushort)0,
            Flags =
                (verdicts.Counts(row.Bucket, end) ? 0 : TouchFlags.Bot)
                | (row.IsMachineOpen ? TouchFlags.MachineOpen : 0)
                | (row.Kind == EventType.Click - EventType.Impression ? TouchFlags.Click : 0),
        };
    }

    private TimelineConversion RowOf(int place, in ConversionRow row, bool hasTiers) =>
        new()
        {
            Time = row.Time,
            Minor = row.Minor,
            Order = row.Order == default ? 0 : row.Order.Low | 1,
            Kind = row.Kind,
            Currency = row.Currency,
            Owner = hasTiers ? tiers.PlaceOf(isClosed ? closed.OwnerOfConversion(place) : row.Owner) : (ushort)0,
            Flags =
                (lens.Canonical(place) == place ? 0 : ConversionFlags.DuplicateOrder)
                | (verdicts.Counts(row.Bucket, end) ? 0 : ConversionFlags.Bot),
        };

    private int TakeRefunds()
    {
        int count = 0;
        foreach (RefundCase refund in conversion.Refunds)
            count += refund.SameCurrency ? 1 : 0;
        if (refunds.Length < count)
            refunds = new long[Math.Max(count, refunds.Length * 2)];
        count = 0;
        foreach (RefundCase refund in conversion.Refunds)
            if (refund.SameCurrency)
                refunds[count++] = refund.Minor;
        return count;
    }

    private void AddCandidates(TimelineKernel kernel)
    {
        ConversionCredit credit = kernel.Conversions[^1];
        foreach (
            ref readonly CandidateCredit found in kernel.Candidates.Slice(credit.FirstCandidate, credit.Candidates)
        )
        {
            ref readonly TouchRow row = ref lens.Touches[touches[found.Touch]];
            ref readonly TimelineTouch touch = ref touchRows[found.Touch];
            conversion.Candidates.Add(
                new()
                {
                    Position = row.Position,
                    IdStart = row.IdStart,
                    Time = row.Time,
                    Campaign = names.Touches.Campaigns[touch.Campaign],
                    Kind = names.TouchKinds.Text(row.Kind),
                    Channel = names.Touches.Channels[touch.Channel],
                    IsClick = (touch.Flags & TouchFlags.Click) != 0,
                    IsBot = (touch.Flags & TouchFlags.Bot) != 0,
                    IsMachineOpen = (touch.Flags & TouchFlags.MachineOpen) != 0,
                    Tier =
                        found.Rule >= 0 && rules.Compiled.Plans[found.Rule].HasTiers
                            ? tiers.Of(conversionRows[conversions.Count - 1].Owner, touch.Owner)
                            : 0,
                    Rule = found.Rule < 0 ? -1 : RuleOf(found.Rule),
                }
            );
        }
        conversion.Take(kernel, conversions.Count - 1, ruleOf ??= RuleOf);
    }

    // Place in the case of a place in the compiled rules.
    private int RuleOf(int rule)
    {
        CaseRule named = rules.RefOf(rule);
        for (int i = 0; i < conversion.Rules.Count; i++)
            if (ReferenceEquals(conversion.Rules[i], named))
                return i;
        conversion.Rules.Add(named);
        return conversion.Rules.Count - 1;
    }

    // By (time, id). The row holds the first bits of the id; only a tie of those reads the events.
    private int CompareTouches(int x, int y)
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
