using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>Fields: their types, their defaults, and what may be put into them.</summary>
public sealed partial class DescriptorProvider
{
    /// <summary>What a field is worth that is not set.</summary>
    internal Value DefaultOf(FieldDescriptor field)
    {
        if (field.IsMap)
            return Value.Of(CelMaps.Empty);
        if (field.Repeated)
            return Value.Of(CelLists.Empty);
        return field.Kind switch
        {
            FieldKind.Enum => DefaultOfEnum(field),
            FieldKind.Message or FieldKind.Group => WellKnownTypes.Default(field.TypeName)
                ?? EmptyMessage(field.TypeName),
            _ => field.Default ?? FieldValues.Zero(field.Kind),
        };
    }

    private CelType TypeOf(FieldDescriptor field)
    {
        CelType type = field.Kind switch
        {
            FieldKind.Enum => field.TypeName == WellKnownTypes.NullValue ? CelType.Null : CelType.Enum(field.TypeName),
            FieldKind.Message or FieldKind.Group => WellKnownTypes.TypeOf(field.TypeName),
            _ => FieldValues.ScalarType(field.Kind),
        };
        return field.Key is { } key ? CelType.Map(FieldValues.ScalarType(key), type)
            : field.Repeated ? CelType.List(type)
            : type;
    }

    // Null: it is done; otherwise the error.
    private Value? Assign(MessageBuilder builder, FieldDescriptor field, Value value)
    {
        if (field.IsMap)
            value = value.TryGet(out CelMap? map) ? Entries(field, map) : Mismatch(field, value);
        else if (field.Repeated)
            value = value.TryGet(out CelList? list) ? Elements(field, list) : Mismatch(field, value);
        else if (IsClearedByNull(field) && value.IsNull)
        {
            builder.Clear(field);
            return null;
        }
        else
            value = Element(field, value);
        if (value.TryGet(out CelError? error))
            return Value.Error($"field {field.Name} of {builder.Type.Name}: {error.Message}");
        builder.Set(field, value);
        return null;
    }

    // A null among the elements is left out where it would clear a field.
    private Value Elements(FieldDescriptor field, CelList list)
    {
        List<Value> items = new(list.Count);
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i].IsNull && IsClearedByNull(field))
                continue;
            Value item = Element(field, list[i]);
            if (item.IsError)
                return item;
            items.Add(item);
        }
        return Value.Of(CelLists.Of([.. items]));
    }

    private Value Entries(FieldDescriptor field, CelMap map)
    {
        List<KeyValuePair<Value, Value>> entries = new(map.Count);
        foreach (Value given in map.Keys)
        {
            map.TryGet(given, out Value value);
            if (value.IsNull && IsClearedByNull(field))
                continue;
            Value key = FieldValues.Scalar(field.Key!.Value, given);
            value = key.IsError ? key : Element(field, value);
            if (value.IsError)
                return value;
            entries.Add(new(key, value));
        }
        return CelMaps.TryCreate([.. entries], out CelMap? made, out string? error)
            ? Value.Of(made)
            : Value.Error(error);
    }

    private Value Element(FieldDescriptor field, Value value)
    {
        if (field.Kind == FieldKind.Enum)
            return EnumValue(field, value);
        if (field.Kind is not (FieldKind.Message or FieldKind.Group))
            return FieldValues.Scalar(field.Kind, value);
        if (WellKnownTypes.TryGetWrapped(field.TypeName, out FieldKind wrapped))
            return FieldValues.Scalar(wrapped, value);
        if (field.TypeName == WellKnownTypes.Any)
            return Packed(value);
        return FieldValues.WellKnown(field.TypeName, value)
            ?? (
                value.TryGet(out CelMessage? message) && message.Type.Name == field.TypeName
                    ? value
                    : Mismatch(field, value)
            );
    }

    // Lists and maps are packed as ListValue and Struct, which hold JSON.
    private static Value Packed(Value value) =>
        value.Kind switch
        {
            ValueKind.List or ValueKind.Map => JsonValues.Of(value),
            ValueKind.Type or ValueKind.Optional => Value.Error(
                $"unsupported field type: {value.Type} cannot be packed"
            ),
            ValueKind.Opaque when value.Object is not UnknownAny => Value.Error(
                $"unsupported field type: {value.Type} cannot be packed"
            ),
            _ => value,
        };

    private Value EnumValue(FieldDescriptor field, Value value)
    {
        if (field.TypeName == WellKnownTypes.NullValue)
            return value.IsNull || value is { IsInt: true, Int: 0 } || value.Object is CelEnum { Number: 0 }
                ? Value.Null
                : Mismatch(field, value);
        if (value.TryGet(out CelEnum? given) && given.Type.Name == field.TypeName)
            return EnumOf(field.TypeName, given.Number);
        if (!value.IsInt)
            return Mismatch(field, value);
        return value.Int is >= int.MinValue and <= int.MaxValue
            ? EnumOf(field.TypeName, (int)value.Int)
            : Value.Error($"out of the range of an enum: {value}");
    }

    internal Value EnumOf(string type, int number) =>
        type == WellKnownTypes.NullValue ? Value.Null
        : strongEnums ? Value.Of(new CelEnum(CelType.Enum(type), number))
        : Value.Of((long)number);

    // The first value of an enum is its default, unless the field declares another.
    private Value DefaultOfEnum(FieldDescriptor field)
    {
        int first =
            enums.TryGetValue(field.TypeName, out EnumDescriptor? type) && type.Values.Count > 0
                ? type.Values[0].Value
                : 0;
        int number = field.Default switch
        {
            { IsInt: true } x => (int)x.Int,
            { Object: CelEnum x } => x.Number,
            _ => first,
        };
        return EnumOf(field.TypeName, number);
    }

    private Value EmptyMessage(string name) =>
        messages.TryGetValue(name, out MessageType? type)
            ? Value.Of(new MessageBuilder(this, type).Build())
            : Value.Error($"no such message: {name}");

    // Any and Value hold null itself; Struct and ListValue refuse it.
    private static bool IsClearedByNull(FieldDescriptor field) =>
        field.Kind is FieldKind.Message or FieldKind.Group
        && field.TypeName
            is not (
                WellKnownTypes.Any
                or WellKnownTypes.DynamicValue
                or WellKnownTypes.Struct
                or WellKnownTypes.ListValue
            );

    private static Value Mismatch(FieldDescriptor field, Value value) =>
        Value.Error(
            $"unsupported field type: {value.Type} for {(field.TypeName.Length > 0 ? field.TypeName : field.Kind)}"
        );
}
