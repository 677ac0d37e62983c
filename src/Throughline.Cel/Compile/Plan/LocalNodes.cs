using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>A variable of a loop or binding.</summary>
internal sealed class LocalValue<T>(int local) : ValueNode<T>(2)
{
    public override Value Eval(T input, EvaluationScratch scratch) => scratch.Local(local);
}

/// <summary>
/// A value under a name, computed once (macros <c>cel.bind</c>, <c>cel.block</c>, <c>optMap</c>). It may be an error: what uses
/// it decides what comes of that.
/// </summary>
internal sealed class BoolBinding<T>(int local, ValueNode<T> value, BoolNode<T> result)
    : BoolNode<T>(value.Cost + result.Cost + 2)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        scratch.Set(local, value.Eval(input, scratch));
        return result.Eval(input, scratch);
    }
}

internal sealed class ScalarBinding<T, TValue>(int local, ValueNode<T> value, ScalarNode<T, TValue> result)
    : ScalarNode<T, TValue>(value.Cost + result.Cost + 2)
{
    public override bool TryEval(T input, EvaluationScratch scratch, out TValue found)
    {
        scratch.Set(local, value.Eval(input, scratch));
        return result.TryEval(input, scratch, out found);
    }
}

internal sealed class ValueBinding<T>(int local, ValueNode<T> value, ValueNode<T> result)
    : ValueNode<T>(value.Cost + result.Cost + 2)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        scratch.Set(local, value.Eval(input, scratch));
        return result.Eval(input, scratch);
    }
}
