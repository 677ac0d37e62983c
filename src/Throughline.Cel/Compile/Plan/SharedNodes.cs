using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>
/// A costly subexpression that may occur in many rules: a rule set evaluates it once for each input and remembers the value, a
/// fault too. Outside a set it is as if it were not there.
/// </summary>
internal sealed class SharedBool<T>(BoolNode<T> node, UInt128 key) : BoolNode<T>(node.Cost)
{
    public BoolNode<T> Node => node;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        if (scratch.Memo is not { } memo)
            return node.Eval(input, scratch);
        int place = memo.Find(key);
        if (place < 0)
            return node.Eval(input, scratch);
        if (memo.TryGet(place, scratch, out Value known))
            return scratch.FailUnlessBool(known);
        ulong before = scratch.Spent;
        RuleOutcome outcome = node.Eval(input, scratch);
        memo.Set(
            place,
            outcome switch
            {
                RuleOutcome.False => Value.False,
                RuleOutcome.True => Value.True,
                _ => scratch.Failure,
            },
            scratch,
            before
        );
        return outcome;
    }
}

/// <inheritdoc cref="SharedBool{T}"/>
internal sealed class SharedScalar<T, TValue>(ScalarNode<T, TValue> node, UInt128 key)
    : ScalarNode<T, TValue>(node.Cost)
{
    public override bool TryEval(T input, EvaluationScratch scratch, out TValue value)
    {
        int place = scratch.Memo is { } memo ? memo.Find(key) : -1;
        if (place < 0)
            return node.TryEval(input, scratch, out value);
        if (scratch.Memo!.TryGet(place, scratch, out Value known))
        {
            if (Scalars.TryGet(known, out value))
                return true;
            scratch.Fail(known);
            return false;
        }
        ulong before = scratch.Spent;
        bool ok = node.TryEval(input, scratch, out value);
        scratch.Memo.Set(place, ok ? Scalars.ToValue(value) : scratch.Failure, scratch, before);
        return ok;
    }
}

/// <inheritdoc cref="SharedBool{T}"/>
internal sealed class SharedValue<T>(ValueNode<T> node, UInt128 key) : ValueNode<T>(node.Cost)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        int place = scratch.Memo is { } memo ? memo.Find(key) : -1;
        if (place < 0)
            return node.Eval(input, scratch);
        if (scratch.Memo!.TryGet(place, scratch, out Value known))
            return known;
        ulong before = scratch.Spent;
        Value value = node.Eval(input, scratch);
        scratch.Memo.Set(place, value, scratch, before);
        return value;
    }
}
