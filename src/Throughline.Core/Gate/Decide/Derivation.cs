using System.Globalization;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>Whether deciding again from a record gives what the record says.</summary>
/// <param name="Differences">What differs, each in a sentence without a full stop; empty if nothing does.</param>
/// <param name="Decision">What was decided now.</param>
public sealed record Derivation(IReadOnlyList<string> Differences, GateDecision Decision)
{
    public bool IsIdentical => Differences.Count == 0;

    internal static Derivation Of(DecisionRecord record, GateModel model)
    {
        GateDecision now = new();
        List<string> differences = [];
        if (record.Version != model.Version)
            differences.Add(Text($"version {record.Version} decided, this is version {model.Version}"));
        if (!Fits(record.Inputs, model))
            return new([.. differences, "the record's counters and lists are not those of this version"], now);
        GateEngine.Decide(model, record.Inputs, now);
        bool wasJudged = record.Cause is not (DecisionCause.BudgetExceeded or DecisionCause.Failure);
        if (!wasJudged)
        {
            // Rules that had their turn are compared; the action is the fail policy's.
            Judge.GiveUp(record.Inputs, now, record.Cause);
        }
        else
        {
            Compare(differences, "the score", record.Score, now.Score);
            Compare(differences, "the cause", record.Cause, now.Cause);
            Compare(
                differences,
                "the deciding rule",
                NameOf(model, record.DecidingRule),
                NameOf(model, now.DecidingRule)
            );
        }
        Compare(differences, "the action", record.Action, now.Action);
        CompareMatches(differences, record, now, model);
        if (differences.Count > 0)
            differences.AddRange(record.Cut.Select(x => $"{x} was too long to be kept whole"));
        return new(differences, now);
    }

    private static bool Fits(GateInputs inputs, GateModel model) =>
        inputs.Counters.Length == model.Parts.CounterPlaces.Length && inputs.Lists.Length == model.Parts.Lists.Length;

    private static void CompareMatches(
        List<string> differences,
        DecisionRecord record,
        GateDecision now,
        GateModel model
    )
    {
        Dictionary<int, RuleMatch> before = record.Matches.ToDictionary(x => x.Rule);
        Dictionary<int, RuleMatch> after = now.Matches.ToDictionary(x => x.Rule);
        foreach (int rule in before.Keys.Union(after.Keys).Order())
        {
            bool was = before.TryGetValue(rule, out RuleMatch old);
            bool isNow = after.TryGetValue(rule, out RuleMatch found);
            if (was && old.Outcome == MatchOutcome.Skipped)
                continue;
            string then = was ? OutcomeOf(old) : "did not match";
            string today = isNow ? OutcomeOf(found) : "did not match";
            if (then != today)
                differences.Add($"rule {NameOf(model, rule)} {then}, now it {today}");
        }
    }

    private static string OutcomeOf(RuleMatch match)
    {
        string what = match.Outcome switch
        {
            MatchOutcome.Matched => "matched",
            MatchOutcome.Skipped => "was skipped",
            _ => "failed",
        };
        return match.Enforced ? what + " (enforced)"
            : match.HeldOut ? what + " (held out)"
            : what + " (shadow)";
    }

    private static void Compare<T>(List<string> differences, string what, T then, T now)
    {
        if (!EqualityComparer<T>.Default.Equals(then, now))
            differences.Add(Text($"{what} was {then}, now it is {now}"));
    }

    private static string NameOf(GateModel model, int rule) =>
        (uint)rule < (uint)model.Document.Rules.Count ? model.Document.Rules[rule].Id : Text($"{rule}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
