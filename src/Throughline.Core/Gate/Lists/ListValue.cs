using System.Globalization;
using System.Text;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Lists;

/// <summary>
/// What an entry is about, in the one form that is compared: an address or block (host bits cleared; IPv4 mapped into IPv6 is IPv4), a
/// number, or a text. The two families of addresses are apart: <c>::/0</c> holds no IPv4 address.
/// </summary>
/// <param name="Bits">Prefix from the highest bit on; number (in unsigned order); hash of the text.</param>
/// <param name="Text">Of texts alone.</param>
internal readonly record struct ListValue(UInt128 Bits, byte Length, bool IsV6, string? Text)
{
    /// <summary>Characters of a value.</summary>
    public const int LengthMax = 2048;

    public static bool TryParse(ListKind kind, string text, out ListValue value, out string error)
    {
        value = default;
        error = "";
        if (kind is ListKind.Text or ListKind.Contains)
        {
            if (text.Length is 0 or > LengthMax)
                error = text.Length == 0 ? "the value is empty" : $"the value is longer than {LengthMax} characters";
            else
                value = new(TextHash(text, kind), 0, IsV6: false, text);
        }
        else if (kind == ListKind.Number)
        {
            if (
                long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            )
                value = Of(number);
            else
                error = $"'{Shown(text)}' is no whole number";
        }
        else
        {
            error = ParseAddress(text.AsSpan().Trim(), out value) ?? "";
        }
        return error.Length == 0;
    }

    public static ListValue Of(IpAddress address) => Of(address, address.Length);

    public static ListValue Of(long number) => new((ulong)number ^ 1UL << 63, 0, IsV6: false, null);

    /// <summary>The hash by which a text is found; of a contained text whatever its case.</summary>
    public static ulong TextHash(ReadOnlySpan<char> text, ListKind kind)
    {
        ulong hash = Mix.Two((ulong)text.Length, 0);
        bool folds = kind == ListKind.Contains;
        for (int i = 0; i < text.Length; i += 4)
        {
            ulong four = 0;
            for (int j = 0; j < 4 && i + j < text.Length; j++)
                four |= (ulong)(folds ? TextAutomaton.Fold(text[i + j]) : text[i + j]) << (16 * j);
            hash = Mix.Two(hash, four);
        }
        return hash;
    }

    /// <summary>The canonical text of a row's value.</summary>
    public static string TextOf(ListKind kind, in ListRow row, string? text) =>
        kind switch
        {
            ListKind.Number => ((long)(row.Low ^ 1UL << 63)).ToString(CultureInfo.InvariantCulture),
            ListKind.Address => AddressOf(row),
            _ => text ?? "",
        };

    private static string AddressOf(in ListRow row)
    {
        IpAddress address = IpAddress.Of(row.IsV6 ? row.Bits : row.Bits >> 96, row.IsV6);
        // A block that begins where mapped IPv4 addresses do must not be written as one of them.
        string text = row.IsV6 && !address.IsV6 ? "::ffff:0:0" : address.Text;
        return row.Length == (row.IsV6 ? 128 : 32)
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"{text}/{row.Length}");
    }

    private static ListValue Of(IpAddress address, int length)
    {
        UInt128 bits = address.IsV6 ? address.Bits : address.Bits << 96;
        bits = length == 0 ? 0 : bits >> (128 - length) << (128 - length);
        return new(bits, (byte)length, address.IsV6, null);
    }

    private static string? ParseAddress(ReadOnlySpan<char> text, out ListValue value)
    {
        value = default;
        int slash = text.IndexOf('/');
        ReadOnlySpan<char> part = slash < 0 ? text : text[..slash];
        if (!TryAddress(part, out IpAddress? address))
            return $"'{Shown(text)}' is no IP address";
        bool wasV6 = part.Contains(':');
        int length = address.Length;
        if (slash >= 0)
        {
            ReadOnlySpan<char> digits = text[(slash + 1)..];
            if (
                digits.Length > 3
                || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out length)
                || length > (wasV6 ? 128 : 32)
            )
                return $"'{Shown(text)}': the length of the prefix is not from 0 to {(wasV6 ? 128 : 32)}";
            if (wasV6 && !address.IsV6)
            {
                if (length < 96)
                    return $"'{Shown(text)}': a block of mapped IPv4 addresses has a prefix of at least 96 bits";
                length -= 96;
            }
        }
        value = Of(address, length);
        return null;
    }

    // Mapped addresses with dots are usual in logs and lists, though the rule language refuses them.
    private static bool TryAddress(ReadOnlySpan<char> text, out IpAddress address)
    {
        if (IpAddress.TryParse(text, out address, out _))
            return true;
        if (!text.Contains(':') || !text.Contains('.') || text.Length > AddressText.MaxSize)
            return false;
        Span<byte> utf8 = stackalloc byte[AddressText.MaxSize * 3];
        Span<byte> canonical = stackalloc byte[AddressText.MaxSize];
        int size = Encoding.UTF8.GetBytes(text, utf8);
        return AddressText.TryCanonicalise(utf8[..size], canonical, out int written)
            && IpAddress.TryParse(Encoding.UTF8.GetString(canonical[..written]), out address, out _);
    }

    private static string Shown(ReadOnlySpan<char> text) => text.Length <= 60 ? $"{text}" : $"{text[..60]}…";
}
