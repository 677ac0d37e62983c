namespace Throughline.Cel.Values;

/// <summary>
/// Comparison of int, uint and double on one number line (specification, "Equality" and "Ordering"): no operand is ever
/// rounded to the type of the other.
/// </summary>
public static class Numbers
{
    // 2^63 and 2^64: the first doubles above the ranges of long and ulong.
    internal const double TwoTo63 = 9223372036854775808.0;
    internal const double TwoTo64 = 18446744073709551616.0;

    public static bool IsNumber(Value value) => value.IsInt || value.IsUint || value.IsDouble;

    /// <summary>How two numbers are ordered; unordered if one is NaN, incomparable if one is no number.</summary>
    public static Ordering Compare(Value a, Value b) =>
        (a.Kind, b.Kind) switch
        {
            (ValueKind.Int, ValueKind.Int) => Of(a.Int.CompareTo(b.Int)),
            (ValueKind.Uint, ValueKind.Uint) => Of(a.Uint.CompareTo(b.Uint)),
            (ValueKind.Double, ValueKind.Double) => Compare(a.Double, b.Double),
            (ValueKind.Int, ValueKind.Uint) => Of(Compare(a.Int, b.Uint)),
            (ValueKind.Uint, ValueKind.Int) => Of(-Compare(b.Int, a.Uint)),
            (ValueKind.Int, ValueKind.Double) => Compare(a.Int, b.Double),
            (ValueKind.Double, ValueKind.Int) => Reverse(Compare(b.Int, a.Double)),
            (ValueKind.Uint, ValueKind.Double) => Compare(a.Uint, b.Double),
            (ValueKind.Double, ValueKind.Uint) => Reverse(Compare(b.Uint, a.Double)),
            _ => Ordering.Incomparable,
        };

    public static Ordering Compare(double a, double b) =>
        a < b ? Ordering.Less
        : a > b ? Ordering.Greater
        : a == b ? Ordering.Equal
        : Ordering.Unordered;

    public static Ordering Compare(long a, double b)
    {
        if (double.IsNaN(b))
            return Ordering.Unordered;
        if (b >= TwoTo63)
            return Ordering.Less;
        if (b < -TwoTo63)
            return Ordering.Greater;
        long whole = (long)b;
        return a != whole ? Of(a.CompareTo(whole)) : Compare(0.0, b - Math.Truncate(b));
    }

    public static Ordering Compare(ulong a, double b)
    {
        if (double.IsNaN(b))
            return Ordering.Unordered;
        if (b >= TwoTo64)
            return Ordering.Less;
        if (b < 0)
            return Ordering.Greater;
        ulong whole = (ulong)b;
        return a != whole ? Of(a.CompareTo(whole)) : Compare(0.0, b - Math.Truncate(b));
    }

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

    private static Ordering Reverse(Ordering order) =>
        order switch
        {
            Ordering.Less => Ordering.Greater,
            Ordering.Greater => Ordering.Less,
            _ => order,
        };
}
