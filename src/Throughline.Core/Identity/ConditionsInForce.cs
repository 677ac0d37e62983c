using Throughline.Cel.Compile;
using Throughline.Core.Events.Expressions;
using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>A strategy's conditions, compiled, by the tenant's own codes of types. For the writer alone.</summary>
internal sealed class ConditionsInForce(NameTable names, IReadOnlyList<LinkCondition> conditions)
{
    private readonly EvaluationScratch scratch = new(EventNames.CostMax);
    private readonly Dictionary<(int, int), LinkCondition?> byTypes = [];
    private readonly Dictionary<LinkCondition, CompiledRule<EventInput>> compiled = conditions.ToDictionary(
        condition => condition,
        Compile
    );

    /// <summary>All events are evidence.</summary>
    public bool IsEmpty => conditions.Count == 0;

    /// <summary>An event is evidence for a link of these types.</summary>
    public bool Hold(int x, int y, EventInput input)
    {
        if (Of(x, y) is not { } condition)
            return true;
        (string a, string b) = (names.Text(x), names.Text(y));
        (input.First, input.Second) = string.CompareOrdinal(a, b) <= 0 ? (a, b) : (b, a);
        return compiled[condition].Evaluate(input, scratch) == RuleOutcome.True;
    }

    /// <summary>The condition that decides about links of these types, or null.</summary>
    public LinkCondition? Of(int x, int y)
    {
        if (conditions.Count == 0)
            return null;
        if (!byTypes.TryGetValue((x, y), out LinkCondition? known))
            byTypes.Add(
                (x, y),
                known = conditions.FirstOrDefault(condition => Fits(condition, names.Text(x), names.Text(y)))
            );
        return known;
    }

    private static bool Fits(LinkCondition condition, string a, string b) =>
        condition.Types.Count switch
        {
            0 => true,
            1 => condition.Types[0] == a || condition.Types[0] == b,
            _ => (condition.Types[0] == a && condition.Types[1] == b)
                || (condition.Types[0] == b && condition.Types[1] == a),
        };

    private static CompiledRule<EventInput> Compile(LinkCondition condition) =>
        EventNames.TryCompileCondition(condition.When, out CompiledRule<EventInput>? rule, out string why)
            ? rule
            : throw new InvalidDataException($"the condition {condition.Name} of a strategy cannot be used: {why}");
}
