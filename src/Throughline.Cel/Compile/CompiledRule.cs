using Throughline.Cel.Compile.Plan;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>
/// A compiled expression. Immutable: many threads may evaluate it, each with a scratch of its own. Evaluation throws nothing,
/// costs no more than the scratch allows, and allocates nothing but results and the texts and lists on the way to them.
/// </summary>
public sealed class CompiledRule<T>
{
    private readonly ValueNode<T> value;
    private readonly bool isConstantSize;

    /// <summary>A rule.</summary>
    /// <param name="isConstantSize">The work does not depend on the size of the input: it needs no budget.</param>
    internal CompiledRule(BoolNode<T> root, ValueNode<T> value, SharedKey[] shared, bool isConstantSize)
    {
        Root = root;
        Shared = shared;
        this.value = value;
        this.isConstantSize = isConstantSize;
    }

    internal BoolNode<T> Root { get; }

    /// <summary>The subexpressions that a rule set may evaluate once, each time one occurs.</summary>
    internal SharedKey[] Shared { get; }

    /// <summary>Whether the rule holds for an input; a result that is no bool is an error.</summary>
    public RuleOutcome Evaluate(T input, EvaluationScratch scratch) =>
        isConstantSize ? Root.Eval(input, scratch) : scratch.Run(Root, input);

    /// <summary>The result, whatever its type; errors and unknowns are values too.</summary>
    public Value EvaluateValue(T input, EvaluationScratch scratch) =>
        isConstantSize ? value.Eval(input, scratch) : scratch.Run(value, input);
}
