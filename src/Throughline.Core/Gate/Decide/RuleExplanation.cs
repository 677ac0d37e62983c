using Throughline.Cel.Explain;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>Why a rule came out as it did for one request.</summary>
/// <param name="Sentence">What decided, with values: <c>counter.ip_1m (182) &gt; 120 and ua.headless (true)</c>.</param>
/// <param name="Root">The evaluated tree.</param>
public sealed record RuleExplanation(RuleDocument Rule, RuleMatch Match, string Sentence, ExplainedNode? Root)
{
    /// <summary>Explains each rule of a record that did not simply come out false.</summary>
    internal static IReadOnlyList<RuleExplanation> Of(DecisionRecord record, GateModel model)
    {
        List<RuleExplanation> found = [];
        foreach (RuleMatch match in record.Matches)
            if ((uint)match.Rule < (uint)model.Document.Rules.Count)
                found.Add(Of(model, match, record.Inputs));
        return found;
    }

    /// <summary>Explains one rule.</summary>
    public static RuleExplanation Of(GateModel model, RuleMatch match, GateInputs inputs)
    {
        RuleDocument rule = model.Document.Rules[match.Rule];
        if (match.Outcome == MatchOutcome.Skipped)
            return new(rule, match, "the budget of the decision ran out before its turn came", null);
        Explanation? explanation = model.Explain(match.Rule, inputs);
        return explanation is null
            ? new(rule, match, "it is retired", null)
            : new(rule, match, explanation.Sentence, explanation.Root);
    }
}
