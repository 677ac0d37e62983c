using Throughline.Core.Events;
using Throughline.Storage.InMemory;
using Throughline.Storage.Log;

namespace Throughline.Server.Tests.Faults;

/// <summary>When a commit fails, as a caller can tell it.</summary>
public enum CommitFault
{
    /// <summary>Nothing of the batch is there, and that is known.</summary>
    Before,

    /// <summary>The batch is durable, but its outcome is told as unknown.</summary>
    After,

    /// <summary>Nothing of it is there, nor is that known.</summary>
    Lost,
}

/// <summary>
/// A disk in memory whose n-th commit fails, once or for good, and which remembers what became durable. It outlives the logs
/// that are opened over it, as a disk does.
/// </summary>
internal sealed class FaultyDisk(long failAt, CommitFault fault, bool forGood, bool opens = true)
{
    public const string Message = "the disk refused";

    private readonly Lock gate = new();
    private readonly InMemoryTenantLog.Medium medium = new();
    private readonly HashSet<Token> durable = [];
    private bool healed;

    /// <summary>Called as a commit begins, on the writer's thread.</summary>
    public Action? Committing { get; init; }

    /// <summary>Commits that were tried.</summary>
    public long Commits { get; private set; }

    /// <summary>Times that a log was asked for.</summary>
    public int Opened { get; private set; }

    public bool Fired { get; private set; }

    /// <summary>Ids that came to the disk a second time: there must be none.</summary>
    public int Doubled { get; private set; }

    public bool Holds(Token id)
    {
        lock (gate)
            return durable.Contains(id);
    }

    /// <summary>From now on nothing fails.</summary>
    public void Heal() => healed = true;

    /// <exception cref="IOException">The fault is for good and openings fail too.</exception>
    public ITenantLog Open()
    {
        Opened++;
        if (Fired && forGood && !opens && !healed)
            throw new IOException(Message);
        return new Log(this, new(medium));
    }

    private bool Fails()
    {
        Commits++;
        bool fails = !healed && (Commits == failAt || (forGood && Commits > failAt));
        Fired |= fails;
        return fails;
    }

    private void Keep(RecordBuffer events)
    {
        lock (gate)
        {
            for (int i = 0; i < events.Count; i++)
            {
                if (!durable.Add(EventRecord.FromTrusted(events[i]).Id))
                    Doubled++;
            }
        }
    }

    /// <summary>After a failed commit it refuses all use, as the real one does.</summary>
    private sealed class Log(FaultyDisk disk, InMemoryTenantLog inner) : ITenantLog
    {
        public long NextPosition => inner.NextPosition;
        public long NextResult => inner.NextResult;

        public void Commit(in LogBatch batch)
        {
            disk.Committing?.Invoke();
            bool fails = disk.Fails();
            if (!fails || disk.Fault == CommitFault.After)
            {
                inner.Commit(batch);
                disk.Keep(batch.Events);
            }
            if (!fails)
                return;
            inner.Dispose();
            throw new LogException(Message, outcomeUnknown: disk.Fault != CommitFault.Before);
        }

        public void Read(long position, RecordBuffer target) => inner.Read(position, target);

        public void ReadResult(long sequence, RecordBuffer target) => inner.ReadResult(sequence, target);

        public void Scan(long fromPosition, ScanHandler handler) => inner.Scan(fromPosition, handler);

        public void ScanResults(long fromSequence, ScanHandler handler) => inner.ScanResults(fromSequence, handler);

        public void Replace(IReadOnlyList<ReplacedEvent> events) => inner.Replace(events);

        public void ReleaseIdle() => inner.ReleaseIdle();

        public void Dispose() => inner.Dispose();
    }

    private CommitFault Fault => fault;
}
