using Throughline.Cel.Interpret;
using Throughline.Cel.Messages;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>An element, entry or field of a literal; an optional one may turn out not to be there.</summary>
internal readonly record struct LiteralPart<T>(ValueNode<T>? Node, MaybeNode<T>? Optional)
{
    public float Cost => Node?.Cost ?? Optional!.Cost;

    /// <summary>Its value, a fault, or nothing.</summary>
    public bool TryEval(T input, EvaluationScratch scratch, out Value value)
    {
        if (Node is null)
            return Optional!.Find(input, scratch, out value) != Maybe.None;
        value = Node.Eval(input, scratch);
        return true;
    }
}

/// <summary><c>[a, ?b]</c>.</summary>
internal sealed class ValueList<T>(LiteralPart<T>[] elements) : ValueNode<T>(elements.Sum(x => x.Cost) + 50)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        Value[] values = new Value[elements.Length];
        int count = 0;
        foreach (LiteralPart<T> element in elements)
        {
            if (!element.TryEval(input, scratch, out Value value))
                continue;
            if (value.IsFault)
                return value;
            values[count++] = value;
        }
        return Value.Of(CelLists.Of(count == values.Length ? values : values[..count]));
    }
}

/// <summary><c>{key: value, ?key: value}</c>.</summary>
internal sealed class ValueMap<T>((ValueNode<T> Key, LiteralPart<T> Value)[] entries)
    : ValueNode<T>(entries.Sum(x => x.Key.Cost + x.Value.Cost) + 100)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        var values = new KeyValuePair<Value, Value>[entries.Length];
        int count = 0;
        foreach ((ValueNode<T> keyNode, LiteralPart<T> part) in entries)
        {
            Value key = keyNode.Eval(input, scratch);
            if (key.IsFault)
                return key;
            if (!part.TryEval(input, scratch, out Value value))
                continue;
            if (value.IsFault)
                return value;
            values[count++] = new(key, value);
        }
        return CelMaps.TryCreate(values.AsSpan(0, count), out CelMap? map, out string? error)
            ? Value.Of(map)
            : Value.Error(error);
    }
}

/// <summary><c>Type{field: value, ?field: value}</c>.</summary>
internal sealed class ValueMessage<T>(ITypeProvider types, string name, (string Name, LiteralPart<T> Value)[] fields)
    : ValueNode<T>(fields.Sum(x => x.Value.Cost) + 200)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        List<KeyValuePair<string, Value>> values = new(fields.Length);
        foreach ((string field, LiteralPart<T> part) in fields)
        {
            if (!part.TryEval(input, scratch, out Value value))
                continue;
            if (value.IsFault)
                return value;
            values.Add(new(field, value));
        }
        return types.Create(name, values);
    }
}

/// <summary><c>Enum(number)</c> or <c>Enum("NAME")</c>: a value of a strong enum.</summary>
internal sealed class ValueEnum<T>(ITypeProvider types, CelType type, ValueNode<T> argument)
    : ValueNode<T>(argument.Cost + 50)
{
    public override Value Eval(T input, EvaluationScratch scratch) =>
        EnumNode.Convert(types, type, argument.Eval(input, scratch));
}
