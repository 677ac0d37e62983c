using System.Text;
using System.Text.Unicode;
using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>
/// Decodes messages of protobuf's wire format (protobuf, "Encoding") in linear time; fields that are not declared are kept as
/// they are. Methods return what is wrong, or null.
/// </summary>
/// <param name="depth">Messages around this one.</param>
internal sealed class WireDecoder(DescriptorProvider types, int depth = 0)
{
    /// <summary>Messages in messages; protobuf's own libraries stop here too.</summary>
    private const int MaxDepth = 100;

    private const string Truncated = "it ends too early";
    private const string TooDeep = "it is nested too deeply";

    private readonly Dictionary<FieldDescriptor, MessageType> entryTypes = [];
    private int depth = depth;

    public string? Decode(MessageType type, ReadOnlySpan<byte> data, out Value value)
    {
        MessageBuilder builder = new(types, type);
        value = default;
        return Read(builder, data) ?? Close(builder, isPart: false, out value);
    }

    private string? Read(MessageBuilder builder, ReadOnlySpan<byte> data)
    {
        if (++depth > MaxDepth)
            return TooDeep;
        WireReader reader = new(data);
        while (!reader.AtEnd)
        {
            int before = reader.Remaining;
            if (!reader.TryVarint(out ulong tag))
                return Truncated;
            int number = (int)(tag >> 3);
            int wireType = (int)(tag & 7);
            if (number == 0 || tag > uint.MaxValue)
                return "a field has no valid number";
            bool isKnown = builder.Type.TryGet(number, out FieldDescriptor? field) && IsOf(field, wireType);
            string? error = isKnown ? Field(ref reader, builder, field!, wireType) : Skip(ref reader, number, wireType);
            if (error is not null)
                return error;
            if (!isKnown)
                builder.Keep(number, data[^before..^reader.Remaining]);
        }
        depth--;
        return null;
    }

    private static bool IsOf(FieldDescriptor field, int wireType) =>
        field.IsMap ? wireType == WireTypes.Bytes : wireType == WireTypeOf(field.Kind) || IsPacked(field, wireType);

    private static bool IsPacked(FieldDescriptor field, int wireType) =>
        field.Repeated
        && wireType == WireTypes.Bytes
        && WireTypeOf(field.Kind) is not (WireTypes.Bytes or WireTypes.StartGroup);

    private static string? Skip(ref WireReader reader, int number, int wireType)
    {
        bool ok = wireType == WireTypes.StartGroup ? reader.TryGroup(number, out _) : reader.TrySkip(wireType);
        return ok ? null : Truncated;
    }

    private string? Field(ref WireReader reader, MessageBuilder builder, FieldDescriptor field, int wireType)
    {
        if (field.IsMap)
            return Entry(ref reader, builder, field);
        if (!IsPacked(field, wireType))
        {
            if (field.Kind is FieldKind.Message or FieldKind.Group)
                return Message(ref reader, builder, field);
            string? error = Element(ref reader, field, out Value value);
            if (error is null)
                Add(builder, field, value);
            return error;
        }
        if (!reader.TryBytes(out ReadOnlySpan<byte> packed))
            return Truncated;
        WireReader elements = new(packed);
        while (!elements.AtEnd)
        {
            string? error = Element(ref elements, field, out Value value);
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
        if (!entryTypes.TryGetValue(field, out MessageType? type))
        {
            FieldDescriptor key = new("key", 1, field.Key!.Value);
            FieldDescriptor value = new("value", 2, field.Kind) { TypeName = field.TypeName };
            entryTypes[field] = type = new MessageType(new("entry", [key, value]), []);
        }
        MessageBuilder entry = new(types, type);
        Value closed = default;
        string? error = Read(entry, data) ?? Close(entry, isPart: true, out closed);
        if (closed.TryGet(out DynamicMessage? made))
            builder.Entries(field)[made["key"]] = made["value"];
        return error;
    }

    private string? Element(ref WireReader reader, FieldDescriptor field, out Value value)
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
            default:
                return reader.TryBytes(out data) ? Text(data, field, out value) : Truncated;
        }
        value = Scalar(field, bits);
        return null;
    }

    private static string? Text(ReadOnlySpan<byte> data, FieldDescriptor field, out Value value)
    {
        if (field.Kind == FieldKind.Bytes)
        {
            value = Value.Of(new CelBytes(data.ToArray()));
            return null;
        }
        value = Value.Of(Encoding.UTF8.GetString(data));
        return Utf8.IsValid(data) ? null : "a string is no UTF-8";
    }

    // A message that comes in several parts is all of them together: it stays open until what holds it ends.
    private string? Message(ref WireReader reader, MessageBuilder builder, FieldDescriptor field)
    {
        bool complete =
            field.Kind == FieldKind.Group
                ? reader.TryGroup(field.Number, out ReadOnlySpan<byte> data)
                : reader.TryBytes(out data);
        if (!complete)
            return Truncated;
        if (!types.TryFindMessage(field.TypeName, out MessageType? type))
            return $"there is no message {field.TypeName}";
        if (!field.Repeated)
            return Read(builder.Open(field, type), data);
        MessageBuilder element = new(types, type);
        Value value = default;
        string? error = Read(element, data) ?? Close(element, isPart: true, out value);
        if (error is null)
            Add(builder, field, value);
        return error;
    }

    // Ends the messages in a message, then turns it into a value. Any of an unknown type may be part of a message, not all of it.
    private string? Close(MessageBuilder builder, bool isPart, out Value value)
    {
        value = default;
        if (++depth > MaxDepth)
            return TooDeep;
        foreach ((FieldDescriptor field, MessageBuilder part) in builder.Parts)
        {
            string? error = Close(part, isPart: true, out Value made);
            if (error is not null)
                return error;
            builder.Set(field, made);
        }
        DynamicMessage message = builder.Build();
        value = isPart ? types.ToPart(message, depth) : types.ToValue(message, depth);
        depth--;
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
