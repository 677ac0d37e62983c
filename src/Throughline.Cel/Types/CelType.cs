using System.Collections.Immutable;

namespace Throughline.Cel.Types;

/// <summary>Kinds of types.</summary>
public enum TypeKind
{
    /// <summary>Known only when evaluated; agrees with every type.</summary>
    Dyn,

    /// <summary>The type of expressions that are in error.</summary>
    Error,

    /// <summary><c>null_type</c>: null alone.</summary>
    Null,

    /// <summary>true and false.</summary>
    Bool,

    /// <summary>Integers of 64 bits with a sign.</summary>
    Int,

    /// <summary>Integers of 64 bits without a sign.</summary>
    Uint,

    /// <summary>IEEE 754 numbers of 64 bits.</summary>
    Double,

    /// <summary>Sequences of code points.</summary>
    String,

    /// <summary>Sequences of bytes.</summary>
    Bytes,

    /// <summary>Points in time, to the nanosecond.</summary>
    Timestamp,

    /// <summary>Spans of time, to the nanosecond.</summary>
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
    /// <summary>Known only when evaluated.</summary>
    public static readonly CelType Dyn = new(TypeKind.Dyn, "dyn");

    /// <summary>Of expressions that are wrong.</summary>
    public static readonly CelType Error = new(TypeKind.Error, "error");

    /// <summary><c>null_type</c></summary>
    public static readonly CelType Null = new(TypeKind.Null, "null_type");

    /// <summary><c>bool</c></summary>
    public static readonly CelType Bool = new(TypeKind.Bool, "bool");

    /// <summary><c>int</c></summary>
    public static readonly CelType Int = new(TypeKind.Int, "int");

    /// <summary><c>uint</c></summary>
    public static readonly CelType Uint = new(TypeKind.Uint, "uint");

    /// <summary><c>double</c></summary>
    public static readonly CelType Double = new(TypeKind.Double, "double");

    /// <summary><c>string</c></summary>
    public static readonly CelType String = new(TypeKind.String, "string");

    /// <summary><c>bytes</c></summary>
    public static readonly CelType Bytes = new(TypeKind.Bytes, "bytes");

    /// <summary><c>google.protobuf.Timestamp</c></summary>
    public static readonly CelType Timestamp = new(TypeKind.Timestamp, "google.protobuf.Timestamp");

    /// <summary><c>google.protobuf.Duration</c></summary>
    public static readonly CelType Duration = new(TypeKind.Duration, "google.protobuf.Duration");

    /// <summary><c>google.protobuf.Any</c></summary>
    public static readonly CelType Any = new(TypeKind.Any, "google.protobuf.Any");

    /// <summary>The type of types, of no type in particular.</summary>
    public static readonly CelType Type = new(TypeKind.Type, "type");

    /// <summary><c>list(dyn)</c></summary>
    public static readonly CelType ListOfDyn = List(Dyn);

    /// <summary><c>map(dyn, dyn)</c></summary>
    public static readonly CelType MapOfDyn = Map(Dyn, Dyn);

    private CelType(TypeKind kind, string name, params ReadOnlySpan<CelType> parameters)
    {
        Kind = kind;
        Name = name;
        Parameters = [.. parameters];
    }

    /// <summary>What kind of type it is.</summary>
    public TypeKind Kind { get; }

    /// <summary>The name that <c>type(x)</c> shows, without parameters.</summary>
    public string Name { get; }

    /// <summary>The types that it is made with: of elements, of keys and values.</summary>
    public ImmutableArray<CelType> Parameters { get; }

    /// <summary><c>list(element)</c></summary>
    public static CelType List(CelType element) => new(TypeKind.List, "list", element);

    /// <summary><c>map(key, value)</c></summary>
    public static CelType Map(CelType key, CelType value) => new(TypeKind.Map, "map", key, value);

    /// <summary><c>wrapper(primitive)</c>: the primitive, or null.</summary>
    public static CelType Wrapper(CelType primitive) => new(TypeKind.Wrapper, "wrapper", primitive);

    /// <summary><c>type(of)</c>: the type of a type.</summary>
    public static CelType TypeOf(CelType of) => new(TypeKind.Type, "type", of);

    /// <summary>A message by its full name.</summary>
    public static CelType Message(string fullName) => new(TypeKind.Message, fullName);

    /// <summary>A strong enum by its full name.</summary>
    public static CelType Enum(string fullName) => new(TypeKind.Enum, fullName);

    /// <summary>An abstract type of an extension or a host.</summary>
    public static CelType Opaque(string name, params ReadOnlySpan<CelType> parameters) =>
        new(TypeKind.Opaque, name, parameters);

    /// <summary><c>optional_type(of)</c></summary>
    public static CelType Optional(CelType of) => new(TypeKind.Opaque, OptionalName, of);

    /// <summary>A type parameter of an overload.</summary>
    public static CelType Parameter(string name) => new(TypeKind.Parameter, name);

    /// <summary>The same type with other parameters, as many.</summary>
    internal CelType WithParameters(ReadOnlySpan<CelType> parameters) => new(Kind, Name, parameters);

    /// <summary>The name of the optional type.</summary>
    public const string OptionalName = "optional_type";

    /// <summary>It is optional, of whatever type.</summary>
    public bool IsOptional => Kind == TypeKind.Opaque && Name == OptionalName;

    /// <inheritdoc/>
    public bool Equals(CelType? other) =>
        ReferenceEquals(this, other)
        || (
            other is not null
            && Kind == other.Kind
            && Name == other.Name
            && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan())
        );

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CelType);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        hash.Add(Kind);
        hash.Add(Name, StringComparer.Ordinal);
        foreach (CelType parameter in Parameters)
            hash.Add(parameter);
        return hash.ToHashCode();
    }

    /// <summary>The form that the specification uses: <c>map(string, dyn)</c>.</summary>
    public override string ToString() =>
        Parameters.IsEmpty ? Name : $"{Name}({string.Join(", ", Parameters.Select(x => x.ToString()))})";
}
