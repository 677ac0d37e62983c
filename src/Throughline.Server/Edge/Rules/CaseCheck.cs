using System.Globalization;
using Throughline.Cel.Check;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge.Rules;

/// <summary>Holds one request's outcome against what was expected of it, and says why the rules came out as they did.</summary>
internal sealed class CaseCheck(
    GateModel model,
    string file,
    GateCaseRequest request,
    GateCaseExpectation expected,
    List<YamlIssue> failures
)
{
    /// <summary>After the decision: all but rules of the response phase, tags and the flag.</summary>
    public void Decided(GateInputs inputs, GateDecision decision)
    {
        if (expected.Action is { } action && action != decision.Action)
            Fail(
                $"expected {Words.Of(action)}, was {Words.Of(decision.Action)} ({Cause(decision)}){Reasons(inputs, decision)}"
            );
        if (expected.Score is { } score && score != decision.Score)
            Fail(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"expected score {score}, was {decision.Score}{Reasons(inputs, decision)}"
                )
            );
        CheckRules(RulePhase.Request, inputs, decision);
    }

    /// <summary>After the answer.</summary>
    public void Answered(GateInputs inputs, GateDecision decision, GateDecision alerts)
    {
        CheckRules(RulePhase.Response, inputs, alerts);
        bool flagged = decision.IsFlagged || alerts.IsFlagged;
        if (expected.Flagged is { } flag && flag != flagged)
            Fail(flag ? "expected to be flagged as a bot, was not" : "expected not to be flagged as a bot, was");
        string[] tags = [.. decision.Tags.Concat(alerts.Tags)];
        foreach (string tag in expected.Tags.Except(tags, StringComparer.Ordinal))
            Fail($"expected tag '{tag}'{(tags.Length == 0 ? ", there is none" : ", was " + string.Join(", ", tags))}");
    }

    private void CheckRules(RulePhase phase, GateInputs inputs, GateDecision decision)
    {
        foreach (string id in expected.Matched)
            Check(id, phase, inputs, decision, shouldMatch: true);
        foreach (string id in expected.NotMatched)
            Check(id, phase, inputs, decision, shouldMatch: false);
    }

    private void Check(string id, RulePhase phase, GateInputs inputs, GateDecision decision, bool shouldMatch)
    {
        int rule = model.IndexOf(id);
        if (rule < 0)
        {
            // Said once, though both phases ask.
            if (phase == RulePhase.Request)
                Fail($"there is no rule '{id}'{Suggestion.For(id, model.Document.Rules.Select(x => x.Id))}");
            return;
        }
        RuleDocument document = model.Document.Rules[rule];
        if (document.Phase != phase)
            return;
        if (phase == RulePhase.Response && request.Response is null)
        {
            if (shouldMatch)
                Fail($"rule {id} is evaluated when the answer is known: give the request a status");
            return;
        }
        bool matched = decision.Matches.Exists(x => x.Rule == rule && x.Outcome == MatchOutcome.Matched);
        if (matched == shouldMatch)
            return;
        string why =
            document.Mode is RuleMode.Draft or RuleMode.Retired ? $"it is {Words.Of(document.Mode)}"
            : document.ExpiresAt <= inputs.Request.Time ? "it has expired"
            : model.Explain(rule, inputs)?.Sentence ?? "";
        Fail(shouldMatch ? $"expected rule {id} to match: {why}" : $"expected rule {id} not to match: {why}");
    }

    private string Cause(GateDecision decision) =>
        decision.Cause switch
        {
            DecisionCause.Rule => "rule " + model.Document.Rules[decision.DecidingRule].Id,
            DecisionCause.Score => string.Create(CultureInfo.InvariantCulture, $"score {decision.Score}"),
            DecisionCause.Cleared => "a clearance answered the challenge",
            DecisionCause.NoMatch => "no rule decided",
            _ => decision.Cause.ToString(),
        };

    // One line a rule that matched or failed.
    private string Reasons(GateInputs inputs, GateDecision decision) =>
        string.Concat(
            decision.Matches.Select(x =>
            {
                RuleExplanation explained = RuleExplanation.Of(model, x, inputs);
                string what = x.Outcome == MatchOutcome.Matched ? "matches" : "has no result";
                return $"\n    rule {explained.Rule.Id} {what}: {explained.Sentence}";
            })
        );

    private void Fail(string message) => failures.Add(new(file, request.Place, message));
}
