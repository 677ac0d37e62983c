using System.Threading.Channels;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Server.Tenants;

/// <summary>Work for the writer.</summary>
internal abstract class WriterJob
{
    /// <summary>Answers once everything before it is committed.</summary>
    public abstract void Complete(TenantStore store);

    /// <summary>It was not done, or nobody knows.</summary>
    public abstract void Fail(Exception error);
}

/// <summary>Events to be applied and committed.</summary>
internal sealed class SubmitJob(RecordBuffer records) : WriterJob
{
    private readonly TaskCompletionSource<SubmitReceipt> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ApplyStatus[] statuses = new ApplyStatus[records.Count];
    private List<NewName>? newNames;

    public RecordBuffer Records { get; } = records;
    public IReadOnlyList<NewName> NewNames => newNames ?? (IReadOnlyList<NewName>)[];
    public Task<SubmitReceipt> Task => done.Task;

    /// <summary>Gives a record to the machine, and keeps what is to be told of it.</summary>
    public ApplyStatus Apply(int index, TenantMachine machine, RecordBuffer results)
    {
        int names = machine.NurturingNames;
        statuses[index] = machine.Apply(Records[index], results);
        if (machine.NurturingNames > names)
            (newNames ??= []).Add(new(index, EventRecord.FromTrusted(Records[index]).Text(EventField.Name)!));
        return statuses[index];
    }

    public override void Complete(TenantStore store) => done.SetResult(new(statuses, NewNames));

    public override void Fail(Exception error) => done.SetException(error);
}

/// <summary>A question that only the writer can answer, between batches.</summary>
internal sealed class AskJob<T>(Func<TenantStore, T> ask) : WriterJob
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => done.Task;

    public override void Complete(TenantStore store)
    {
        try
        {
            done.SetResult(ask(store));
        }
        catch (Exception error)
        {
            done.SetException(error); // the question's trouble: it changes nothing, so the store and its other jobs go on
        }
    }

    public override void Fail(Exception error) => done.SetException(error);
}

/// <summary>Waits until no recomputation is queued; other work goes on meanwhile.</summary>
internal sealed class SettleJob : WriterJob
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => done.Task;

    public override void Complete(TenantStore store) => done.SetResult();

    public override void Fail(Exception error) => done.SetException(error);
}

/// <summary>
/// The only writer of a tenant. Takes jobs in batches: applies all events, commits them with their results and the position
/// in one transaction, and only then answers. If a commit fails or its outcome is unknown the store is dropped, opened again
/// from snapshot and log, and only then serves on; while that fails every job is told why. Runs on the pool while there is
/// work; an idle one costs no thread.
/// </summary>
internal sealed class TenantWriter : IAsyncDisposable
{
    /// <summary>Events that one commit holds at most, but for a larger single submission.</summary>
    public const int MaxBatch = 8192;

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
    private readonly TimeProvider clock;
    private readonly TenantCellLog report;
    private readonly RecordBuffer events = new();
    private readonly RecordBuffer results = new();
    private readonly List<WriterJob> batch = [];
    private readonly List<SettleJob> settling = [];
    private readonly Task loop;
    private TenantStore? store;
    private Exception? broken;
    private long? reopenedAt;
    private long committed;
    private Task snapshot = Task.CompletedTask;
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
        platform = new(keys);
        committed = store.Machine.NextPosition;
        loop = Task.Run(RunAsync);
    }

    /// <summary>The machine's lock-free reader; another one after a rebuild, null while there is none.</summary>
    public TenantReader? Reader => Volatile.Read(ref store)?.Machine.Reader;

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
            while (await jobs.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                Gather();
                RunBatch();
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
        while (!stopping && store is { Machine.HasBacklog: true } && !jobs.Reader.TryPeek(out _))
        {
            RunTicks();
            await Task.Yield();
        }
        if (store is not { Machine.HasBacklog: false } settled)
            return;
        settling.ForEach(job => job.Complete(settled));
        settling.Clear();
    }

    private void Gather()
    {
        batch.Clear();
        int count = 0;
        while (count < MaxBatch && jobs.Reader.TryRead(out WriterJob? job))
        {
            batch.Add(job);
            if (job is SubmitJob submit)
                count += submit.Records.Count;
        }
    }

    private void RunBatch()
    {
        try
        {
            TenantStore current = Current();
            Begin(current);
            foreach (WriterJob job in batch)
                if (job is SubmitJob submit)
                    Apply(current, submit);
            Commit(current);
            foreach (SubmitJob submit in batch.OfType<SubmitJob>())
            foreach (NewName declared in submit.NewNames)
                report.NameDeclared(declared.Name);
            foreach (WriterJob job in batch)
                if (job is SettleJob settle)
                    settling.Add(settle);
                else
                    job.Complete(current);
            TakeSnapshot(current);
        }
        catch (Exception error)
        {
            CellClosedException closed = error as CellClosedException ?? Drop(error);
            foreach (WriterJob job in batch)
                Fail(job, closed);
        }
    }

    private static void Fail(WriterJob job, Exception error)
    {
        try
        {
            job.Fail(error);
        }
        catch (InvalidOperationException)
        {
            // answered before the failure
        }
    }

    private void RunTicks()
    {
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
                platform.Tick(id, current.Machine.Watermark ?? clock.GetUtcNow().ToUnixTimeMilliseconds(), events);
                ApplyStatus status = current.Machine.Apply(events[events.Count - 1], results);
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
        events.Clear();
        results.Clear();
        current.History.Pending(events, current.Machine.NextPosition);
    }

    // The event is readable while it is applied, and taken out again if it was refused.
    private void Apply(TenantStore current, SubmitJob submit)
    {
        for (int i = 0; i < submit.Records.Count; i++)
        {
            if (i + TenantMachine.LookAhead < submit.Records.Count)
                current.Machine.Foresee(submit.Records[i + TenantMachine.LookAhead]);
            events.Append(submit.Records[i]);
            if (submit.Apply(i, current.Machine, results) != ApplyStatus.Accepted)
                events.Truncate(events.Count - 1);
        }
    }

    private void Commit(TenantStore current)
    {
        if (events.Count > 0)
            current.Commit(events, results, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        Volatile.Write(ref committed, current.Machine.NextPosition);
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
        settling.ForEach(job => Fail(job, closed));
        settling.Clear();
    }

    private void TakeSnapshot(TenantStore current)
    {
        long next = current.Machine.NextPosition;
        long due = Math.Clamp(next / 4, MinSnapshotEvents, MaxSnapshotEvents);
        if (next - current.SnapshotPosition < due || !snapshot.IsCompleted)
            return;
        Action write = current.PrepareSnapshot();
        snapshot = Task.Run(() => WriteSnapshot(write));
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
            Fail(left, closed);
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
