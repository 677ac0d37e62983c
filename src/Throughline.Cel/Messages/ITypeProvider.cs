using System.Diagnostics.CodeAnalysis;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>Where messages and enums come from. Names are full names, as <c>google.protobuf.Struct</c>.</summary>
public interface ITypeProvider
{
    /// <summary>
    /// The type that a name stands for: a message, or what the specification maps a well-known type to
    /// (<c>google.protobuf.Struct</c> to <c>map(string, dyn)</c>, <c>google.protobuf.Int64Value</c> to <c>wrapper(int)</c>).
    /// </summary>
    bool TryFindType(string name, [NotNullWhen(true)] out CelType? type);

    /// <summary>The type of a field of a message, as an expression that selects it has; null if there is none.</summary>
    CelType? FieldType(string messageName, string field);

    /// <summary>The names of a message's fields, for suggestions.</summary>
    IReadOnlyCollection<string> FieldsOf(string messageName);

    /// <summary>A number of an enum, by the full name of the value: <c>pkg.Enum.VALUE</c>, with its enum's type.</summary>
    bool TryFindEnumValue(string name, [NotNullWhen(true)] out CelType? enumType, out int number);

    /// <summary>The type of an extension field by its full name, for the message that it extends; null if there is none.</summary>
    CelType? ExtensionType(string messageName, string extension);

    /// <summary>
    /// Builds a message, or the value that a well-known type turns into; an error value if a field is unknown or of the wrong
    /// type or range.
    /// </summary>
    Value Create(string messageName, IReadOnlyList<KeyValuePair<string, Value>> fields);
}
