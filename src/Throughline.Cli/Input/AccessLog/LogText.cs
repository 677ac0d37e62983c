using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Throughline.Cli.Input.AccessLog;

/// <summary>
/// Undoes the escapes of a log's quoted field and makes valid UTF-8 of it, since clients send any bytes. In an address
/// (path, referrer) bytes that are no text are percent-encoded, as a browser would have done; elsewhere invalid UTF-8 is
/// read as Latin-1 and control characters become U+FFFD. Reusable; not for two threads.
/// </summary>
internal sealed class LogText
{
    private static readonly Rune Replacement = new(0xFFFD);

    private byte[] raw = new byte[1024];
    private byte[] text = new byte[1024];

    /// <summary>The field as UTF-8; valid until the next call.</summary>
    public ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> field, bool isAddress)
    {
        bool plain = !field.Contains((byte)'\\') && !field.ContainsAnyExceptInRange((byte)' ', (byte)'~');
        if (plain)
            return field;
        Reserve(field.Length);
        ReadOnlySpan<byte> unescaped = raw.AsSpan(0, Unescape(field, raw));
        return isAddress ? Percent(unescaped) : Readable(unescaped);
    }

    private static int Unescape(ReadOnlySpan<byte> field, Span<byte> target)
    {
        int length = 0;
        for (int at = 0; at < field.Length; at++)
        {
            if (field[at] != '\\' || at + 1 == field.Length)
            {
                target[length++] = field[at];
                continue;
            }
            byte next = field[++at];
            if (next == 'x' && at + 2 < field.Length && TryHex(field[at + 1], field[at + 2], out byte value))
            {
                target[length++] = value;
                at += 2;
                continue;
            }
            int known = "\"\\nrtbvf"u8.IndexOf(next);
            if (known < 0)
                target[length++] = (byte)'\\';
            target[length++] = known < 0 ? next : "\"\\\n\r\t\b\v\f"u8[known];
        }
        return length;
    }

    private ReadOnlySpan<byte> Percent(ReadOnlySpan<byte> bytes)
    {
        int length = 0;
        while (!bytes.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == OperationStatus.Done;
            bool keep = valid && !Rune.IsControl(rune);
            foreach (byte value in bytes[..used])
            {
                if (keep)
                    text[length++] = value;
                else
                    length += WritePercent(text.AsSpan(length), value);
            }
            bytes = bytes[used..];
        }
        return text.AsSpan(0, length);
    }

    private ReadOnlySpan<byte> Readable(ReadOnlySpan<byte> bytes)
    {
        bool latin = !Utf8.IsValid(bytes);
        int length = 0;
        while (!bytes.IsEmpty)
        {
            int used = 1;
            Rune rune = new((char)bytes[0]);
            if (!latin)
                Rune.DecodeFromUtf8(bytes, out rune, out used);
            length += (Rune.IsControl(rune) ? Replacement : rune).EncodeToUtf8(text.AsSpan(length));
            bytes = bytes[used..];
        }
        return text.AsSpan(0, length);
    }

    private static int WritePercent(Span<byte> target, byte value)
    {
        target[0] = (byte)'%';
        target[1] = "0123456789ABCDEF"u8[value >> 4];
        target[2] = "0123456789ABCDEF"u8[value & 15];
        return 3;
    }

    private static bool TryHex(byte high, byte low, out byte value)
    {
        int h = HexDigit(high);
        int l = HexDigit(low);
        value = (byte)((h << 4) | (l & 15));
        return h >= 0 && l >= 0;
    }

    private static int HexDigit(byte digit) =>
        digit switch
        {
            >= (byte)'0' and <= (byte)'9' => digit - '0',
            >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
            _ => -1,
        };

    /// <summary>Neither form grows a byte to more than three.</summary>
    private void Reserve(int size)
    {
        if (raw.Length < size)
            raw = new byte[size * 2];
        if (text.Length < size * 3)
            text = new byte[size * 6];
    }
}
