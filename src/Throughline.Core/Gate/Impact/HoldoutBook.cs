using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Tenant;
using Throughline.Core.Trials;

namespace Throughline.Core.Gate.Impact;

/// <summary>
/// The units of one hold-out. A unit belongs to the arm of its first hit, whatever comes later: that alone was drawn before
/// anything could follow from it. Units that turn out to be one (a device that is a customer's, customers that were merged) are one from then
/// on, in the arm of the first hit of all.
/// </summary>
internal sealed class HoldoutBook(ulong lot, double percent)
{
    private readonly Dictionary<HoldoutUnit, UnitHits> units = [];

    // The unit that a client was lately, before the edge knew its customer.
    private readonly Dictionary<ulong, (HoldoutUnit Unit, long Time)> before = [];

    public ulong Lot => lot;

    public double Percent => percent;

    public IEnumerable<Token> Customers => units.Keys.Where(x => x.Kind == UnitKind.Customer).Select(x => x.Name);

    public void Add(in ImpactHit hit)
    {
        HoldoutUnit unit = hit.Unit!.Value;
        UnitHits now = new(hit.Time, hit.HeldOut, false, hit.Client);
        if (unit.Kind == UnitKind.Customer)
        {
            if (
                before.Remove(hit.Client, out (HoldoutUnit Unit, long Time) lately)
                && hit.Time - lately.Time <= ImpactTally.SessionMs
                && units.Remove(lately.Unit, out UnitHits same)
            )
                now = same.And(now);
        }
        else if (hit.Client != 0)
            before[hit.Client] = (unit, hit.Time);
        units[unit] = units.TryGetValue(unit, out UnitHits had) ? had.And(now) : now;
        if (units.Count > ImpactTally.ClientsMax)
            throw new TooManyHitsException();
    }

    public HoldoutFigures Finish(People people, long end)
    {
        Dictionary<HoldoutUnit, UnitHits> whole = [];
        foreach ((HoldoutUnit unit, UnitHits hits) in units)
        {
            HoldoutUnit now =
                unit.Kind == UnitKind.Customer && people.Current.TryGetValue(unit.Name, out Token current)
                    ? HoldoutUnit.OfCustomer(current)
                    : unit;
            whole[now] = whole.TryGetValue(now, out UnitHits had) ? had.And(hits) : hits;
        }
        Arm held = Arm.Of(whole.Where(x => x.Value.IsHeld).Select(x => OutcomeOf(people, x.Key, x.Value)));
        Arm treated = Arm.Of(whole.Where(x => !x.Value.IsHeld).Select(x => OutcomeOf(people, x.Key, x.Value)));
        return new(
            percent,
            EventTime.ToText(whole.Values.Min(x => x.First)),
            ArmDifference.FiguresOf(held),
            ArmDifference.FiguresOf(treated),
            whole.Values.LongCount(x => x.Crossed),
            whole.Values.LongCount(x => x.First + people.WindowMs > end),
            ArmDifference.Of(held, treated),
            Foregone.Of(held, treated)
        );
    }

    // What a label calls fake is nobody's loss. What other evidence calls a bot's counts: it may be this very rule's denial.
    private static UnitOutcome OutcomeOf(People people, HoldoutUnit unit, UnitHits hits)
    {
        long until = hits.First + people.WindowMs;
        long conversions = 0;
        Dictionary<int, long> values = [];
        foreach (
            SurveyedConversion conversion in unit.Kind == UnitKind.Customer
                ? people.Conversions.Of(unit.Name, hits.First, until)
                : people.Conversions.Of(hits.Client, hits.First, until)
        )
        {
            if (conversion.Outcome == ConversionOutcome.Fake)
                continue;
            conversions++;
            if (conversion.Currency != 0)
                values[conversion.Currency] = values.GetValueOrDefault(conversion.Currency) + conversion.Net;
        }
        return conversions == 0 ? UnitOutcome.None : new(conversions, values);
    }

    /// <summary>When a unit was hit first, and which arm that put it in.</summary>
    /// <param name="Client">Of the first hit.</param>
    private readonly record struct UnitHits(long First, bool IsHeld, bool Crossed, ulong Client)
    {
        /// <summary>Both are one unit's; of two at one instant the held one counts as first, so that the order changes nothing.</summary>
        public UnitHits And(UnitHits other)
        {
            bool mine = First < other.First || (First == other.First && (IsHeld || !other.IsHeld));
            UnitHits first = mine ? this : other;
            return first with { Crossed = Crossed || other.Crossed || IsHeld != other.IsHeld };
        }
    }
}
