using System.Text;
using System.Text.Unicode;
using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>
/// Decodes messages of protobuf's wire format (protobuf, "Encoding"); fields that are not declared are skipped. Methods return
/// what is wrong, or null.
/// </summary>
internal sealed class WireDecoder(DescriptorProvider types)
{
    /// <summary>Messages in messages; protobuf's own libraries stop here too.</summary>
    private const int MaxDepth = 100;

    private const string Truncated = "it ends too early";

    private int depth;

    public string? Decode(MessageBuilder builder, ReadOnlySpan<byte> data)
    {
        if (++depth > MaxDepth)
            return "it is nested too deeply";
        WireReader reader = new(data);
        while (!reader.AtEnd)
        {
            if (!reader.TryVarint(out ulong tag))
                return Truncated;
            int number = (int)(tag >> 3);
            int wireType = (int)(tag & 7);
            string? error = builder.Type.TryGet(number, out FieldDescriptor? field)
                ? Field(ref reader, builder, field, wireType)
                : Skip(ref reader, number, wireType);
            if (error is not null)
                return error;
        }
        depth--;
        return null;
    }

    private static string? Skip(ref WireReader reader, int number, int wireType)
    {
        bool ok = wireType == WireTypes.StartGroup ? reader.TryGroup(number, out _) : reader.TrySkip(wireType);
        return ok ? null : Truncated;
    }

    private string? Field(ref WireReader reader, MessageBuilder builder, FieldDescriptor field, int wireType)
    {
        if (field.IsMap)
            return Entry(ref reader, builder, field);
        bool isPacked = field.Repeated && wireType == WireTypes.Bytes && WireTypeOf(field.Kind) != WireTypes.Bytes;
        if (!isPacked)
        {
            if (wireType != WireTypeOf(field.Kind))
                return Skip(ref reader, field.Number, wireType);
            Value before = default;
            bool merges = !field.Repeated && builder.TryGet(field, out before);
            string? error = Element(ref reader, field, merges ? before : null, out Value value);
            if (error is null)
                Add(builder, field, value);
            return error;
        }
        if (!reader.TryBytes(out ReadOnlySpan<byte> packed))
            return Truncated;
        WireReader elements = new(packed);
        while (!elements.AtEnd)
        {
            string? error = Element(ref elements, field, null, out Value value);
            if (error is not null)
                return error;
            Add(builder, field, value);
        }
        return null;
    }

    private static void Add(MessageBuilder builder, FieldDescriptor field, Value value)
    {
        if (field.Repeated)
        {
            CelList before = builder.TryGet(field, out Value list) ? (CelList)list.Object! : CelLists.Empty;
            value = Value.Of(CelLists.Append(before, value));
        }
        builder.Set(field, value);
    }

    // An entry of a map is a message of a key, 1, and a value, 2; the last of equal keys counts.
    private string? Entry(ref WireReader reader, MessageBuilder builder, FieldDescriptor field)
    {
        if (!reader.TryBytes(out ReadOnlySpan<byte> data))
            return Truncated;
        FieldDescriptor keyField = new("key", 1, field.Key!.Value);
        FieldDescriptor valueField = new("value", 2, field.Kind) { TypeName = field.TypeName };
        MessageBuilder entry = new(types, new MessageType(new("entry", [keyField, valueField]), []));
        string? error = Decode(entry, data);
        if (error is not null)
            return error;
        DynamicMessage made = entry.Build();
        Dictionary<Value, Value> entries = new(ValueComparer.Instance);
        if (builder.TryGet(field, out Value before))
            foreach (Value key in ((CelMap)before.Object!).Keys)
            {
                ((CelMap)before.Object!).TryGet(key, out Value value);
                entries[key] = value;
            }
        entries[made["key"]] = made["value"];
        builder.Set(field, Value.Of(CelMaps.Of([.. entries])));
        return null;
    }

    private string? Element(ref WireReader reader, FieldDescriptor field, Value? before, out Value value)
    {
        value = default;
        ulong bits;
        ReadOnlySpan<byte> data;
        switch (WireTypeOf(field.Kind))
        {
            case WireTypes.Varint:
                if (!reader.TryVarint(out bits))
                    return Truncated;
                break;
            case WireTypes.Fixed32:
                if (!reader.TryFixed32(out uint half))
                    return Truncated;
                bits = half;
                break;
            case WireTypes.Fixed64:
                if (!reader.TryFixed64(out bits))
                    return Truncated;
                break;
            case WireTypes.StartGroup:
                return reader.TryGroup(field.Number, out data) ? Message(data, field, before, out value) : Truncated;
            default:
                return reader.TryBytes(out data) ? Delimited(data, field, before, out value) : Truncated;
        }
        value = Scalar(field, bits);
        return null;
    }

    private string? Delimited(ReadOnlySpan<byte> data, FieldDescriptor field, Value? before, out Value value)
    {
        switch (field.Kind)
        {
            case FieldKind.String:
                value = Value.Of(Encoding.UTF8.GetString(data));
                return Utf8.IsValid(data) ? null : "a string is no UTF-8";
            case FieldKind.Bytes:
                value = Value.Of(new CelBytes(data.ToArray()));
                return null;
            default:
                return Message(data, field, before, out value);
        }
    }

    // A message that comes twice is merged, unless it has already turned into a value.
    private string? Message(ReadOnlySpan<byte> data, FieldDescriptor field, Value? before, out Value value)
    {
        value = default;
        if (!types.TryFindMessage(field.TypeName, out MessageType? type))
            return $"there is no message {field.TypeName}";
        MessageBuilder builder = new(types, type);
        if (before?.Object is DynamicMessage old)
            foreach (string name in old.SetFields)
                if (type.TryGet(name, out FieldDescriptor? known))
                    builder.Set(known, old[name]);
        string? error = Decode(builder, data);
        if (error is not null)
            return error;
        DynamicMessage message = builder.Build();
        value = field.TypeName == WellKnownTypes.Any ? types.UnpackOrKeep(message) : types.ToValue(message);
        return value.TryGet(out CelError? wrong) ? wrong.Message : null;
    }

    private Value Scalar(FieldDescriptor field, ulong bits) =>
        field.Kind switch
        {
            FieldKind.Double => Value.Of(BitConverter.UInt64BitsToDouble(bits)),
            FieldKind.Float => Value.Of((double)BitConverter.UInt32BitsToSingle((uint)bits)),
            FieldKind.Int32 or FieldKind.Sfixed32 => Value.Of((long)(int)bits),
            FieldKind.Sint32 => Value.Of((long)(int)((uint)bits >> 1) ^ -(long)(bits & 1)),
            FieldKind.Sint64 => Value.Of((long)(bits >> 1) ^ -(long)(bits & 1)),
            FieldKind.Uint32 or FieldKind.Fixed32 => Value.Of((ulong)(uint)bits),
            FieldKind.Uint64 or FieldKind.Fixed64 => Value.Of(bits),
            FieldKind.Bool => Value.Of(bits != 0),
            FieldKind.Enum => types.EnumOf(field.TypeName, (int)bits),
            _ => Value.Of((long)bits),
        };

    private static int WireTypeOf(FieldKind kind) =>
        kind switch
        {
            FieldKind.Double or FieldKind.Fixed64 or FieldKind.Sfixed64 => WireTypes.Fixed64,
            FieldKind.Float or FieldKind.Fixed32 or FieldKind.Sfixed32 => WireTypes.Fixed32,
            FieldKind.String or FieldKind.Bytes or FieldKind.Message => WireTypes.Bytes,
            FieldKind.Group => WireTypes.StartGroup,
            _ => WireTypes.Varint,
        };
}
