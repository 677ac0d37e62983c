using System.Buffers.Binary;
using Throughline.Core.Events;
using Throughline.Storage.Files;

namespace Throughline.Storage.Log;

/// <summary>
/// Reads a run of neighbouring records in place, as a row of the log holds it, little-endian:
/// <code>
/// count x u32   end of each record, counted from the end of this table
/// records       one after another
/// </code>
/// Its checksum covers the number of its first record and the count as well, so that exchanged rows are found.
/// </summary>
internal readonly ref struct Block(long first, int count, ReadOnlySpan<byte> bytes)
{
    /// <summary>A block is closed before it exceeds this many bytes of records (one larger record is a block of its own).</summary>
    public const int MaxBytes = 64 * 1024 - 1024;

    /// <summary>A block is closed at this many records.</summary>
    public const int MaxRecords = 256;

    private readonly ReadOnlySpan<byte> bytes = bytes;

    public long First { get; } = first;
    public int Count { get; } = count;

    /// <summary>The number after the last record's.</summary>
    public long Next => First + Count;

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ReadOnlySpan<byte> records = bytes[(Count * sizeof(uint))..];
            int start = index == 0 ? 0 : End(index - 1);
            return records[start..End(index)];
        }
    }

    /// <summary>Whether the bytes are those that were written; without that nothing else of a block may be used.</summary>
    public bool IsWhole(uint checksum) =>
        Count > 0 && (long)Count * sizeof(uint) <= bytes.Length && Sum(First, Count, bytes) == checksum;

    public static uint Sum(long first, int count, ReadOnlySpan<byte> bytes)
    {
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(head, first);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], count);
        return Checksum.Finish(Checksum.Add(Checksum.Add(Checksum.Start, head), bytes));
    }

    private int End(int index) => BinaryPrimitives.ReadInt32LittleEndian(bytes[(index * sizeof(uint))..]);
}

/// <summary>Cuts a batch into blocks; reused from commit to commit.</summary>
internal sealed class BlockBuilder
{
    private byte[] data = new byte[Block.MaxBytes + 1024];
    private int length;

    /// <summary>The block that <see cref="Fill"/> made.</summary>
    public ReadOnlySpan<byte> Bytes => data.AsSpan(0, length);

    /// <summary>Makes a block of the records from <paramref name="from"/> on; returns how many it took, at least one.</summary>
    public int Fill(RecordBuffer records, int from)
    {
        int count = 1;
        int size = records[from].Length;
        while (from + count < records.Count && count < Block.MaxRecords)
        {
            int next = records[from + count].Length;
            if (size + next > Block.MaxBytes)
                break;
            size += next;
            count++;
        }
        int table = count * sizeof(uint);
        length = table + size;
        if (data.Length < length)
            data = new byte[length];
        int end = 0;
        for (int i = 0; i < count; i++)
        {
            end += records[from + i].Length;
            BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(i * sizeof(uint)), end);
        }
        records.Range(from, count).CopyTo(data.AsSpan(table));
        return count;
    }
}
