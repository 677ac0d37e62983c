using Throughline.Cel.Compile;
using Throughline.Cel.Values;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.State;

namespace Throughline.Core.Attribution.Timeline;

/// <summary>The tests that a touch has to pass by itself, in the order of <see cref="TouchReasons.Order"/>.</summary>
public sealed partial class TimelineKernel
{
    private const long DayMs = AttributionRule.DayMs;

    private readonly RuleFacts facts = new();
    private readonly EvaluationScratch scratch = new(RuleExpression.CostMax);
    private readonly (int Stamp, RuleWorth Worth)[] worth = new (int, RuleWorth)[rules.Plans.Length];
    private readonly (int Stamp, ulong Key)[] keys = new (int, ulong)[rules.Plans.Length];
    private int stamp; // of the conversion whose expressions were evaluated
    private bool hasFacts;

    private void StartTests()
    {
        stamp++;
        hasFacts = false;
    }

    private TouchReason Test(
        in CustomerTimeline timeline,
        in TimelineConversion conversion,
        in TimelineTouch touch,
        int number,
        int rule,
        ref uint failed
    )
    {
        RulePlan plan = plans[rule];
        TouchReason reason = TestPlain(timeline, conversion, touch, plan, ref failed);
        if (plan.IsPlain || (reason != TouchReason.Credited && !explains))
            return reason;
        if (plan.Eligible is { } eligible)
        {
            facts.Tier = plan.HasTiers ? TierOf(timeline, conversion, touch) : 0;
            Note(TestEligible(conversion, number, eligible), ref reason, ref failed);
        }
        if (plan.Value is not null || plan.Currency != 0)
            Note(WorthOf(conversion, rule).Reason, ref reason, ref failed);
        if (plan.Rule.IsCoupled && (reason == TouchReason.Credited || explains))
            TestCoupled(conversion, touch, number, rule, ref reason, ref failed);
        return reason;
    }

    private TouchReason TestPlain(
        in CustomerTimeline timeline,
        in TimelineConversion conversion,
        in TimelineTouch touch,
        RulePlan plan,
        ref uint failed
    )
    {
        TouchReason reason = TouchReason.Credited;
        if (touch.Flags > TouchFlags.None)
        {
            if ((touch.Flags & TouchFlags.Bot) != 0 && plan.Rule.ExcludeBots)
                Note(TouchReason.Bot, ref reason, ref failed);
            if ((touch.Flags & TouchFlags.MachineOpen) != 0 && plan.Rule.ExcludeMachineOpens)
                Note(TouchReason.MachineOpen, ref reason, ref failed);
        }
        long within = plan.WithinOf(touch.Kind, plan.HasTiers ? TierOf(timeline, conversion, touch) : 0);
        if (within < 0)
            Note(TouchReason.NoWindow, ref reason, ref failed);
        else if (conversion.Time < touch.Time || AgeOf(conversion, touch, plan) > within)
            Note(TouchReason.OutsideWindow, ref reason, ref failed);
        return reason;
    }

    private static void Note(TouchReason reason, ref TouchReason first, ref uint failed)
    {
        if (reason == TouchReason.Credited)
            return;
        failed |= 1u << (int)reason;
        if (first == TouchReason.Credited)
            first = reason;
    }

    private static long AgeOf(in TimelineConversion conversion, in TimelineTouch touch, RulePlan plan) =>
        plan.IsCalendar
            ? (FloorDay(conversion.Time + plan.CalendarOffsetMs) - FloorDay(touch.Time + plan.CalendarOffsetMs)) * DayMs
            : conversion.Time - touch.Time;

    private static long FloorDay(long ms) => (ms >= 0 ? ms : ms - DayMs + 1) / DayMs;

    private static int TierOf(in CustomerTimeline timeline, in TimelineConversion conversion, in TimelineTouch touch) =>
        timeline.Tiers.IsEmpty ? 0 : timeline.Tiers[conversion.Owner * timeline.Owners + touch.Owner];

    private TouchReason TestEligible(in TimelineConversion conversion, int touch, CompiledRule<RuleFacts> eligible)
    {
        ReadFacts(conversion);
        source!.ReadTouch(touch, facts);
        return eligible.Evaluate(facts, scratch) switch
        {
            RuleOutcome.True => TouchReason.Credited,
            RuleOutcome.False => TouchReason.NotEligible,
            _ => TouchReason.EligibilityError,
        };
    }

    // What a conversion is worth under a rule is found once.
    private RuleWorth WorthOf(in TimelineConversion conversion, int rule)
    {
        ref (int Stamp, RuleWorth Worth) known = ref worth[rule];
        if (known.Stamp != stamp)
            known = (stamp, given is null ? Worth(conversion, plans[rule]) : given.Worth[rule]);
        return known.Worth;
    }

    // The value, in the conversion's currency, then in the rule's.
    private RuleWorth Worth(in TimelineConversion conversion, RulePlan plan)
    {
        RuleWorth worth = RuleWorth.Of(conversion);
        if (plan.Value is { } expression)
        {
            ReadFacts(conversion);
            Value value = expression.EvaluateValue(facts, scratch);
            if (!value.IsInt || value.Int < 0 || !Events.Money.IsInRange(value.Int))
                return worth with { Reason = TouchReason.ValueError };
            worth = worth with { Value = value.Int };
        }
        if (plan.Currency == 0 || plan.Currency == conversion.Currency)
            return worth;
        if (conversion.Currency == 0)
            return worth with { Currency = plan.Currency };
        if (
            rules.Rates is not { } rates
            || !rates.TryFind(conversion.Time, Packed(conversion.Currency), Packed(plan.Currency), out RateUse rate)
        )
            return worth with { Reason = TouchReason.NoRate };
        return worth.In(plan.Currency, rate) ?? worth with { Reason = TouchReason.ValueError };
    }

    private static Events.Currency Packed(int code) => RuleWorth.CurrencyOf(code);

    /// <summary>What two conversions must share to be one under a rule; 0: nothing.</summary>
    private ulong KeyOf(in TimelineConversion conversion, int rule)
    {
        if (plans[rule].Rule.Dedup == DedupKey.Order)
            return conversion.Order;
        if (plans[rule].Key is not { } expression)
            return 0;
        ref (int Stamp, ulong Key) known = ref keys[rule];
        if (known.Stamp == stamp)
            return known.Key;
        ReadFacts(conversion);
        Value value = expression.EvaluateValue(facts, scratch);
        ulong key = 0;
        if (value.TryGet(out string? text) && text.Length > 0)
            key = Math.Max(1, Mix.Bytes(System.Text.Encoding.UTF8.GetBytes(text)));
        known = (stamp, key);
        return key;
    }

    private void ReadFacts(in TimelineConversion conversion)
    {
        if (hasFacts)
            return;
        if (source is null)
            throw new InvalidOperationException("rules with expressions need facts");
        hasFacts = true;
        facts.Minor = conversion.Minor;
        facts.ConversionTime = conversion.Time;
        facts.EarlierConversions = earlier;
        facts.FirstConversion = earlier == 0 ? null : firstEarlier;
        facts.LastConversion = earlier == 0 ? null : lastEarlier;
        facts.Touches = journey;
        source.ReadConversion(place, facts);
    }
}
