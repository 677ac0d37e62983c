using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>
/// A message that is made from its descriptor alone. Fields of well-known types hold the values that these turn into.
/// </summary>
/// <param name="unknown">Fields that are not declared, as they are written, in the order of their numbers.</param>
internal sealed class DynamicMessage(
    DescriptorProvider types,
    MessageType type,
    IReadOnlyDictionary<string, Value> set,
    byte[] unknown
) : CelMessage
{
    private readonly byte[] unknown = unknown;

    public override CelType Type => type.Type;

    public override IEnumerable<string> SetFields =>
        set.Keys.OrderBy(x => type.TryGet(x, out FieldDescriptor? known) ? known.Number : 0);

    public override bool IsEmpty => set.Count == 0 && unknown.Length == 0;

    /// <summary>A field that there is.</summary>
    public Value this[string field] =>
        TryGet(field, out Value value) ? value : throw new ArgumentException($"{type.Name} has no field {field}");

    public override bool TryGet(string field, out Value value)
    {
        if (set.TryGetValue(field, out value))
            return true;
        bool exists = type.TryGet(field, out FieldDescriptor? descriptor);
        value = exists ? types.DefaultOf(descriptor!) : default;
        return exists;
    }

    public override bool Has(string field, out bool exists)
    {
        exists = type.TryGet(field, out _);
        return set.ContainsKey(field);
    }

    public override bool EqualTo(CelMessage other)
    {
        if (other.Type.Name != type.Name || other.SetFields.Count() != set.Count)
            return false;
        if (other is DynamicMessage { unknown: var theirRest } && !unknown.AsSpan().SequenceEqual(theirRest))
            return false;
        foreach ((string field, Value value) in set)
            if (
                !other.Has(field, out _)
                || !other.TryGet(field, out Value theirs)
                || !ValueEquality.Equal(value, theirs)
            )
                return false;
        return true;
    }
}

/// <summary>A packed message of a type that is not known: all that can be told is whether another is the same, byte by byte.</summary>
internal sealed class UnknownAny(string typeUrl, ReadOnlyMemory<byte> data) : CelOpaque
{
    public override CelType Type { get; } = CelType.Opaque(WellKnownTypes.Any);
    public string TypeUrl { get; } = typeUrl;
    public ReadOnlyMemory<byte> Data { get; } = data;

    public override bool EqualTo(CelOpaque other) =>
        other is UnknownAny x && x.TypeUrl == TypeUrl && x.Data.Span.SequenceEqual(Data.Span);

    public override string ToString() =>
        $"{WellKnownTypes.Any}{{type_url: {ValueText.Quote(TypeUrl)}, value: {Value.Of(new CelBytes(Data))}}}";
}
