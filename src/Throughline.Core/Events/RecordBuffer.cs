using System.Buffers;

namespace Throughline.Core.Events;

/// <summary>
/// A growing run of byte records, reused from batch to batch: the currency between ingest, machine and log.
/// Write through the <see cref="IBufferWriter{T}"/>, then <see cref="Seal"/> the record, or <see cref="Discard"/> it.
/// </summary>
public sealed class RecordBuffer : IBufferWriter<byte>
{
    private byte[] data = new byte[4096];
    private int[] ends = new int[64];
    private int written;

    public int Count { get; private set; }

    /// <summary>Bytes of all sealed records.</summary>
    public int Length => Count == 0 ? 0 : ends[Count - 1];

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : ends[index - 1];
            return data.AsSpan(start, ends[index] - start);
        }
    }

    /// <summary>The bytes of records <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1, one after another.</summary>
    public ReadOnlySpan<byte> Range(int first, int count)
    {
        if (count == 0)
            return default;
        int start = first == 0 ? 0 : ends[first - 1];
        return data.AsSpan(start, ends[first + count - 1] - start);
    }

    public void Append(ReadOnlySpan<byte> record)
    {
        record.CopyTo(GetSpan(record.Length));
        Advance(record.Length);
        Seal();
    }

    /// <summary>Ends the record under way.</summary>
    public void Seal()
    {
        if (Count == ends.Length)
            Array.Resize(ref ends, ends.Length * 2);
        ends[Count++] = written;
    }

    /// <summary>Forgets the record under way.</summary>
    public void Discard() => written = Length;

    /// <summary>Forgets all records from <paramref name="count"/> on.</summary>
    public void Truncate(int count)
    {
        Count = count;
        written = Length;
    }

    public void Clear() => Truncate(0);

    public void Advance(int count) => written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return data.AsMemory(written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return data.AsSpan(written);
    }

    private void Grow(int sizeHint)
    {
        int needed = checked(written + Math.Max(sizeHint, 1));
        if (needed > data.Length)
            Array.Resize(ref data, Math.Max(needed, data.Length * 2));
    }
}
