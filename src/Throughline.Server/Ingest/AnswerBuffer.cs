using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Throughline.Server.Ingest;

/// <summary>A growing run of UTF-8 for answers that are written by hand; reused.</summary>
internal sealed class AnswerBuffer
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([
        .. Enumerable.Range(0, 32).Select(i => (byte)i),
        (byte)'"',
        (byte)'\\',
    ]);

    private byte[] data = new byte[4096];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => data.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<byte> utf8)
    {
        Reserve(utf8.Length);
        utf8.CopyTo(data.AsSpan(Length));
        Length += utf8.Length;
    }

    public void AppendNumber(long value)
    {
        Reserve(20);
        Utf8Formatter.TryFormat(value, data.AsSpan(Length), out int written);
        Length += written;
    }

    /// <summary>Appends a JSON string with its quotes; the text is valid UTF-8.</summary>
    public void AppendString(ReadOnlySpan<byte> utf8)
    {
        Append("\""u8);
        while (utf8.IndexOfAny(Escaped) is int at and >= 0)
        {
            Append(utf8[..at]);
            AppendEscape(utf8[at]);
            utf8 = utf8[(at + 1)..];
        }
        Append(utf8);
        Append("\""u8);
    }

    public void AppendString(string text) => AppendString(Encoding.UTF8.GetBytes(text));

    private void AppendEscape(byte value)
    {
        if (value is (byte)'"' or (byte)'\\')
            Append([(byte)'\\', value]);
        else
            Append([.. "\\u00"u8, HexDigit(value >> 4), HexDigit(value & 15)]);
    }

    private void Reserve(int count)
    {
        if (Length + count > data.Length)
            Array.Resize(ref data, Math.Max(data.Length * 2, Length + count));
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
