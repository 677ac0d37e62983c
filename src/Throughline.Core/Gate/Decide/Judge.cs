using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Throughline.Cel.Compile;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>
/// From inputs to a decision: a pure function. First the rules that may decide, then the decision, then those that only watch, so
/// that nothing that a shadow rule does or costs can reach the decision.
/// </summary>
internal static class Judge
{
    /// <summary>So many rules are evaluated between two looks at the budget.</summary>
    private const int RulesBetweenLooks = 16;

    /// <summary>Evaluates the rules of one phase and decides.</summary>
    /// <param name="late">Whether the budget of the decision ran out; null: it has none.</param>
    public static void Run(
        GateModel model,
        RulePhase phase,
        GateInputs inputs,
        GateDecision decision,
        Func<bool>? late = null
    )
    {
        decision.Reset();
        decision.Version = model.Version;
        int route = inputs.Route ?? model.RouteOf(inputs.Request);
        decision.Route = model.Route(route);
        JudgeScratch scratch = decision.Scratch;
        scratch.Reset(model.Document.Rules.Count);
        PhaseRules rules = model.RulesOf(phase);
        ulong visitor = inputs.Visitor ?? ValueHash.Visitor(inputs.Request, key: default);
        HoldoutUnit unit =
            inputs.Unit ?? (model.Parts.Use.HoldsOut ? HoldoutUnit.OfClient(inputs.Request, key: default) : default);
        Turn turn = new(inputs, route, visitor, unit, scratch, late);
        bool inTime = Evaluate(rules.Deciding, turn, inTime: true);
        if (inTime)
            Conclude(rules.Deciding.Rules, inputs, decision);
        else
            GiveUp(inputs, decision, DecisionCause.BudgetExceeded);
        Evaluate(rules.Watching, turn, inTime);
        Report(model.Document.Rules.Count, decision);
    }

    /// <summary>The route's fail policy: the request could not be judged.</summary>
    public static void GiveUp(GateInputs inputs, GateDecision decision, DecisionCause cause)
    {
        decision.Cause = cause;
        decision.Action = decision.Route.OnFailure switch
        {
            FailPolicy.Challenge when !inputs.Request.Clearance.Answers(decision.Route.ChallengeDifficulty) =>
                DecisionAction.Challenge,
            FailPolicy.Closed => DecisionAction.Deny,
            _ => DecisionAction.Allow,
        };
        decision.Denial = decision.Action == DecisionAction.Deny ? decision.Route.Denial : null;
        decision.IsFlagged = decision.Action != DecisionAction.Allow;
    }

    /// <summary>What all rules of one evaluation share.</summary>
    private readonly record struct Turn(
        GateInputs Inputs,
        int Route,
        ulong Visitor,
        HoldoutUnit Unit,
        JudgeScratch Scratch,
        Func<bool>? Late
    )
    {
        public bool IsLate => Late is not null && Late();
    }

    // False if the budget ran out: the rest is marked as skipped.
    private static bool Evaluate(RuleGroup group, in Turn turn, bool inTime)
    {
        inTime = inTime && !turn.IsLate;
        if (!inTime)
            EvaluateEach(group.Together, turn, inTime);
        else if (group.Set is not null)
            inTime = EvaluateSet(group, turn);
        return EvaluateEach(group.Alone, turn, inTime);
    }

    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "Rules alone find out which of them fails."
    )]
    private static bool EvaluateSet(RuleGroup group, in Turn turn)
    {
        RuleMatches matches = turn.Scratch.MatchesOf(group);
        try
        {
            group.Set!.Evaluate(turn.Inputs, matches);
        }
        catch (Exception)
        {
            return EvaluateEach(group.Together, turn, inTime: true);
        }
        ReadOnlySpan<ulong> bits = matches.Bits;
        for (int word = 0; word < bits.Length; word++)
        for (ulong rest = bits[word]; rest != 0; rest &= rest - 1)
            Note(group.Together[64 * word + BitOperations.TrailingZeroCount(rest)], turn, JudgeScratch.Matched);
        foreach (RuleFault fault in matches.Faults)
            Note(group.Together[fault.Rule], turn, turn.Scratch.Fail(group.Together[fault.Rule].Index, fault.Fault));
        return true;
    }

    private static bool EvaluateEach(RulePlan[] rules, in Turn turn, bool inTime)
    {
        int untilLook = RulesBetweenLooks;
        foreach (RulePlan rule in rules)
        {
            if (inTime && untilLook-- == 0)
            {
                inTime = !turn.IsLate;
                untilLook = RulesBetweenLooks - 1;
            }
            Note(rule, turn, inTime ? Evaluate(rule, turn.Inputs, turn.Scratch) : JudgeScratch.Skipped);
        }
        return inTime;
    }

    // Only rules in force have an outcome.
    private static void Note(RulePlan rule, in Turn turn, byte outcome)
    {
        if (!rule.IsInForce(turn.Inputs.Request.Time, turn.Route))
            return;
        bool isEnforced = rule.IsEnforcedFor(turn.Visitor);
        bool isHeldOut = isEnforced && rule.IsHeldOut(turn.Unit);
        turn.Scratch.Enforced[rule.Index] = isEnforced && !isHeldOut;
        turn.Scratch.HeldOut[rule.Index] = isHeldOut;
        turn.Scratch.Outcomes[rule.Index] = outcome;
    }

    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "A rule's failure, whatever it is, is that rule's result."
    )]
    private static byte Evaluate(RulePlan rule, GateInputs inputs, JudgeScratch scratch)
    {
        try
        {
            switch (rule.When.Compiled.Evaluate(inputs, scratch.Evaluation))
            {
                case RuleOutcome.False:
                    return JudgeScratch.False;
                case RuleOutcome.True:
                    return JudgeScratch.Matched;
                default:
                    return scratch.Fail(rule.Index, scratch.Evaluation.Fault);
            }
        }
        catch (Exception thrown)
        {
            scratch.Errors[rule.Index] = thrown.GetType().Name;
            return JudgeScratch.Failed;
        }
    }

    private static void Conclude(RulePlan[] rules, GateInputs inputs, GateDecision decision)
    {
        JudgeScratch scratch = decision.Scratch;
        RulePlan? deciding = null;
        long score = 0;
        foreach (RulePlan rule in rules) // in the order of the document, so that the first of equal priority stays
        {
            if (scratch.Outcomes[rule.Index] != JudgeScratch.Matched || !scratch.Enforced[rule.Index])
                continue;
            score += rule.Document.Score;
            decision.IsFlagged |= rule.Document.Bot;
            if (rule.Document.Tag is { } tag && !decision.Tags.Contains(tag))
                decision.Tags.Add(tag);
            if (rule.IsTerminating && (deciding is null || rule.Document.Priority > deciding.Document.Priority))
                deciding = rule;
        }
        decision.Score = (int)Math.Clamp(score, int.MinValue, int.MaxValue);
        RouteDocument route = decision.Route;
        if (deciding is not null)
            (decision.Action, decision.Cause, decision.DecidingRule) = (
                deciding.Action,
                DecisionCause.Rule,
                deciding.Index
            );
        else if (decision.Score >= route.DenyScore)
            (decision.Action, decision.Cause) = (DecisionAction.Deny, DecisionCause.Score);
        else if (decision.Score >= route.ChallengeScore)
            (decision.Action, decision.Cause) = (DecisionAction.Challenge, DecisionCause.Score);
        int? difficulty = deciding?.Document.Difficulty ?? route.ChallengeDifficulty;
        if (decision.Action == DecisionAction.Challenge && inputs.Request.Clearance.Answers(difficulty))
            (decision.Action, decision.Cause) = (DecisionAction.Allow, DecisionCause.Cleared);
        if (
            deciding is not { Action: DecisionAction.Allow }
            && decision is { Action: DecisionAction.Allow, Tags.Count: > 0 }
        )
            decision.Action = DecisionAction.Tag;
        if (decision.Action == DecisionAction.Deny)
            decision.Denial = deciding?.Document.Denial ?? route.Denial;
        decision.IsFlagged |= decision.Action is DecisionAction.Challenge or DecisionAction.Deny;
    }

    private static void Report(int rules, GateDecision decision)
    {
        JudgeScratch scratch = decision.Scratch;
        for (int i = 0; i < rules; i++)
        {
            byte outcome = scratch.Outcomes[i];
            if (outcome <= JudgeScratch.False)
                continue;
            string? error = outcome is JudgeScratch.Failed or JudgeScratch.Unknown ? scratch.Errors[i] : null;
            MatchOutcome what = outcome switch
            {
                JudgeScratch.Matched => MatchOutcome.Matched,
                JudgeScratch.Failed => MatchOutcome.Error,
                JudgeScratch.Unknown => MatchOutcome.Unknown,
                _ => MatchOutcome.Skipped,
            };
            decision.Matches.Add(new(i, what, scratch.Enforced[i], error, HeldOut: scratch.HeldOut[i]));
        }
    }
}
