using System.Numerics;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Models;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Core.Tests.Attribution.Timeline;

/// <summary>What became of a touch for a group of a conversion.</summary>
internal sealed record OracleTouch(string Id, TouchReason Reason, int Rank, long Minor, long Net);

/// <summary>
/// The timeline as docs/guide/attribution-rules.md states it, from scratch: names, lists and fractions, nothing kept, nothing compiled.
/// Expressions are given as functions.
/// </summary>
internal sealed class TimelineOracle(
    IReadOnlyList<PublishedRule> rules,
    IReadOnlyDictionary<string, WeightTable> tables,
    Func<AttributionRule, Met, Won, int, bool> eligible,
    Func<AttributionRule, Won, long> value
)
{
    /// <summary>As a value: the conversion's currency has no rate to the rule's.</summary>
    public const long NoRate = -2;
    private const long Day = 86_400_000;
    private readonly List<(Won Won, string Campaign, List<string> Touches)> credited = [];
    private int earlier;

    /// <summary>When the first and the last of the conversions that counted so far were.</summary>
    public long? FirstEarlier { get; private set; }
    public long? LastEarlier { get; private set; }

    /// <summary>Touches of no bot in the longest window of the conversion under way.</summary>
    public int Journey { get; private set; }

    /// <summary>One conversion after another, in (time, id) order.</summary>
    public (ConversionStatus Status, List<OracleTouch> Touches, List<string> Groups) Next(
        IReadOnlyList<Met> all,
        Won won
    )
    {
        ConversionStatus status =
            won.Flags.HasFlag(ConversionFlags.DuplicateOrder) ? ConversionStatus.DuplicateOrder
            : won.Flags.HasFlag(ConversionFlags.NoCustomer) ? ConversionStatus.NoCustomer
            : won.Flags.HasFlag(ConversionFlags.Bot) ? ConversionStatus.Bot
            : won.Flags.HasFlag(ConversionFlags.CustomerTooLarge) ? ConversionStatus.CustomerTooLarge
            : ConversionStatus.Attributed;
        List<OracleTouch> touches = [];
        List<string> groups = [];
        if (status == ConversionStatus.Attributed)
        {
            status = Share(all, won, touches, groups) ? ConversionStatus.Attributed : ConversionStatus.Unattributed;
            if (groups.Count == 0)
                groups.Add(
                    Group(AttributionRule.DefaultGroup, won.Minor, won.Minor, Left(won, won.Minor, won.Minor, []))
                );
        }
        else if (status != ConversionStatus.DuplicateOrder)
            groups.Add(Group(AttributionRule.DefaultGroup, won.Minor, won.Minor, Left(won, won.Minor, won.Minor, [])));
        if ((won.Flags & (ConversionFlags.DuplicateOrder | ConversionFlags.Bot)) == 0)
        {
            earlier++;
            FirstEarlier ??= won.Time;
            LastEarlier = won.Time;
        }
        return (status, touches, groups);
    }

    private bool Share(IReadOnlyList<Met> all, Won won, List<OracleTouch> result, List<string> groups)
    {
        long longest = rules
            .Where(x => x.Holds(won.Time) && (x.Rule.Conversion == "*" || x.Rule.Conversion == won.Kind))
            .Select(x => x.Rule.LongestWindowMs)
            .DefaultIfEmpty(0)
            .Max();
        List<Met> journey =
        [
            .. all.Where(x => x.Time <= won.Time && x.Time >= won.Time - longest)
                .TakeLast(TimelineKernel.MaxCandidates),
        ];
        Journey = journey.Count(x => !x.Bot);
        Dictionary<string, TouchReason> reasons = journey.ToDictionary(
            x => x.Id,
            x => RuleOf(x, won) is { } rule ? Alone(rule, x, won) : TouchReason.NoRule
        );
        Dictionary<string, (long Minor, long Net)> money = [];
        Dictionary<string, int> ranks = [];
        List<(Won, string, List<string>)> wins = [];
        foreach (
            string group in journey
                .Select(x => RuleOf(x, won)?.Group)
                .OfType<string>()
                .Distinct()
                .Order(StringComparer.Ordinal)
        )
        {
            List<Met> here =
            [
                .. journey.Where(x => reasons[x.Id] == TouchReason.Credited && RuleOf(x, won)!.Group == group),
            ];
            foreach (string campaign in here.Select(x => x.Campaign).Distinct().ToList())
                Limit([.. here.Where(x => x.Campaign == campaign)], won, reasons);
            here.RemoveAll(x => reasons[x.Id] != TouchReason.Credited);
            if (here.Count == 0)
            {
                groups.Add(Group(group, won.Minor, won.Minor, Left(won, won.Minor, won.Minor, [])));
                continue;
            }
            List<Met> best = [.. here.OrderByDescending(x => Key(x, won)).ThenByDescending(journey.IndexOf)];
            for (int i = 0; i < best.Count; i++)
                ranks[best[i].Id] = i + 1;
            AttributionRule winner = RuleOf(best[0], won)!;
            List<Met> path =
            [
                .. here.Where(x =>
                    winner.Exclusivity == Exclusivity.Shared
                        ? RuleOf(x, won)!.Exclusivity == Exclusivity.Shared
                        : x.Campaign == best[0].Campaign
                ),
            ];
            foreach (Met lost in here.Except(path))
                reasons[lost.Id] = TouchReason.LostExclusivity;
            long worth = value(winner, won);
            Rational[] weights = Weights(winner.Model, path, best, won);
            bool isCount = winner.Model.Kind == ModelKind.Participation;
            long[] parts = isCount ? new long[path.Count] : Split(worth, weights);
            List<Met> paid = [];
            for (int i = 0; i < path.Count; i++)
            {
                int share = path[i].Kind == "click" ? 10_000 : RuleOf(path[i], won)!.ViewShare;
                parts[i] = (long)(new BigInteger(parts[i]) * share / 10_000);
                reasons[path[i].Id] =
                    weights[i].IsZero
                        ? (winner.Model.Kind == ModelKind.Last ? TouchReason.NotLast : TouchReason.NoWeight)
                    : share == 0 ? TouchReason.ViewShare
                    : TouchReason.Credited;
                money[path[i].Id] = (parts[i], 0);
                if (reasons[path[i].Id] == TouchReason.Credited)
                    paid.Add(path[i]);
            }
            long unattributed = worth - paid.Sum(x => money[x.Id].Minor);
            long[] left = Left(won, worth, unattributed, [.. paid.Select(x => money[x.Id].Minor)]);
            for (int i = 0; i < paid.Count; i++)
                money[paid[i].Id] = (money[paid[i].Id].Minor, left[i]);
            groups.Add(Group(group, worth, unattributed, left));
            foreach (string campaign in paid.Select(x => x.Campaign).Distinct())
                wins.Add((won, campaign, [.. paid.Where(x => x.Campaign == campaign).Select(x => x.Id)]));
        }
        credited.AddRange(wins);
        foreach (Met x in journey)
        {
            (long minor, long net) = reasons[x.Id] == TouchReason.Credited ? money[x.Id] : default;
            result.Add(new(x.Id, reasons[x.Id], ranks.GetValueOrDefault(x.Id), minor, net));
        }
        return reasons.Values.Any(x => x == TouchReason.Credited);
    }

    private static string Group(string name, long value, long unattributed, long[] left) =>
        $"{name}: {value} less {unattributed}, left {left.Sum()} less {left[^1]}";

    // Levels from the most specific on; the first that has a version in force counts.
    private AttributionRule? RuleOf(Met x, Won won) => Published(x, won)?.Rule;

    /// <summary>The rule that a touch comes under.</summary>
    public PublishedRule? Published(Met x, Won won)
    {
        foreach (
            (string campaign, string kind) in new[]
            {
                (x.Campaign, won.Kind),
                (x.Campaign, "*"),
                ("*", won.Kind),
                ("*", "*"),
            }
        )
            if (
                rules
                    .Where(r => r.Rule.Campaign == campaign && r.Rule.Conversion == kind && r.Holds(won.Time))
                    .OrderBy(r => r.Rule.Version)
                    .ThenBy(r => r.Published)
                    .ThenBy(r => r.Id)
                    .LastOrDefault() is
                { } found
            )
                return found;
        return null;
    }

    private TouchReason Alone(AttributionRule rule, Met x, Won won)
    {
        if (x.Bot && rule.ExcludeBots)
            return TouchReason.Bot;
        if (x.Machine && rule.ExcludeMachineOpens)
            return TouchReason.MachineOpen;
        TouchWindow? window = rule.Windows.GetValueOrDefault(x.Kind) ?? rule.Windows.GetValueOrDefault("*");
        long within = window is null
            ? -1
            : window.Tiers.Where(t => t.Tier <= x.Tier).Select(t => t.WithinMs).LastOrDefault(window.WithinMs);
        if (within < 0)
            return TouchReason.NoWindow;
        long age = rule.CalendarOffsetMinutes is { } offset
            ? (DayOf(won.Time + (offset * 60_000L)) - DayOf(x.Time + (offset * 60_000L))) * Day
            : won.Time - x.Time;
        if (age > within)
            return TouchReason.OutsideWindow;
        if (!eligible(rule, x, won, earlier))
            return TouchReason.NotEligible;
        if (value(rule, won) < 0)
            return value(rule, won) == NoRate ? TouchReason.NoRate : TouchReason.ValueError;
        List<Won> mine =
        [
            .. credited.Where(c => c.Campaign == x.Campaign && c.Won.Kind == won.Kind).Select(c => c.Won),
        ];
        if (rule.Dedup == DedupKey.Order && won.Order.Length > 0)
            if (mine.Exists(c => c.Order == won.Order && won.Time - c.Time < rule.DedupWithinMs))
                return TouchReason.DuplicateKey;
        if (rule.CooldownMs > 0 && mine.Exists(c => won.Time - c.Time < rule.CooldownMs))
            return TouchReason.Cooldown;
        if (rule.Reuse == TouchReuse.Cycle && mine.Exists(c => x.Time <= c.Time))
            return TouchReason.BeforeCycle;
        int used = credited.Count(c => c.Touches.Contains(x.Id));
        if (rule.Reuse == TouchReuse.Once && used > 0)
            return TouchReason.Used;
        if (
            rule.Counting == Counting.OnePerTouch
            && credited.Exists(c => c.Won.Kind == won.Kind && c.Touches.Contains(x.Id))
        )
            return TouchReason.CountedOnce;
        return rule.ConversionsPerTouch <= used ? TouchReason.ConversionCap : TouchReason.Credited;
    }

    private static long DayOf(long ms) => (long)Math.Floor((decimal)ms / Day);

    private (int Priority, bool Click) Key(Met x, Won won)
    {
        AttributionRule rule = RuleOf(x, won)!;
        int priority = rule.Priorities.TryGetValue(x.Kind, out int own) ? own : rule.Priorities.GetValueOrDefault("*");
        return (priority, x.Kind == "click" && rule.ClickBeforeView);
    }

    private void Limit(List<Met> campaign, Won won, Dictionary<string, TouchReason> reasons)
    {
        AttributionRule rule = RuleOf(campaign[0], won)!;
        if (rule.DisplaceLower)
        {
            var best = campaign.Max(x => Key(x, won));
            foreach (Met low in campaign.Where(x => Key(x, won) != best).ToList())
            {
                reasons[low.Id] = TouchReason.LowerPriority;
                campaign.Remove(low);
            }
        }
        if (rule.TouchesPerConversion is not { } most)
            return;
        IEnumerable<Met> stay = rule.Keep switch
        {
            CapKeep.Latest => campaign.TakeLast(most),
            CapKeep.Earliest => campaign.Take(most),
            _ => campaign.OrderByDescending(x => Key(x, won)).ThenByDescending(campaign.IndexOf).Take(most),
        };
        foreach (Met out_ in campaign.Except(stay))
            reasons[out_.Id] = TouchReason.TouchCap;
    }

    private Rational[] Weights(AttributionModel model, List<Met> path, List<Met> best, Won won)
    {
        int n = path.Count;
        string[] channels = [.. path.Select(x => x.Channel)];
        switch (model.Kind)
        {
            case ModelKind.Last:
                return PositionWeights.Last(n);
            case ModelKind.First:
                return PositionWeights.First(n);
            case ModelKind.LastNonDirect:
                return PositionWeights.LastNonDirect([.. channels.Select(x => x == "direct")]);
            case ModelKind.SameTouch:
                return PositionWeights.SameTouch([.. path.Select(x => x.Time == won.Time)]);
            case ModelKind.Linear:
                return PositionWeights.Linear(n);
            case ModelKind.UniqueLinear:
            case ModelKind.Participation:
                return PositionWeights.LinearUnique(channels);
            case ModelKind.Position:
                return PositionWeights.Custom(n, model.Shares[0], model.Shares[1], model.Shares[2]);
            case ModelKind.W:
                int lead = path.FindIndex(x => x.Kind == model.Lead);
                int deal = path.FindIndex(x => x.Kind == model.Opportunity);
                int[] milestones = [.. new[] { 0, lead, deal }.Where(x => x >= 0)];
                int others = n - milestones.Distinct().Count();
                // Missing milestones leave their share to the rest in proportion.
                Rational[] w =
                [
                    .. path.Select(
                        (_, i) =>
                            milestones.Contains(i)
                                ? new Rational(30 * milestones.Count(m => m == i), 1)
                                : new Rational(10, others)
                    ),
                ];
                Rational sum = w.Aggregate(Rational.Zero, (a, b) => a + b);
                return [.. w.Select(x => x / sum)];
            case ModelKind.TimeDecay:
                long[] decay = TimeDecay.Weights([.. path.Select(x => won.Time - x.Time)], model.HalfLifeMs);
                return [.. decay.Select(x => (Rational)x)];
            case ModelKind.CreditVector:
                List<Met> order = [.. best.Where(path.Contains)];
                return [.. path.Select(x => (Rational)model.Shares.ElementAtOrDefault(order.IndexOf(x)))];
            default:
                WeightTable table = tables[$"{model.Table.Name}@{model.Table.Version}"];
                Rational[] weights =
                [
                    .. channels.Select(x => (Rational)table.Channels.GetValueOrDefault(x, table.Others)),
                ];
                return weights.All(x => x.IsZero) ? PositionWeights.Last(n) : weights;
        }
    }

    private static long[] Split(long total, Rational[] weights)
    {
        long[] parts = new long[weights.Length];
        Rational sum = weights.Aggregate(Rational.Zero, (a, b) => a + b);
        if (sum.IsZero)
            return parts;
        Rational[] exact = [.. weights.Select(w => w * total / sum)];
        for (int i = 0; i < parts.Length; i++)
            parts[i] = (long)(exact[i].Numerator / exact[i].Denominator);
        int[] order = [.. Enumerable.Range(0, parts.Length).OrderByDescending(i => exact[i] - parts[i]).ThenBy(i => i)];
        long rest = total - parts.Sum();
        foreach (int i in order.Take((int)rest))
            parts[i]++;
        return parts;
    }

    // What refunds leave of the credits and, last, of what is unattributed.
    private static long[] Left(Won won, long worth, long unattributed, long[] credits)
    {
        long[] left = [.. credits, unattributed];
        long told = 0;
        long taken = 0;
        foreach (long refund in won.Refunds)
        {
            told = won.Minor == 0 ? told + refund : Math.Min(won.Minor, told + refund);
            long target = won.Minor == 0 ? Math.Min(told, worth) : (long)(new BigInteger(worth) * told / won.Minor);
            long[] parts = Split(target - taken, [.. left.Select(x => (Rational)x)]);
            taken = target;
            for (int i = 0; i < left.Length; i++)
                left[i] -= parts[i];
        }
        return left;
    }
}
