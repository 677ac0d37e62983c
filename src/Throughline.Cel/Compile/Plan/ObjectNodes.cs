using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>
/// A path through nested dictionaries of .NET objects: only what stands at its end becomes a value, so that nothing is made on
/// the way.
/// </summary>
/// <param name="optionalFrom">The first step that need not be there (<c>a.?b</c>), as all after it; without one, as many as
/// there are.</param>
internal sealed class ObjectPath<T>(Func<T, object?> root, string[] fields, int optionalFrom, int exprId)
    : ValueNode<T>(10 + 15 * fields.Length)
{
    public ObjectPath(Func<T, object?> root, int exprId)
        : this(root, [], int.MaxValue, exprId) { }

    public ObjectPath<T> Then(string field, bool isOptional) =>
        new(root, [.. fields, field], isOptional ? Math.Min(optionalFrom, fields.Length) : optionalFrom, exprId);

    public override Value Eval(T input, EvaluationScratch scratch) => NativeValues.Of(Find(input));

    /// <summary>The object at the end; an error is one too, as a <see cref="CelError"/>, and that an optional step is not there,
    /// as <see cref="ObjectPaths.Nothing"/>.</summary>
    public object? Find(T input)
    {
        object? at = root(input);
        if (at is CelUnknown { ExprIds.Count: 0 })
            return new CelUnknown([exprId]);
        for (int i = 0; i < fields.Length; i++)
        {
            if (at is Dictionary<string, object?> dictionary)
            {
                if (!dictionary.TryGetValue(fields[i], out at))
                    return i >= optionalFrom ? ObjectPaths.Nothing : ObjectPaths.Missing(fields[i]);
                continue;
            }
            at = ObjectPaths.Select(at, fields[i], i >= optionalFrom);
            if (at is CelError or CelUnknown || ReferenceEquals(at, ObjectPaths.Nothing))
                return at;
        }
        return at;
    }
}

internal static class ObjectPaths
{
    /// <summary>What stands for an optional step that is not there.</summary>
    public static readonly object Nothing = new();

    public static CelError Missing(string field) => new($"no such key: {Value.Of(field)}");

    /// <summary>Selects from what is no dictionary.</summary>
    public static object? Select(object? from, string field, bool isOptional)
    {
        Value value = NativeValues.Of(from);
        if (isOptional)
            return Maybes.Select(value, field, out value) switch
            {
                Maybe.None => Nothing,
                Maybe.Fault => value.Object,
                _ => value,
            };
        value = value.IsFault ? value : Selection.Select(value, field);
        return value.IsFault ? value.Object : value;
    }
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

/// <summary>The fault that stands at the end of a path, or any other value: what is no fault need not be made.</summary>
internal sealed class ObjectFault<T>(ObjectPath<T> path) : ValueNode<T>(path.Cost)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        object? found = path.Find(input);
        return found is string or Dictionary<string, object?> or object?[] ? default : NativeValues.Of(found);
    }
}
