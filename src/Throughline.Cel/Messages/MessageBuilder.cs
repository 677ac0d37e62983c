using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>A message under construction: which fields count as set, and what setting one does to its oneof.</summary>
internal sealed class MessageBuilder(DescriptorProvider types, MessageType type)
{
    private readonly Dictionary<string, Value> set = new(StringComparer.Ordinal);
    private readonly Dictionary<FieldDescriptor, MessageBuilder> parts = [];
    private readonly Dictionary<FieldDescriptor, Dictionary<Value, Value>> maps = [];
    private readonly List<(int Number, byte[] Data)> unknown = [];

    public MessageType Type { get; } = type;

    /// <summary>Messages in this one that are under construction themselves; their maker sets them when they are done.</summary>
    public IReadOnlyDictionary<FieldDescriptor, MessageBuilder> Parts => parts;

    /// <summary>Sets a field to a value that fits it, or clears it if the value is what an unset field has.</summary>
    public void Set(FieldDescriptor field, Value value)
    {
        ClearOneof(field);
        if (IsDefault(field, value))
            set.Remove(field.Name);
        else
            set[field.Name] = value;
    }

    public void Clear(FieldDescriptor field) => set.Remove(field.Name);

    public bool TryGet(FieldDescriptor field, out Value value) => set.TryGetValue(field.Name, out value);

    /// <summary>The message of a field, to be continued.</summary>
    public MessageBuilder Open(FieldDescriptor field, MessageType type)
    {
        if (parts.TryGetValue(field, out MessageBuilder? part))
            return part;
        ClearOneof(field);
        return parts[field] = new MessageBuilder(types, type);
    }

    /// <summary>The entries of a map, to be continued.</summary>
    public Dictionary<Value, Value> Entries(FieldDescriptor field)
    {
        if (!maps.TryGetValue(field, out Dictionary<Value, Value>? entries))
            maps[field] = entries = new(ValueComparer.Instance);
        return entries;
    }

    /// <summary>Keeps a field that is not declared, as it is written.</summary>
    public void Keep(int number, ReadOnlySpan<byte> data) => unknown.Add((number, data.ToArray()));

    public DynamicMessage Build()
    {
        foreach ((FieldDescriptor field, Dictionary<Value, Value> entries) in maps)
            Set(field, Value.Of(CelMaps.Of([.. entries])));
        // Fields may come in any order; those of one number keep theirs.
        byte[] rest = [.. unknown.OrderBy(x => x.Number).SelectMany(x => x.Data)];
        return new(types, Type, new Dictionary<string, Value>(set, StringComparer.Ordinal), rest);
    }

    private void ClearOneof(FieldDescriptor field)
    {
        if (field.Oneof is null)
            return;
        foreach (FieldDescriptor other in Type.Fields.Where(x => x.Oneof == field.Oneof))
        {
            set.Remove(other.Name);
            parts.Remove(other);
        }
    }

    // Without presence a field is set if it is not its default; -0.0 is not.
    private static bool IsDefault(FieldDescriptor field, Value value)
    {
        if (value.TryGet(out CelList? list) && field.Repeated)
            return list.Count == 0;
        if (value.TryGet(out CelMap? map) && field.IsMap)
            return map.Count == 0;
        if (field.HasPresence || field.Kind is FieldKind.Message or FieldKind.Group)
            return false;
        return value.Kind switch
        {
            ValueKind.Null => true,
            ValueKind.Bool or ValueKind.Int or ValueKind.Uint or ValueKind.Double => value.Int == 0,
            ValueKind.String => value.String.Length == 0,
            ValueKind.Bytes => ((CelBytes)value.Object!).Data.IsEmpty,
            ValueKind.Enum => ((CelEnum)value.Object!).Number == 0,
            _ => false,
        };
    }
}
