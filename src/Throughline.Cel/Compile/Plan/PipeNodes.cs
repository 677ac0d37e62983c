using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>
/// A filter on the way to the end of a loop. Its faults are kept aside: they make the whole list a fault, which no later element
/// absorbs. Of several it is the last one, as in the fold that the macro stands for.
/// </summary>
internal sealed class Kept<T>(BoolNode<T> test, BoolNode<T> rest, RuleOutcome skipped, int fault)
    : BoolNode<T>(test.Cost + rest.Cost)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        RuleOutcome outcome = test.Eval(input, scratch);
        if (outcome == RuleOutcome.True)
            return rest.Eval(input, scratch);
        if (outcome > RuleOutcome.True)
            scratch.Set(fault, scratch.Failure);
        return skipped;
    }
}

/// <summary>A map on the way to the end of a loop; of several faults it is the first one.</summary>
/// <param name="local">Where the result is kept; null: nowhere.</param>
internal sealed class Mapped<T>(ValueNode<T> value, int? local, BoolNode<T> rest, RuleOutcome skipped, int fault)
    : BoolNode<T>(value.Cost + rest.Cost + 2)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        Value found = value.Eval(input, scratch);
        if (found.IsFault)
        {
            if (!scratch.Local(fault).IsFault)
                scratch.Set(fault, found);
            return skipped;
        }
        if (local is { } at)
            scratch.Set(at, found);
        return rest.Eval(input, scratch);
    }
}

/// <summary>Whether an element is a value that is looked for.</summary>
internal sealed class ElementIs<T>(ValueNode<T> element, ValueNode<T> value) : BoolNode<T>(element.Cost + 5)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        Of(ValueEquality.Equal(element.Eval(input, scratch), value.Eval(input, scratch)));
}

/// <summary><c>size(list.filter(...))</c>.</summary>
internal sealed class LoopSize<T>(LoopNode<T> loop) : ScalarNode<T, long>(loop.Cost)
{
    public override bool TryEval(T input, EvaluationScratch scratch, out long value) =>
        loop.TryCount(input, scratch, out value);
}

/// <summary><c>value in list</c>: the value is computed first, and once.</summary>
internal sealed class InLoop<T>(ValueNode<T> value, int local, BoolNode<T> loop) : BoolNode<T>(value.Cost + loop.Cost)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        Value found = value.Eval(input, scratch);
        if (found.IsFault)
            return scratch.Fail(found);
        scratch.Set(local, found);
        return loop.Eval(input, scratch);
    }
}

/// <summary><c>value in [a, b]</c> of elements that are no constants: each is needed, since it may be a fault.</summary>
internal sealed class InElements<T>(ValueNode<T> value, ValueNode<T>[] elements)
    : BoolNode<T>(value.Cost + elements.Sum(x => x.Cost + 5))
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        Value found = value.Eval(input, scratch);
        if (found.IsFault)
            return scratch.Fail(found);
        bool isIn = false;
        foreach (ValueNode<T> node in elements)
        {
            Value element = node.Eval(input, scratch);
            if (element.IsFault)
                return scratch.Fail(element);
            isIn = isIn || ValueEquality.Equal(found, element);
        }
        return Of(isIn);
    }
}
