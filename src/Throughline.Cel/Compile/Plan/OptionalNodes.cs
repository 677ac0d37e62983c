using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>What an optional turned out to be.</summary>
internal enum Maybe
{
    None,
    Some,
    Fault,
}

/// <summary>An expression of an optional type (extension "optional types") whose optional is not made: its value is found, or
/// there is none.</summary>
internal abstract class MaybeNode<T>(float cost)
{
    public float Cost { get; } = cost;

    /// <summary>The value, or the fault; meaningless if there is none.</summary>
    public abstract Maybe Find(T input, EvaluationScratch scratch, out Value value);

    /// <summary>Whether there is a value, or the fault; the value itself is meaningless.</summary>
    public virtual Maybe Test(T input, EvaluationScratch scratch, out Value fault) => Find(input, scratch, out fault);

    /// <summary>Unless it is a fault.</summary>
    protected static Maybe Some(Value value) => value.IsFault ? Maybe.Fault : Maybe.Some;
}

internal static class Maybes
{
    /// <summary>What an optional holds; of another value, that it is none.</summary>
    public static Maybe Open(Value optional, out Value value)
    {
        value = optional;
        if (!optional.TryGet(out CelOptional? found))
        {
            if (!optional.IsFault)
                value = Value.Error($"no such overload: {optional.Type} is no optional");
            return Maybe.Fault;
        }
        value = found.Value;
        return found.HasValue ? Maybe.Some : Maybe.None;
    }

    /// <summary><c>value.?field</c>.</summary>
    public static Maybe Select(Value operand, string field, out Value value)
    {
        value = operand;
        if (operand.IsFault)
            return Maybe.Fault;
        if (operand.TryGet(out CelOptional? _))
            return Open(Selection.OptionalSelect(operand, field), out value);
        value = Selection.Has(operand, field);
        if (value.IsFault)
            return Maybe.Fault;
        if (!value.IsTrue)
            return Maybe.None;
        value = Selection.Select(operand, field);
        return value.IsFault ? Maybe.Fault : Maybe.Some;
    }

    /// <summary><c>value[?index]</c>.</summary>
    public static Maybe Index(Value operand, Value index, out Value value)
    {
        value = operand;
        if (operand.IsFault)
            return Maybe.Fault;
        value = index;
        if (index.IsFault)
            return Maybe.Fault;
        if (operand.TryGet(out CelOptional? _))
            return Open(Selection.OptionalIndex(operand, index), out value);
        switch (StandardCollections.TryIndex(operand, index, out value))
        {
            case StandardCollections.IndexResult.Found:
                return value.IsFault ? Maybe.Fault : Maybe.Some;
            case StandardCollections.IndexResult.NoSuchKey or StandardCollections.IndexResult.OutOfRange:
                return Maybe.None;
            default:
                value = StandardCollections.Index(operand, index);
                return Maybe.Fault;
        }
    }
}

/// <summary>Any optional that is made.</summary>
internal sealed class MaybeOfValue<T>(ValueNode<T> node) : MaybeNode<T>(node.Cost)
{
    public override Maybe Find(T input, EvaluationScratch scratch, out Value value) =>
        Maybes.Open(node.Eval(input, scratch), out value);
}

/// <summary><c>optional.of(value)</c>, <c>optional.ofNonZeroValue(value)</c>.</summary>
internal sealed class MaybeOf<T>(ValueNode<T> node, bool nonZero) : MaybeNode<T>(node.Cost)
{
    public override Maybe Find(T input, EvaluationScratch scratch, out Value value)
    {
        value = node.Eval(input, scratch);
        return nonZero && !value.IsFault && OptionalExtension.IsZero(value) ? Maybe.None : Some(value);
    }
}

/// <summary><c>optional.none()</c>.</summary>
internal sealed class MaybeNone<T>() : MaybeNode<T>(0)
{
    public override Maybe Find(T input, EvaluationScratch scratch, out Value value)
    {
        value = default;
        return Maybe.None;
    }
}

/// <summary>A field of a typed input.</summary>
/// <param name="parent">The struct that has to be there; those between it and the field need not.</param>
internal sealed class MaybeField<T>(Slot<T> slot, Slot<T> parent) : MaybeNode<T>(4)
{
    public Slot<T> Slot => slot;
    public Slot<T> Parent => parent;

    public override Maybe Find(T input, EvaluationScratch scratch, out Value value)
    {
        Maybe found = Presence(input, out value);
        if (found != Maybe.Some)
            return found;
        value = slot.Read(input);
        return Some(value);
    }

    // Structs and lists are not made to be tested.
    public override Maybe Test(T input, EvaluationScratch scratch, out Value fault) =>
        slot is ValueSlot<T> ? Find(input, scratch, out fault) : Presence(input, out fault);

    private Maybe Presence(T input, out Value fault)
    {
        fault = default;
        if (parent.Present is { } isThere && !isThere(input))
        {
            fault = parent.Missing;
            return Maybe.Fault;
        }
        return slot.Present is { } isSet && !isSet(input) ? Maybe.None : Maybe.Some;
    }
}

/// <summary>A path with optional steps through dictionaries.</summary>
internal sealed class MaybePath<T>(ObjectPath<T> path) : MaybeNode<T>(path.Cost)
{
    public ObjectPath<T> Path => path;

    public override Maybe Find(T input, EvaluationScratch scratch, out Value value)
    {
        object? found = path.Find(input);
        if (ReferenceEquals(found, ObjectPaths.Nothing))
        {
            value = default;
            return Maybe.None;
        }
        value = NativeValues.Of(found);
        return Some(value);
    }
}

/// <summary><c>operand.?field</c> of a value.</summary>
internal sealed class MaybeSelect<T>(ValueNode<T> operand, string field) : MaybeNode<T>(operand.Cost + 25)
{
    public override Maybe Find(T input, EvaluationScratch scratch, out Value value) =>
        Maybes.Select(operand.Eval(input, scratch), field, out value);
}

/// <summary><c>optional.?field</c>, <c>optional.field</c>.</summary>
internal sealed class MaybeThen<T>(MaybeNode<T> operand, string field) : MaybeNode<T>(operand.Cost + 25)
{
    public override Maybe Find(T input, EvaluationScratch scratch, out Value value)
    {
        Maybe found = operand.Find(input, scratch, out value);
        return found == Maybe.Some ? Maybes.Select(value, field, out value) : found;
    }
}

/// <summary><c>operand[?index]</c> of a value.</summary>
internal sealed class MaybeIndex<T>(ValueNode<T> operand, ValueNode<T> index)
    : MaybeNode<T>(operand.Cost + index.Cost + 25)
{
    public override Maybe Find(T input, EvaluationScratch scratch, out Value value)
    {
        value = operand.Eval(input, scratch);
        return value.IsFault ? Maybe.Fault : Maybes.Index(value, index.Eval(input, scratch), out value);
    }
}

/// <summary><c>optional[?index]</c>, <c>optional[index]</c>: the index is computed in any case.</summary>
internal sealed class MaybeThenIndex<T>(MaybeNode<T> operand, ValueNode<T> index)
    : MaybeNode<T>(operand.Cost + index.Cost + 25)
{
    public override Maybe Find(T input, EvaluationScratch scratch, out Value value)
    {
        Maybe found = operand.Find(input, scratch, out value);
        if (found == Maybe.Fault)
            return found;
        Value at = index.Eval(input, scratch);
        if (found == Maybe.Some || at.IsFault)
            return Maybes.Index(value, at, out value);
        return found;
    }
}

/// <summary><c>optional.or(optional)</c>: the second only if it is needed.</summary>
internal sealed class MaybeElse<T>(MaybeNode<T> first, MaybeNode<T> second) : MaybeNode<T>(first.Cost + second.Cost)
{
    public override Maybe Find(T input, EvaluationScratch scratch, out Value value)
    {
        Maybe found = first.Find(input, scratch, out value);
        return found == Maybe.None ? second.Find(input, scratch, out value) : found;
    }
}

/// <summary>An optional that has to be made.</summary>
internal sealed class ValueOfMaybe<T>(MaybeNode<T> node) : ValueNode<T>(node.Cost + 10)
{
    private static readonly Value None = Value.Of(CelOptional.None);

    public override Value Eval(T input, EvaluationScratch scratch) =>
        node.Find(input, scratch, out Value value) switch
        {
            Maybe.None => None,
            Maybe.Some => Value.Of(CelOptional.Of(value)),
            _ => value,
        };
}

/// <summary><c>optional.orValue(value)</c>: the argument only if it is needed.</summary>
internal sealed class ValueOrElse<T>(MaybeNode<T> optional, ValueNode<T> other)
    : ValueNode<T>(optional.Cost + other.Cost)
{
    public override Value Eval(T input, EvaluationScratch scratch) =>
        optional.Find(input, scratch, out Value value) == Maybe.None ? other.Eval(input, scratch) : value;
}

/// <summary><c>optional.value()</c>.</summary>
internal sealed class ValueInMaybe<T>(MaybeNode<T> optional) : ValueNode<T>(optional.Cost)
{
    private static readonly Value NoValue = Value.Error("optional.none() has no value");

    public override Value Eval(T input, EvaluationScratch scratch) =>
        optional.Find(input, scratch, out Value value) == Maybe.None ? NoValue : value;
}

/// <summary><c>optional.hasValue()</c>.</summary>
internal sealed class HasValue<T>(MaybeNode<T> optional) : BoolNode<T>(optional.Cost)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        optional.Test(input, scratch, out Value value) switch
        {
            Maybe.None => RuleOutcome.False,
            Maybe.Some => RuleOutcome.True,
            _ => scratch.Fail(value),
        };
}

/// <summary><c>has(optional.field)</c>.</summary>
internal sealed class MaybeHas<T>(MaybeNode<T> optional, string field) : BoolNode<T>(optional.Cost + 20)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        optional.Find(input, scratch, out Value value) switch
        {
            Maybe.None => RuleOutcome.False,
            Maybe.Some => scratch.FailUnlessBool(Selection.Has(value, field)),
            _ => scratch.Fail(value),
        };
}
