using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Throughline.Cel.Types;

namespace Throughline.Cel.Values;

/// <summary>Kinds of values at run time.</summary>
public enum ValueKind
{
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    List,
    Map,
    Type,
    Timestamp,
    Duration,
    Message,
    Enum,
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

    public static Value Null => default;
    public static Value True => new(Scalar.Bool, 1);
    public static Value False => new(Scalar.Bool, 0);

    public static Value Of(bool value) => new(Scalar.Bool, value ? 1 : 0);

    public static Value Of(long value) => new(Scalar.Int, value);

    public static Value Of(ulong value) => new(Scalar.Uint, (long)value);

    public static Value Of(double value) => new(Scalar.Double, BitConverter.DoubleToInt64Bits(value));

    public static Value Of(string value) => new(value, 0);

    public static Value Of(CelType type) => new(type, 0);

    public static Value Of(CelObject value) => new(value, 0);

    public static Value Error(string message) => new(new CelError(message), 0);

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

    public bool IsNull => tag is null;
    public bool IsBool => ReferenceEquals(tag, Scalar.Bool);
    public bool IsInt => ReferenceEquals(tag, Scalar.Int);
    public bool IsUint => ReferenceEquals(tag, Scalar.Uint);
    public bool IsDouble => ReferenceEquals(tag, Scalar.Double);
    public bool IsTrue => IsBool && bits != 0;
    public bool IsFalse => IsBool && bits == 0;
    public bool IsError => tag is CelError;
    public bool IsUnknown => tag is CelUnknown;

    /// <summary>It is null, a bool or a number: of one size.</summary>
    internal bool IsScalar => tag is null or Scalar;

    /// <summary>It is an error or unknown: strict functions pass it on.</summary>
    public bool IsFault => tag is CelError or CelUnknown;

    // The value as one of its kind; meaningless (not unsafe) when it is of another.
    public bool Bool => bits != 0;
    public long Int => bits;
    public ulong Uint => (ulong)bits;
    public double Double => BitConverter.Int64BitsToDouble(bits);
    public string String => tag as string ?? "";

    /// <summary>The object of a value that is no scalar, string or type.</summary>
    public CelObject? Object => tag as CelObject;

    public bool TryGet<T>([NotNullWhen(true)] out T? value)
        where T : class
    {
        value = tag as T;
        return value is not null;
    }

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
