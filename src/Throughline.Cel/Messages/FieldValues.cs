using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>
/// Values on their way into fields (specification, "Protocol Buffer Data Conversion"): types must agree, and numbers be in the
/// range of the field's type.
/// </summary>
internal static class FieldValues
{
    /// <summary>What a field that is not set is worth, for scalars.</summary>
    public static Value Zero(FieldKind kind) =>
        kind switch
        {
            FieldKind.Double or FieldKind.Float => Value.Of(0.0),
            FieldKind.Uint32 or FieldKind.Uint64 or FieldKind.Fixed32 or FieldKind.Fixed64 => Value.Of(0UL),
            FieldKind.Bool => Value.False,
            FieldKind.String => Value.Of(""),
            FieldKind.Bytes => Value.Of(new CelBytes(ReadOnlyMemory<byte>.Empty)),
            _ => Value.Of(0L),
        };

    public static CelType ScalarType(FieldKind kind) => Zero(kind).Type;

    /// <summary>A value for a scalar field: itself, rounded if it is a float, or an error.</summary>
    public static Value Scalar(FieldKind kind, Value value)
    {
        if (value.Kind != Zero(kind).Kind)
            return Value.Error($"unsupported field type: {value.Type} for {ScalarType(kind)}");
        bool inRange = kind switch
        {
            FieldKind.Int32 or FieldKind.Sint32 or FieldKind.Sfixed32 => value.Int
                is >= int.MinValue
                    and <= int.MaxValue,
            FieldKind.Uint32 or FieldKind.Fixed32 => value.Uint <= uint.MaxValue,
            _ => true,
        };
        if (!inRange)
            return Value.Error($"out of the range of a field of 32 bits: {value}");
        return kind == FieldKind.Float ? Value.Of((double)(float)value.Double) : value;
    }

    /// <summary>A value for a field of a well-known type that is not a wrapper or Any; null if the type is none of them.</summary>
    public static Value? WellKnown(string typeName, Value value)
    {
        (ValueKind kind, bool isJson) = typeName switch
        {
            WellKnownTypes.Timestamp => (ValueKind.Timestamp, false),
            WellKnownTypes.Duration => (ValueKind.Duration, false),
            WellKnownTypes.Struct => (ValueKind.Map, true),
            WellKnownTypes.ListValue => (ValueKind.List, true),
            WellKnownTypes.DynamicValue => (value.Kind, true),
            _ => (ValueKind.Error, false),
        };
        if (kind == ValueKind.Error)
            return null;
        if (value.Kind != kind)
            return Value.Error($"unsupported field type: {value.Type} for {typeName}");
        return isJson ? JsonValues.Of(value) : value;
    }
}
