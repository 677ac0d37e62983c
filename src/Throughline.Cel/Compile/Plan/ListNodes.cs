using Throughline.Cel.Library;

namespace Throughline.Cel.Compile.Plan;

/// <summary>The size of a typed list.</summary>
internal sealed class ListSize<T, TElement>(Slot<T> list, ElementsOf<T, TElement> elements) : ScalarNode<T, long>(3)
{
    public override bool TryEval(T input, EvaluationScratch scratch, out long value)
    {
        bool isThere = list.Present is not { } present || present(input);
        value = isThere ? elements(input).Length : 0;
        if (!isThere)
            scratch.Fail(list.Missing);
        return isThere;
    }
}

/// <summary>Whether a string or int is in a typed list.</summary>
internal sealed class ListContains<T, TElement>(
    Slot<T> list,
    ElementsOf<T, TElement> elements,
    ScalarNode<T, TElement> value
) : BoolNode<T>(value.Cost + 20)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        if (!value.TryEval(input, scratch, out TElement found))
            return scratch.Fail(scratch.Failure);
        if (list.Present is { } present && !present(input))
            return scratch.Fail(list.Missing);
        ReadOnlySpan<TElement> all = elements(input);
        if (!scratch.Spend(Costs.Traverse((ulong)all.Length)))
            return RuleOutcome.Error;
        foreach (TElement element in all)
            if (EqualityComparer<TElement>.Default.Equals(element, found))
                return RuleOutcome.True;
        return RuleOutcome.False;
    }
}
