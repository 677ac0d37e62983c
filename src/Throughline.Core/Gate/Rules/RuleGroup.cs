using Throughline.Cel.Compile;
using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Rules;

/// <summary>The rules of one phase.</summary>
/// <param name="Deciding">Enforced and canary: may take part in the decision.</param>
/// <param name="Watching">Shadow: evaluated once the decision stands.</param>
internal sealed record PhaseRules(RuleGroup Deciding, RuleGroup Watching);

/// <summary>
/// Rules that are evaluated together, in the order of the document. The cheap ones are one set, which takes a fraction of the time that
/// each alone would; since a set is evaluated without a look at the budget, only so many are in it as can cost
/// <see cref="SetCostMax"/> at most.
/// </summary>
internal sealed class RuleGroup
{
    /// <summary>Units of about 50 ns that a set may cost at most: 10 ms.</summary>
    public const ulong SetCostMax = 200_000;

    /// <summary>Makes a group.</summary>
    /// <param name="slot">Tells the groups of a version apart, from 0.</param>
    public RuleGroup(RulePlan[] rules, int slot)
    {
        Rules = rules;
        Slot = slot;
        HashSet<int> cheap = [];
        ulong cost = 0;
        foreach (RulePlan rule in rules.OrderBy(x => x.When.Cost.Max).ThenBy(x => x.Index))
        {
            cost += Math.Min(rule.When.Cost.Max, SetCostMax + 1);
            if (cost > SetCostMax)
                break;
            cheap.Add(rule.Index);
        }
        Together = [.. rules.Where(x => cheap.Contains(x.Index))];
        Alone = [.. rules.Where(x => !cheap.Contains(x.Index))];
        Set = Together.Length == 0 ? null : RuleSet<GateInputs>.Create([.. Together.Select(x => x.When.Compiled)]);
    }

    public int Slot { get; }
    public RulePlan[] Rules { get; }

    /// <summary>The rules of <see cref="Set"/>, by their places there.</summary>
    public RulePlan[] Together { get; }
    public RuleSet<GateInputs>? Set { get; }

    /// <summary>The rest.</summary>
    public RulePlan[] Alone { get; }
}
