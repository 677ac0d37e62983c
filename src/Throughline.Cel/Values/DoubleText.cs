using System.Globalization;
using System.Numerics;

namespace Throughline.Cel.Values;

/// <summary>
/// Doubles as text, in the forms that implementations of the language share: shortest (Go's verbs g and f with precision -1),
/// and fixed or scientific with a number of decimals, rounded to even from the exact value.
/// </summary>
public static class DoubleText
{
    /// <summary>
    /// Shortest text that reads back, with an exponent below 1e-4 and from 10 to a power on (6: what <c>string(double)</c> is).
    /// </summary>
    public static string General(double number, int exponentFrom = 6)
    {
        if (!double.IsFinite(number))
            return double.IsNaN(number) ? "NaN"
                : number > 0 ? "+Inf"
                : "-Inf";
        (string sign, string digits, int point) = Shortest(number);
        if (point >= -3 && point <= exponentFrom)
            return sign + Plain(digits, point);
        string fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return $"{sign}{digits[0]}{fraction}e{Exponent(point - 1)}";
    }

    /// <summary>Shortest text that reads back, never with an exponent.</summary>
    public static string Plain(double number)
    {
        if (!double.IsFinite(number))
            return Special(number);
        (string sign, string digits, int point) = Shortest(number);
        return sign + Plain(digits, point);
    }

    /// <summary>With exactly so many decimals.</summary>
    public static string Fixed(double number, int decimals)
    {
        if (!double.IsFinite(number))
            return Special(number);
        string digits = Scaled(number, decimals).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        string fraction = decimals == 0 ? "" : "." + digits[^decimals..];
        return Sign(number) + digits[..^decimals] + fraction;
    }

    /// <summary>With one digit before and exactly so many after the point: <c>1.052033e+03</c>.</summary>
    public static string Scientific(double number, int decimals)
    {
        if (!double.IsFinite(number))
            return Special(number);
        (_, string shortest, int point) = Shortest(number);
        int exponent = shortest == "0" ? 0 : point - 1;
        string digits = Scaled(number, decimals - exponent).ToString(CultureInfo.InvariantCulture);
        if (digits.Length > decimals + 1) // rounded up to the next power of ten
            exponent++;
        digits = digits.PadLeft(decimals + 1, '0')[..(decimals + 1)];
        string fraction = decimals == 0 ? "" : "." + digits[1..];
        return $"{Sign(number)}{digits[0]}{fraction}e{Exponent(exponent)}";
    }

    private static string Special(double number) =>
        double.IsNaN(number) ? "NaN"
        : number > 0 ? "Infinity"
        : "-Infinity";

    private static string Sign(double number) => double.IsNegative(number) ? "-" : "";

    private static string Exponent(int exponent) =>
        (exponent < 0 ? "-" : "+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);

    // The digits that .NET finds, without zeros at either end, and where the point is: 0.digits * 10^point. The exponent must
    // come from the same text: 1e88 is 9.9999999999999996e87 when written with 17 digits.
    private static (string Sign, string Digits, int Point) Shortest(double number)
    {
        if (number == 0)
            return (Sign(number), "0", 1);
        string round = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        int exponentAt = round.IndexOf('E');
        string mantissa = exponentAt < 0 ? round : round[..exponentAt];
        int exponent = exponentAt < 0 ? 0 : int.Parse(round[(exponentAt + 1)..], CultureInfo.InvariantCulture);
        int pointAt = mantissa.IndexOf('.');
        int before = pointAt < 0 ? mantissa.Length : pointAt;
        string digits = mantissa.Replace(".", "");
        int leading = digits.Length - digits.TrimStart('0').Length;
        return (Sign(number), digits.Trim('0'), before - leading + exponent);
    }

    private static string Plain(string digits, int point) =>
        point <= 0 ? "0." + new string('0', -point) + digits
        : point >= digits.Length ? digits + new string('0', point - digits.Length)
        : digits[..point] + "." + digits[point..];

    // |number| * 10^power as an integer, halves to even.
    private static BigInteger Scaled(double number, int power)
    {
        long bits = BitConverter.DoubleToInt64Bits(number);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xFFFFFFFFFFFFF;
        if (exponent == 0)
            exponent++;
        else
            mantissa |= 1L << 52;
        exponent -= 1075;
        BigInteger numerator =
            mantissa * BigInteger.Pow(10, Math.Max(power, 0)) * BigInteger.Pow(2, Math.Max(exponent, 0));
        BigInteger denominator = BigInteger.Pow(10, Math.Max(-power, 0)) * BigInteger.Pow(2, Math.Max(-exponent, 0));
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        int half = (rest * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
