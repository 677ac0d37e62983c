using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Values;

namespace Throughline.Cel.Interpret;

/// <summary>An element, entry or field of a literal; an optional one may turn out not to be there.</summary>
internal readonly record struct Part(Node Node, bool IsOptional)
{
    /// <summary>Its value, a fault, or nothing.</summary>
    public bool TryEvaluate(Frame frame, out Value value)
    {
        value = Node.Evaluate(frame);
        if (!IsOptional || value.IsFault)
            return true;
        if (!value.TryGet(out CelOptional? optional))
        {
            value = Value.Of(new CelError($"no such overload: {value.Type} after '?' is no optional", Node.Id));
            return true;
        }
        value = optional.Value;
        return optional.HasValue;
    }
}

/// <summary><c>[a, ?b]</c>.</summary>
internal sealed class ListNode(int id, Part[] elements) : Node(id, Costs.ListLiteral)
{
    protected override Value Compute(Frame frame)
    {
        Value[] values = new Value[elements.Length];
        int count = 0;
        foreach (Part element in elements)
        {
            if (!element.TryEvaluate(frame, out Value value))
                continue;
            if (value.IsFault)
                return value;
            values[count++] = value;
        }
        return Value.Of(CelLists.Of(count == values.Length ? values : values[..count]));
    }
}

/// <summary><c>{key: value, ?key: value}</c>.</summary>
internal sealed class MapNode(int id, (Node Key, Part Value)[] entries) : Node(id, Costs.MapLiteral)
{
    protected override Value Compute(Frame frame)
    {
        var values = new KeyValuePair<Value, Value>[entries.Length];
        int count = 0;
        foreach ((Node keyNode, Part part) in entries)
        {
            Value key = keyNode.Evaluate(frame);
            if (key.IsFault)
                return key;
            if (!part.TryEvaluate(frame, out Value value))
                continue;
            if (value.IsFault)
                return value;
            values[count++] = new(key, value);
        }
        return CelMaps.TryCreate(values.AsSpan(0, count), out CelMap? map, out string? error)
            ? Value.Of(map)
            : Fail(error);
    }
}

/// <summary><c>Type{field: value, ?field: value}</c>.</summary>
internal sealed class MessageNode(int id, ITypeProvider types, string name, (string Name, Part Value)[] fields)
    : Node(id, Costs.MessageLiteral)
{
    protected override Value Compute(Frame frame)
    {
        List<KeyValuePair<string, Value>> values = new(fields.Length);
        foreach ((string field, Part part) in fields)
        {
            if (!part.TryEvaluate(frame, out Value value))
                continue;
            if (value.IsFault)
                return value;
            values.Add(new(field, value));
        }
        return Placed(types.Create(name, values));
    }
}

/// <summary><c>Enum(number)</c> or <c>Enum("NAME")</c>: a value of a strong enum.</summary>
internal sealed class EnumNode(int id, ITypeProvider types, Types.CelType type, Node argument) : Node(id, Costs.Call)
{
    protected override Value Compute(Frame frame) => Placed(Convert(types, type, argument.Evaluate(frame)));

    /// <summary>The value of an enum that a number or a name stands for.</summary>
    public static Value Convert(ITypeProvider types, Types.CelType type, Value value) =>
        value.Kind switch
        {
            ValueKind.Int when value.Int is >= int.MinValue and <= int.MaxValue => Value.Of(
                new CelEnum(type, (int)value.Int)
            ),
            ValueKind.Int => Value.Error($"out of the range of {type.Name}: {value.Int}"),
            ValueKind.String when types.TryFindEnumValue($"{type.Name}.{value.String}", out _, out int number) =>
                Value.Of(new CelEnum(type, number)),
            ValueKind.String => Value.Error($"{type.Name} has no value {value}"),
            ValueKind.Error or ValueKind.Unknown => value,
            _ => Value.Error($"no such overload: {type.Name}({value.Type})"),
        };
}
