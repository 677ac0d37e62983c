using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Throughline.Cel.Types;

namespace Throughline.Cel.Values;

/// <summary>Kinds of values at run time.</summary>
public enum ValueKind
{
    /// <summary><c>null</c></summary>
    Null,

    /// <summary><c>bool</c></summary>
    Bool,

    /// <summary><c>int</c></summary>
    Int,

    /// <summary><c>uint</c></summary>
    Uint,

    /// <summary><c>double</c></summary>
    Double,

    /// <summary><c>string</c></summary>
    String,

    /// <summary><c>bytes</c></summary>
    Bytes,

    /// <summary><c>list</c></summary>
    List,

    /// <summary><c>map</c></summary>
    Map,

    /// <summary>A type as a value.</summary>
    Type,

    /// <summary><c>google.protobuf.Timestamp</c></summary>
    Timestamp,

    /// <summary><c>google.protobuf.Duration</c></summary>
    Duration,

    /// <summary>A message.</summary>
    Message,

    /// <summary>A value of a strong enum.</summary>
    Enum,

    /// <summary><c>optional_type</c></summary>
    Optional,

    /// <summary>A value of an extension's own type.</summary>
    Opaque,

    /// <summary>Evaluation failed here.</summary>
    Error,

    /// <summary>The input left this open.</summary>
    Unknown,
}

/// <summary>
/// A value of the language in 16 bytes: null, bool, int, uint and double without any object of their own. Errors and
/// unknowns are values too: nothing is thrown on the evaluation path. The default is null.
/// </summary>
public readonly struct Value
{
    // A marker for scalars, else the value itself: string, CelType or CelObject. Null means null.
    private readonly object? tag;
    private readonly long bits;

    private Value(object? tag, long bits)
    {
        this.tag = tag;
        this.bits = bits;
    }

    /// <summary><c>null</c></summary>
    public static Value Null => default;

    /// <summary><c>true</c></summary>
    public static Value True => new(Scalar.Bool, 1);

    /// <summary><c>false</c></summary>
    public static Value False => new(Scalar.Bool, 0);

    /// <summary>A bool.</summary>
    public static Value Of(bool value) => new(Scalar.Bool, value ? 1 : 0);

    /// <summary>An int.</summary>
    public static Value Of(long value) => new(Scalar.Int, value);

    /// <summary>A uint.</summary>
    public static Value Of(ulong value) => new(Scalar.Uint, (long)value);

    /// <summary>A double.</summary>
    public static Value Of(double value) => new(Scalar.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A string.</summary>
    public static Value Of(string value) => new(value, 0);

    /// <summary>A type.</summary>
    public static Value Of(CelType type) => new(type, 0);

    /// <summary>A value that is an object.</summary>
    public static Value Of(CelObject value) => new(value, 0);

    /// <summary>An error that does not know its place: the evaluator adds it.</summary>
    public static Value Error(string message) => new(new CelError(message), 0);

    /// <summary>Which kind of value it is.</summary>
    public ValueKind Kind =>
        tag switch
        {
            null => ValueKind.Null,
            Scalar scalar => scalar.Kind,
            string => ValueKind.String,
            CelType => ValueKind.Type,
            _ => Unsafe.As<CelObject>(tag).Kind,
        };

    /// <summary>The run-time type, without parameters: what <c>type(x)</c> gives.</summary>
    public CelType Type =>
        Kind switch
        {
            ValueKind.Null => CelType.Null,
            ValueKind.Bool => CelType.Bool,
            ValueKind.Int => CelType.Int,
            ValueKind.Uint => CelType.Uint,
            ValueKind.Double => CelType.Double,
            ValueKind.String => CelType.String,
            ValueKind.Type => CelType.Type,
            _ => Unsafe.As<CelObject>(tag!).Type,
        };

    /// <summary>It is <c>null</c>.</summary>
    public bool IsNull => tag is null;

    /// <summary>It is a bool.</summary>
    public bool IsBool => ReferenceEquals(tag, Scalar.Bool);

    /// <summary>It is an int.</summary>
    public bool IsInt => ReferenceEquals(tag, Scalar.Int);

    /// <summary>It is a uint.</summary>
    public bool IsUint => ReferenceEquals(tag, Scalar.Uint);

    /// <summary>It is a double.</summary>
    public bool IsDouble => ReferenceEquals(tag, Scalar.Double);

    /// <summary>It is <c>true</c>; errors and unknowns are not.</summary>
    public bool IsTrue => IsBool && bits != 0;

    /// <summary>It is <c>false</c>; errors and unknowns are not.</summary>
    public bool IsFalse => IsBool && bits == 0;

    /// <summary>It is an error.</summary>
    public bool IsError => tag is CelError;

    /// <summary>It is unknown.</summary>
    public bool IsUnknown => tag is CelUnknown;

    /// <summary>It is null, a bool or a number: of one size.</summary>
    internal bool IsScalar => tag is null or Scalar;

    /// <summary>It is an error or unknown: strict functions pass it on.</summary>
    public bool IsFault => tag is CelError or CelUnknown;

    // The value as one of its kind; meaningless (not unsafe) when it is of another.
    /// <summary>The bool; ask <see cref="IsBool"/> first.</summary>
    public bool Bool => bits != 0;

    /// <summary>The int; ask <see cref="IsInt"/> first.</summary>
    public long Int => bits;

    /// <summary>The uint; ask <see cref="IsUint"/> first.</summary>
    public ulong Uint => (ulong)bits;

    /// <summary>The double; ask <see cref="IsDouble"/> first.</summary>
    public double Double => BitConverter.Int64BitsToDouble(bits);

    /// <summary>The string; empty if it is none.</summary>
    public string String => tag as string ?? "";

    /// <summary>The object of a value that is no scalar, string or type.</summary>
    public CelObject? Object => tag as CelObject;

    /// <summary>The object, if the value is one of that type.</summary>
    public bool TryGet<T>([NotNullWhen(true)] out T? value)
        where T : class
    {
        value = tag as T;
        return value is not null;
    }

    /// <summary>The value as an expression that gives it, as far as there is one.</summary>
    public override string ToString() => ValueText.Of(this);

    private sealed class Scalar(ValueKind kind)
    {
        public static readonly Scalar Bool = new(ValueKind.Bool);
        public static readonly Scalar Int = new(ValueKind.Int);
        public static readonly Scalar Uint = new(ValueKind.Uint);
        public static readonly Scalar Double = new(ValueKind.Double);

        public ValueKind Kind { get; } = kind;
    }
}
