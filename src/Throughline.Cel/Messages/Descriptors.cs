using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>Types of fields in protobuf.</summary>
public enum FieldKind
{
    /// <summary>A double.</summary>
    Double,

    /// <summary>A double, rounded to 32 bits.</summary>
    Float,

    /// <summary>An int of 32 bits.</summary>
    Int32,

    /// <summary>An int.</summary>
    Int64,

    /// <summary>A uint of 32 bits.</summary>
    Uint32,

    /// <summary>A uint.</summary>
    Uint64,

    /// <summary>An int of 32 bits, written with its sign last.</summary>
    Sint32,

    /// <summary>An int, written with its sign last.</summary>
    Sint64,

    /// <summary>A uint of 32 bits in four bytes.</summary>
    Fixed32,

    /// <summary>A uint in eight bytes.</summary>
    Fixed64,

    /// <summary>An int of 32 bits in four bytes.</summary>
    Sfixed32,

    /// <summary>An int in eight bytes.</summary>
    Sfixed64,

    /// <summary>A bool.</summary>
    Bool,

    /// <summary>A string, in UTF-8.</summary>
    String,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>A message.</summary>
    Message,

    /// <summary>An enum.</summary>
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

    /// <summary>A list of elements of its kind.</summary>
    public bool Repeated { get; init; }

    /// <summary>The keys of a map; null if the field is none.</summary>
    public FieldKind? Key { get; init; }

    /// <summary>It knows whether it was set, even to its default.</summary>
    public bool HasPresence { get; init; }

    /// <summary>The oneof that it is of: setting it clears the others.</summary>
    public string? Oneof { get; init; }

    /// <summary>The default of proto2, if one is declared.</summary>
    public Value? Default { get; init; }

    /// <summary>It is a map.</summary>
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
