using System.Diagnostics.CodeAnalysis;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>
/// Messages and enums from plain descriptors, without any library of protobuf. The well-known types are always there.
/// </summary>
public sealed partial class DescriptorProvider : ITypeProvider
{
    private readonly Dictionary<string, MessageType> messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EnumDescriptor> enums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Enum, int Number)> enumValues = new(StringComparer.Ordinal);
    private readonly HashSet<(string Message, string Extension)> extensions;
    private readonly bool strongEnums;

    /// <summary>Provides the types of descriptors.</summary>
    /// <param name="descriptors">Types by full name.</param>
    /// <param name="strongEnums">Fields of enums hold values of the enum's type, not ints; as the environment has it.</param>
    public DescriptorProvider(DescriptorSet descriptors, bool strongEnums = false)
    {
        this.strongEnums = strongEnums;
        extensions = [.. descriptors.Extensions.Select(x => (x.Extends, x.Field.Name))];
        ILookup<string, FieldDescriptor> extending = descriptors.Extensions.ToLookup(x => x.Extends, x => x.Field);
        foreach (MessageDescriptor message in descriptors.Messages.Concat(WellKnownTypes.Messages))
            messages.TryAdd(message.Name, new MessageType(message, extending[message.Name]));
        foreach (EnumDescriptor type in descriptors.Enums.Prepend(WellKnownTypes.Null))
            if (enums.TryAdd(type.Name, type))
                foreach ((string name, int number) in type.Values)
                    enumValues[$"{type.Name}.{name}"] = (type.Name, number);
    }

    /// <summary>The well-known types alone.</summary>
    public static DescriptorProvider WellKnownOnly { get; } = new(new DescriptorSet([], [], []));

    /// <inheritdoc/>
    public bool TryFindType(string name, [NotNullWhen(true)] out CelType? type)
    {
        type =
            messages.ContainsKey(name) ? WellKnownTypes.TypeOf(name)
            : enums.ContainsKey(name) ? CelType.Enum(name)
            : null;
        return type is not null;
    }

    /// <inheritdoc/>
    public CelType? FieldType(string messageName, string field) =>
        Find(messageName, field) is { } found && !extensions.Contains((messageName, field)) ? TypeOf(found) : null;

    /// <inheritdoc/>
    public CelType? ExtensionType(string messageName, string extension) =>
        Find(messageName, extension) is { } found && extensions.Contains((messageName, extension))
            ? TypeOf(found)
            : null;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> FieldsOf(string messageName) =>
        messages.TryGetValue(messageName, out MessageType? type) ? type.FieldNames : [];

    /// <inheritdoc/>
    public bool TryFindEnumValue(string name, [NotNullWhen(true)] out CelType? enumType, out int number)
    {
        bool found = enumValues.TryGetValue(name, out (string Enum, int Number) value);
        enumType = found ? CelType.Enum(value.Enum) : null;
        number = value.Number;
        return found;
    }

    /// <inheritdoc/>
    public Value Create(string messageName, IReadOnlyList<KeyValuePair<string, Value>> fields)
    {
        if (!messages.TryGetValue(messageName, out MessageType? type))
            return Value.Error($"no such message: {messageName}");
        MessageBuilder builder = new(this, type);
        foreach ((string name, Value value) in fields)
        {
            if (!type.TryGet(name, out FieldDescriptor? field))
                return Value.Error($"no such field: {name} of {messageName}");
            if (Assign(builder, field, value) is { } error)
                return error;
        }
        return ToValue(builder.Build(), depth: 0);
    }

    /// <summary>A message from its encoding (the wire format of protobuf), or what it turns into; an error if it is damaged.</summary>
    public Value Decode(string messageName, ReadOnlySpan<byte> data)
    {
        if (!messages.TryGetValue(messageName, out MessageType? type))
            return Value.Error($"no such message: {messageName}");
        return Decode(type, data, depth: 0);
    }

    internal bool TryFindMessage(string name, [NotNullWhen(true)] out MessageType? type) =>
        messages.TryGetValue(name, out type);

    /// <summary>The value that a message turns into: a well-known type's, or the message itself.</summary>
    /// <param name="depth">Messages around it.</param>
    internal Value ToValue(DynamicMessage message, int depth) =>
        message.Type.Name == WellKnownTypes.Any ? Unpack(message, depth) : WellKnownTypes.ToValue(message);

    /// <summary>The value of a message in another; one that is packed, and of an unknown type, stays packed.</summary>
    internal Value ToPart(DynamicMessage message, int depth)
    {
        Value value = ToValue(message, depth);
        return value.IsError && message.Type.Name == WellKnownTypes.Any
            ? Value.Of(new UnknownAny(message["type_url"].String, ((CelBytes)message["value"].Object!).Data))
            : value;
    }

    private Value Unpack(DynamicMessage any, int depth)
    {
        string url = any["type_url"].String;
        string name = url[(url.LastIndexOf('/') + 1)..];
        return messages.TryGetValue(name, out MessageType? type)
            ? Decode(type, ((CelBytes)any["value"].Object!).Data.Span, depth)
            : Value.Error($"google.protobuf.Any of an unknown type: {ValueText.Quote(url)}");
    }

    private Value Decode(MessageType type, ReadOnlySpan<byte> data, int depth)
    {
        string? error = new WireDecoder(this, depth).Decode(type, data, out Value value);
        return error is null ? value : Value.Error($"damaged message {type.Name}: {error}");
    }

    private FieldDescriptor? Find(string message, string field) =>
        messages.TryGetValue(message, out MessageType? type) && type.TryGet(field, out FieldDescriptor? found)
            ? found
            : null;
}
