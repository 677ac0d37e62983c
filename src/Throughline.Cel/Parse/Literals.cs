using System.Globalization;
using Throughline.Cel.Values;

namespace Throughline.Cel.Parse;

/// <summary>Numbers as they are written (specification, "Numeric Values").</summary>
internal static class Literals
{
    private const ulong MagnitudeOfMinInt = 1UL << 63;

    /// <summary>Reads the text of a number token, with the sign before it; says why if it has no value.</summary>
    public static bool TryNumber(
        TokenKind kind,
        ReadOnlySpan<char> text,
        bool negative,
        out Value value,
        out string trouble
    )
    {
        value = default;
        trouble = "";
        if (kind == TokenKind.Double)
        {
            double number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (double.IsInfinity(number))
                trouble = "this number is beyond the range of double (about 1.8e308)";
            value = Value.Of(negative ? -number : number);
        }
        else if (kind == TokenKind.Uint)
        {
            if (!TryMagnitude(text[..^1], out ulong number))
                trouble = "this number is beyond the range of uint (18446744073709551615)";
            value = Value.Of(number);
        }
        else
        {
            if (!TryMagnitude(text, out ulong number) || number > MagnitudeOfMinInt - (negative ? 0UL : 1UL))
                trouble = "this number is beyond the range of int (-9223372036854775808 to 9223372036854775807)";
            value = Value.Of(unchecked(negative ? -(long)number : (long)number));
        }
        return trouble.Length == 0;
    }

    private static bool TryMagnitude(ReadOnlySpan<char> digits, out ulong number) =>
        digits.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
