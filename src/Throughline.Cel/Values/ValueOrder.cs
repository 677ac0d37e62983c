namespace Throughline.Cel.Values;

/// <summary>How two values are ordered.</summary>
public enum Ordering
{
    /// <summary>The first comes before the second.</summary>
    Less = -1,

    /// <summary>Both are the same.</summary>
    Equal = 0,

    /// <summary>The first comes after the second.</summary>
    Greater = 1,

    /// <summary>One is NaN: every comparison is false.</summary>
    Unordered,

    /// <summary>Values of these types have no order: an error.</summary>
    Incomparable,
}

/// <summary>The order of values (specification, "Ordering"): numbers by value, strings by code point, bytes, bools, times.</summary>
public static class ValueOrder
{
    /// <summary>The order of two values (specification, "Ordering").</summary>
    public static Ordering Compare(Value a, Value b)
    {
        ValueKind kind = a.Kind;
        if (kind != b.Kind || kind is ValueKind.Int or ValueKind.Uint or ValueKind.Double)
            return Numbers.Compare(a, b);
        return kind switch
        {
            ValueKind.Bool => Numbers.Of(a.Bool.CompareTo(b.Bool)),
            ValueKind.String => Numbers.Of(CompareText(a.String, b.String)),
            ValueKind.Bytes => Numbers.Of(Bytes(a).SequenceCompareTo(Bytes(b))),
            ValueKind.Timestamp => Numbers.Of(Compare((CelTimestamp)a.Object!, (CelTimestamp)b.Object!)),
            ValueKind.Duration => Numbers.Of(Compare((CelDuration)a.Object!, (CelDuration)b.Object!)),
            _ => Ordering.Incomparable,
        };
    }

    /// <summary>
    /// Strings by code point. UTF-16 units agree with that up to U+D7FF; above, surrogates stand for larger code points than
    /// the units from U+E000 on, so both are moved.
    /// </summary>
    public static int CompareText(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        int same = a.CommonPrefixLength(b);
        if (same == a.Length || same == b.Length)
            return a.Length.CompareTo(b.Length);
        return Rank(a[same]).CompareTo(Rank(b[same]));
    }

    private static int Rank(char unit) =>
        unit < 0xD800 ? unit
        : unit >= 0xE000 ? unit - 0x800
        : unit + 0x2000;

    private static int Compare(CelTimestamp a, CelTimestamp b) =>
        a.Seconds != b.Seconds ? a.Seconds.CompareTo(b.Seconds) : a.Nanos.CompareTo(b.Nanos);

    private static int Compare(CelDuration a, CelDuration b) =>
        a.Seconds != b.Seconds ? a.Seconds.CompareTo(b.Seconds) : a.Nanos.CompareTo(b.Nanos);

    private static ReadOnlySpan<byte> Bytes(Value value) => ((CelBytes)value.Object!).Data.Span;
}
