using System.Threading.Channels;
using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;
using Throughline.Core.Tenant;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>
/// The only writer of a tenant. Takes jobs in batches: applies all events, commits them with their results and the position
/// in one transaction, and only then answers. Where others wait, they are applied while the batch before them is committed, one
/// batch ahead at most. If a commit fails or its outcome is unknown the store is dropped with all that was applied, opened again
/// from snapshot and log, and only then serves on; while that fails every job is told why. Runs on the pool while there is
/// work; an idle one costs no thread.
/// </summary>
internal sealed class TenantWriter : IAsyncDisposable
{
    /// <summary>Events that one commit holds at most, but for a larger single submission.</summary>
    public const int MaxBatch = 4096;

    /// <summary>Jobs that wait at most; more are refused.</summary>
    public const int MaxWaiting = 1024;

    private const int TicksPerBatch = 64;
    private const long MinSnapshotEvents = 1_000_000;
    private const long MaxSnapshotEvents = 4_000_000;
    private const long FinalSnapshotEvents = 20_000;

    /// <summary>A dropped store is opened again at once, but no sooner than this after the opening before: each one replays.</summary>
    public static readonly TimeSpan ReopenPause = TimeSpan.FromMilliseconds(500);

    private readonly Channel<WriterJob> jobs = Channel.CreateBounded<WriterJob>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true }
    );
    private readonly Func<TenantStore> open;
    private readonly PlatformEvents platform;
    private readonly ITenantKeys? keys;
    private readonly TimeProvider clock;
    private readonly TenantCellLog report;
    private readonly List<SettleJob> settling = [];
    private readonly Task loop;
    private TenantStore? store;
    private Exception? broken;
    private long? reopenedAt;
    private long committed;
    private PublishedTypes types = PublishedTypes.Default;
    private IdentifierCatalog identifiers = IdentifierCatalog.Default;
    private Task snapshot = Task.CompletedTask;
    private WriterBatch batch = new(); // what is being applied
    private WriterBatch ahead = new(); // what is being committed meanwhile
    private Task? commit; // of that; null: the machine and the log are one
    private Task<bool>? coming;
    private volatile bool stopping;

    public TenantWriter(
        TenantStore store,
        Func<TenantStore> open,
        IEventKeys keys,
        TimeProvider clock,
        TenantCellLog report
    )
    {
        this.store = store;
        this.open = open;
        this.clock = clock;
        this.report = report;
        this.keys = keys as ITenantKeys; // others open nothing
        platform = new(keys);
        committed = store.Machine.NextPosition;
        ShowTypes(store.Machine.IdentifierTypes);
        loop = Task.Run(RunAsync);
    }

    /// <summary>The machine's lock-free reader; another one after a rebuild, null while there is none.</summary>
    public TenantReader? Reader => Volatile.Read(ref store)?.Machine.Reader;

    /// <summary>The identifier types that are committed, ready for the door.</summary>
    public IdentifierCatalog Identifiers => Volatile.Read(ref identifiers);

    /// <summary>The store's log, which any thread may read; null while there is none.</summary>
    public ITenantLog? Log => Volatile.Read(ref store)?.Log;

    /// <summary>Position after the last committed event.</summary>
    public long Committed => Volatile.Read(ref committed);

    /// <exception cref="CellBusyException">Too many jobs wait.</exception>
    /// <exception cref="CellClosedException">The cell has closed.</exception>
    public void Post(WriterJob job)
    {
        if (jobs.Writer.TryWrite(job))
            return;
        if (loop.IsCompleted || jobs.Reader.Completion.IsCompleted || stopping)
            throw new CellClosedException("the tenant's cell has closed");
        throw new CellBusyException();
    }

    /// <summary>Commits what was taken in, writes a snapshot if it saves much, closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        stopping = true;
        jobs.Writer.TryComplete();
        await loop.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        try
        {
            await SettleAsync().ConfigureAwait(false); // what the last stop left
            while (jobs.Reader.TryPeek(out _) || await ComesAsync().ConfigureAwait(false))
            {
                await RunBatchAsync().ConfigureAwait(false);
                await SettleAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    // Queued recomputation goes on while nobody asks for anything else, a few steps at a time. The queue is part of the state:
    // a stop does not wait for it, and the next start goes on with it.
    private async ValueTask SettleAsync()
    {
        while (!stopping && commit is null && store is { Machine.HasBacklog: true } && !jobs.Reader.TryPeek(out _))
        {
            RunTicks();
            await Task.Yield();
        }
        if (commit is not null || store is not { Machine.HasBacklog: false } settled)
            return;
        settling.ForEach(job => job.Complete(settled));
        settling.Clear();
    }

    private async ValueTask RunBatchAsync()
    {
        batch.Clear();
        Gather();
        try
        {
            TenantStore current = Current();
            Begin(current);
            Apply(current, 0);
            while (
                commit is { IsCompleted: false }
                && batch.Submitted < MaxBatch
                && await MoreAsync().ConfigureAwait(false)
            )
            {
                int from = batch.Jobs.Count;
                Gather();
                Apply(current, from);
            }
            await LandAsync().ConfigureAwait(false);
            if (MayGoAhead(current))
            {
                GoAhead(current);
                return;
            }
            Commit(current);
            Answer(batch, current);
            TakeSnapshot(current);
        }
        catch (Exception error)
        {
            await FailAsync(error).ConfigureAwait(false);
        }
    }

    private void Gather()
    {
        while (batch.Submitted < MaxBatch && jobs.Reader.TryRead(out WriterJob? job))
            batch.Add(job);
    }

    private async ValueTask<bool> ComesAsync()
    {
        bool comes = await (coming ??= jobs.Reader.WaitToReadAsync().AsTask()).ConfigureAwait(false);
        coming = null;
        return comes;
    }

    // False once the batch before is committed: what is applied beside it need wait no longer.
    private async ValueTask<bool> MoreAsync()
    {
        if (jobs.Reader.TryPeek(out _))
            return true;
        coming ??= jobs.Reader.WaitToReadAsync().AsTask();
        return await Task.WhenAny(commit!, coming).ConfigureAwait(false) == coming
            && await ComesAsync().ConfigureAwait(false);
    }

    // Only events, and only while others wait: whatever looks at the store, or writes it, finds machine and log at one position.
    private bool MayGoAhead(TenantStore current) =>
        batch.HoldsOnlyEvents
        && batch.Events.Count > 0
        && settling.Count == 0
        && !current.MustSeal
        && !IsSnapshotDue(current)
        && jobs.Reader.TryPeek(out _);

    private void GoAhead(TenantStore current)
    {
        batch.Note(current.Machine);
        (batch, ahead) = (ahead, batch);
        WriterBatch committing = ahead;
        DateOnly day = Today;
        commit = Task.Run(() =>
        {
            current.Write(committing.Events, committing.Results, day);
            Show(committing);
            Answer(committing, current);
        });
    }

    private async ValueTask LandAsync()
    {
        if (commit is null)
            return;
        await commit.ConfigureAwait(false);
        commit = null;
    }

    // The batch before is durable and answered, or it goes with this one.
    private async ValueTask FailAsync(Exception error)
    {
        bool both = false;
        if (commit is { } before)
        {
            await before.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            both = !before.IsCompletedSuccessfully;
            error = before.Exception?.InnerException ?? error;
            commit = null;
        }
        CellClosedException closed = error as CellClosedException ?? Drop(error);
        foreach (WriterJob job in both ? ahead.Jobs : [])
            job.Fail(closed);
        // A question has seen nothing of what was lost: the store that was opened again answers it.
        foreach (WriterJob job in batch.Jobs)
            if (job is not SubmitJob && store is { } opened)
                Answer(job, opened);
            else
                job.Fail(closed);
    }

    private void RunTicks()
    {
        batch.Clear();
        try
        {
            TenantStore current = Current();
            Begin(current);
            for (int i = 0; i < TicksPerBatch && current.Machine.HasBacklog; i++)
            {
                if (i > 0 && jobs.Reader.TryPeek(out _))
                    break; // somebody waits
                // An id that no sender can guess: a refused tick would stand in the log without having moved the machine.
                string id = $"tick-{Guid.NewGuid():n}";
                platform.Tick(
                    id,
                    current.Machine.Watermark ?? clock.GetUtcNow().ToUnixTimeMilliseconds(),
                    batch.Events
                );
                ApplyStatus status = current.Machine.Apply(batch.Events[batch.Events.Count - 1], batch.Results);
                if (status != ApplyStatus.Accepted)
                    throw new InvalidOperationException($"a tick was refused: {status}");
            }
            Commit(current);
        }
        catch (Exception error)
        {
            Drop(error);
        }
    }

    private void Begin(TenantStore current)
    {
        batch.Events.Clear();
        batch.Results.Clear();
        current.History.Pending(batch.Events, current.Machine.NextPosition, commit is null ? null : ahead.Events);
    }

    private void Apply(TenantStore current, int from)
    {
        for (int i = from; i < batch.Jobs.Count; i++)
            if (batch.Jobs[i] is SubmitJob submit)
                Apply(current, submit);
    }

    // The event is readable while it is applied, and taken out again if it was refused.
    private void Apply(TenantStore current, SubmitJob submit)
    {
        for (int i = 0; i < submit.Records.Count; i++)
        {
            if (i + TenantMachine.LookAhead < submit.Records.Count)
                current.Machine.Foresee(submit.Records[i + TenantMachine.LookAhead]);
            AppendTo(current, submit.Records[i]);
            if (submit.Apply(i, current.Machine, batch.Results) != ApplyStatus.Accepted)
                batch.Events.Truncate(batch.Events.Count - 1);
        }
    }

    // Who is erased stays it, whatever comes late: the personal part does not reach the disk. The machine does not read it.
    private void AppendTo(TenantStore current, ReadOnlySpan<byte> bytes)
    {
        EventRecord record = EventRecord.FromTrusted(bytes);
        if (current.Machine.Erasures.Touch(record) && ErasedEvent.HasPersonalPart(record))
            batch.Events.Append(ErasedRecords.Strip(-1, bytes, keys).Record);
        else
            batch.Events.Append(bytes);
    }

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private void Commit(TenantStore current)
    {
        if (batch.Events.Count > 0)
            current.Commit(batch.Events, batch.Results, Today);
        batch.Note(current.Machine);
        Show(batch);
    }

    // What readers may know from now on.
    private void Show(WriterBatch durable)
    {
        ShowTypes(durable.Types!);
        Volatile.Write(ref committed, durable.Next);
    }

    private void Answer(WriterBatch durable, TenantStore current)
    {
        foreach (SubmitJob submit in durable.Jobs.OfType<SubmitJob>())
        foreach (NewName declared in submit.NewNames)
            report.NameDeclared(declared.Name);
        foreach (WriterJob job in durable.Jobs)
            Answer(job, current);
    }

    private void Answer(WriterJob job, TenantStore current)
    {
        if (job is SettleJob settle)
            settling.Add(settle);
        else
            job.Complete(current);
    }

    private void ShowTypes(PublishedTypes now)
    {
        if (ReferenceEquals(types, now))
            return;
        types = now;
        Volatile.Write(ref identifiers, types.Types.Compile());
    }

    private TenantStore Current()
    {
        if (store is { } current)
            return current;
        if (reopenedAt is { } last && clock.GetElapsedTime(last) < ReopenPause)
            throw new CellClosedException($"the tenant's store is down: {broken!.Message}", broken);
        reopenedAt = clock.GetTimestamp();
        TenantStore opened;
        try
        {
            opened = open();
        }
        catch (Exception error)
        {
            report.Failed(error);
            Volatile.Write(ref broken, error);
            throw new CellClosedException($"the tenant's store cannot be opened: {error.Message}", error);
        }
        report.Reopened(opened.Recovery);
        ShowTypes(opened.Machine.IdentifierTypes);
        Volatile.Write(ref broken, null);
        Volatile.Write(ref store, opened);
        return opened;
    }

    // What was applied but not committed is forgotten with the memory that holds it. Returns what to tell the batch's jobs.
    private CellClosedException Drop(Exception error)
    {
        report.Failed(error);
        Volatile.Write(ref broken, error);
        TenantStore? failed = store;
        Volatile.Write(ref store, null);
        CellClosedException closed = new($"the tenant's store failed and is opened again: {error.Message}", error);
        FailSettling(closed);
        try
        {
            failed?.Dispose();
            Current();
        }
        catch (CellClosedException)
        {
            // told to the next job
        }
        catch (Exception again)
        {
            report.Failed(again);
        }
        return closed;
    }

    private void FailSettling(CellClosedException closed)
    {
        settling.ForEach(job => job.Fail(closed));
        settling.Clear();
    }

    private void TakeSnapshot(TenantStore current)
    {
        if (!IsSnapshotDue(current))
            return;
        Action write = current.PrepareSnapshot();
        snapshot = Task.Run(() => WriteSnapshot(write));
    }

    private bool IsSnapshotDue(TenantStore current)
    {
        long next = current.Machine.NextPosition;
        long due = Math.Clamp(next / 4, MinSnapshotEvents, MaxSnapshotEvents);
        return next - current.SnapshotPosition >= due && snapshot.IsCompleted;
    }

    /// <summary>
    /// Sees to it that no snapshot is older than a position: if one is, writes one of now, then deletes those. For the writer's thread; what it
    /// gives completes when that is done.
    /// </summary>
    internal Task RenewSnapshots(TenantStore current, long position)
    {
        if (snapshot.IsCompleted && !current.HasSnapshotBefore(position))
            return Task.CompletedTask;
        Task before = snapshot;
        Action write = current.PrepareSnapshot();
        Task renewed = Task.Run(async () =>
        {
            await before.ConfigureAwait(false);
            write();
            current.DeleteSnapshotsBefore(position);
        });
        snapshot = renewed.ContinueWith(_ => { }, TaskScheduler.Default); // whoever asked is told of failures
        return renewed;
    }

    // A snapshot only saves time: one that cannot be written is reported, and the log stays the truth.
    private void WriteSnapshot(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error)
        {
            report.SnapshotFailed(error);
        }
    }

    private async Task CloseAsync()
    {
        stopping = true;
        jobs.Writer.TryComplete();
        CellClosedException closed = new("the tenant's cell has closed");
        while (jobs.Reader.TryRead(out WriterJob? left)) // none, unless the loop failed
            left.Fail(closed);
        FailSettling(closed);
        await snapshot.ConfigureAwait(false); // never fails
        if (store is not { } current)
            return;
        Volatile.Write(ref store, null);
        using (current)
        {
            if (current.Machine.NextPosition - current.SnapshotPosition >= FinalSnapshotEvents)
                WriteSnapshot(() => current.PrepareSnapshot()());
        }
    }
}
