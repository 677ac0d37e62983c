using System.Buffers;

namespace Throughline.Core.Events;

/// <summary>A stretch of a <see cref="ByteArena"/>.</summary>
internal readonly record struct ByteSlice(int Start, int Length);

/// <summary>Growing bytes that many small texts share; reused from event to event, so that parsing allocates nothing.</summary>
internal sealed class ByteArena : IBufferWriter<byte>
{
    private byte[] data = new byte[2048];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => data.AsSpan(0, Length);

    public Span<byte> this[ByteSlice slice] => data.AsSpan(slice.Start, slice.Length);

    public void Clear() => Length = 0;

    /// <summary>Forgets everything from <paramref name="length"/> on.</summary>
    public void Truncate(int length) => Length = length;

    public ByteSlice Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
        return new(Length - bytes.Length, bytes.Length);
    }

    public void Append(byte value)
    {
        GetSpan(1)[0] = value;
        Length++;
    }

    /// <summary>Appends text that is known to be ASCII.</summary>
    public void AppendAscii(string text) => Length += System.Text.Encoding.ASCII.GetBytes(text, GetSpan(text.Length));

    /// <summary>What was appended since <paramref name="start"/>.</summary>
    public ByteSlice Since(int start) => new(start, Length - start);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return data.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return data.AsSpan(Length);
    }

    private void Ensure(int sizeHint)
    {
        int needed = Length + Math.Max(sizeHint, 1);
        if (needed > data.Length)
            Array.Resize(ref data, Math.Max(needed, data.Length * 2));
    }
}
