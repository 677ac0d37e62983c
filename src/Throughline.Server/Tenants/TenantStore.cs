using System.Diagnostics;
using Throughline.Core.Events;
using Throughline.Core.State;
using Throughline.Core.Tenant;
using Throughline.Storage;
using Throughline.Storage.Ids;
using Throughline.Storage.Log;
using Throughline.Storage.Pages;
using Throughline.Storage.Snapshots;
using Throughline.Storage.Sqlite;

namespace Throughline.Server.Tenants;

/// <summary>How a store came up: what a restart cost.</summary>
/// <param name="SnapshotPosition">Position that the snapshot gave, 0 without one.</param>
/// <param name="Replayed">Events of the log's tail that were applied again.</param>
/// <param name="PassedOver">Snapshots that were not used, damaged files of ids that were made anew, results that were restated.</param>
public sealed record Recovery(long SnapshotPosition, long Replayed, TimeSpan Elapsed, IReadOnlyList<string> PassedOver);

/// <summary>
/// A tenant's log, id files, snapshots and machine, brought up together: newest good snapshot, then the log's tail. One writer.
/// After any exception of <see cref="Commit"/> or the machine it must be disposed of and opened again.
/// </summary>
public sealed class TenantStore : IDisposable
{
    private readonly ITenantLog log;
    private readonly IdArchive archive;
    private readonly SnapshotStore? snapshots;
    private readonly MappedPages? pages;
    private (RetiredIds Ids, Task Done)? sealing;

    private TenantStore(
        ITenantLog log,
        IdArchive archive,
        SnapshotStore? snapshots,
        MappedPages? pages,
        TenantHistory history,
        TenantMachine machine,
        Recovery recovery
    )
    {
        this.log = log;
        this.archive = archive;
        this.snapshots = snapshots;
        this.pages = pages;
        History = history;
        Machine = machine;
        Recovery = recovery;
        SnapshotPosition = recovery.SnapshotPosition;
    }

    public TenantMachine Machine { get; }
    public TenantHistory History { get; }
    public ITenantLog Log => log;
    public Recovery Recovery { get; }

    /// <summary>Where the state is; null: in memory.</summary>
    internal MappedPages? Pages => pages;

    /// <summary>The version of the gate's rules that was last asked for, compiled; for the writer's thread.</summary>
    internal CompiledRules GateRules { get; } = new();

    /// <summary>Position of the newest snapshot.</summary>
    public long SnapshotPosition { get; private set; }

    /// <param name="folder">The tenant's folder.</param>
    /// <param name="settings">What the machine must know.</param>
    /// <param name="clock">Stamps the folder's lock.</param>
    /// <param name="pages">Where the state is.</param>
    /// <exception cref="StoreInUseException">Another process holds the folder.</exception>
    /// <exception cref="StoreDamagedException">The log cannot be used; the message names the file. Nothing was changed.</exception>
    /// <exception cref="IOException">The disk refused; a later try may work.</exception>
    public static TenantStore Open(
        string folder,
        TenantSettings settings,
        TimeProvider clock,
        StatePages pages = StatePages.Memory
    ) => Open(folder, settings, SqliteTenantLog.Open(folder, settings.Tenant, Environment.CommandLine, clock), pages);

    /// <summary>The same over a log that is open already; it is disposed of with the store, or if this fails.</summary>
    internal static TenantStore Open(
        string folder,
        TenantSettings settings,
        ITenantLog log,
        StatePages pages = StatePages.Memory
    )
    {
        MappedPages? mapped = null;
        try
        {
            mapped = pages == StatePages.Mapped ? MappedPages.Create(folder) : null;
            IdArchive archive = IdArchive.OpenOrRebuild(folder, log, out StoreDamagedException? damage);
            LogicChange.Check(folder, log);
            return Recover(
                folder,
                log,
                archive,
                new(folder, settings.Tenant),
                mapped,
                settings,
                damage is null ? [] : [damage.Message]
            );
        }
        catch
        {
            mapped?.Dispose();
            log.Dispose();
            throw;
        }
    }

    private static TenantStore Recover(
        string folder,
        ITenantLog log,
        IdArchive archive,
        SnapshotStore snapshots,
        MappedPages? pages,
        TenantSettings settings,
        List<string> passedOver
    )
    {
        Stopwatch watch = Stopwatch.StartNew();
        TenantHistory history = new(log, archive);
        IPageSource source = (IPageSource?)pages ?? new MemoryPages();
        TenantMachine? machine = FromSnapshot(log, history, snapshots, source, settings, passedOver);
        long from = machine?.NextPosition ?? 0;
        if (machine is not null && !ReplayTail(machine, log, archive))
        {
            passedOver.Add(
                $"the snapshot of position {from}: the log's tail gives other results from it than are stored"
            );
            machine.ReleasePages();
            (machine, from) = (null, 0);
        }
        if (machine is null)
        {
            bool same = ReplayTail(machine = new(settings, history, source), log, archive);
            if (LogicChange.IsBehind(log))
                passedOver.Add(LogicChange.Restate(machine, log));
            else if (!same)
                throw LogicChange.Differs(folder, settings, log, history);
        }
        return new(
            log,
            archive,
            snapshots,
            pages,
            history,
            machine,
            new(from, log.NextPosition - from, watch.Elapsed, passedOver)
        );
    }

    // False: it does not give the results that are stored.
    private static bool ReplayTail(TenantMachine machine, ITenantLog log, IdArchive archive)
    {
        LogTail.Replay(machine, log, () => SealRetired(machine, archive));
        return machine.NextResult == log.NextResult;
    }

    private static TenantMachine? FromSnapshot(
        ITenantLog log,
        TenantHistory history,
        SnapshotStore snapshots,
        IPageSource pages,
        TenantSettings settings,
        List<string> passedOver
    )
    {
        using Snapshot? snapshot = snapshots.TryOpenNewest(
            log.NextPosition,
            out IReadOnlyList<StoreDamagedException> damaged
        );
        passedOver.AddRange(damaged.Select(error => error.Message));
        if (snapshot is null)
            return null;
        try
        {
            return TenantMachine.Restore(settings, history, snapshot, pages);
        }
        catch (InvalidDataException error)
        {
            passedOver.Add($"{snapshot.File}: {error.Message}"); // of another build's form: the log rebuilds
            return null;
        }
    }

    /// <summary>
    /// Makes a batch durable: events, results and position in one transaction; then sees to retired ids, which another thread puts into files
    /// while the machine still holds them, one generation at a time.
    /// </summary>
    public void Commit(RecordBuffer events, RecordBuffer results, DateOnly arrivalDay)
    {
        Write(events, results, arrivalDay);
        if (sealing is { } under && (under.Done.IsCompleted || Machine.RetiredGenerations > 1))
        {
            under.Done.GetAwaiter().GetResult(); // more than one generation does not wait in memory
            Machine.Forget(under.Ids);
            sealing = null;
        }
        if (sealing is null && Machine.TryTakeRetired(out RetiredIds? next))
            sealing = (next, Task.Run(() => Seal(next, archive)));
    }

    /// <summary>
    /// The first half of <see cref="Commit"/>, on any thread, while the writer goes on. Not while <see cref="MustSeal"/>.
    /// </summary>
    public void Write(RecordBuffer events, RecordBuffer results, DateOnly arrivalDay) =>
        log.Commit(new(events, results, arrivalDay));

    /// <summary>Retired ids wait for the next <see cref="Commit"/>.</summary>
    public bool MustSeal =>
        sealing is { } under
            ? under.Done.IsCompleted || Machine.RetiredGenerations > 1
            : Machine.RetiredGenerations > 0;

    /// <summary>What would follow from a statement, beginning from here; for the writer's thread, between batches.</summary>
    public Rehearsal Rehearse() => new(Machine, ReadEvent, ReadResult);

    /// <summary>A stored event, on any thread.</summary>
    public byte[] ReadEvent(long position)
    {
        RecordBuffer buffer = new();
        log.Read(position, buffer);
        return buffer[0].ToArray();
    }

    public byte[] ReadResult(long sequence)
    {
        RecordBuffer buffer = new();
        log.ReadResult(sequence, buffer);
        return buffer[0].ToArray();
    }

    /// <summary>Takes an image now; the returned action writes it, on any thread, while the writer goes on.</summary>
    public Action PrepareSnapshot()
    {
        StateImage image = Machine.Capture();
        SnapshotPosition = image.Position;
        return () =>
        {
            try
            {
                snapshots?.Write(image);
            }
            finally
            {
                image.Release();
            }
        };
    }

    /// <summary>Whether some snapshot is older than a position.</summary>
    internal bool HasSnapshotBefore(long position) => snapshots?.HasOlder(position) ?? false;

    /// <summary>Deletes all snapshots that are older than a position.</summary>
    internal void DeleteSnapshotsBefore(long position) => snapshots?.DeleteOlder(position);

    public void Dispose()
    {
        if (sealing is { } under)
            Task.WaitAny(under.Done); // it writes into the folder; whether it fails does not matter any more
        pages?.Dispose();
        using (log) // it holds the folder: let go whatever happens
            archive.Dispose();
    }

    private static void SealRetired(TenantMachine machine, IdArchive archive)
    {
        while (machine.TryTakeRetired(out RetiredIds? retired))
        {
            Seal(retired, archive);
            machine.Forget(retired);
        }
    }

    private static void Seal(RetiredIds retired, IdArchive archive)
    {
        foreach ((int day, IdEntry[] entries) in retired.ByDay())
            archive.Seal(DateOnly.FromDayNumber(day + DaysBefore1970), entries);
    }

    private static readonly int DaysBefore1970 = new DateOnly(1970, 1, 1).DayNumber;
}
