using System.Globalization;

namespace Throughline.Core.Events;

/// <summary>What came of reading an amount.</summary>
public enum AmountStatus : byte
{
    Ok = 0,

    /// <summary>Not a plain decimal number such as <c>-12.50</c>.</summary>
    Malformed,

    /// <summary>Finer than the currency's minor unit.</summary>
    TooPrecise,

    /// <summary>Beyond <see cref="Money.MaxMinor"/>.</summary>
    OutOfRange,
}

/// <summary>An amount: whole minor units (cents) of a currency. Never a floating-point number.</summary>
public readonly record struct Money(long Minor, Currency Currency)
{
    /// <summary>
    /// The greatest amount, and negated the least, that an event may carry: 2^53 - 1 minor units, which every JSON reader
    /// holds exactly.
    /// </summary>
    public const long MaxMinor = 9_007_199_254_740_991;

    /// <summary>
    /// Reads decimal text (<c>-?digits[.digits]</c>, ASCII) exactly. Digits beyond the minor unit must be zeros: 1.500 EUR is
    /// 150 cents, 1.505 EUR is <see cref="AmountStatus.TooPrecise"/>.
    /// </summary>
    public static AmountStatus TryParse(ReadOnlySpan<byte> text, Currency currency, out Money money)
    {
        money = default;
        bool negative = !text.IsEmpty && text[0] == '-';
        ReadOnlySpan<byte> digits = negative ? text[1..] : text;
        int point = digits.IndexOf((byte)'.');
        int whole = point < 0 ? digits.Length : point;
        ReadOnlySpan<byte> fraction = point < 0 ? default : digits[(point + 1)..];
        if (whole == 0 || (point >= 0 && fraction.IsEmpty) || !AllDigits(digits[..whole]) || !AllDigits(fraction))
            return AmountStatus.Malformed;

        int kept = Math.Min(fraction.Length, currency.MinorDigits);
        if (fraction[kept..].ContainsAnyExcept((byte)'0'))
            return AmountStatus.TooPrecise;
        long minor = 0;
        if (!Append(ref minor, digits[..whole]) || !Append(ref minor, fraction[..kept]))
            return AmountStatus.OutOfRange;
        for (int missing = currency.MinorDigits - kept; missing > 0; missing--)
            if (!Append(ref minor, "0"u8))
                return AmountStatus.OutOfRange;
        money = new(negative ? -minor : minor, currency);
        return AmountStatus.Ok;
    }

    /// <summary>True if the amount is within <see cref="MaxMinor"/> on either side of zero.</summary>
    public static bool IsInRange(long minor) => minor is >= -MaxMinor and <= MaxMinor;

    private static bool AllDigits(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static bool Append(ref long minor, ReadOnlySpan<byte> digits)
    {
        foreach (byte digit in digits)
        {
            minor = minor * 10 + (digit - '0');
            if (minor > MaxMinor)
                return false;
        }
        return true;
    }

    /// <summary>Decimal text with exactly the currency's minor digits and its code, such as <c>12.50 EUR</c>.</summary>
    public override string ToString()
    {
        int scale = Currency.MinorDigits;
        string digits = Int128.Abs(Minor).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string text = scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}";
        return Currency.IsNone ? $"{(Minor < 0 ? "-" : "")}{text}" : $"{(Minor < 0 ? "-" : "")}{text} {Currency}";
    }
}
