using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>
/// A path through nested dictionaries of .NET objects: only what stands at its end becomes a value, so that nothing is made on
/// the way.
/// </summary>
internal sealed class ObjectPath<T>(Func<T, object?> root, string[] fields) : ValueNode<T>(10 + 15 * fields.Length)
{
    public ObjectPath<T> Then(string field) => new(root, [.. fields, field]);

    public override Value Eval(T input, EvaluationScratch scratch) => NativeValues.Of(Find(input));

    /// <summary>The object at the end; an error is one too, as a <see cref="CelError"/>.</summary>
    public object? Find(T input)
    {
        object? at = root(input);
        foreach (string field in fields)
        {
            if (at is Dictionary<string, object?> dictionary)
            {
                if (!dictionary.TryGetValue(field, out at))
                    return Missing(field);
                continue;
            }
            Value value = NativeValues.Of(at);
            value = value.IsFault ? value : Selection.Select(value, field);
            if (value.IsFault)
                return value.Object;
            at = value;
        }
        return at;
    }

    private static CelError Missing(string field) => new($"no such key: {Value.Of(field)}");
}

/// <summary><c>has(a.b)</c> in nested dictionaries.</summary>
internal sealed class ObjectHas<T>(ObjectPath<T> operand, string field) : ValueNode<T>(operand.Cost + 15)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        object? found = operand.Find(input);
        if (found is Dictionary<string, object?> dictionary)
            return Value.Of(dictionary.ContainsKey(field));
        Value value = NativeValues.Of(found);
        return value.IsFault ? value : Selection.Has(value, field);
    }
}

/// <summary>What stands at the end of a path, compared with a string.</summary>
internal sealed class ObjectIs<T>(ObjectPath<T> path, string constant, bool negate) : BoolNode<T>(path.Cost + 3)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        object? found = path.Find(input);
        if (found is string text)
            return Of(string.Equals(text, constant) != negate);
        Value value = NativeValues.Of(found);
        return value.IsFault ? scratch.Fail(value) : Of(ValueEquality.Equal(value, Value.Of(constant)) != negate);
    }
}

/// <summary>A loop over a list of .NET objects.</summary>
internal sealed class ObjectLoop<T>(FoldKind kind, ObjectPath<T> range, BoolNode<object?> body)
    : BoolNode<T>(range.Cost + 10 * body.Cost)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        object? over = range.Find(input);
        FoldState state = new(kind);
        if (over is object?[] array)
        {
            foreach (object? element in array)
                if (state.Add(body.Eval(element, scratch), scratch))
                    return FoldState.Decided(kind);
            return state.End(scratch);
        }
        if (over is IReadOnlyList<object?> objects)
        {
            for (int i = 0; i < objects.Count; i++)
                if (state.Add(body.Eval(objects[i], scratch), scratch))
                    return FoldState.Decided(kind);
            return state.End(scratch);
        }
        Value value = NativeValues.Of(over);
        if (value.TryGet(out CelList? list))
            for (int i = 0; i < list.Count; i++)
            {
                if (state.Add(body.Eval(list[i], scratch), scratch))
                    return FoldState.Decided(kind);
            }
        else if (value.TryGet(out CelMap? map))
            foreach (Value key in map.Keys)
            {
                if (state.Add(body.Eval(key, scratch), scratch))
                    return FoldState.Decided(kind);
            }
        else
            return scratch.Fail(ValueLoops.NoElements(value));
        return state.End(scratch);
    }
}
