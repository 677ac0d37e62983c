using System.Globalization;
using Throughline.Cel.Compile;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Rules;

/// <summary>Turns a document into a model: names first, then what refers to them, then expressions. Issues end nothing: all are found.</summary>
internal sealed class GateCompiler
{
    private readonly GateDocument document;
    private readonly GateLimits limits;
    private readonly ModelIssues issues;
    private readonly ExpressionCompiler expressions;

    public GateCompiler(GateDocument document, GateLimits limits, ModelIssues issues)
    {
        this.document = document;
        this.limits = limits;
        this.issues = issues;
        expressions = new(limits, issues);
    }

    /// <summary>The model; null if there is any issue.</summary>
    public GateModel? Compile(long version)
    {
        Limit(document.Rules.Count, limits.RulesMax, "/rules", "rules");
        Limit(document.Counters.Count, limits.CountersMax, "/counters", "counters");
        Limit(document.Lists.Count, limits.ListsMax, "/lists", "lists");
        Limit(document.Routes.Count, limits.RoutesMax, "/routes", "routes");
        // A document beyond the limits is not looked at any further.
        if (issues.All.Count > 0)
            return null;
        new RouteCheck(issues).Check(document.Routes);
        ExpressionScope features = new(GateSchema.Create());
        CounterCompiler counters = new(limits, issues, expressions, features);
        counters.Compile(document.Counters);
        ListPlan[] lists = new ListCompiler(limits, issues, expressions, features).Compile(document.Lists);
        CounterDocument[] named = Named(document.Counters);
        ListDocument[] namedLists = Named(document.Lists);
        ExpressionScope all = new(
            GateSchema.Create(named, namedLists),
            [.. named.Select(x => x.Name)],
            [.. namedLists.Select(x => x.Name)]
        );
        GateExpression?[] rules = new RuleCompiler(document, issues, expressions, all).Compile();
        if (issues.All.Count > 0)
            return null;
        ModelParts parts = new()
        {
            Routes = [.. document.Routes.Select(x => new RoutePlan(x))],
            RequestRules = RulesOf(RulePhase.Request, rules),
            ResponseRules = RulesOf(RulePhase.Response, rules),
            Keys = [.. counters.Keys],
            Counters = [.. counters.Plans],
            CounterPlaces = [.. counters.Places],
            Conditions = [.. counters.Conditions],
            Items = [.. counters.Items],
            Lists = lists,
            Use = ModelUse.Of(document, rules),
            Marks = [.. document.Rules.Select(x => ("rule:" + x.Id, RulePlan.SaltOf(x)))],
        };
        return new(document, version, rules, parts);
    }

    private PhaseRules RulesOf(RulePhase phase, GateExpression?[] compiled)
    {
        List<RulePlan> deciding = [];
        List<RulePlan> watching = [];
        for (int i = 0; i < document.Rules.Count; i++)
        {
            RuleDocument rule = document.Rules[i];
            if (rule.Phase != phase || compiled[i] is not { } when)
                continue;
            RulePlan plan = new(i, rule, when, RoutesOf(rule));
            if (rule.Mode is RuleMode.Enforce or RuleMode.Canary)
                deciding.Add(plan);
            else if (rule.Mode == RuleMode.Shadow)
                watching.Add(plan);
        }
        int slot = 2 * (int)phase;
        return new(new([.. deciding], slot), new([.. watching], slot + 1));
    }

    // For each route, and the default one after the last, whether the rule holds there; null: everywhere.
    private bool[]? RoutesOf(RuleDocument rule)
    {
        if (rule.Routes.Count == 0)
            return null;
        IEnumerable<string> ids = document.Routes.Select(x => x.Id).Append(RouteDocument.Default.Id);
        return [.. ids.Select(x => rule.Routes.Contains(x, StringComparer.Ordinal))];
    }

    private void Limit(int count, int most, string path, string what)
    {
        if (count > most)
            issues.Add(path, string.Create(CultureInfo.InvariantCulture, $"{count} {what}; {most} are the limit"));
    }

    // Names that cannot be declared, and second ones, were reported; the others still serve to check the rules.
    private static CounterDocument[] Named(IReadOnlyList<CounterDocument> counters) =>
        [.. counters.Where(x => NameRules.IsVariable(x.Name)).DistinctBy(x => x.Name)];

    private static ListDocument[] Named(IReadOnlyList<ListDocument> lists) =>
        [.. lists.Where(x => NameRules.IsVariable(x.Name)).DistinctBy(x => x.Name)];
}
