using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>A growing buffer of cells and rows of CSV.</summary>
internal sealed class CreditText
{
    private static readonly SearchValues<byte> Quoted = SearchValues.Create(",\t\"\r\n"u8);

    private byte[] buffer = new byte[64 * 1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>A part that is to be filled in later.</summary>
    public Span<byte> At(int place, int length) => buffer.AsSpan(place, length);

    /// <summary>Room that is filled in later; gives its place.</summary>
    public int Skip(int bytes)
    {
        Need(bytes);
        Length += bytes;
        return Length - bytes;
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Need(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Raw(byte value)
    {
        Need(1);
        buffer[Length++] = value;
    }

    public void Number(long value)
    {
        Need(20);
        Utf8Formatter.TryFormat(value, buffer.AsSpan(Length), out int written);
        Length += written;
    }

    /// <summary>A text, in quotes if it needs them.</summary>
    public void Text(ReadOnlySpan<byte> text)
    {
        if (!text.ContainsAny(Quoted))
        {
            Raw(text);
            return;
        }
        Raw((byte)'"');
        for (int quote; (quote = text.IndexOf((byte)'"')) >= 0; text = text[(quote + 1)..])
        {
            Raw(text[..(quote + 1)]);
            Raw((byte)'"');
        }
        Raw(text);
        Raw((byte)'"');
    }

    /// <summary>A share as a decimal fraction of at most nine digits, rounded half up; exact in whole numbers.</summary>
    public void Share(long weight, Int128 weights)
    {
        const long Unit = 1_000_000_000;
        if (weights <= 0 || weight == 0)
        {
            Raw((byte)'0');
            return;
        }
        UInt128 scaled = (((UInt128)(ulong)weight * Unit * 2) + (UInt128)weights) / ((UInt128)weights * 2);
        (ulong whole, ulong fraction) = Math.DivRem((ulong)scaled, Unit);
        Number((long)whole);
        if (fraction == 0)
            return;
        Need(10);
        buffer[Length] = (byte)'.';
        for (int i = 9; i > 0; i--, fraction /= 10)
            buffer[Length + i] = (byte)('0' + fraction % 10);
        Length += 10;
        while (buffer[Length - 1] == '0')
            Length--;
    }

    /// <summary>A text as it stands in a cell.</summary>
    public static byte[] Cell(string text)
    {
        CreditText cell = new();
        cell.Text(Encoding.UTF8.GetBytes(text));
        return cell.Bytes.ToArray();
    }

    private void Need(int bytes)
    {
        if (Length + bytes > buffer.Length)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, Length + bytes));
    }
}
