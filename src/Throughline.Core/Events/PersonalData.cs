namespace Throughline.Core.Events;

/// <summary>
/// Which texts look personal, and so are sealed instead of stored in the clear. Errs towards sealing: a sealed property is still
/// there for whoever may open it. Names are judged by <see cref="PersonalNames"/>.
/// </summary>
public static class PersonalData
{
    /// <summary>True if a text holds an e-mail address, or is a phone number or an IP address as a whole.</summary>
    public static bool LooksPersonal(ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> text = utf8.Trim(" \t\r\n"u8);
        return text.Length >= 3 && (EmailStart(text) >= 0 || LooksLikePhone(text) || LooksLikeAddress(text));
    }

    /// <summary>
    /// Where the first thing begins that looks like an e-mail address (<c>a@b.de</c>, also with <c>%40</c>), or -1. Looks at each
    /// byte a fixed number of times, whatever the text.
    /// </summary>
    public static int EmailStart(ReadOnlySpan<byte> utf8)
    {
        for (int at = 0; at < utf8.Length; at++)
        {
            int next = utf8[at..].IndexOfAny((byte)'@', (byte)'%');
            if (next < 0)
                return -1;
            at += next;
            int size =
                utf8[at] == '@' ? 1
                : utf8[at..].StartsWith("%40"u8) ? 3
                : 0;
            if (size == 0 || at == 0 || !IsLocalPart(utf8[at - 1]) || !HasDomain(utf8[(at + size)..]))
                continue;
            int start = at - 1;
            while (start > 0 && IsLocalPart(utf8[start - 1]))
                start--;
            return start;
        }
        return -1;
    }

    private static bool IsLocalPart(byte unit) =>
        char.IsAsciiLetterOrDigit((char)unit) || unit >= 0x80 || "!#$&'*+-._~%"u8.Contains(unit);

    /// <summary>Labels of letters, digits and hyphens, at least one point, and letters alone after a point.</summary>
    private static bool HasDomain(ReadOnlySpan<byte> rest)
    {
        int length = 0;
        while (length < rest.Length && (IsDomainUnit(rest[length]) || rest[length] == '.'))
            length++;
        ReadOnlySpan<byte> domain = rest[..length];
        for (int point = domain.IndexOf((byte)'.'); point >= 0; )
        {
            ReadOnlySpan<byte> after = domain[(point + 1)..];
            int next = after.IndexOf((byte)'.');
            ReadOnlySpan<byte> label = next < 0 ? after : after[..next];
            if (point > 0 && label.Length >= 2 && !label.ContainsAnyInRange((byte)'0', (byte)'9'))
                return true;
            point = next < 0 ? -1 : point + 1 + next;
        }
        return false;
    }

    private static bool IsDomainUnit(byte unit) => char.IsAsciiLetterOrDigit((char)unit) || unit == '-' || unit >= 0x80;

    /// <summary>8 to 15 digits with separators that begin as a phone number does, or the American 3-3-4.</summary>
    private static bool LooksLikePhone(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 8 or > 32 || text[0] is not ((byte)'+' or (byte)'(' or >= (byte)'0' and <= (byte)'9'))
            return false;
        int digits = 0;
        int separators = 0;
        foreach (byte unit in text)
        {
            if (unit is >= (byte)'0' and <= (byte)'9')
                digits++;
            else if (unit is (byte)' ' or (byte)'-' or (byte)'.' or (byte)'/' or (byte)'(' or (byte)')')
                separators++;
            else if (unit != '+')
                return false;
        }
        if (digits is < 8 or > 15)
            return false;
        bool american =
            text.Length == 12
            && digits == 10
            && separators == 2
            && !char.IsAsciiDigit((char)text[3])
            && text[3] == text[7];
        return text[0] is (byte)'+' or (byte)'(' || (text[0] == '0' && text[1] != '.') || american;
    }

    private static bool LooksLikeAddress(ReadOnlySpan<byte> text)
    {
        if (text.Length > AddressText.MaxSize || (!text.Contains((byte)':') && !char.IsAsciiDigit((char)text[0])))
            return false;
        Span<byte> canonical = stackalloc byte[AddressText.MaxSize];
        return AddressText.TryCanonicalise(text, canonical, out _);
    }
}
