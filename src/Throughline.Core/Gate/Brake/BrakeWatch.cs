using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Trials;

namespace Throughline.Core.Gate.Brake;

/// <summary>
/// Watches what the rules of one version do to people, request by request, and says once of each rule when it goes too far. Time is that of
/// the requests; the same decisions in the same order give the same. One caller at a time.
/// </summary>
public sealed class BrakeWatch
{
    /// <summary>
    /// Of the interval whose lower end has to pass the limit: one chance in a million at each look. There is a look at every hit, for as long as
    /// a rule lives, so that one chance in 2,000 stopped a rule well below its limit every other week.
    /// </summary>
    private const double Z = 4.753424;

    /// <summary>Fewer requests than these make no share of the traffic.</summary>
    private const int RequestsMin = 1_000;

    /// <summary>Fewer visitors who proved themselves make no share of those that were challenged.</summary>
    private const int SolvedMin = 20;

    private const int Slices = 10;

    private readonly long[] requests = new long[Slices];
    private BrakeSettings settings = new();
    private WatchedRule?[] rules = [];
    private GateModel? model;
    private long now = long.MinValue;

    /// <summary>When rules are stopped; what was counted so far stays.</summary>
    public BrakeSettings Settings
    {
        get => settings;
        set
        {
            if (value.WindowMs != settings.WindowMs)
                Forget();
            settings = value;
        }
    }

    /// <summary>Watches a version from now on. Rules that are as they were go on being counted, also one that was told of: it is armed again.</summary>
    public void Arm(GateModel version)
    {
        ArgumentNullException.ThrowIfNull(version);
        IReadOnlyList<RuleDocument> documents = version.Document.Rules;
        WatchedRule?[] next = new WatchedRule?[documents.Count];
        for (int i = 0; i < next.Length; i++)
            if (IsGuarded(documents[i]))
                next[i] =
                    rules.FirstOrDefault(x => x is not null && Equal(x.Document, documents[i]))
                    ?? new(documents[i], Slices);
        foreach (WatchedRule? rule in next)
            rule?.Rearm();
        (rules, model) = (next, version);
    }

    /// <summary>Takes a decision in; gives the rule that it was too much of, or null.</summary>
    /// <param name="inputs">What was read for it.</param>
    public BrakeTrip? Add(GateInputs inputs, GateDecision decision)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(decision);
        if (!settings.IsOn || model is null || decision.Version != model.Version)
            return null;
        int slice = Advance(inputs.Request.Time);
        requests[slice]++;
        ulong unit = inputs.Unit?.Draw ?? inputs.Visitor ?? 0;
        bool hasBought = inputs.Customer is { Known: true, Conversions: > 0 };
        BrakeTrip? trip = null;
        // Somebody who was hit a moment ago and buys after all, since the rule held them out or let other pages be: they count, too.
        if (hasBought)
            foreach (WatchedRule? rule in rules)
                if (rule is not null && rule.Bought(unit))
                    trip ??= Check(rule);
        ClearanceFacts clearance = inputs.Request.Clearance;
        if (clearance.State == ClearanceState.Valid && clearance.AgeMs <= settings.WindowMs)
            foreach (WatchedRule? rule in rules)
                if (rule is not null && rule.Proved(unit, NetworkOf(inputs)))
                    trip ??= Check(rule);
        foreach (RuleMatch match in decision.Matches)
        {
            if (match.Outcome != MatchOutcome.Matched || rules[match.Rule] is not { } rule)
                continue;
            if (!(match.Enforced || match.HeldOut))
                continue; // a canary, to whom it does nothing
            bool isAsked = match.Enforced && rule.Document.Action == RuleAction.Challenge && !clearance.IsValid;
            rule.Hit(slice, unit, now, hasBought, isAsked);
            trip ??= Check(rule);
        }
        return trip;
    }

    private BrakeTrip? Check(WatchedRule rule)
    {
        if (rule.IsTold)
            return null;
        rule.Expire(now - settings.WindowMs);
        double limit = rule.Document.Mode == RuleMode.Canary ? settings.CanaryPercentMax : settings.EnforcePercentMax;
        return TripOf(rule, BrakeMeasure.People, rule.People, rule.Units, settings.PeoplePercentMax, settings.PeopleMin)
            ?? TripOf(
                rule,
                BrakeMeasure.Hits,
                rule.Hits,
                // A canary acts on a share of its matches alone: of that share of the requests.
                (long)(requests.Sum() * rule.Share),
                limit,
                1
            )
            ?? TripOf(rule, BrakeMeasure.Solved, rule.Solved, rule.Asked, settings.SolvedPercentMax, SolvedMin);
    }

    private BrakeTrip? TripOf(WatchedRule rule, BrakeMeasure measure, long part, long whole, double limit, int partMin)
    {
        if (part < partMin || limit >= 100 || (measure == BrakeMeasure.Hits && whole < RequestsMin))
            return null;
        double low = 100 * Shares.Of(Math.Min(part, whole), whole, Z).Low;
        if (low <= limit)
            return null;
        rule.IsTold = true;
        return new(
            rule.Document.Id,
            model!.Version,
            now,
            measure,
            part,
            whole,
            Math.Round(low, 2, MidpointRounding.ToEven),
            limit,
            settings.WindowMs
        );
    }

    // As far as a clearance reaches unless told otherwise: in a smaller network one proof would count as often as there are addresses.
    private static AddressRange NetworkOf(GateInputs inputs) => AddressRange.Of(inputs.Request.Address, 24, 48);

    // The slice of a time; those that it skips are empty. A request that comes late counts as now.
    private int Advance(long time)
    {
        long length = settings.WindowMs / Slices;
        long before = now == long.MinValue ? time / length : now / length;
        now = Math.Max(now, time);
        for (long next = before + 1; next <= Math.Min(now / length, before + Slices); next++)
        {
            int slice = (int)(next % Slices);
            requests[slice] = 0;
            foreach (WatchedRule? rule in rules)
                rule?.Clear(slice);
        }
        return (int)(now / length % Slices);
    }

    private void Forget()
    {
        Array.Clear(requests);
        foreach (WatchedRule? rule in rules)
            rule?.Forget();
        now = long.MinValue;
    }

    private static bool IsGuarded(RuleDocument rule) =>
        rule.Mode is RuleMode.Canary or RuleMode.Enforce
        && rule.Phase == RulePhase.Request
        && (rule.Action is RuleAction.Deny or RuleAction.Challenge || rule.Score > 0);

    private static bool Equal(RuleDocument x, RuleDocument y) =>
        x.Routes.SequenceEqual(y.Routes) && (x with { Routes = y.Routes }) == y;
}
