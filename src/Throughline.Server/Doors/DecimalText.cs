using Throughline.Core.Events;

namespace Throughline.Server.Doors;

/// <summary>
/// JSON numbers as exact decimal text, without a step through binary floating point: exponents are written out, and what floating
/// point has left behind in a sender's sum is taken off. 59.900000000000006 EUR was meant to be 59.90; 10.005 EUR was not.
/// </summary>
internal static class DecimalText
{
    /// <summary>Longer results are not made: no amount has so many digits.</summary>
    public const int LengthMax = 80;

    /// <summary>Digits that a double needs to tell itself from its neighbours at the least; sums that went wrong have 16 or 17.</summary>
    private const int ArtefactDigits = 15;

    /// <summary>So many digits after the minor unit must be 0 or 9 for a rest to be such an artefact: a millionth of a minor unit.</summary>
    private const int ArtefactZeros = 6;

    /// <summary>Whether this is a number as JSON writes it; zeros in front are let pass.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("-"u8))
            text = text[1..];
        if (!TakeDigits(ref text))
            return false;
        if (text.StartsWith("."u8))
        {
            text = text[1..];
            if (!TakeDigits(ref text))
                return false;
        }
        if (text.IsEmpty)
            return true;
        if (text[0] is not ((byte)'e' or (byte)'E'))
            return false;
        text = text[1..];
        if (!text.IsEmpty && text[0] is (byte)'+' or (byte)'-')
            text = text[1..];
        return TakeDigits(ref text) && text.IsEmpty;
    }

    /// <summary>Writes a JSON number without exponent; false if it would be too long.</summary>
    public static bool TryExpand(ReadOnlySpan<byte> number, Span<byte> target, out int length)
    {
        length = 0;
        int mark = number.IndexOfAny((byte)'e', (byte)'E');
        ReadOnlySpan<byte> mantissa = mark < 0 ? number : number[..mark];
        if (mark < 0)
            return TryCopy(number, target, ref length);
        if (!TryExponent(number[(mark + 1)..], out int exponent))
            return false;
        if (mantissa[0] == '-')
        {
            target[length++] = (byte)'-';
            mantissa = mantissa[1..];
        }
        int point = mantissa.IndexOf((byte)'.');
        ReadOnlySpan<byte> fraction = point < 0 ? default : mantissa[(point + 1)..];
        ReadOnlySpan<byte> whole = point < 0 ? mantissa : mantissa[..point];
        int places = whole.Length + exponent; // digits before the point
        int zerosBefore = Math.Max(0, 1 - places);
        int total = Math.Max(whole.Length + fraction.Length, places) + zerosBefore + 2;
        if (total > LengthMax)
            return false;
        int at = 0;
        if (places <= 0)
        {
            target[length++] = (byte)'0';
            target[length++] = (byte)'.';
            for (int i = places; i < 0; i++)
                target[length++] = (byte)'0';
        }
        foreach (byte digit in whole)
            Put(digit, target, ref length, ref at, places);
        foreach (byte digit in fraction)
            Put(digit, target, ref length, ref at, places);
        for (; at < places; at++)
            target[length++] = (byte)'0';
        length = TrimZeros(target[..length]);
        return true;
    }

    /// <summary>
    /// Takes an artefact of floating point off decimal text: with 15 digits or more, and within a millionth of a minor unit of a whole
    /// number of them. Returns the new length; anything else stays as it is.
    /// </summary>
    public static int Snap(Span<byte> text, int length, int minorDigits)
    {
        Span<byte> number = text[..length];
        int point = number.IndexOf((byte)'.');
        if (point < 0 || length - point - 1 < minorDigits + ArtefactZeros || Significant(number) < ArtefactDigits)
            return length;
        int end = point + 1 + minorDigits;
        ReadOnlySpan<byte> rest = number[end..];
        ReadOnlySpan<byte> head = rest[..ArtefactZeros];
        bool down = !head.ContainsAnyExcept((byte)'0');
        bool up = !head.ContainsAnyExcept((byte)'9');
        if (!down && !up)
            return length;
        int kept = minorDigits == 0 ? point : end;
        return up ? Increment(text, kept) : kept;
    }

    /// <summary>Adds one to the last digit.</summary>
    private static int Increment(Span<byte> text, int length)
    {
        for (int i = length - 1; i >= 0 && text[i] != '-'; i--)
        {
            if (text[i] == '.')
                continue;
            if (text[i] != '9')
            {
                text[i]++;
                return length;
            }
            text[i] = (byte)'0';
        }
        int first = text[0] == '-' ? 1 : 0;
        text[first..length].CopyTo(text[(first + 1)..]);
        text[first] = (byte)'1';
        return length + 1;
    }

    private static int Significant(ReadOnlySpan<byte> number)
    {
        int first = number.IndexOfAnyInRange((byte)'1', (byte)'9');
        if (first < 0)
            return 0;
        ReadOnlySpan<byte> rest = number[first..];
        return rest.Length - (rest.Contains((byte)'.') ? 1 : 0);
    }

    private static void Put(byte digit, Span<byte> target, ref int length, ref int at, int places)
    {
        if (at == places && places > 0)
            target[length++] = (byte)'.';
        target[length++] = digit;
        at++;
    }

    // 1200 for 12e2 has none too many; 1.50e1 gives 15.0: Money reads that, too. Only leading zeros of a whole part go: 0.1e2 gives 01.
    private static int TrimZeros(Span<byte> text)
    {
        int first = text[0] == '-' ? 1 : 0;
        int drop = 0;
        while (first + drop + 1 < text.Length && text[first + drop] == '0' && text[first + drop + 1] != '.')
            drop++;
        text[(first + drop)..].CopyTo(text[first..]);
        return text.Length - drop;
    }

    private static bool TakeDigits(ref ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        int count = end < 0 ? text.Length : end;
        text = text[count..];
        return count > 0;
    }

    private static bool TryCopy(ReadOnlySpan<byte> number, Span<byte> target, ref int length)
    {
        if (number.Length > LengthMax)
            return false;
        number.CopyTo(target);
        length = number.Length;
        return true;
    }

    private static bool TryExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        bool negative = text[0] == '-';
        foreach (byte digit in text[0] is (byte)'-' or (byte)'+' ? text[1..] : text)
        {
            exponent = exponent * 10 + (digit - '0');
            if (exponent > EventLimits.NumberText)
                return false;
        }
        exponent = negative ? -exponent : exponent;
        return true;
    }
}
