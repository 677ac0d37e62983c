using System.Collections.Immutable;
using Throughline.Core.Events;
using Throughline.Storage.Files;
using Throughline.Storage.Log;

namespace Throughline.Storage.Sqlite;

/// <summary>
/// A tenant's log in a folder of its own: one SQLite file per UTC day of arrival (<c>log-2026-11-22.db</c>), rows of
/// up to 256 records, write-ahead log, flushed at every commit. The form is drawn in docs/internals/formats.md.
/// </summary>
public sealed class SqliteTenantLog : ITenantLog
{
    private readonly string folder;
    private readonly string tenant;
    private readonly FolderLock held;
    private readonly ReaderPool readers = new();
    private readonly BlockCache[] caches = [new(), new()];
    private readonly Lock writing = new();
    private ImmutableArray<DayFile> files;
    private volatile LogEnd end;
    private DayWriter? writer;
    private volatile bool closed;

    /// <summary>Opens a tenant's log, or begins one in an empty or missing folder.</summary>
    /// <param name="folder">The tenant's folder.</param>
    /// <param name="tenant">The tenant's id; a log of another tenant is refused.</param>
    /// <param name="command">What this process does, for whoever finds the folder in use.</param>
    /// <param name="clock">Gives the time that such a message shows.</param>
    /// <exception cref="StoreInUseException">Another process holds the folder.</exception>
    /// <exception cref="StoreDamagedException">A file is damaged, missing or of a newer form; nothing was changed.</exception>
    /// <exception cref="IOException">The disk refused; opening again later may work.</exception>
    public static SqliteTenantLog Open(string folder, string tenant, string command, TimeProvider clock)
    {
        FolderLock held = FolderLock.Take(folder, command, clock);
        try
        {
            DurableFile.DeleteDrafts(folder, "log-*.db");
            // A start before may have failed between naming a file and making the name durable.
            Disk.FlushFolder(folder);
            ImmutableArray<DayFile> files = OpenFiles(folder, tenant, out LogEnd end);
            return new(folder, tenant, held, files, end);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private SqliteTenantLog(string folder, string tenant, FolderLock held, ImmutableArray<DayFile> files, LogEnd end)
    {
        this.folder = folder;
        this.tenant = tenant;
        this.held = held;
        this.files = files;
        this.end = end;
    }

    /// <inheritdoc/>
    public long NextPosition => end.NextPosition;

    /// <inheritdoc/>
    public long NextResult => end.NextResult;

    /// <inheritdoc/>
    public void Commit(in LogBatch batch)
    {
        lock (writing)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (batch.IsEmpty)
                return;
            try
            {
                WriterFor(batch.ArrivalDay).Commit(batch, end);
            }
            catch (Exception e)
            {
                Close();
                if (e is LogException)
                    throw;
                throw new LogException(
                    $"{folder}: a batch could not be written: {e.Message}",
                    outcomeUnknown: false,
                    e
                );
            }
            end = new(end.NextPosition + batch.Events.Count, end.NextResult + batch.Results.Count);
        }
    }

    /// <inheritdoc/>
    public void Read(long position, RecordBuffer target) => Read(RecordKind.Events, position, target);

    /// <inheritdoc/>
    public void ReadResult(long sequence, RecordBuffer target) => Read(RecordKind.Results, sequence, target);

    /// <inheritdoc/>
    public void Scan(long fromPosition, ScanHandler handler) => Scan(RecordKind.Events, fromPosition, handler);

    /// <inheritdoc/>
    public void ScanResults(long fromSequence, ScanHandler handler) => Scan(RecordKind.Results, fromSequence, handler);

    /// <inheritdoc/>
    public void Replace(IReadOnlyList<ReplacedEvent> events)
    {
        for (int done = 0; done < events.Count; )
        {
            ImmutableArray<DayFile> all = files;
            int index = FileOf(all, RecordKind.Events, events[done].Position);
            long next = index + 1 < all.Length ? all[index + 1].FirstPosition : NextPosition;
            ReplacedEvent[] own = [.. events.Skip(done).TakeWhile(x => x.Position < next)];
            if (own.Length == 0)
                throw new ArgumentOutOfRangeException(nameof(events), events[done].Position, "there is no such event");
            using DayRewriter rewriter = new(all[index]);
            lock (writing)
            {
                ObjectDisposedException.ThrowIf(closed, this);
                Guarded(() => rewriter.Replace(own));
            }
            caches[(int)RecordKind.Events].Clear();
            Guarded(rewriter.Forget);
            done += own.Length;
        }
    }

    // As a failed commit: what the files hold then, only an opening tells.
    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (SqliteFault fault)
        {
            lock (writing)
                Close();
            throw new LogException(
                $"{folder}: events could not be replaced: {fault.Message}",
                outcomeUnknown: true,
                fault
            );
        }
    }

    /// <inheritdoc/>
    public void ReleaseIdle()
    {
        lock (writing)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            writer?.Dispose();
            writer = null;
        }
        readers.Clear();
        foreach (BlockCache cache in caches)
            cache.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (writing)
            Close();
        held.Dispose();
    }

    private void Close()
    {
        closed = true;
        readers.Dispose();
        writer?.Dispose();
        writer = null;
    }

    private static ImmutableArray<DayFile> OpenFiles(string folder, string tenant, out LogEnd end)
    {
        var files = ImmutableArray.CreateBuilder<DayFile>();
        end = new(0, 0);
        foreach ((string path, DateOnly day) in DayFile.In(folder))
        {
            DayFile file = DayFile.Open(path, day, tenant, out LogEnd next);
            if (files.Count > 0 && end != new LogEnd(file.FirstPosition, file.FirstResult))
            {
                string detail =
                    $"it begins with event {file.FirstPosition} and result {file.FirstResult}, but the file before it "
                    + $"({Path.GetFileName(files[^1].Path)}) ends before {end.NextPosition} and {end.NextResult}";
                throw new StoreDamagedException(path, StoreProblem.Gap, detail);
            }
            files.Add(file);
            end = next;
        }
        return files.DrainToImmutable();
    }

    private DayWriter WriterFor(DateOnly day)
    {
        DayFile? newest = files.IsEmpty ? null : files[^1];
        if (newest is null || newest.Day < day)
        {
            writer?.Dispose();
            writer = null;
            newest = DayFile.Create(folder, tenant, day, end.NextPosition, end.NextResult);
            ImmutableInterlocked.Update(ref files, (all, file) => all.Add(file), newest);
        }
        return writer ??= new(newest);
    }

    private void Read(RecordKind kind, long number, RecordBuffer target)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        long next = Next(kind);
        if (number < 0 || number >= next)
            throw new ArgumentOutOfRangeException(nameof(number), number, $"the log ends before {next}");
        if (!caches[(int)kind].TryGet(number, out CachedBlock block))
        {
            int version = caches[(int)kind].Version;
            block = Load(kind, number);
            caches[(int)kind].Add(block, version);
        }
        target.Append(block[number]);
    }

    private CachedBlock Load(RecordKind kind, long number)
    {
        ImmutableArray<DayFile> all = files;
        DayFile file = all[FileOf(all, kind, number)];
        try
        {
            using ReaderPool.Lease lease = readers.Rent(file);
            return lease.Reader.Read(kind, number);
        }
        catch (SqliteFault fault)
        {
            throw DayFile.Translate(fault, file.Path);
        }
    }

    private void Scan(RecordKind kind, long from, ScanHandler handler)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        long to = Next(kind);
        ImmutableArray<DayFile> all = files;
        if (from >= to)
            return;
        for (int index = FileOf(all, kind, from); index < all.Length && from < to; index++)
        {
            long fileEnd = index + 1 < all.Length ? Math.Min(to, First(all[index + 1], kind)) : to;
            if (from == fileEnd)
                continue;
            try
            {
                using ReaderPool.Lease lease = readers.Rent(all[index]);
                if (!lease.Reader.Scan(kind, from, fileEnd, handler))
                    return;
            }
            catch (SqliteFault fault)
            {
                throw DayFile.Translate(fault, all[index].Path);
            }
            from = fileEnd;
        }
    }

    private long Next(RecordKind kind) => kind == RecordKind.Events ? NextPosition : NextResult;

    private static long First(DayFile file, RecordKind kind) =>
        kind == RecordKind.Events ? file.FirstPosition : file.FirstResult;

    // The last file that begins at or before the number; files without records share their beginning with the next.
    private static int FileOf(ImmutableArray<DayFile> all, RecordKind kind, long number)
    {
        int index = all.Length - 1;
        while (index > 0 && First(all[index], kind) > number)
            index--;
        return First(all[index], kind) <= number
            ? index
            : throw new ArgumentOutOfRangeException(nameof(number), number, "before the beginning of the log");
    }
}
