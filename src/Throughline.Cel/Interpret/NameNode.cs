using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Interpret;

/// <summary>One meaning that a name may have.</summary>
/// <param name="Name">The full name of a variable.</param>
/// <param name="Constant">What the name stands for if the input has no such variable.</param>
/// <param name="Fields">Fields to be selected from it: what was written behind it.</param>
internal sealed record Meaning(string Name, Value? Constant, IReadOnlyList<string> Fields);

/// <summary>
/// A name as <c>a.b.c</c>: the first of its meanings that there is (specification, "Name Resolution"). A checked name has one.
/// </summary>
internal sealed class NameNode(int id, string written, IReadOnlyList<Meaning> meanings) : Node(id, Costs.Variable)
{
    protected override Value Compute(Frame frame)
    {
        foreach (Meaning meaning in meanings)
        {
            if (!frame.Input.TryFind(meaning.Name, out Value value))
            {
                if (meaning.Constant is null)
                    continue;
                value = meaning.Constant.Value;
            }
            return Placed(Select(value, meaning.Fields));
        }
        return Fail($"no such variable: {written}");
    }

    private Value Select(Value value, IReadOnlyList<string> fields)
    {
        // The input does not know who asks.
        if (value.TryGet(out CelUnknown? unknown) && unknown.ExprIds.Count == 0)
            return Value.Of(new CelUnknown([Id]));
        foreach (string field in fields)
        {
            if (value.IsFault)
                break;
            value = Selection.Select(value, field);
        }
        return value;
    }
}

/// <summary><c>operand.field</c>.</summary>
internal sealed class SelectNode(int id, Node operand, string field) : Node(id, Costs.Select)
{
    protected override Value Compute(Frame frame)
    {
        Value value = operand.Evaluate(frame);
        return value.IsFault ? value : Placed(Selection.Select(value, field));
    }
}

/// <summary><c>has(operand.field)</c>.</summary>
internal sealed class HasNode(int id, Node operand, string field) : Node(id, Costs.Select)
{
    protected override Value Compute(Frame frame)
    {
        Value value = operand.Evaluate(frame);
        return value.IsFault ? value : Placed(Selection.Has(value, field));
    }
}
