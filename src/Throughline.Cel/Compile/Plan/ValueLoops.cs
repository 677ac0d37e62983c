using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>A loop over a list of values, or over the keys of a map, whose body needs the element only.</summary>
internal sealed class ValueLoop<T>(FoldKind kind, ValueNode<T> range, BoolNode<Value> body)
    : BoolNode<T>(range.Cost + 10 * body.Cost)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        Value over = range.Eval(input, scratch);
        FoldState state = new(kind);
        if (over.TryGet(out CelList? list))
        {
            for (int i = 0; i < list.Count; i++)
                if (state.Add(body.Eval(list[i], scratch), scratch))
                    return FoldState.Decided(kind);
            return state.End(scratch);
        }
        if (!over.TryGet(out CelMap? map))
            return scratch.Fail(ValueLoops.NoElements(over));
        foreach (Value key in map.Keys)
            if (state.Add(body.Eval(key, scratch), scratch))
                return FoldState.Decided(kind);
        return state.End(scratch);
    }
}

/// <summary>The same with the input around it.</summary>
internal sealed class ValuePairLoop<T>(FoldKind kind, ValueNode<T> range, BoolNode<Pair<T, Value>> body)
    : BoolNode<T>(range.Cost + 10 * body.Cost)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        Value over = range.Eval(input, scratch);
        FoldState state = new(kind);
        if (over.TryGet(out CelList? list))
        {
            for (int i = 0; i < list.Count; i++)
                if (state.Add(body.Eval(new(input, list[i]), scratch), scratch))
                    return FoldState.Decided(kind);
            return state.End(scratch);
        }
        if (!over.TryGet(out CelMap? map))
            return scratch.Fail(ValueLoops.NoElements(over));
        foreach (Value key in map.Keys)
            if (state.Add(body.Eval(new(input, key), scratch), scratch))
                return FoldState.Decided(kind);
        return state.End(scratch);
    }
}

internal static class ValueLoops
{
    public static Value NoElements(Value value) =>
        value.IsFault ? value : Value.Error($"no such overload: {value.Type} has no elements");
}
