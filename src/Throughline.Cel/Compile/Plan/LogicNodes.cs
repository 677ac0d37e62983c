using Throughline.Cel.Interpret;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>
/// <c>a &amp;&amp; b &amp;&amp; ...</c> (specification, "Logical Operators"): false if any operand is, whatever the others; operands
/// commute, so the cheap ones stand first.
/// </summary>
internal sealed class AndNode<T>(BoolNode<T>[] operands) : BoolNode<T>(operands.Sum(x => x.Cost) * 0.7f)
{
    public BoolNode<T>[] Operands => operands;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        foreach (BoolNode<T> operand in operands)
        {
            RuleOutcome outcome = operand.Eval(input, scratch);
            if (outcome == RuleOutcome.True)
                continue;
            return outcome == RuleOutcome.False
                ? outcome
                : Undecided.Eval(operands, input, scratch, deciding: RuleOutcome.False);
        }
        return RuleOutcome.True;
    }
}

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
        return first == RuleOutcome.False ? first : Undecided.Eval([a, b], input, scratch, deciding: RuleOutcome.False);
    }
}

/// <summary><c>a || b || ...</c>: true if any operand is, whatever the others.</summary>
internal sealed class OrNode<T>(BoolNode<T>[] operands) : BoolNode<T>(operands.Sum(x => x.Cost) * 0.7f)
{
    public BoolNode<T>[] Operands => operands;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        foreach (BoolNode<T> operand in operands)
        {
            RuleOutcome outcome = operand.Eval(input, scratch);
            if (outcome == RuleOutcome.False)
                continue;
            return outcome == RuleOutcome.True
                ? outcome
                : Undecided.Eval(operands, input, scratch, deciding: RuleOutcome.True);
        }
        return RuleOutcome.False;
    }
}

/// <summary>The slow way, once an operand turned out to be a fault: a later one may still decide.</summary>
internal static class Undecided
{
    public static RuleOutcome Eval<T>(
        ReadOnlySpan<BoolNode<T>> operands,
        T input,
        EvaluationScratch scratch,
        RuleOutcome deciding
    )
    {
        Value fault = default;
        bool isFault = false;
        foreach (BoolNode<T> operand in operands)
        {
            RuleOutcome outcome = operand.Eval(input, scratch);
            if (outcome == deciding)
                return outcome;
            if (outcome is RuleOutcome.True or RuleOutcome.False)
                continue;
            fault = isFault ? LogicNode.Combine(fault, scratch.Failure, deciding == RuleOutcome.True) : scratch.Failure;
            isFault = true;
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
