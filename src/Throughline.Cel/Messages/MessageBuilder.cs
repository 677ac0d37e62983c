using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>A message under construction: which fields count as set, and what setting one does to its oneof.</summary>
internal sealed class MessageBuilder(DescriptorProvider types, MessageType type)
{
    private readonly Dictionary<string, Value> set = new(StringComparer.Ordinal);

    public MessageType Type { get; } = type;

    /// <summary>Sets a field to a value that fits it, or clears it if the value is what an unset field has.</summary>
    public void Set(FieldDescriptor field, Value value)
    {
        if (field.Oneof is not null)
            foreach (FieldDescriptor other in Type.Fields.Where(x => x.Oneof == field.Oneof))
                set.Remove(other.Name);
        if (IsDefault(field, value))
            set.Remove(field.Name);
        else
            set[field.Name] = value;
    }

    public void Clear(FieldDescriptor field) => set.Remove(field.Name);

    public bool TryGet(FieldDescriptor field, out Value value) => set.TryGetValue(field.Name, out value);

    public DynamicMessage Build() => new(types, Type, new Dictionary<string, Value>(set, StringComparer.Ordinal));

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
