using System.Globalization;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Tenants;

/// <summary>Tells in a sentence what an answer set off.</summary>
internal static class AnswerSentence
{
    public static string Of(DecisionRecord answer, IReadOnlyList<RuleExplanation> rules)
    {
        IEnumerable<string> matched = rules
            .Where(rule => rule.Match.Outcome == MatchOutcome.Matched)
            .Select(rule =>
                $"rule {rule.Rule.Id} ({(rule.Match.Enforced ? "enforced" : Words.Of(rule.Rule.Mode))}): {rule.Sentence}"
            );
        string all = string.Join("; ", matched);
        string status = answer.Inputs.Response is { } response
            ? string.Create(CultureInfo.InvariantCulture, $" (status {response.Status})")
            : "";
        return all.Length > 0
            ? $"Later, when the answer was known{status}, version {answer.Version} matched {all}."
            : $"Later, when the answer was known{status}, rules of version {answer.Version} had something to say.";
    }
}
