using System.Collections.Immutable;

namespace Throughline.Cel.Types;

/// <summary>Kinds of types.</summary>
public enum TypeKind
{
    /// <summary>Known only when evaluated; agrees with every type.</summary>
    Dyn,

    /// <summary>The type of expressions that are in error.</summary>
    Error,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,

    /// <summary><c>google.protobuf.Any</c>.</summary>
    Any,

    /// <summary>A primitive or null; its one parameter is the primitive.</summary>
    Wrapper,

    /// <summary>Its parameter is the element type.</summary>
    List,

    /// <summary>Its parameters are key and value type.</summary>
    Map,

    /// <summary>The type of types; its parameter, if any, is the type that it is of.</summary>
    Type,

    /// <summary>A protobuf message or another struct with named fields, by full name.</summary>
    Message,

    /// <summary>An enum of its own type (strong enums), by full name.</summary>
    Enum,

    /// <summary>An abstract type with parameters, as <c>optional_type(T)</c> or <c>net.IP</c>, by name.</summary>
    Opaque,

    /// <summary>A type parameter of an overload, or a variable of the checker.</summary>
    Parameter,
}

/// <summary>
/// A type of the language (specification, "Types" and "Gradual Type Checking"). Compared by value. Text as in the
/// specification: <c>list(int)</c>, <c>map(string, dyn)</c>, <c>wrapper(int)</c>.
/// </summary>
public sealed class CelType : IEquatable<CelType>
{
    public static readonly CelType Dyn = new(TypeKind.Dyn, "dyn");
    public static readonly CelType Error = new(TypeKind.Error, "error");
    public static readonly CelType Null = new(TypeKind.Null, "null_type");
    public static readonly CelType Bool = new(TypeKind.Bool, "bool");
    public static readonly CelType Int = new(TypeKind.Int, "int");
    public static readonly CelType Uint = new(TypeKind.Uint, "uint");
    public static readonly CelType Double = new(TypeKind.Double, "double");
    public static readonly CelType String = new(TypeKind.String, "string");
    public static readonly CelType Bytes = new(TypeKind.Bytes, "bytes");
    public static readonly CelType Timestamp = new(TypeKind.Timestamp, "google.protobuf.Timestamp");
    public static readonly CelType Duration = new(TypeKind.Duration, "google.protobuf.Duration");
    public static readonly CelType Any = new(TypeKind.Any, "google.protobuf.Any");

    /// <summary>The type of types, of no type in particular.</summary>
    public static readonly CelType Type = new(TypeKind.Type, "type");
    public static readonly CelType ListOfDyn = List(Dyn);
    public static readonly CelType MapOfDyn = Map(Dyn, Dyn);

    private CelType(TypeKind kind, string name, params ReadOnlySpan<CelType> parameters)
    {
        Kind = kind;
        Name = name;
        Parameters = [.. parameters];
    }

    public TypeKind Kind { get; }

    /// <summary>The name that <c>type(x)</c> shows, without parameters.</summary>
    public string Name { get; }

    public ImmutableArray<CelType> Parameters { get; }

    public static CelType List(CelType element) => new(TypeKind.List, "list", element);

    public static CelType Map(CelType key, CelType value) => new(TypeKind.Map, "map", key, value);

    public static CelType Wrapper(CelType primitive) => new(TypeKind.Wrapper, "wrapper", primitive);

    public static CelType TypeOf(CelType of) => new(TypeKind.Type, "type", of);

    public static CelType Message(string fullName) => new(TypeKind.Message, fullName);

    public static CelType Enum(string fullName) => new(TypeKind.Enum, fullName);

    public static CelType Opaque(string name, params ReadOnlySpan<CelType> parameters) =>
        new(TypeKind.Opaque, name, parameters);

    public static CelType Optional(CelType of) => new(TypeKind.Opaque, OptionalName, of);

    public static CelType Parameter(string name) => new(TypeKind.Parameter, name);

    /// <summary>The same type with other parameters, as many.</summary>
    internal CelType WithParameters(ReadOnlySpan<CelType> parameters) => new(Kind, Name, parameters);

    public const string OptionalName = "optional_type";

    public bool IsOptional => Kind == TypeKind.Opaque && Name == OptionalName;

    public bool Equals(CelType? other) =>
        ReferenceEquals(this, other)
        || (
            other is not null
            && Kind == other.Kind
            && Name == other.Name
            && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan())
        );

    public override bool Equals(object? obj) => Equals(obj as CelType);

    public override int GetHashCode()
    {
        HashCode hash = new();
        hash.Add(Kind);
        hash.Add(Name, StringComparer.Ordinal);
        foreach (CelType parameter in Parameters)
            hash.Add(parameter);
        return hash.ToHashCode();
    }

    public override string ToString() =>
        Parameters.IsEmpty ? Name : $"{Name}({string.Join(", ", Parameters.Select(x => x.ToString()))})";
}
