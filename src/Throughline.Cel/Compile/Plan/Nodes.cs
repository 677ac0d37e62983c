using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>A planned expression of type bool.</summary>
/// <param name="cost">About how many ns it takes: cheap operands go first.</param>
internal abstract class BoolNode<T>(float cost)
{
    public float Cost { get; } = cost;

    public abstract RuleOutcome Eval(T input, EvaluationScratch scratch);

    protected static RuleOutcome Of(bool value) => value ? RuleOutcome.True : RuleOutcome.False;
}

/// <summary>A planned expression of type int, uint, double or string (<see cref="Scalars"/>).</summary>
internal abstract class ScalarNode<T, TValue>(float cost)
{
    public float Cost { get; } = cost;

    /// <summary>False if it failed or is unknown: the fault is in the scratch.</summary>
    public abstract bool TryEval(T input, EvaluationScratch scratch, out TValue value);
}

/// <summary>A planned expression of any type.</summary>
internal abstract class ValueNode<T>(float cost)
{
    public float Cost { get; } = cost;

    /// <summary>The value; faults are values too.</summary>
    public abstract Value Eval(T input, EvaluationScratch scratch);
}

internal sealed class BoolConstant<T>(bool value) : BoolNode<T>(0)
{
    public bool Value => value;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch) => Of(value);
}

internal sealed class BoolFault<T>(Value fault) : BoolNode<T>(0)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch) => scratch.Fail(fault);
}

internal sealed class ScalarConstant<T, TValue>(TValue value) : ScalarNode<T, TValue>(0)
{
    public TValue Value => value;

    public override bool TryEval(T input, EvaluationScratch scratch, out TValue result)
    {
        result = value;
        return true;
    }
}

internal sealed class ValueConstant<T>(Value value) : ValueNode<T>(0)
{
    public Value Value => value;

    public override Value Eval(T input, EvaluationScratch scratch) => value;
}

/// <summary>A bool out of a value.</summary>
internal sealed class BoolOfValue<T>(ValueNode<T> node) : BoolNode<T>(node.Cost + 1)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        scratch.FailUnlessBool(node.Eval(input, scratch));
}

/// <summary>A scalar out of a value that the checker knows to be one.</summary>
internal sealed class ScalarOfValue<T, TValue>(ValueNode<T> node) : ScalarNode<T, TValue>(node.Cost + 1)
{
    public override bool TryEval(T input, EvaluationScratch scratch, out TValue value)
    {
        Value found = node.Eval(input, scratch);
        if (Scalars.TryGet(found, out value))
            return true;
        scratch.Fail(found.IsFault ? found : Value.Error($"no such overload: {found.Type}"));
        return false;
    }
}

internal sealed class ValueOfBool<T>(BoolNode<T> node) : ValueNode<T>(node.Cost + 1)
{
    public override Value Eval(T input, EvaluationScratch scratch) =>
        node.Eval(input, scratch) switch
        {
            RuleOutcome.False => Value.False,
            RuleOutcome.True => Value.True,
            _ => scratch.Failure,
        };
}

internal sealed class ValueOfScalar<T, TValue>(ScalarNode<T, TValue> node) : ValueNode<T>(node.Cost + 1)
{
    public override Value Eval(T input, EvaluationScratch scratch) =>
        node.TryEval(input, scratch, out TValue value) ? Scalars.ToValue(value) : scratch.Failure;
}
