namespace Throughline.World.Json;

/// <summary>A line of UTF-8 under construction, in one buffer that is used again and again.</summary>
internal sealed class Utf8Line
{
    /// <summary>No event of the world comes near it.</summary>
    private const int Capacity = 8192;

    private readonly byte[] data = new byte[Capacity];
    private int length;

    public ReadOnlySpan<byte> Written => data.AsSpan(0, length);

    public ReadOnlyMemory<byte> Memory => data.AsMemory(0, length);

    public void Clear() => length = 0;

    public void Raw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(data.AsSpan(length));
        length += text.Length;
    }

    public void Raw(byte one) => data[length++] = one;

    /// <summary>Room to write into; follow with <see cref="Advance"/>.</summary>
    public Span<byte> Room => data.AsSpan(length);

    public void Advance(int count) => length += count;

    public void Number(long value)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(value, data.AsSpan(length), out int written);
        length += written;
    }

    /// <summary>A number of fixed width, with zeros in front.</summary>
    public void Digits(long value, int width)
    {
        for (int i = width - 1; i >= 0; i--, value /= 10)
            data[length + i] = (byte)('0' + value % 10);
        length += width;
    }

    /// <summary>A minor amount as decimal text.</summary>
    public void Amount(long minor, int digits)
    {
        long scale = digits switch
        {
            0 => 1,
            2 => 100,
            _ => 1000,
        };
        Number(minor / scale);
        if (digits == 0)
            return;
        Raw((byte)'.');
        Digits(minor % scale, digits);
    }

    public void Hex(ulong value)
    {
        for (int i = 15; i >= 0; i--, value >>= 4)
            data[length + i] = "0123456789abcdef"u8[(int)(value & 15)];
        length += 16;
    }

    /// <summary>Hexadecimal without zeros in front, as IPv6 groups are written.</summary>
    public void Group(uint value)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(value, data.AsSpan(length), out int written, new('x'));
        length += written;
    }
}
