using Throughline.Cel.Values;
using static Throughline.Cel.Library.StandardCollections;

namespace Throughline.Cel.Library;

/// <summary>
/// Fields, keys and elements of values (specification, "Field Selection"; optional types: a selection from an optional is
/// optional itself). Operands are never errors or unknowns.
/// </summary>
public static class Selection
{
    /// <summary><c>operand.field</c>.</summary>
    public static Value Select(Value operand, string field)
    {
        if (operand.TryGet(out CelMessage? message))
            return message.TryGet(field, out Value value) ? value : NoSuchField(field);
        if (operand.TryGet(out CelMap? map))
            return map.TryGet(Value.Of(field), out Value entry)
                ? entry
                : Value.Error($"no such key: {Value.Of(field)}");
        return operand.TryGet(out CelOptional? optional) ? OptionalSelect(optional, field) : NoFields(operand, field);
    }

    /// <summary><c>has(operand.field)</c>.</summary>
    public static Value Has(Value operand, string field)
    {
        if (operand.TryGet(out CelMessage? message))
        {
            bool has = message.Has(field, out bool exists);
            return exists ? Value.Of(has) : NoSuchField(field);
        }
        if (operand.TryGet(out CelMap? map))
            return Value.Of(map.TryGet(Value.Of(field), out _));
        if (operand.TryGet(out CelOptional? optional))
            return optional.HasValue ? Has(optional.Value, field) : Value.False;
        return NoFields(operand, field);
    }

    /// <summary><c>operand.?field</c>: none if the field is not set or the key not there.</summary>
    public static Value OptionalSelect(Value operand, string field)
    {
        if (operand.TryGet(out CelOptional? optional))
            return OptionalSelect(optional, field);
        Value has = Has(operand, field);
        return has.IsError ? has
            : has.IsTrue ? Some(Select(operand, field))
            : Value.Of(CelOptional.None);
    }

    /// <summary><c>operand[index]</c>, of lists, maps and optionals of them.</summary>
    public static Value Index(Value operand, Value index) =>
        operand.TryGet(out CelOptional? _) ? OptionalIndex(operand, index) : StandardCollections.Index(operand, index);

    /// <summary><c>operand[?index]</c>: none if there is no such element or key.</summary>
    public static Value OptionalIndex(Value operand, Value index)
    {
        if (operand.TryGet(out CelOptional? optional))
            return optional.HasValue ? OptionalIndex(optional.Value, index) : operand;
        return TryIndex(operand, index, out Value element) switch
        {
            IndexResult.Found => Some(element),
            IndexResult.NoSuchKey or IndexResult.OutOfRange => Value.Of(CelOptional.None),
            _ => StandardCollections.Index(operand, index),
        };
    }

    private static Value OptionalSelect(CelOptional optional, string field) =>
        optional.HasValue ? OptionalSelect(optional.Value, field) : Value.Of(optional);

    private static Value Some(Value value) => value.IsFault ? value : Value.Of(CelOptional.Of(value));

    private static Value NoSuchField(string field) => Value.Error($"no such field: {field}");

    private static Value NoFields(Value operand, string field) =>
        Value.Error($"no such overload: {operand.Type} has no fields ({field})");
}
