using System.Globalization;
using Throughline.Cel;
using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;

namespace Throughline.Core.Gate.Rules;

/// <summary>What an expression may not read where it stands, and why.</summary>
/// <param name="Root">The first part of the name.</param>
internal readonly record struct Forbidden(string Root, string Why)
{
    public static readonly Forbidden Response = new(
        "response",
        "is known only once the request is answered: it needs phase 'response'"
    );
    public static readonly Forbidden ResponseInKey = new(
        "response",
        "cannot be part of what is read before the request is answered"
    );
    public static readonly Forbidden Counters = new("counter", "cannot be read here, only in rules");
    public static readonly Forbidden Lists = new("list", "cannot be read here, only in rules");
}

/// <summary>Parses, checks, estimates and compiles the expressions of a document; what is wrong goes to the issues.</summary>
internal sealed class ExpressionCompiler(GateLimits limits, ModelIssues issues)
{
    /// <summary>An expression, or null and at least one issue.</summary>
    /// <param name="accepts">Types that it may have.</param>
    public GateExpression? Compile(
        string? text,
        string path,
        ExpressionScope scope,
        ReadOnlySpan<Forbidden> forbidden,
        params ReadOnlySpan<CelType> accepts
    )
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            issues.Add(path, "an expression is missing");
            return null;
        }
        if (text.Length > limits.ExpressionLengthMax)
        {
            issues.Add(
                path,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the expression has {text.Length} characters; {limits.ExpressionLengthMax} are the limit"
                )
            );
            return null;
        }
        ParseResult parsed = CelParser.Parse(text);
        if (!parsed.IsSuccess)
            return Refuse(path, parsed.Issues);
        SortedDictionary<string, int> reads = FeatureUse.Of(parsed.Expr.Root);
        if (FirstForbidden(text, reads, forbidden) is { } issue)
            return Refuse(path, [issue]);
        CelIssue[] unknown =
        [
            .. Unknown(text, reads, "counter", scope.Counters),
            .. Unknown(text, reads, "list", scope.Lists),
        ];
        if (unknown.Length > 0)
            return Refuse(path, unknown);
        CheckResult check = CelChecker.Check(parsed.Expr, scope.Environment);
        if (!check.IsSuccess)
            return Refuse(path, check.Issues);
        if (!accepts.Contains(check.Checked.Type))
            return Refuse(path, [NotOfType(text, check.Checked.Type, accepts)]);
        CostEstimate cost = CostEstimate.Of(check.Checked, scope.Environment, ExpectedSizes.Hints);
        if (cost.Max > limits.RuleCostMax)
            return Refuse(path, [CelIssue.At(text, 0, TooCostly(cost))]);
        return new(
            CelPrinter.Print(parsed.Expr),
            check.Checked,
            CelCompiler.Compile(check.Checked, scope.Schema, scope.Environment),
            [.. reads.Keys],
            cost,
            scope
        );
    }

    private GateExpression? Refuse(string path, IReadOnlyList<CelIssue> found)
    {
        foreach (CelIssue issue in found)
            issues.Add(path, issue);
        return null;
    }

    private static CelIssue? FirstForbidden(
        string text,
        SortedDictionary<string, int> reads,
        ReadOnlySpan<Forbidden> forbidden
    )
    {
        CelIssue? first = null;
        foreach ((string name, int position) in reads)
        foreach (Forbidden rule in forbidden)
            if (FeatureUse.Touches(name, rule.Root) && (first is null || position < first.Position))
                first = CelIssue.At(text, position, $"{name} {rule.Why}");
        return first;
    }

    // The checker knows fields of structs; people know counters and lists.
    private static IEnumerable<CelIssue> Unknown(
        string text,
        SortedDictionary<string, int> reads,
        string root,
        IReadOnlyCollection<string> known
    )
    {
        foreach ((string name, int position) in reads)
        {
            string[] parts = name.Split('.');
            if (parts.Length > 1 && parts[0] == root && !known.Contains(parts[1]))
                yield return CelIssue.At(
                    text,
                    position,
                    $"there is no {root} '{parts[1]}'{Suggestion.For(parts[1], known)}"
                );
        }
    }

    private static CelIssue NotOfType(string text, CelType type, ReadOnlySpan<CelType> accepts) =>
        CelIssue.At(text, 0, $"the expression is of type {type}, not {string.Join(" or ", accepts.ToArray())}");

    private string TooCostly(CostEstimate cost)
    {
        string most =
            cost.Max == ulong.MaxValue ? "without bound" : cost.Max.ToString("N0", CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"it may cost {most} units of about 50 ns for one request; {limits.RuleCostMax:N0} are the limit (shorter patterns, fewer nested loops)"
        );
    }
}
