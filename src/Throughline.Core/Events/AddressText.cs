using System.Buffers.Binary;

namespace Throughline.Core.Events;

/// <summary>
/// IP addresses in one canonical text: dotted IPv4 without leading zeros; IPv6 as RFC 5952 says (small letters, the longest run of
/// zeros shortened); an IPv4 address mapped into IPv6 is the IPv4 address. Zones, ports, prefixes and short forms are refused.
/// </summary>
public static class AddressText
{
    /// <summary>Bytes that any canonical text fits in; no longer text is an address.</summary>
    public const int MaxSize = 45;

    /// <summary>Writes the canonical text of an address; false if the text is none.</summary>
    public static bool TryCanonicalise(ReadOnlySpan<byte> text, Span<byte> target, out int written)
    {
        written = 0;
        Span<byte> four = stackalloc byte[4];
        if (!text.Contains((byte)':'))
        {
            if (!TryFour(text, four))
                return false;
            written = WriteFour(four, target);
            return true;
        }
        Span<ushort> groups = stackalloc ushort[8];
        if (text.Length > MaxSize || !TrySix(text, groups))
            return false;
        if (!groups[..5].ContainsAnyExcept((ushort)0) && groups[5] == 0xffff)
        {
            BinaryPrimitives.WriteUInt16BigEndian(four, groups[6]);
            BinaryPrimitives.WriteUInt16BigEndian(four[2..], groups[7]);
            written = WriteFour(four, target);
            return true;
        }
        written = WriteSix(groups, target);
        return true;
    }

    private static bool TryFour(ReadOnlySpan<byte> text, Span<byte> four)
    {
        if (text.Length is < 7 or > 15)
            return false;
        int part = 0;
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] != '.')
                continue;
            ReadOnlySpan<byte> digits = text[start..i];
            if (part == 4 || digits.Length is 0 or > 3 || (digits.Length > 1 && digits[0] == '0'))
                return false;
            int value = 0;
            foreach (byte digit in digits)
            {
                if (digit is < (byte)'0' or > (byte)'9')
                    return false;
                value = value * 10 + (digit - '0');
            }
            if (value > 255)
                return false;
            four[part++] = (byte)value;
            start = i + 1;
        }
        return part == 4;
    }

    private static bool TrySix(ReadOnlySpan<byte> text, Span<ushort> groups)
    {
        int gap = text.IndexOf("::"u8);
        if (gap < 0)
            return TryGroups(text, groups, out int all) && all == 8;
        ReadOnlySpan<byte> before = text[..gap];
        ReadOnlySpan<byte> after = text[(gap + 2)..];
        Span<ushort> tail = stackalloc ushort[8];
        if (!TryGroups(before, groups, out int head, mayEmbed: false) || !TryGroups(after, tail, out int rest))
            return false;
        if (head + rest > 7)
            return false;
        groups[head..].Clear();
        tail[..rest].CopyTo(groups[(8 - rest)..]);
        return true;
    }

    /// <summary>Groups between colons; the last may be a dotted IPv4 address.</summary>
    private static bool TryGroups(ReadOnlySpan<byte> text, Span<ushort> groups, out int count, bool mayEmbed = true)
    {
        count = 0;
        if (text.IsEmpty)
            return true;
        while (true)
        {
            int colon = text.IndexOf((byte)':');
            ReadOnlySpan<byte> group = colon < 0 ? text : text[..colon];
            if (colon < 0 && mayEmbed && group.Contains((byte)'.'))
            {
                Span<byte> four = stackalloc byte[4];
                if (count > 6 || !TryFour(group, four))
                    return false;
                groups[count++] = BinaryPrimitives.ReadUInt16BigEndian(four);
                groups[count++] = BinaryPrimitives.ReadUInt16BigEndian(four[2..]);
                return true;
            }
            if (count == 8 || !TryHex(group, out ushort value))
                return false;
            groups[count++] = value;
            if (colon < 0)
                return true;
            text = text[(colon + 1)..];
        }
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out ushort value)
    {
        value = 0;
        if (digits.Length is 0 or > 4)
            return false;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return false;
            value = (ushort)(value * 16 + (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10));
        }
        return true;
    }

    private static int WriteFour(ReadOnlySpan<byte> four, Span<byte> target)
    {
        int length = 0;
        for (int i = 0; i < 4; i++)
        {
            if (i > 0)
                target[length++] = (byte)'.';
            four[i]
                .TryFormat(
                    target[length..],
                    out int digits,
                    default,
                    System.Globalization.CultureInfo.InvariantCulture
                );
            length += digits;
        }
        return length;
    }

    private static int WriteSix(ReadOnlySpan<ushort> groups, Span<byte> target)
    {
        LongestZeros(groups, out int gap, out int gapLength);
        int length = 0;
        for (int i = 0; i < 8; i++)
        {
            if (i == gap)
            {
                target[length++] = (byte)':';
                i += gapLength - 1;
                if (i == 7)
                    target[length++] = (byte)':';
                continue;
            }
            if (i > 0)
                target[length++] = (byte)':';
            groups[i]
                .TryFormat(target[length..], out int digits, "x", System.Globalization.CultureInfo.InvariantCulture);
            length += digits;
        }
        return length;
    }

    /// <summary>The first longest run of at least two zero groups.</summary>
    private static void LongestZeros(ReadOnlySpan<ushort> groups, out int start, out int length)
    {
        start = -1;
        length = 1;
        for (int i = 0; i < 8; i++)
        {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0)
                run++;
            if (run > length)
                (start, length) = (i, run);
            i += run;
        }
    }
}
