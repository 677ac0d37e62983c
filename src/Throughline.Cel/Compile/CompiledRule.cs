using Throughline.Cel.Compile.Plan;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>
/// A compiled expression. Immutable: many threads may evaluate it, each with a scratch of its own. Evaluation throws nothing,
/// costs no more than the scratch allows, and allocates nothing but results and the texts and lists on the way to them.
/// </summary>
public sealed class CompiledRule<T>
{
    private readonly BoolNode<T> alone;
    private readonly ValueNode<T> value;

    /// <summary>A rule.</summary>
    /// <param name="isConstantSize">See <see cref="IsConstantSize"/>.</param>
    internal CompiledRule(BoolNode<T> root, ValueNode<T> value, SharedKey[] keys, bool isConstantSize)
    {
        Root = root;
        alone = root is SharedBool<T> shared ? shared.Node : root;
        Shared = keys;
        this.value = value;
        IsConstantSize = isConstantSize;
    }

    /// <summary>For rule sets: with what they share, which alone would only cost time.</summary>
    internal BoolNode<T> Root { get; }

    /// <summary>The work does not depend on the size of the input: it needs no budget.</summary>
    internal bool IsConstantSize { get; }

    /// <summary>The subexpressions that a rule set may evaluate once, each time one occurs.</summary>
    internal SharedKey[] Shared { get; }

    /// <summary>Whether the rule holds for an input; a result that is no bool is an error.</summary>
    public RuleOutcome Evaluate(T input, EvaluationScratch scratch) =>
        IsConstantSize ? alone.Eval(input, scratch) : scratch.Run(alone, input);

    /// <summary>The result, whatever its type; errors and unknowns are values too.</summary>
    public Value EvaluateValue(T input, EvaluationScratch scratch) =>
        IsConstantSize ? value.Eval(input, scratch) : scratch.Run(value, input);
}
