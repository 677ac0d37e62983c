using System.Buffers;
using System.Text;

namespace Throughline.Core.Events;

/// <summary>
/// JSON strings in their one canonical form: quotes and backslashes escaped with a backslash, control characters with their short
/// form or <c>\u00xx</c>, everything else as plain UTF-8.
/// </summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([
        .. Enumerable.Range(0, 32).Select(i => (byte)i),
        (byte)'"',
        (byte)'\\',
    ]);

    /// <summary>
    /// Undoes the escapes of a string whose syntax a JSON reader has checked. False if an escape names half a surrogate pair.
    /// The target must be as long as the source.
    /// </summary>
    public static bool TryUnescape(ReadOnlySpan<byte> source, Span<byte> target, out int written)
    {
        written = 0;
        while (true)
        {
            int plain = source.IndexOf((byte)'\\');
            if (plain < 0)
                plain = source.Length;
            source[..plain].CopyTo(target[written..]);
            written += plain;
            if (plain == source.Length)
                return true;
            source = source[plain..];
            if (source[1] != 'u')
            {
                target[written++] = Short(source[1]);
                source = source[2..];
                continue;
            }
            int unit = Hex(source[2..6]);
            source = source[6..];
            if (char.IsHighSurrogate((char)unit))
            {
                if (source is not [(byte)'\\', (byte)'u', ..] || !char.IsLowSurrogate((char)Hex(source[2..6])))
                    return false;
                unit = char.ConvertToUtf32((char)unit, (char)Hex(source[2..6]));
                source = source[6..];
            }
            else if (char.IsLowSurrogate((char)unit))
                return false;
            written += new Rune(unit).EncodeToUtf8(target[written..]);
        }
    }

    /// <summary>Appends a text between quotes.</summary>
    public static void Write(ReadOnlySpan<byte> utf8, ByteArena target)
    {
        target.Append((byte)'"');
        WriteInner(utf8, target);
        target.Append((byte)'"');
    }

    /// <summary>Appends a text without quotes.</summary>
    public static void WriteInner(ReadOnlySpan<byte> utf8, ByteArena target)
    {
        while (true)
        {
            int plain = utf8.IndexOfAny(Escaped);
            if (plain < 0)
                break;
            target.Append(utf8[..plain]);
            byte next = utf8[plain];
            if (Letter(next) is byte letter and not 0)
                target.Append([(byte)'\\', letter]);
            else
                target.Append([.. "\\u00"u8, HexDigit(next >> 4), HexDigit(next & 15)]);
            utf8 = utf8[(plain + 1)..];
        }
        target.Append(utf8);
    }

    private static byte Short(byte letter) =>
        letter switch
        {
            (byte)'b' => 8,
            (byte)'t' => 9,
            (byte)'n' => 10,
            (byte)'f' => 12,
            (byte)'r' => 13,
            _ => letter,
        };

    private static byte Letter(byte value) =>
        value switch
        {
            8 => (byte)'b',
            9 => (byte)'t',
            10 => (byte)'n',
            12 => (byte)'f',
            13 => (byte)'r',
            (byte)'"' or (byte)'\\' => value,
            _ => 0,
        };

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);

    private static int Hex(ReadOnlySpan<byte> digits)
    {
        int value = 0;
        foreach (byte digit in digits)
            value = value * 16 + (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return value;
    }
}
