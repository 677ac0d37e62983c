using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>
/// The well-known types of protobuf (specification, "Dynamic Values", "Protocol Buffer Data Conversion"): their fields, the
/// types that expressions see, and the values that messages of them turn into.
/// </summary>
internal static class WellKnownTypes
{
    public const string Any = "google.protobuf.Any";
    public const string Struct = "google.protobuf.Struct";
    public const string DynamicValue = "google.protobuf.Value";
    public const string ListValue = "google.protobuf.ListValue";
    public const string NullValue = "google.protobuf.NullValue";
    public const string Timestamp = "google.protobuf.Timestamp";
    public const string Duration = "google.protobuf.Duration";
    public const string FieldMask = "google.protobuf.FieldMask";
    public const string Empty = "google.protobuf.Empty";

    private static readonly Dictionary<string, FieldKind> Wrapped = new()
    {
        ["google.protobuf.BoolValue"] = FieldKind.Bool,
        ["google.protobuf.BytesValue"] = FieldKind.Bytes,
        ["google.protobuf.DoubleValue"] = FieldKind.Double,
        ["google.protobuf.FloatValue"] = FieldKind.Float,
        ["google.protobuf.Int32Value"] = FieldKind.Int32,
        ["google.protobuf.Int64Value"] = FieldKind.Int64,
        ["google.protobuf.StringValue"] = FieldKind.String,
        ["google.protobuf.UInt32Value"] = FieldKind.Uint32,
        ["google.protobuf.UInt64Value"] = FieldKind.Uint64,
    };

    public static readonly IReadOnlyList<MessageDescriptor> Messages =
    [
        .. Wrapped.Select(x => new MessageDescriptor(x.Key, [new("value", 1, x.Value)])),
        new(Any, [new("type_url", 1, FieldKind.String), new("value", 2, FieldKind.Bytes)]),
        new(Struct, [new("fields", 1, FieldKind.Message) { Key = FieldKind.String, TypeName = DynamicValue }]),
        new(ListValue, [new("values", 1, FieldKind.Message) { Repeated = true, TypeName = DynamicValue }]),
        new(
            DynamicValue,
            [
                Kind("null_value", 1, FieldKind.Enum, NullValue),
                Kind("number_value", 2, FieldKind.Double),
                Kind("string_value", 3, FieldKind.String),
                Kind("bool_value", 4, FieldKind.Bool),
                Kind("struct_value", 5, FieldKind.Message, Struct),
                Kind("list_value", 6, FieldKind.Message, ListValue),
            ]
        ),
        new(Timestamp, [new("seconds", 1, FieldKind.Int64), new("nanos", 2, FieldKind.Int32)]),
        new(Duration, [new("seconds", 1, FieldKind.Int64), new("nanos", 2, FieldKind.Int32)]),
        new(FieldMask, [new("paths", 1, FieldKind.String) { Repeated = true }]),
        new(Empty, []),
    ];

    public static readonly EnumDescriptor Null = new(NullValue, [new("NULL_VALUE", 0)]);

    /// <summary>The field of a wrapper; false for all other messages.</summary>
    public static bool TryGetWrapped(string name, out FieldKind kind) => Wrapped.TryGetValue(name, out kind);

    /// <summary>The type that expressions see in place of the message.</summary>
    public static CelType TypeOf(string name) =>
        name switch
        {
            Any => CelType.Any,
            Struct => CelType.Map(CelType.String, CelType.Dyn),
            DynamicValue => CelType.Dyn,
            ListValue => CelType.ListOfDyn,
            Timestamp => CelType.Timestamp,
            Duration => CelType.Duration,
            _ => Wrapped.TryGetValue(name, out FieldKind kind)
                ? CelType.Wrapper(FieldValues.ScalarType(kind))
                : CelType.Message(name),
        };

    /// <summary>What a field of the type is worth when it is not set; null for messages that stay messages.</summary>
    public static Value? Default(string name) =>
        name switch
        {
            Any or DynamicValue => Value.Null,
            Struct => Value.Of(CelMaps.Empty),
            ListValue => Value.Of(CelLists.Empty),
            Timestamp => Value.Of(new CelTimestamp(0, 0)),
            Duration => Value.Of(new CelDuration(0, 0)),
            _ => Wrapped.ContainsKey(name) ? Value.Null : null,
        };

    /// <summary>The value that a message turns into; all but Any, whose content only a provider can read.</summary>
    public static Value ToValue(DynamicMessage message)
    {
        switch (message.Type.Name)
        {
            case Struct:
                return message["fields"];
            case ListValue:
                return message["values"];
            case DynamicValue:
                string? kind = message.SetFields.FirstOrDefault();
                return kind is null or "null_value" ? Value.Null : message[kind];
            case Timestamp:
                long nanos = message["nanos"].Int;
                return nanos is < 0 or >= Timestamps.NanosPerSecond
                    ? Value.Error("timestamp out of range: nanos")
                    : Timestamps.Create(message["seconds"].Int, nanos);
            case Duration:
                return ToDuration(message["seconds"].Int, message["nanos"].Int);
            default:
                return Wrapped.ContainsKey(message.Type.Name) ? message["value"] : Value.Of(message);
        }
    }

    private static Value ToDuration(long seconds, long nanos)
    {
        bool oneSign = seconds == 0 || nanos == 0 || seconds < 0 == nanos < 0;
        return oneSign && Math.Abs(nanos) < Timestamps.NanosPerSecond
            ? Durations.Create(seconds, nanos)
            : Value.Error("duration out of range: nanos");
    }

    private static FieldDescriptor Kind(string name, int number, FieldKind kind, string typeName = "") =>
        new(name, number, kind)
        {
            TypeName = typeName,
            HasPresence = true,
            Oneof = "kind",
        };
}
