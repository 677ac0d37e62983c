using Throughline.Cel.Values;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Tests.Gate.Decide;

/// <summary>The decision as the contract words it, from the interpreter's values, rule after rule and without any short cut.</summary>
internal static class ReferenceJudge
{
    public static string Decide(GateModel model, GateInputs inputs, Func<RuleDocument, bool> inShare)
    {
        RouteDocument route = model.Route(model.RouteOf(inputs.Request));
        List<(RuleDocument Rule, bool Enforced)> matched = [];
        List<string> outcomes = [];
        foreach (RuleDocument rule in model.Document.Rules)
        {
            if (rule.Mode is RuleMode.Draft or RuleMode.Retired || rule.ExpiresAt <= inputs.Request.Time)
                continue;
            if (rule.Routes.Count > 0 && !rule.Routes.Contains(route.Id))
                continue;
            bool enforced = rule.Mode == RuleMode.Enforce || (rule.Mode == RuleMode.Canary && inShare(rule));
            Value value = model.Explain(model.IndexOf(rule.Id), inputs)!.Value;
            if (value.IsTrue)
                matched.Add((rule, enforced));
            if (!value.IsFalse)
                outcomes.Add($"{rule.Id} {enforced} {(value.IsTrue ? "matched" : "fault")}");
        }
        RuleDocument[] deciders = [.. matched.Where(x => x.Enforced).Select(x => x.Rule)];
        int score = deciders.Sum(x => x.Score);
        string[] tags = [.. deciders.Where(x => x.Tag is not null).Select(x => x.Tag!).Distinct()];
        RuleDocument? decider = deciders
            .Where(x => x.Action is RuleAction.Allow or RuleAction.Challenge or RuleAction.Deny)
            .OrderByDescending(x => x.Priority) // stable
            .FirstOrDefault();
        DecisionAction action = decider?.Action switch
        {
            RuleAction.Allow => DecisionAction.Allow,
            RuleAction.Challenge => DecisionAction.Challenge,
            RuleAction.Deny => DecisionAction.Deny,
            _ => score >= route.DenyScore ? DecisionAction.Deny
            : score >= route.ChallengeScore ? DecisionAction.Challenge
            : tags.Length > 0 ? DecisionAction.Tag
            : DecisionAction.Allow,
        };
        DenialDocument? denial = action == DecisionAction.Deny ? decider?.Denial ?? route.Denial : null;
        bool flagged = deciders.Any(x => x.Bot) || action is DecisionAction.Deny or DecisionAction.Challenge;
        return Text(action, score, decider?.Id, route.Id, tags, denial, flagged) + "\n" + string.Join('\n', outcomes);
    }

    /// <summary>A decision without its matches.</summary>
    public static string Text(GateModel model, GateDecision decision) =>
        Text(
            decision.Action,
            decision.Score,
            decision.DecidingRule < 0 ? null : model.Document.Rules[decision.DecidingRule].Id,
            decision.Route.Id,
            decision.Tags,
            decision.Denial,
            decision.IsFlagged
        );

    /// <summary>A decision with all its matches.</summary>
    public static string FullText(GateModel model, GateDecision decision) =>
        Text(model, decision)
        + "\n"
        + string.Join(
            '\n',
            decision.Matches.Select(x =>
                $"{model.Document.Rules[x.Rule].Id} {x.Enforced} {(x.Outcome == MatchOutcome.Matched ? "matched" : "fault")}"
            )
        );

    private static string Text(
        DecisionAction action,
        int score,
        string? decider,
        string route,
        IEnumerable<string> tags,
        DenialDocument? denial,
        bool flagged
    ) => $"{action} {score} by {decider} at {route} [{string.Join(',', tags)}] {denial} {flagged}";
}
