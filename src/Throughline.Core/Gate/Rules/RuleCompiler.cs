using System.Globalization;
using Throughline.Cel.Types;
using Throughline.Core.Gate.Challenges;

namespace Throughline.Core.Gate.Rules;

/// <summary>Checks rules and compiles their conditions. Conditions of retired rules are not looked at: what they name may be gone.</summary>
internal sealed class RuleCompiler(
    GateDocument document,
    ModelIssues issues,
    ExpressionCompiler expressions,
    ExpressionScope scope
)
{
    public const int ScoreMax = 1_000_000;
    public const double HoldoutPercentMax = 50;
    private const long DayMs = 24L * 3600 * 1000;

    private readonly RouteCheck denials = new(issues);
    private readonly string[] routes =
    [
        .. document.Routes.Select(x => x.Id).Append(RouteDocument.Default.Id).Distinct(StringComparer.Ordinal),
    ];

    public GateExpression?[] Compile()
    {
        GateExpression?[] compiled = new GateExpression?[document.Rules.Count];
        Dictionary<string, int> places = [];
        for (int i = 0; i < compiled.Length; i++)
        {
            RuleDocument rule = document.Rules[i];
            string path = string.Create(CultureInfo.InvariantCulture, $"/rules/{i}");
            issues.Require(NameRules.IsId(rule.Id), path + "/id", $"an id has {NameRules.OfId}");
            issues.Unique(places, rule.Id, i, "rule", "/rules", path + "/id");
            bool known =
                issues.Known(rule.Mode, path + "/mode")
                & issues.Known(rule.Phase, path + "/phase")
                & issues.Known(rule.Action, path + "/action");
            if (!known || rule.Mode == RuleMode.Retired)
                continue;
            CheckAction(rule, path);
            CheckLife(rule, path);
            CheckList(rule, path);
            compiled[i] = expressions.Compile(
                rule.When,
                path + "/when",
                scope,
                rule.Phase == RulePhase.Request ? [Forbidden.Response] : [],
                CelType.Bool
            );
        }
        return compiled;
    }

    private void CheckAction(RuleDocument rule, string path)
    {
        issues.Require(
            rule.Phase == RulePhase.Request || rule.Action is RuleAction.Tag or RuleAction.Score,
            path + "/action",
            $"a rule of the response phase comes too late to {Words.Of(rule.Action)}; it can tag, and put the client into a list that rules of the request phase read"
        );
        issues.Require(
            rule.Action != RuleAction.Score || rule.Score != 0,
            path + "/score",
            "a rule with action 'score' must say how much it adds"
        );
        issues.Range(rule.Score, -ScoreMax, ScoreMax, path + "/score");
        issues.Require(
            rule.Tag is null || (rule.Tag.Length is > 0 and <= NameRules.LengthMax && !rule.Tag.Any(char.IsControl)),
            path + "/tag",
            "a tag has 1 to 100 characters, none of them a control character"
        );
        if (rule.Difficulty is { } difficulty)
        {
            issues.Range(difficulty, 1, ProofOfWork.DifficultyMax, path + "/difficulty");
            issues.Require(
                rule.Action == RuleAction.Challenge,
                path + "/difficulty",
                $"only a rule with action 'challenge' has a difficulty, not one with '{Words.Of(rule.Action)}'"
            );
        }
        if (rule.Denial is null)
            return;
        issues.Require(
            rule.Action == RuleAction.Deny,
            path + "/denial",
            $"only a rule with action 'deny' has a denial, not one with '{Words.Of(rule.Action)}'"
        );
        denials.Check(rule.Denial, path + "/denial");
    }

    private void CheckLife(RuleDocument rule, string path)
    {
        issues.Require(
            rule.CanaryPercent is >= 0 and <= 100,
            path + "/canaryPercent",
            string.Create(CultureInfo.InvariantCulture, $"{rule.CanaryPercent} % is not from 0 to 100")
        );
        issues.Require(
            rule.Mode != RuleMode.Canary || rule.CanaryPercent > 0,
            path + "/canaryPercent",
            "a canary must say for which share of visitors it is enforced"
        );
        issues.Require(
            rule.HoldoutPercent is >= 0 and <= HoldoutPercentMax,
            path + "/holdoutPercent",
            string.Create(CultureInfo.InvariantCulture, $"{rule.HoldoutPercent} % is not from 0 to {HoldoutPercentMax}")
        );
        bool harms = rule.Action is RuleAction.Deny or RuleAction.Challenge || rule.Score > 0;
        issues.Require(
            !(rule.HoldoutPercent > 0) || (harms && rule.Phase == RulePhase.Request),
            path + "/holdoutPercent",
            "only a rule of the request phase that denies, challenges or adds to the score can hold people out"
        );
        issues.Require(
            rule.ExpiresAt is null or > 0 and < 253_402_300_800_000,
            path + "/expiresAt",
            "an expiry is milliseconds since 1970, before the year 10000"
        );
        for (int i = 0; i < rule.Routes.Count; i++)
            issues.Exists(
                rule.Routes[i],
                routes,
                "route",
                string.Create(CultureInfo.InvariantCulture, $"{path}/routes/{i}")
            );
        issues.Range(rule.QuietMs, 0, 30 * DayMs, path + "/quietMs", " ms");
    }

    private void CheckList(RuleDocument rule, string path)
    {
        if (rule.AddToList is null)
            return;
        string[] known = [.. document.Lists.Select(x => x.Name)];
        if (!issues.Exists(rule.AddToList, known, "list", path + "/addToList"))
            return;
        ListDocument list = document.Lists.First(x => x.Name == rule.AddToList);
        issues.Require(
            list.Kind == ListKind.Address,
            path + "/addToList",
            $"the list '{list.Name}' holds no addresses: clients cannot be put into it"
        );
        issues.Range(rule.ListForMs, 1_000, 366 * DayMs, path + "/listForMs", " ms");
    }
}
