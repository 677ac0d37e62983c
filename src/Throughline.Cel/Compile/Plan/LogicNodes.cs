using Throughline.Cel.Interpret;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Which operand decides, as a type, so that each operator gets machine code of its own.</summary>
internal interface ILogic
{
    static abstract RuleOutcome Deciding { get; }
}

internal readonly struct IsAnd : ILogic
{
    public static RuleOutcome Deciding => RuleOutcome.False;
}

internal readonly struct IsOr : ILogic
{
    public static RuleOutcome Deciding => RuleOutcome.True;
}

/// <summary>
/// <c>a &amp;&amp; b &amp;&amp; ...</c> and <c>a || b || ...</c> (specification, "Logical Operators"): one operand may decide,
/// whatever the others; operands commute, so the cheap ones stand first.
/// </summary>
internal abstract class ChainNode<T, TLogic>(BoolNode<T>[] operands) : BoolNode<T>(operands.Sum(x => x.Cost) * 0.7f)
    where TLogic : struct, ILogic
{
    public BoolNode<T>[] Operands => operands;

    public sealed override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        BoolNode<T>[] all = operands;
        for (int i = 0; i < all.Length; i++)
        {
            RuleOutcome outcome = all[i].Eval(input, scratch);
            if (outcome == TLogic.Deciding)
                return outcome;
            if (outcome > RuleOutcome.True)
                return Undecided.Eval<T, TLogic>(all.AsSpan(i + 1), input, scratch);
        }
        return RuleOutcome.True - (int)TLogic.Deciding;
    }
}

/// <summary>False if any operand is, whatever the others.</summary>
internal sealed class AndNode<T>(BoolNode<T>[] operands) : ChainNode<T, IsAnd>(operands);

/// <summary>True if any operand is, whatever the others.</summary>
internal sealed class OrNode<T>(BoolNode<T>[] operands) : ChainNode<T, IsOr>(operands);

/// <summary>Two operands of <c>&amp;&amp;</c>.</summary>
internal sealed class AndOfTwo<T>(BoolNode<T> a, BoolNode<T> b) : BoolNode<T>((a.Cost + b.Cost) * 0.7f)
{
    public BoolNode<T> First => a;
    public BoolNode<T> Second => b;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        RuleOutcome first = a.Eval(input, scratch);
        if (first == RuleOutcome.True)
            return b.Eval(input, scratch);
        return first == RuleOutcome.False ? first : Undecided.Eval<T, IsAnd>([b], input, scratch);
    }
}

/// <summary>The slow way, once an operand turned out to be a fault: a later one may still decide.</summary>
internal static class Undecided
{
    /// <summary>The result of the operands after the one whose fault is in the scratch.</summary>
    public static RuleOutcome Eval<T, TLogic>(ReadOnlySpan<BoolNode<T>> rest, T input, EvaluationScratch scratch)
        where TLogic : struct, ILogic
    {
        Value fault = scratch.Failure;
        foreach (BoolNode<T> operand in rest)
        {
            RuleOutcome outcome = operand.Eval(input, scratch);
            if (outcome == TLogic.Deciding)
                return outcome;
            if (outcome > RuleOutcome.True)
                fault = LogicNode.Combine(fault, scratch.Failure, TLogic.Deciding == RuleOutcome.True);
        }
        return scratch.Fail(fault);
    }
}

internal sealed class NotNode<T>(BoolNode<T> operand) : BoolNode<T>(operand.Cost)
{
    public BoolNode<T> Operand => operand;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        operand.Eval(input, scratch) switch
        {
            RuleOutcome.False => RuleOutcome.True,
            RuleOutcome.True => RuleOutcome.False,
            RuleOutcome fault => fault,
        };
}

/// <summary>Two bools compared.</summary>
internal sealed class BoolComparison<T>(BoolNode<T> a, BoolNode<T> b, bool negate) : BoolNode<T>(a.Cost + b.Cost)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        RuleOutcome x = a.Eval(input, scratch);
        if (x > RuleOutcome.True)
            return x;
        RuleOutcome y = b.Eval(input, scratch);
        return y > RuleOutcome.True ? y : Of(x == y != negate);
    }
}

internal sealed class BoolConditional<T>(BoolNode<T> condition, BoolNode<T> yes, BoolNode<T> no)
    : BoolNode<T>(condition.Cost + yes.Cost + no.Cost)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        condition.Eval(input, scratch) switch
        {
            RuleOutcome.True => yes.Eval(input, scratch),
            RuleOutcome.False => no.Eval(input, scratch),
            RuleOutcome fault => fault,
        };
}

internal sealed class ScalarConditional<T, TValue>(
    BoolNode<T> condition,
    ScalarNode<T, TValue> yes,
    ScalarNode<T, TValue> no
) : ScalarNode<T, TValue>(condition.Cost + yes.Cost + no.Cost)
{
    public override bool TryEval(T input, EvaluationScratch scratch, out TValue value)
    {
        RuleOutcome outcome = condition.Eval(input, scratch);
        if (outcome <= RuleOutcome.True)
            return (outcome == RuleOutcome.True ? yes : no).TryEval(input, scratch, out value);
        value = default!;
        return false;
    }
}

internal sealed class ValueConditional<T>(BoolNode<T> condition, ValueNode<T> yes, ValueNode<T> no)
    : ValueNode<T>(condition.Cost + yes.Cost + no.Cost)
{
    public override Value Eval(T input, EvaluationScratch scratch) =>
        condition.Eval(input, scratch) switch
        {
            RuleOutcome.True => yes.Eval(input, scratch),
            RuleOutcome.False => no.Eval(input, scratch),
            _ => scratch.Failure,
        };
}
