using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Interpret;

/// <summary>
/// <c>&amp;&amp;</c> and <c>||</c> (specification, "Logical Operators"): one operand may decide alone, even if the other is an
/// error. Otherwise what is unknown comes before errors, and the left error before the right one.
/// </summary>
internal sealed class LogicNode(int id, Node left, Node right, bool deciding) : Node(id, Costs.Constant)
{
    protected override Value Compute(Frame frame)
    {
        Value a = left.Evaluate(frame);
        if (a.IsBool && a.Bool == deciding)
            return a;
        Value b = right.Evaluate(frame);
        return Placed(Combine(a, b, deciding));
    }

    /// <summary>The result of two operands; commutative, but for which of two errors it is.</summary>
    internal static Value Combine(Value a, Value b, bool deciding)
    {
        if ((a.IsBool && a.Bool == deciding) || (b.IsBool && b.Bool == deciding))
            return Value.Of(deciding);
        if (a.IsUnknown || b.IsUnknown)
            return Unknowns.Merge(a, b);
        if (a.IsError || b.IsError)
            return a.IsError ? a : b;
        return a.IsBool && b.IsBool
            ? Value.Of(!deciding)
            : Value.Error($"no such overload: {a.Type} {(deciding ? "||" : "&&")} {b.Type}");
    }
}

/// <summary><c>condition ? yes : no</c>: strict in the condition only.</summary>
internal sealed class ConditionalNode(int id, Node condition, Node yes, Node no) : Node(id, Costs.Constant)
{
    protected override Value Compute(Frame frame)
    {
        Value value = condition.Evaluate(frame);
        if (value.IsBool)
            return (value.Bool ? yes : no).Evaluate(frame);
        return value.IsFault ? value : Fail($"no such overload: {value.Type} ? _ : _");
    }
}

/// <summary>In loops of macros: only false is false, so that errors can be absorbed by a later element.</summary>
internal sealed class NotStrictlyFalseNode(int id, Node operand) : Node(id, Costs.Call)
{
    protected override Value Compute(Frame frame) => Value.Of(!operand.Evaluate(frame).IsFalse);
}

/// <summary>Sets of expressions that are unknown.</summary>
internal static class Unknowns
{
    /// <summary>Both, if both are unknown; one of them is.</summary>
    public static Value Merge(Value a, Value b)
    {
        if (!a.TryGet(out CelUnknown? x))
            return b;
        if (!b.TryGet(out CelUnknown? y))
            return a;
        return Value.Of(new CelUnknown([.. x.ExprIds.Union(y.ExprIds).Order()]));
    }
}
