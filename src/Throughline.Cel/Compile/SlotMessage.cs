using System.Diagnostics.CodeAnalysis;
using Throughline.Cel.Messages;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>A struct of a typed input as a message, for what is not compiled: fields that are not set are errors.</summary>
internal sealed class SlotMessage<T>(GroupSlot<T> group, T input) : CelMessage
{
    public override CelType Type => group.Type;

    public override bool TryGet(string field, out Value value)
    {
        bool found = group.Fields.TryGetValue(field, out Slot<T>? slot);
        value = found ? slot!.Read(input) : default;
        return found;
    }

    public override bool Has(string field, out bool exists)
    {
        exists = group.Fields.TryGetValue(field, out Slot<T>? slot);
        return exists && (slot!.Own is null || slot.Own(input));
    }

    public override IEnumerable<string> SetFields => group.Fields.Keys.Where(x => Has(x, out _));

    public override bool EqualTo(CelMessage other)
    {
        if (other.Type.Name != Type.Name || !SetFields.ToHashSet().SetEquals(other.SetFields))
            return false;
        foreach (string field in SetFields)
        {
            TryGet(field, out Value x);
            other.TryGet(field, out Value y);
            if (!ValueEquality.Equal(x, y))
                return false;
        }
        return true;
    }
}

/// <summary>A typed input as variables.</summary>
internal sealed class SlotActivation<T>(GroupSlot<T> root, T input) : IActivation
{
    public bool TryFind(string name, out Value value)
    {
        bool found = root.Fields.TryGetValue(name, out Slot<T>? slot);
        value = found ? slot!.Read(input) : default;
        return found;
    }
}

/// <summary>The structs of a schema as message types, before those of another provider.</summary>
internal sealed class SlotTypes(IReadOnlyDictionary<string, Dictionary<string, CelType>> messages, ITypeProvider rest)
    : ITypeProvider
{
    public bool TryFindType(string name, [NotNullWhen(true)] out CelType? type)
    {
        if (!messages.ContainsKey(name))
            return rest.TryFindType(name, out type);
        type = CelType.Message(name);
        return true;
    }

    public CelType? FieldType(string messageName, string field) =>
        messages.TryGetValue(messageName, out Dictionary<string, CelType>? fields)
            ? fields.GetValueOrDefault(field)
            : rest.FieldType(messageName, field);

    public IReadOnlyCollection<string> FieldsOf(string messageName) =>
        messages.TryGetValue(messageName, out Dictionary<string, CelType>? fields)
            ? fields.Keys
            : rest.FieldsOf(messageName);

    public bool TryFindEnumValue(string name, [NotNullWhen(true)] out CelType? enumType, out int number) =>
        rest.TryFindEnumValue(name, out enumType, out number);

    public CelType? ExtensionType(string messageName, string extension) =>
        messages.ContainsKey(messageName) ? null : rest.ExtensionType(messageName, extension);

    public Value Create(string messageName, IReadOnlyList<KeyValuePair<string, Value>> fields) =>
        messages.ContainsKey(messageName)
            ? Value.Error($"{messageName} is a type of the input: expressions cannot make it")
            : rest.Create(messageName, fields);
}
