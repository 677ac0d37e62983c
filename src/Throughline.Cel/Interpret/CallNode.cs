using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Interpret;

/// <summary>
/// A call of a strict function: the first argument that is an error or unknown is the result; otherwise the first overload
/// that takes the values computes it.
/// </summary>
internal sealed class CallNode(int id, string name, Overload[] overloads, Node[] arguments) : Node(id, cost: 0)
{
    protected override Value Compute(Frame frame)
    {
        Value[] values = new Value[arguments.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Evaluate(frame);
            if (values[i].IsFault)
                return values[i];
        }
        foreach (Overload overload in overloads)
            if (overload.Compute is not null && overload.Accepts(values))
                return frame.Spend(CostOf(overload, values), Id)
                    ? Placed(overload.Compute(values))
                    : frame.Stopped!.Value;
        return Fail($"no such overload: {name}({string.Join(", ", values.Select(x => x.Type.Name))})");
    }

    private static ulong CostOf(Overload overload, Value[] values)
    {
        if (overload.Cost is null)
            return Costs.Call;
        Span<ulong> sizes = stackalloc ulong[values.Length];
        for (int i = 0; i < sizes.Length; i++)
            sizes[i] = Costs.SizeOf(values[i]);
        return overload.Cost(sizes);
    }
}

/// <summary><c>operand[index]</c> and <c>operand[?index]</c>.</summary>
internal sealed class IndexNode(int id, Node operand, Node index, bool isOptional) : Node(id, Costs.Call)
{
    protected override Value Compute(Frame frame)
    {
        Value of = operand.Evaluate(frame);
        if (of.IsFault)
            return of;
        Value at = index.Evaluate(frame);
        if (at.IsFault)
            return at;
        return Placed(isOptional ? Selection.OptionalIndex(of, at) : Selection.Index(of, at));
    }
}

/// <summary><c>operand.?field</c>.</summary>
internal sealed class OptionalSelectNode(int id, Node operand, string field) : Node(id, Costs.Call)
{
    protected override Value Compute(Frame frame)
    {
        Value value = operand.Evaluate(frame);
        return value.IsFault ? value : Placed(Selection.OptionalSelect(value, field));
    }
}

/// <summary><c>optional.or(optional)</c> and <c>optional.orValue(value)</c>: the argument only if it is needed.</summary>
internal sealed class OrElseNode(int id, Node target, Node other, bool unwrap) : Node(id, Costs.Call)
{
    protected override Value Compute(Frame frame)
    {
        Value value = target.Evaluate(frame);
        if (value.IsFault)
            return value;
        if (!value.TryGet(out CelOptional? optional))
            return Fail($"no such overload: {value.Type} is no optional");
        if (optional.HasValue)
            return unwrap ? optional.Value : value;
        Value instead = other.Evaluate(frame);
        return unwrap || instead.IsFault || instead.Kind == ValueKind.Optional
            ? instead
            : Fail($"no such overload: {instead.Type} is no optional");
    }
}
