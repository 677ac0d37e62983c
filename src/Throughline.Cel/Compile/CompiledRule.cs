using Throughline.Cel.Compile.Plan;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>A compiled expression. Immutable: many threads may evaluate it, each with a scratch of its own.</summary>
public sealed class CompiledRule<T>
{
    private readonly BoolNode<T> alone;
    private readonly ValueNode<T> value;

    internal CompiledRule(BoolNode<T> root, ValueNode<T> value, SharedKey[] keys)
    {
        Root = root;
        alone = root is SharedBool<T> shared ? shared.Node : root;
        Shared = keys;
        this.value = value;
    }

    /// <summary>For rule sets: with what they share, which alone would only cost time.</summary>
    internal BoolNode<T> Root { get; }

    /// <summary>The subexpressions that a rule set may evaluate once, each time one occurs.</summary>
    internal SharedKey[] Shared { get; }

    /// <summary>Whether the rule holds for an input; a result that is no bool is an error.</summary>
    public RuleOutcome Evaluate(T input, EvaluationScratch scratch) => alone.Eval(input, scratch);

    /// <summary>The result, whatever its type; errors and unknowns are values too.</summary>
    public Value EvaluateValue(T input, EvaluationScratch scratch) => value.Eval(input, scratch);
}
