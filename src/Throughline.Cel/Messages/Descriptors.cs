using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>Types of fields in protobuf.</summary>
public enum FieldKind
{
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
    Message,
    Enum,

    /// <summary>A message of proto2 that is written between tags of its own.</summary>
    Group,
}

/// <summary>A field of a message, or an extension.</summary>
/// <param name="Name">The field's name; an extension's full name.</param>
/// <param name="Number">Its number on the wire.</param>
/// <param name="Kind">The type of its value, of its elements if it is repeated, of its values if it is a map.</param>
public sealed record FieldDescriptor(string Name, int Number, FieldKind Kind)
{
    /// <summary>The full name of the message or enum, for those kinds.</summary>
    public string TypeName { get; init; } = "";

    public bool Repeated { get; init; }

    /// <summary>The keys of a map; null if the field is none.</summary>
    public FieldKind? Key { get; init; }

    /// <summary>It knows whether it was set, even to its default.</summary>
    public bool HasPresence { get; init; }

    /// <summary>The oneof that it is of: setting it clears the others.</summary>
    public string? Oneof { get; init; }

    /// <summary>The default of proto2, if one is declared.</summary>
    public Value? Default { get; init; }

    public bool IsMap => Key is not null;
}

/// <summary>A message type.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Fields">Its fields, without extensions.</param>
public sealed record MessageDescriptor(string Name, IReadOnlyList<FieldDescriptor> Fields);

/// <summary>An enum type.</summary>
public sealed record EnumDescriptor(string Name, IReadOnlyList<KeyValuePair<string, int>> Values);

/// <summary>An extension: a field that another message may have, under its full name.</summary>
public sealed record ExtensionDescriptor(string Extends, FieldDescriptor Field);

/// <summary>Types to provide. Well-known types of <c>google.protobuf</c> need not be among them.</summary>
public sealed record DescriptorSet(
    IReadOnlyList<MessageDescriptor> Messages,
    IReadOnlyList<EnumDescriptor> Enums,
    IReadOnlyList<ExtensionDescriptor> Extensions
);
