using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Storage.Log;

namespace Throughline.Storage.Ids;

/// <summary>
/// What the machine no longer holds, from the log and the files of ids: the one port of Core. Used by the tenant's
/// writer alone.
/// </summary>
public sealed class TenantHistory(ITenantLog log, IdArchive ids) : IHistory
{
    private readonly RecordBuffer scratch = new();
    private readonly List<long> candidates = [];
    private RecordBuffer? pending;
    private RecordBuffer? committing;
    private long pendingFirst;

    /// <summary>
    /// Names the events that are applied but not committed yet, so that the machine can read them too. Called once per
    /// batch, before its first Apply; the buffer may grow and shrink meanwhile. Once the batch is committed the log
    /// answers for it.
    /// </summary>
    /// <param name="events">The events.</param>
    /// <param name="firstPosition">Position of the first of them.</param>
    /// <param name="before">The batch before, if another thread is committing it meanwhile; it stays as it is until the next call.</param>
    public void Pending(RecordBuffer events, long firstPosition, RecordBuffer? before = null)
    {
        pending = events;
        committing = before;
        pendingFirst = firstPosition;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Read(long position)
    {
        if (IsPending(position))
            return position >= pendingFirst
                ? pending![(int)(position - pendingFirst)]
                : committing![(int)(position - pendingFirst + committing.Count)];
        scratch.Clear();
        log.Read(position, scratch);
        return scratch[0];
    }

    /// <inheritdoc/>
    public bool TryFindId(Token id, long before, out long position)
    {
        ids.Find(id, before, candidates);
        foreach (long candidate in candidates)
        {
            // An entry of an event that a crash undid points at another event, or at none.
            if (candidate >= log.NextPosition && !IsPending(candidate))
                continue;
            if (EventRecord.FromTrusted(Read(candidate)).Id != id)
                continue;
            position = candidate;
            return true;
        }
        position = -1;
        return false;
    }

    /// <inheritdoc/>
    public void Foresee(Token id) => ids.Foresee(id);

    private bool IsPending(long position)
    {
        long committed = log.NextPosition; // may pass over the batch before at any moment
        if (position < committed || pending is null)
            return false;
        int before = committing?.Count ?? 0;
        if (pending.Count + before > 0 && committed != pendingFirst && committed != pendingFirst - before)
            throw new InvalidOperationException(
                $"pending events begin at {pendingFirst - before}, but the log ends at {committed}"
            );
        return position - pendingFirst < pending.Count;
    }
}
