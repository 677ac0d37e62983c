using System.Diagnostics.CodeAnalysis;
using Throughline.Cel.Types;

namespace Throughline.Cel.Messages;

/// <summary>A message type with its fields, extensions among them, by name and by number.</summary>
internal sealed class MessageType
{
    private readonly Dictionary<string, FieldDescriptor> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<int, FieldDescriptor> byNumber = [];

    public MessageType(MessageDescriptor descriptor, IEnumerable<FieldDescriptor> extensions)
    {
        Name = descriptor.Name;
        Type = CelType.Message(descriptor.Name);
        FieldNames = [.. descriptor.Fields.Select(x => x.Name)];
        foreach (FieldDescriptor field in descriptor.Fields.Concat(extensions))
        {
            byName.Add(field.Name, field);
            byNumber.Add(field.Number, field);
        }
    }

    public string Name { get; }
    public CelType Type { get; }
    public IReadOnlyCollection<string> FieldNames { get; }
    public IEnumerable<FieldDescriptor> Fields => byName.Values;

    public bool TryGet(string name, [NotNullWhen(true)] out FieldDescriptor? field) =>
        byName.TryGetValue(name, out field);

    public bool TryGet(int number, [NotNullWhen(true)] out FieldDescriptor? field) =>
        byNumber.TryGetValue(number, out field);
}
