using Throughline.Cel.Check;
using Throughline.Cel.Explain;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Rules;

/// <summary>
/// A validated, compiled, immutable version of a tenant's rules, counters, lists and routes; many threads may use it.
/// </summary>
public sealed class GateModel
{
    private readonly GateExpression?[] rules;

    internal GateModel(GateDocument document, long version, GateExpression?[] rules, ModelParts parts)
    {
        Document = document;
        Version = version;
        Parts = parts;
        this.rules = rules;
    }

    /// <summary>Checks and compiles a document. With any issue there is no model, and all issues are named.</summary>
    public static GateModel? Create(
        GateDocument document,
        long version,
        out IReadOnlyList<GateIssue> issues,
        GateLimits? limits = null
    )
    {
        ArgumentNullException.ThrowIfNull(document);
        ModelIssues found = new();
        GateModel? model = new GateCompiler(document, limits ?? GateLimits.Default, found).Compile(version);
        issues = found.All;
        return model;
    }

    public GateDocument Document { get; }

    /// <summary>The number of the publication, from 1; 0 for a set that was never published.</summary>
    public long Version { get; }

    /// <summary>What evaluating a rule may cost; null of a retired rule, which is not compiled.</summary>
    public CostEstimate? CostOf(int rule) => rules[rule]?.Cost;

    /// <summary>The names that a rule reads, in ordinal order: features, counters, lists, and variables of its loops.</summary>
    public IReadOnlyList<string> ReadsOf(int rule) => rules[rule]?.Reads ?? [];

    /// <summary>Why a rule comes out as it does for these inputs; null of a retired rule.</summary>
    public Explanation? Explain(int rule, GateInputs inputs) => rules[rule]?.Explain(inputs);

    /// <summary>A rule's place in the document; -1 if there is none of that id.</summary>
    public int IndexOf(string ruleId)
    {
        for (int i = 0; i < Document.Rules.Count; i++)
            if (Document.Rules[i].Id == ruleId)
                return i;
        return -1;
    }

    /// <summary>The place of the first route that a request fits; the default route comes after the last.</summary>
    public int RouteOf(RequestFeatures request)
    {
        RoutePlan[] routes = Parts.Routes;
        for (int i = 0; i < routes.Length; i++)
            if (routes[i].Fits(request))
                return i;
        return routes.Length;
    }

    /// <summary>A route by its place.</summary>
    public RouteDocument Route(int place) =>
        (uint)place < (uint)Parts.Routes.Length ? Parts.Routes[place].Document : RouteDocument.Default;

    internal ModelParts Parts { get; }

    internal string ListSourceOf(int rule) => Parts.Marks[rule].Source;

    internal ulong SaltOf(int rule) => Parts.Marks[rule].Salt;

    internal PhaseRules RulesOf(RulePhase phase) =>
        phase == RulePhase.Request ? Parts.RequestRules : Parts.ResponseRules;
}
