using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>How far the erasures of a tenant are carried out.</summary>
/// <param name="DoneTo">Position of the last statement of which nothing is left in any file; -1 for none.</param>
/// <param name="Events">Events whose personal part was taken, over all statements.</param>
/// <param name="Read">Of a look through the log that is under way: events that were read, of how many; 0 of 0 without one.</param>
internal readonly record struct EraserState(long DoneTo, long Events, long Read, long Total);

/// <summary>
/// Carries erasures out on disk, beside the writer: looks the log through for events that show who is erased and takes their personal part, then
/// has the state written anew and older snapshots deleted. What was begun and not finished, whatever stopped it, is done again from the
/// beginning: by the store's next opening, or after a pause. Events that come later are stored without (<see cref="TenantWriter"/>).
/// </summary>
internal sealed class CellEraser : IAsyncDisposable
{
    /// <summary>Events that are replaced at once: the writer waits for so many.</summary>
    internal const int ChunkEvents = 256;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly TenantCell cell;
    private readonly ITenantKeys keys;
    private readonly string folder;
    private readonly TimeProvider clock;
    private readonly TenantCellLog report;
    private readonly Lock marking = new(); // the mark's file and who has announced go together
    private readonly SemaphoreSlim said = new(1); // the first look is at what an earlier start has left
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private EraseMark.Done? done;
    private long read;
    private long total;
    private int announced;

    public CellEraser(TenantCell cell, ITenantKeys keys, string folder, TimeProvider clock, TenantCellLog report)
    {
        (this.cell, this.keys, this.folder, this.clock, this.report) = (cell, keys, folder, clock, report);
        done = EraseMark.Read(folder);
        loop = Task.Run(RunAsync, stop.Token);
    }

    /// <summary>Something is left to be done.</summary>
    public bool IsAtWork => EraseMark.IsIn(folder);

    public EraserState State =>
        new(
            Volatile.Read(ref done)?.Position ?? -1,
            Volatile.Read(ref done)?.Events ?? 0,
            Volatile.Read(ref read),
            Volatile.Read(ref total)
        );

    /// <summary>To be called before an erasure is committed: should this process die right after, the next one knows.</summary>
    public void Announce()
    {
        lock (marking)
        {
            EraseMark.Set(folder);
            announced++; // not where the mark cannot be made
        }
    }

    /// <summary>What was announced was committed, or not.</summary>
    public void Begin()
    {
        lock (marking)
            announced--;
        said.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        said.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await said.WaitAsync(stop.Token).ConfigureAwait(false);
            while (!await TryFinishAsync().ConfigureAwait(false))
                await Task.Delay(RetryAfter, clock, stop.Token).ConfigureAwait(false);
        }
    }

    // False: it has to be tried again.
    private async Task<bool> TryFinishAsync()
    {
        try
        {
            while (await cell.AskAsync(Look, stop.Token).ConfigureAwait(false) is { } work)
                await Task.Run(() => FinishAsync(work), stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            report.EraseFailed(error);
            return false;
        }
        finally
        {
            Volatile.Write(ref total, 0);
        }
    }

    // On the writer's thread.
    private Work? Look(TenantStore store)
    {
        IReadOnlyList<PublishedErasure> all = store.Machine.ErasureStatements;
        long known = done is { } last && IsOf(store, last) ? last.Position : -1;
        if (all.Count == 0 || all[^1].Position <= known)
        {
            lock (marking)
                if (announced == 0)
                    EraseMark.Clear(folder);
            return null;
        }
        if (known < 0)
            Volatile.Write(ref done, null);
        lock (marking)
            EraseMark.Set(folder);
        return new(store.Log, store.Machine.Erasures.Copy(), all[^1].Position, IdAt(store, all[^1].Position));
    }

    private static bool IsOf(TenantStore store, EraseMark.Done last) =>
        last.Position < store.Machine.NextPosition && IdAt(store, last.Position).ToString() == last.Id;

    private static Token IdAt(TenantStore store, long position) =>
        EventRecord.FromTrusted(store.ReadEvent(position)).Id;

    private async Task FinishAsync(Work work)
    {
        Volatile.Write(ref read, 0);
        Volatile.Write(ref total, work.Position);
        long events = done?.Events ?? 0;
        for (long from = 0; from < work.Position; )
        {
            List<ReplacedEvent> found = [];
            from = Find(work, from, found);
            if (found.Count > 0)
                work.Log.Replace(found);
            events += found.Count;
        }
        await cell.RenewSnapshotsAsync(work.Position + 1, stop.Token).ConfigureAwait(false);
        EraseMark.Done finished = new(work.Position, work.Id.ToString(), events);
        EraseMark.Write(folder, finished);
        Volatile.Write(ref done, finished);
        report.Erased(work.Position, events);
    }

    // From where to look on.
    private long Find(Work work, long from, List<ReplacedEvent> found)
    {
        long next = work.Position;
        work.Log.Scan(
            from,
            (position, bytes) =>
            {
                stop.Token.ThrowIfCancellationRequested();
                if (position >= work.Position)
                    return false;
                Volatile.Write(ref read, position + 1);
                EventRecord record = EventRecord.FromTrusted(bytes);
                if (!work.Erasures.Touch(record) || !ErasedEvent.HasPersonalPart(record))
                    return true;
                found.Add(ErasedRecords.Strip(position, bytes, keys));
                if (found.Count < ChunkEvents)
                    return true;
                next = position + 1;
                return false;
            }
        );
        return next;
    }

    /// <param name="Position">Of the last statement: all events before it are looked at.</param>
    private sealed record Work(ITenantLog Log, Erasures Erasures, long Position, Token Id);
}
