using Throughline.Core.Events;
using Throughline.Storage.Log;

namespace Throughline.Storage.InMemory;

/// <summary>
/// The model of a log: lists in memory, as plain as can be. Durable as long as its <see cref="Medium"/> lives: a test
/// that "reopens" makes another log over the same medium.
/// </summary>
public sealed class InMemoryTenantLog(InMemoryTenantLog.Medium medium) : ITenantLog
{
    private readonly Medium medium = medium;
    private bool closed;

    /// <summary>An empty log over a medium of its own.</summary>
    public InMemoryTenantLog()
        : this(new Medium()) { }

    /// <inheritdoc/>
    public long NextPosition => medium.Count(medium.Events);

    /// <inheritdoc/>
    public long NextResult => medium.Count(medium.Results);

    /// <inheritdoc/>
    public void Commit(in LogBatch batch)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        lock (medium.Gate)
        {
            for (int i = 0; i < batch.Events.Count; i++)
                medium.Events.Add(batch.Events[i].ToArray());
            for (int i = 0; i < batch.Results.Count; i++)
                medium.Results.Add(batch.Results[i].ToArray());
        }
    }

    /// <inheritdoc/>
    public void Read(long position, RecordBuffer target) => target.Append(At(medium.Events, position));

    /// <inheritdoc/>
    public void ReadResult(long sequence, RecordBuffer target) => target.Append(At(medium.Results, sequence));

    /// <inheritdoc/>
    public void Scan(long fromPosition, ScanHandler handler) => Scan(medium.Events, fromPosition, handler);

    /// <inheritdoc/>
    public void ScanResults(long fromSequence, ScanHandler handler) => Scan(medium.Results, fromSequence, handler);

    /// <inheritdoc/>
    public void Replace(IReadOnlyList<ReplacedEvent> events)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        lock (medium.Gate)
            foreach (ReplacedEvent replaced in events)
            {
                if (replaced.Position < 0 || replaced.Position >= medium.Events.Count)
                    throw new ArgumentOutOfRangeException(nameof(events), replaced.Position, "there is no such event");
                if (medium.Events[(int)replaced.Position].Length != replaced.Record.Length)
                    throw new ArgumentException($"event {replaced.Position} has another length", nameof(events));
                medium.Events[(int)replaced.Position] = replaced.Record;
            }
    }

    /// <inheritdoc/>
    public void ReleaseIdle() => ObjectDisposedException.ThrowIf(closed, this);

    /// <inheritdoc/>
    public void Dispose() => closed = true;

    private byte[] At(List<byte[]> records, long number)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        lock (medium.Gate)
        {
            if (number < 0 || number >= records.Count)
                throw new ArgumentOutOfRangeException(nameof(number), number, $"the log ends before {records.Count}");
            return records[(int)number];
        }
    }

    private void Scan(List<byte[]> records, long from, ScanHandler handler)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        long end = medium.Count(records);
        for (long number = from; number < end; number++)
        {
            if (!handler(number, At(records, number)))
                return;
        }
    }

    /// <summary>What stays when the log over it is disposed of.</summary>
    public sealed class Medium
    {
        internal Lock Gate { get; } = new();
        internal List<byte[]> Events { get; } = [];
        internal List<byte[]> Results { get; } = [];

        internal long Count(List<byte[]> records)
        {
            lock (Gate)
                return records.Count;
        }
    }
}
