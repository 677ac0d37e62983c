using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Library;

/// <summary>
/// An IP address, a value of the network extension. IPv4 addresses that are written as IPv6 (<c>::ffff:c0a8:1</c>) are the
/// IPv4 addresses they stand for.
/// </summary>
public sealed class IpAddress : CelOpaque
{
    private IpAddress(UInt128 bits, bool isV6)
    {
        Bits = bits;
        IsV6 = isV6;
    }

    /// <inheritdoc/>
    public override CelType Type => NetworkTypes.Ip;

    /// <summary>The address as a number of 32 or 128 bits.</summary>
    public UInt128 Bits { get; }

    /// <summary>An address of version 6; otherwise of version 4.</summary>
    public bool IsV6 { get; }

    /// <summary>Bits of an address of this family.</summary>
    public int Length => IsV6 ? 128 : 32;

    /// <summary>The address of so many bits: 128, or the lowest 32.</summary>
    public static IpAddress Of(UInt128 bits, bool isV6) =>
        isV6 && Unmapped(bits) is var (number, stays) ? new(number, stays) : new(bits, isV6);

    /// <summary>An address from its text, as RFC 4291 and Go's netip have it: no zones, no leading zeros in IPv4.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address, out string error)
    {
        bool isAddress = TryParse(text, out UInt128 bits, out bool isV6, out error);
        address = new(bits, isV6);
        return isAddress;
    }

    /// <summary>The same without an object for it.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out UInt128 bits, out bool isV6, out string error)
    {
        bits = 0;
        isV6 = false;
        error = "";
        if (text.Contains('%'))
        {
            error = "IP address with zone value is not allowed";
            return false;
        }
        if (!text.Contains(':'))
        {
            bool isV4 = TryV4(text, out uint v4);
            bits = isV4 ? v4 : 0;
            error = isV4 ? "" : Malformed;
            return isV4;
        }
        if (!TryV6(text, out UInt128 v6))
            error = Malformed;
        else if (text.Contains('.') && v6 >> 32 == 0xFFFF)
            error = "IPv4-mapped IPv6 address is not allowed";
        else
            (bits, isV6) = Unmapped(v6);
        return error.Length == 0;
    }

    /// <summary>All bits are zero: <c>0.0.0.0</c>, <c>::</c>.</summary>
    public bool IsUnspecified => Bits == 0;

    /// <summary><c>127.0.0.0/8</c> or <c>::1</c>.</summary>
    public bool IsLoopback => IsV6 ? Bits == 1 : Bits >> 24 == 127;

    /// <summary><c>224.0.0.0/4</c> or <c>ff00::/8</c>.</summary>
    public bool IsMulticast => IsV6 ? Bits >> 120 == 0xFF : Bits >> 28 == 0xE;

    /// <summary><c>224.0.0.0/24</c> or <c>ff02::/16</c>, whatever the flags.</summary>
    public bool IsLinkLocalMulticast => IsV6 ? (Bits >> 112 & 0xFF0F) == 0xFF02 : Bits >> 8 == 0xE00000;

    /// <summary><c>169.254.0.0/16</c> or <c>fe80::/10</c>.</summary>
    public bool IsLinkLocalUnicast => IsV6 ? Bits >> 118 == 0x3FA : Bits >> 16 == 0xA9FE;

    /// <summary>All but unspecified, loopback, multicast, link-local and broadcast; private addresses are in.</summary>
    public bool IsGlobalUnicast =>
        !IsUnspecified && !IsLoopback && !IsMulticast && !IsLinkLocalUnicast && (IsV6 || Bits != uint.MaxValue);

    /// <inheritdoc/>
    public override bool EqualTo(CelOpaque other) => other is IpAddress x && x.Bits == Bits && x.IsV6 == IsV6;

    /// <summary>The canonical text (RFC 5952).</summary>
    public string Text => IsV6 ? TextOfV6() : $"{Bits >> 24}.{Bits >> 16 & 255}.{Bits >> 8 & 255}.{Bits & 255}";

    /// <summary>The call that makes it.</summary>
    public override string ToString() => $"ip(\"{Text}\")";

    private const string Malformed = "IP address parse error during conversion from string";

    private static (UInt128 Bits, bool IsV6) Unmapped(UInt128 v6) =>
        v6 >> 32 == 0xFFFF ? ((uint)v6, false) : (v6, true);

    private static bool TryV4(ReadOnlySpan<char> text, out uint bits)
    {
        bits = 0;
        int parts = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            if (
                parts++ == 4
                || part.Length > 3
                || (part.Length > 1 && part[0] == '0')
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
            )
                return false;
            bits = bits << 8 | number;
        }
        return parts == 4;
    }

    // Groups before and after "::"; the last may be an IPv4 address of two groups.
    private static bool TryV6(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0;
        int gap = text.IndexOf("::");
        if (gap < 0)
            return TryGroups(text, out bits, out int all) && all == 8;
        bool ok = TryGroups(text[..gap], out UInt128 head, out int before);
        ok &= TryGroups(text[(gap + 2)..], out UInt128 tail, out int after);
        if (!ok || before + after > 7 || text[..gap].Contains('.'))
            return false;
        bits = tail | (before == 0 ? 0 : head << (128 - 16 * before));
        return true;
    }

    private static bool TryGroups(ReadOnlySpan<char> text, out UInt128 bits, out int count)
    {
        bits = 0;
        count = 0;
        if (text.IsEmpty)
            return true;
        foreach (Range range in text.Split(':'))
        {
            ReadOnlySpan<char> group = text[range];
            bool last = range.End.GetOffset(text.Length) == text.Length;
            if (last && group.Contains('.') && TryV4(group, out uint v4))
            {
                bits = bits << 32 | v4;
                count += 2;
            }
            else if (
                group.Length is >= 1 and <= 4
                && ushort.TryParse(
                    group,
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out ushort number
                )
            )
            {
                bits = bits << 16 | number;
                count++;
            }
            else
            {
                return false;
            }
            if (count > 8)
                return false;
        }
        return true;
    }

    private string TextOfV6()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        (int gap, int length) = LongestZeros(bytes);
        StringBuilder text = new(39);
        for (int i = 0; i < 8; i++)
        {
            if (i == gap)
            {
                text.Append("::");
                i += length - 1;
                continue;
            }
            if (i > 0 && i != gap + length)
                text.Append(':');
            text.Append(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]):x}");
        }
        return text.ToString();
    }

    // The first of the longest runs of at least two zero groups; -1 with a length that touches nothing if there is none.
    private static (int Start, int Length) LongestZeros(ReadOnlySpan<byte> bytes)
    {
        (int Start, int Length) best = (-1, 1);
        int run = 0;
        for (int i = 0; i < 8; i++)
        {
            run = bytes[2 * i] == 0 && bytes[2 * i + 1] == 0 ? run + 1 : 0;
            if (run > best.Length)
                best = (i - run + 1, run);
        }
        return best.Start < 0 ? (-1, 0) : best;
    }
}
