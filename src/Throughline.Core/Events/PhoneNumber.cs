namespace Throughline.Core.Events;

/// <summary>
/// Phone numbers in E.164: <c>+</c>, a country's calling code and its number, 8 to 15 digits in all. Accepted are <c>+49 171 …</c>,
/// <c>0049171…</c>, <c>tel:+49…</c>, the <c>(0)</c> of <c>+49 (0) 171</c>, and separators (space, hyphen, point, slash, brackets). A
/// number without its country needs the tenant's default calling code. Whether a number is in use is not asked.
/// </summary>
internal static class PhoneNumber
{
    private const int MinDigits = 8;
    private const int MaxDigits = 15;

    /// <summary>Writes the E.164 text of at most 16 bytes; false if the text is no phone number.</summary>
    public static bool TryNormalise(
        ReadOnlySpan<byte> text,
        string? defaultCallingCode,
        Span<byte> target,
        out int written
    )
    {
        written = 0;
        text = TextRules.Trim(text);
        if (text.StartsWith("tel:"u8))
            text = text[4..];
        bool international = !text.IsEmpty && text[0] == '+';
        if (international)
            text = text[1..];
        Span<byte> digits = stackalloc byte[MaxDigits + 3];
        if (!TryDigits(text, international, digits, out int count))
            return false;

        ReadOnlySpan<byte> number = digits[..count];
        if (!international && !TryCountry(ref number, defaultCallingCode, target, out written))
            return false;
        if (written == 0)
            target[written++] = (byte)'+';
        if (written + number.Length - 1 is < MinDigits or > MaxDigits)
            return false;
        number.CopyTo(target[written..]);
        written += number.Length;
        return target[1] != '0';
    }

    /// <summary>The digits alone, without separators and the trunk zero in brackets.</summary>
    private static bool TryDigits(ReadOnlySpan<byte> text, bool international, Span<byte> digits, out int count)
    {
        count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte unit = text[i];
            if (unit is >= (byte)'0' and <= (byte)'9')
            {
                if (count == digits.Length)
                    return false;
                digits[count++] = unit;
            }
            else if (international && count > 0 && text[i..].StartsWith("(0)"u8))
                i += 2;
            else if (unit == 0xc2 && i + 1 < text.Length && text[i + 1] == 0xa0)
                i++; // a no-break space
            else if (unit is not ((byte)' ' or (byte)'-' or (byte)'.' or (byte)'/' or (byte)'(' or (byte)')'))
                return false;
        }
        return count > 0;
    }

    /// <summary>Finds the calling code of a number without plus: after the international prefix, or the tenant's own.</summary>
    private static bool TryCountry(
        ref ReadOnlySpan<byte> number,
        string? callingCode,
        Span<byte> target,
        out int written
    )
    {
        written = 0;
        if (number.StartsWith("00"u8))
        {
            number = number[2..];
            return true;
        }
        if (callingCode is null)
            return false;
        if (callingCode == "1" && number.StartsWith("011"u8))
        {
            number = number[3..];
            return true;
        }
        bool keepsTrunkZero = callingCode == "39"; // Italy: the zero is part of the number
        if (callingCode == "1" && number.Length == 11 && number[0] == '1')
            number = number[1..];
        else if (number[0] == '0' && !keepsTrunkZero)
            number = number[1..];
        target[written++] = (byte)'+';
        foreach (char digit in callingCode)
            target[written++] = (byte)digit;
        return true;
    }
}
