using Throughline.Core.Events;
using Throughline.Storage.Log;

namespace Throughline.Testing.Log;

/// <summary>What a failing commit does.</summary>
public enum CommitFault
{
    /// <summary>The batch is not durable, and the log says so.</summary>
    Refused,

    /// <summary>The batch is not durable, but nobody can say.</summary>
    LostUnknown,

    /// <summary>The batch is durable, but nobody can say.</summary>
    DurableUnknown,
}

/// <summary>
/// A log whose n-th commit fails, before or after the batch became durable; as a real one does it then refuses further
/// use and has to be opened anew, over <paramref name="inner"/>'s medium.
/// </summary>
public sealed class FaultingTenantLog(ITenantLog inner, int failAt, CommitFault fault) : ITenantLog
{
    private int commits;
    private bool closed;

    /// <summary>Whether the fault has happened.</summary>
    public bool Fired => commits >= failAt;

    public long NextPosition => inner.NextPosition;

    public long NextResult => inner.NextResult;

    public void Commit(in LogBatch batch)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        if (++commits != failAt)
        {
            inner.Commit(batch);
            return;
        }
        if (fault == CommitFault.DurableUnknown)
            inner.Commit(batch);
        closed = true;
        throw new LogException($"commit {failAt} was made to fail ({fault})", fault != CommitFault.Refused);
    }

    public void Read(long position, RecordBuffer target) => Open.Read(position, target);

    public void ReadResult(long sequence, RecordBuffer target) => Open.ReadResult(sequence, target);

    public void Scan(long fromPosition, ScanHandler handler) => Open.Scan(fromPosition, handler);

    public void ScanResults(long fromSequence, ScanHandler handler) => Open.ScanResults(fromSequence, handler);

    public void Replace(IReadOnlyList<ReplacedEvent> events) => Open.Replace(events);

    public void ReleaseIdle() => Open.ReleaseIdle();

    public void Dispose()
    {
        closed = true;
        inner.Dispose();
    }

    private ITenantLog Open
    {
        get
        {
            ObjectDisposedException.ThrowIf(closed, this);
            return inner;
        }
    }
}
