using System.Globalization;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Rates;

/// <summary>An exchange rate exactly as it is written: so many whole units of one currency for one of another, as a decimal above zero.</summary>
public readonly record struct ExchangeRate
{
    /// <summary>Digits that count, at most.</summary>
    public const int DigitsMax = 15;

    /// <summary>Digits after the point, at most.</summary>
    public const int ScaleMax = 12;

    private ExchangeRate(long mantissa, int scale) => (Mantissa, Scale) = (mantissa, (byte)scale);

    /// <summary>The rate is <see cref="Mantissa"/> / 10^<see cref="Scale"/>; without zeros at its end after the point.</summary>
    public long Mantissa { get; }
    public byte Scale { get; }

    /// <summary>Reads <c>digits[.digits]</c>, ASCII; false if it is anything else, zero, or has too many digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExchangeRate rate)
    {
        rate = default;
        int point = text.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<char> fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || !AreDigits(whole) || !AreDigits(fraction))
            return false;
        whole = whole.TrimStart('0');
        fraction = fraction.TrimEnd('0');
        if (fraction.Length > ScaleMax || whole.Length > DigitsMax)
            return false;
        string digits = $"{whole}{fraction}".TrimStart('0');
        if (digits.Length is 0 or > DigitsMax)
            return false;
        rate = new(long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture), fraction.Length);
        return true;
    }

    /// <summary>One that this product has stored.</summary>
    internal static ExchangeRate FromTrusted(long mantissa, int scale) => new(mantissa, scale);

    /// <summary>
    /// Minor units of one currency as minor units of another, by whole numbers throughout; half a unit and more is rounded up. Null if it is
    /// beyond what an event may carry.
    /// </summary>
    /// <param name="minor">Not negative.</param>
    /// <param name="from">The currency of <paramref name="minor"/>.</param>
    /// <param name="to">The currency asked for.</param>
    /// <param name="isInverse">The rate is one of <paramref name="to"/> in <paramref name="from"/>: divide by it.</param>
    public long? Convert(long minor, Currency from, Currency to, bool isInverse)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minor);
        int shift = to.MinorDigits - from.MinorDigits;
        // At most 2^53 * 10^15 * 10^4, below 2^127 / 1000.
        Int128 above = (Int128)minor * (isInverse ? PowerOf10(Scale) : Mantissa) * PowerOf10(Math.Max(0, shift));
        Int128 below = (Int128)(isInverse ? Mantissa : PowerOf10(Scale)) * PowerOf10(Math.Max(0, -shift));
        Int128 rounded = (2 * above + below) / (2 * below);
        return rounded <= Money.MaxMinor ? (long)rounded : null;
    }

    /// <summary>As it was written, without zeros at its end after the point.</summary>
    public override string ToString()
    {
        string digits = Mantissa.ToString(CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');
        return Scale == 0 ? digits : $"{digits[..^Scale]}.{digits[^Scale..]}";
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private static long PowerOf10(int exponent)
    {
        long power = 1;
        for (; exponent > 0; exponent--)
            power *= 10;
        return power;
    }
}
