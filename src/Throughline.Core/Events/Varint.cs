namespace Throughline.Core.Events;

/// <summary>Unsigned LEB128 (as Protocol Buffers write it) and zig-zag for signed numbers.</summary>
public static class Varint
{
    public const int MaxSize = 10;

    public static int Write(Span<byte> target, ulong value)
    {
        int length = 0;
        while (value >= 0x80)
        {
            target[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        target[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads trusted bytes.</summary>
    public static ulong Read(ReadOnlySpan<byte> source, out int used)
    {
        if (!TryRead(source, out ulong value, out used))
            throw new InvalidDataException("a number in a stored record is damaged");
        return value;
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out ulong value, out int used)
    {
        value = 0;
        for (used = 0; used < source.Length && used < MaxSize; )
        {
            byte next = source[used];
            value |= (ulong)(next & 0x7f) << (7 * used++);
            if (next < 0x80)
                return true;
        }
        return false;
    }

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
