using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>A loop over a list or map of values: the element, or with two variables the value, is kept as a local.</summary>
internal sealed class ValueLoop<T>(LoopPlan plan, ValueNode<T> range, BoolNode<T> body)
    : LoopNode<T>(plan, range.Cost + 10 * body.Cost)
{
    private readonly int element = plan.Element;
    private readonly int index = plan.Index;

    protected override void Run(T input, EvaluationScratch scratch, ref FoldState state)
    {
        Value over = range.Eval(input, scratch);
        if (over.TryGet(out CelList? list))
        {
            for (int i = 0; i < list.Count; i++)
            {
                if (index >= 0)
                    scratch.Set(index, Value.Of((long)i));
                scratch.Set(element, list[i]);
                if (!scratch.Spend(Turn) || state.Add(body.Eval(input, scratch), scratch))
                    return;
            }
        }
        else if (over.TryGet(out CelMap? map))
        {
            foreach (Value key in map.Keys)
            {
                Value value = key;
                if (index >= 0)
                {
                    scratch.Set(index, key);
                    map.TryGet(key, out value);
                }
                scratch.Set(element, value);
                if (!scratch.Spend(Turn) || state.Add(body.Eval(input, scratch), scratch))
                    return;
            }
        }
        else
            state.Fail(ValueLoops.NoElements(over));
    }
}

internal static class ValueLoops
{
    public static Value NoElements(Value value) =>
        value.IsFault ? value : Value.Error($"no such overload: {value.Type} has no elements");
}

/// <summary>The locals of a fold; the second is -1 if it has one variable only.</summary>
internal readonly record struct FoldLocals(int Accumulator, int First, int Second);

/// <summary>Any other fold: it makes lists and maps, or a macro of later days expands to it.</summary>
/// <param name="condition">Null: true.</param>
/// <param name="turn">Units that a turn costs.</param>
internal sealed class ValueFold<T>(
    FoldLocals locals,
    ValueNode<T> range,
    ValueNode<T> init,
    ValueNode<T>? condition,
    ValueNode<T> step,
    ValueNode<T> result,
    ulong turn
) : ValueNode<T>(range.Cost + 10 * step.Cost + result.Cost)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        Value over = range.Eval(input, scratch);
        if (over.IsFault)
            return over;
        // An accumulator may be an error: what uses it decides what comes of that.
        scratch.Set(locals.Accumulator, init.Eval(input, scratch));
        if (over.TryGet(out CelList? list))
        {
            for (int i = 0; i < list.Count; i++)
                if (
                    !(
                        locals.Second < 0
                            ? Turn(input, scratch, list[i], default)
                            : Turn(input, scratch, Value.Of((long)i), list[i])
                    )
                )
                    break;
        }
        else if (over.TryGet(out CelMap? map))
        {
            foreach (Value key in map.Keys)
            {
                Value value = default;
                if (locals.Second >= 0)
                    map.TryGet(key, out value);
                if (!Turn(input, scratch, key, value))
                    break;
            }
        }
        else
            return ValueLoops.NoElements(over);
        return scratch.IsStopped ? scratch.Failure : result.Eval(input, scratch);
    }

    private bool Turn(T input, EvaluationScratch scratch, Value first, Value second)
    {
        scratch.Set(locals.First, first);
        if (locals.Second >= 0)
            scratch.Set(locals.Second, second);
        if (!scratch.Spend(turn))
            return false;
        if (condition is not null)
        {
            // Only what is false, or no bool at all, ends the loop; errors and unknowns go on into the result.
            Value holds = condition.Eval(input, scratch);
            if (!holds.IsTrue && !holds.IsFault)
                return false;
        }
        scratch.Set(locals.Accumulator, step.Eval(input, scratch));
        return !scratch.IsStopped;
    }
}
