using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Throughline.Cli.Attribution.Batch.Reading;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>
/// The written rows of conversions until all are known: segments, each ascending by the conversion's line, in memory or, beyond the
/// budget, in a file without a name. They leave merged, in the order of the file of conversions.
/// </summary>
internal sealed class CreditSegments(MemoryBudget budget, string spillFolder) : IDisposable
{
    private const int HeadBytes = sizeof(long) + sizeof(int);
    private const int ReadBytes = 64 * 1024;

    private readonly Lock gate = new();
    private readonly List<Segment> segments = [];
    private SafeFileHandle? spill;
    private long spilledBytes;

    public long SpilledBytes => spilledBytes;

    /// <summary>Adds a segment of entries that <see cref="WriteHead"/> begins; it is copied.</summary>
    public void Add(ReadOnlySpan<byte> entries)
    {
        if (entries.IsEmpty)
            return;
        if (budget.TryTake(entries.Length))
        {
            byte[] kept = entries.ToArray();
            lock (gate)
                segments.Add(new(this, kept, 0, kept.Length));
            return;
        }
        long offset;
        lock (gate)
        {
            spill ??= SpillFile.Create(spillFolder);
            offset = spilledBytes;
            spilledBytes += entries.Length;
            segments.Add(new(this, null, offset, entries.Length));
        }
        RandomAccess.Write(spill, entries, offset);
    }

    /// <summary>Bytes that an entry begins with.</summary>
    public static int Head => HeadBytes;

    /// <summary>Begins an entry: the conversion's line and how many bytes follow.</summary>
    public static void WriteHead(Span<byte> target, long line, int bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, line);
        BinaryPrimitives.WriteInt32LittleEndian(target[sizeof(long)..], bytes);
    }

    /// <summary>Writes the rows of all segments, by line.</summary>
    /// <exception cref="IOException">The target takes no more, or what was put on disk is gone.</exception>
    public void WriteTo(Stream target, CancellationToken cancellation)
    {
        PriorityQueue<Segment, long> next = new(segments.Count);
        foreach (Segment segment in segments)
            if (segment.MoveNext())
                next.Enqueue(segment, segment.Line);
        for (int count = 0; next.Count > 0; count++)
        {
            if ((count & 0xffff) == 0)
                cancellation.ThrowIfCancellationRequested();
            Segment first = next.Peek();
            target.Write(first.Rows);
            if (first.MoveNext())
                next.DequeueEnqueue(first, first.Line);
            else
                next.Dequeue();
        }
    }

    public void Dispose() => spill?.Dispose();

    private sealed class Segment(CreditSegments owner, byte[]? kept, long offset, long length)
    {
        private byte[] buffer = kept ?? [];
        private int at;
        private int filled = kept?.Length ?? 0;
        private long left = kept is null ? length : 0; // not read yet
        private long position = offset;
        private int rowsAt;
        private int rowsLength;

        public long Line { get; private set; }
        public ReadOnlySpan<byte> Rows => buffer.AsSpan(rowsAt, rowsLength);

        public bool MoveNext()
        {
            if (at == filled && left == 0)
                return false;
            Need(HeadBytes);
            Line = BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(at));
            rowsLength = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at + sizeof(long)));
            Need(HeadBytes + rowsLength);
            rowsAt = at + HeadBytes;
            at = rowsAt + rowsLength;
            return true;
        }

        private void Need(int bytes)
        {
            if (filled - at >= bytes)
                return;
            byte[] larger = buffer.Length >= bytes ? buffer : new byte[Math.Max(bytes, ReadBytes)];
            buffer.AsSpan(at, filled - at).CopyTo(larger);
            (buffer, filled, at) = (larger, filled - at, 0);
            while (filled < bytes)
            {
                int most = (int)Math.Min(buffer.Length - filled, left);
                int read = RandomAccess.Read(owner.spill!, buffer.AsSpan(filled, most), position);
                if (read == 0)
                    throw new EndOfStreamException("a part of the rows that were put on disk is gone");
                filled += read;
                position += read;
                left -= read;
            }
        }
    }
}
