namespace Throughline.Cel.Values;

/// <summary>
/// Numbers of three types on one line (specification, "Equality" and "Ordering"). Equality is exact, so that equal keys of maps
/// are one key. In ordering, an int or uint is rounded to the nearest double when it is compared with one: the official suite
/// asks that neither of 9223372036854775807 and 9223372036854775808.0 be less.
/// </summary>
public static class Numbers
{
    // 2^63 and 2^64: the first doubles above the ranges of long and ulong.
    internal const double TwoTo63 = 9223372036854775808.0;
    internal const double TwoTo64 = 18446744073709551616.0;

    /// <summary>It is an int, uint or double.</summary>
    public static bool IsNumber(Value value) => value.IsInt || value.IsUint || value.IsDouble;

    /// <summary>Whether two values are numbers and the same one; NaN is not even itself.</summary>
    public static bool Equal(Value a, Value b) =>
        (a.Kind, b.Kind) switch
        {
            (ValueKind.Double, ValueKind.Double) => a.Double == b.Double,
            (ValueKind.Int, ValueKind.Int) or (ValueKind.Uint, ValueKind.Uint) => a.Int == b.Int,
            (ValueKind.Int, ValueKind.Uint) or (ValueKind.Uint, ValueKind.Int) => a.Int == b.Int && a.Int >= 0,
            (ValueKind.Int, ValueKind.Double) => Equal(a.Int, b.Double),
            (ValueKind.Double, ValueKind.Int) => Equal(b.Int, a.Double),
            (ValueKind.Uint, ValueKind.Double) => Equal(a.Uint, b.Double),
            (ValueKind.Double, ValueKind.Uint) => Equal(b.Uint, a.Double),
            _ => false,
        };

    /// <summary>Whether both are the same number, exactly.</summary>
    public static bool Equal(long a, double b) => a == b && b < TwoTo63 && (long)b == a;

    /// <summary>Whether both are the same number, exactly.</summary>
    public static bool Equal(ulong a, double b) => a == b && b < TwoTo64 && (ulong)b == a;

    /// <summary>How two numbers are ordered; unordered if one is NaN, incomparable if one is no number.</summary>
    public static Ordering Compare(Value a, Value b) =>
        (a.Kind, b.Kind) switch
        {
            (ValueKind.Int, ValueKind.Int) => Of(a.Int.CompareTo(b.Int)),
            (ValueKind.Uint, ValueKind.Uint) => Of(a.Uint.CompareTo(b.Uint)),
            (ValueKind.Double, ValueKind.Double) => Compare(a.Double, b.Double),
            (ValueKind.Int, ValueKind.Uint) => Of(Compare(a.Int, b.Uint)),
            (ValueKind.Uint, ValueKind.Int) => Of(-Compare(b.Int, a.Uint)),
            (ValueKind.Int, ValueKind.Double) => Compare((double)a.Int, b.Double),
            (ValueKind.Double, ValueKind.Int) => Compare(a.Double, (double)b.Int),
            (ValueKind.Uint, ValueKind.Double) => Compare((double)a.Uint, b.Double),
            (ValueKind.Double, ValueKind.Uint) => Compare(a.Double, (double)b.Uint),
            _ => Ordering.Incomparable,
        };

    /// <summary>Their order; unordered if one is NaN.</summary>
    public static Ordering Compare(double a, double b) =>
        a < b ? Ordering.Less
        : a > b ? Ordering.Greater
        : a == b ? Ordering.Equal
        : Ordering.Unordered;

    /// <summary>Their order, as <see cref="IComparable{T}"/> has it.</summary>
    public static int Compare(long a, ulong b) => a < 0 ? -1 : ((ulong)a).CompareTo(b);

    /// <summary>A number as a long, if it is one exactly.</summary>
    public static bool TryInt(Value value, out long number)
    {
        number = value.Kind switch
        {
            ValueKind.Int => value.Int,
            ValueKind.Uint => unchecked((long)value.Uint),
            ValueKind.Double when value.Double is >= -TwoTo63 and < TwoTo63 => (long)value.Double,
            _ => 0,
        };
        return value.Kind switch
        {
            ValueKind.Int => true,
            ValueKind.Uint => value.Uint <= long.MaxValue,
            ValueKind.Double => value.Double is >= -TwoTo63 and < TwoTo63
                && Math.Truncate(value.Double) == value.Double,
            _ => false,
        };
    }

    internal static Ordering Of(int order) =>
        order < 0 ? Ordering.Less
        : order > 0 ? Ordering.Greater
        : Ordering.Equal;
}
