using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Storage.Files;
using Throughline.Storage.Log;

namespace Throughline.Storage.Ids;

/// <summary>
/// The event ids of days that the machine no longer holds in memory: sorted files, at most three a day, and filters of
/// 2 bytes an id in memory. They are derived from the log and can be rebuilt from it. A crash may leave entries of
/// events that were never committed: whoever finds a position checks the log (as <see cref="TenantHistory"/> does).
/// For one thread at a time, but for <see cref="Find"/> and <see cref="Foresee"/>: another may ask while ids are sealed, and finds those
/// once <see cref="Seal"/> has returned.
/// </summary>
public sealed class IdArchive : IDisposable
{
    private const int MaxRunsPerDay = 3;

    /// <summary>Default bound of the filters in memory: 128 million ids.</summary>
    public const long DefaultFilterMemoryBytes = 256L << 20;

    private readonly Lock gate = new(); // over the list of runs, and their end
    private readonly string folder;
    private readonly long filterMemoryBytes;
    private readonly List<IdFileName> names; // those of runs too, once they are open
    private List<IdRun>? runs;
    private IdSummary summary = new();
    private int outside; // files that are not in the summary

    /// <summary>Opens the files of ids in a tenant's folder; leftovers of a crash are deleted.</summary>
    /// <param name="folder">The tenant's folder, held by this process.</param>
    /// <param name="filterMemoryBytes">
    /// Bound of the filters in memory; beyond it those of the oldest days stay in their files, which costs each look-up
    /// a read per file.
    /// </param>
    public static IdArchive Open(string folder, long filterMemoryBytes = DefaultFilterMemoryBytes)
    {
        Directory.CreateDirectory(folder);
        DurableFile.DeleteDrafts(folder, IdFileName.Pattern);
        // A seal before may have failed between naming a file and making the name durable.
        Disk.FlushFolder(folder);
        List<IdFileName> names = [];
        foreach (string path in Directory.EnumerateFiles(folder, IdFileName.Pattern))
        {
            if (!IdFileName.TryParse(path, out IdFileName name))
                throw new StoreDamagedException(path, StoreProblem.NotOurs, "its name is not that of a file of ids");
            names.Add(name);
        }
        foreach (IdFileName left in names.Where(x => names.Exists(y => y != x && y.Holds(x))).ToArray())
        {
            File.Delete(Path.Combine(folder, left.ToString()));
            names.Remove(left);
        }
        return new(folder, filterMemoryBytes, names);
    }

    /// <summary>
    /// As <see cref="Open"/>; files that turn out to be damaged (now, or while they were used last) are made anew from the
    /// log. Nothing is lost by that: they hold nothing that the log does not.
    /// </summary>
    /// <param name="folder">The tenant's folder, held by this process.</param>
    /// <param name="log">The tenant's log.</param>
    /// <param name="damage">What was wrong, or null.</param>
    /// <param name="filterMemoryBytes">As of <see cref="Open"/>.</param>
    public static IdArchive OpenOrRebuild(
        string folder,
        ITenantLog log,
        out StoreDamagedException? damage,
        long filterMemoryBytes = DefaultFilterMemoryBytes
    )
    {
        IdArchive archive = Open(folder, filterMemoryBytes);
        damage = null;
        try
        {
            _ = archive.Runs;
        }
        catch (StoreDamagedException e)
        {
            damage = e;
            // Which days the machine still holds does not matter: it looks into its memory first.
            archive.Rebuild(log, log.NextPosition, _ => true);
        }
        return archive;
    }

    private IdArchive(string folder, long filterMemoryBytes, List<IdFileName> names)
    {
        this.folder = folder;
        this.filterMemoryBytes = filterMemoryBytes;
        this.names = names;
    }

    /// <summary>Entries in all files.</summary>
    public long Count => Runs.Sum(x => x.Count);

    /// <summary>
    /// Makes a day's ids durable as a file. Sealing the same entries again, as a replay does, is harmless.
    /// </summary>
    /// <param name="day">UTC day of the events' time.</param>
    /// <param name="sorted">Its ids, ascending and different.</param>
    public void Seal(DateOnly day, ReadOnlySpan<IdEntry> sorted)
    {
        if (sorted.IsEmpty)
            return;
        _ = Runs;
        int number = 1 + names.Where(x => x.Day == day).Select(x => x.To).DefaultIfEmpty().Max();
        IdFileName name = new(day, number, number);
        using (IdFileWriter writer = new(PathOf(name), day, sorted.Length))
        {
            foreach (IdEntry entry in sorted)
                writer.Add(entry);
            writer.Complete();
        }
        IdRun run = new(PathOf(name), name);
        names.Add(name);
        OrRemember(() => Summarise(run));
        lock (gate)
            Runs.Add(run);
        OrRemember(() => MergeIfMany(day));
    }

    /// <summary>
    /// Collects the positions that the files give for an id, those below <paramref name="before"/>; almost always none.
    /// </summary>
    /// <exception cref="StoreDamagedException">A file is damaged: <see cref="Rebuild"/> makes it anew.</exception>
    public void Find(Token id, long before, List<long> positions)
    {
        positions.Clear();
        _ = Runs;
        BlockedFilter.Probe probe = new(id);
        bool summaryHasIt = summary.MayContain(probe);
        if (!summaryHasIt && Volatile.Read(ref outside) == 0)
            return;
        lock (gate)
            foreach (IdRun run in Runs)
            {
                if ((summaryHasIt || !run.InSummary) && run.MayContain(probe))
                    Search(run, id, before, positions);
            }
    }

    /// <summary>Brings what a look-up of this id reads in memory into the cache.</summary>
    public void Foresee(Token id) => summary.Prefetch(new(id));

    /// <summary>Gives up filters and open files until the next use.</summary>
    public void ReleaseIdle()
    {
        runs?.ForEach(x => x.Dispose());
        runs = null;
        summary = new();
        outside = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => ReleaseIdle();

    /// <summary>Deletes all files and makes those of the retired days anew from the log.</summary>
    /// <param name="log">The tenant's log.</param>
    /// <param name="before">Events at or after this position are left out: the machine holds their ids or will read them again.</param>
    /// <param name="isRetired">Whether the machine has given up a day (UTC day of event time).</param>
    /// <param name="batch">Entries held in memory at a time (24 bytes each).</param>
    public void Rebuild(ITenantLog log, long before, Predicate<DateOnly> isRetired, int batch = 4_000_000)
    {
        ReleaseIdle();
        names.Clear();
        DurableFile.Write(UnfinishedPath, default);
        foreach (string path in Directory.EnumerateFiles(folder, IdFileName.Pattern))
            File.Delete(path);
        runs = [];
        try
        {
            SealFrom(log, before, isRetired, batch);
            File.Delete(UnfinishedPath);
        }
        finally
        {
            ReleaseIdle();
        }
    }

    private void SealFrom(ITenantLog log, long before, Predicate<DateOnly> isRetired, int batch)
    {
        Dictionary<DateOnly, List<IdEntry>> days = [];
        int held = 0;
        log.Scan(
            0,
            (position, bytes) =>
            {
                if (position >= before)
                    return false;
                EventRecord record = EventRecord.FromTrusted(bytes);
                DateOnly day = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(record.Time).UtcDateTime);
                if (!isRetired(day))
                    return true;
                if (!days.TryGetValue(day, out List<IdEntry>? entries))
                    days.Add(day, entries = []);
                entries.Add(new(record.Id, position));
                if (++held < batch)
                    return true;
                SealAll(days);
                held = 0;
                return true;
            }
        );
        SealAll(days);
    }

    private void SealAll(Dictionary<DateOnly, List<IdEntry>> days)
    {
        foreach ((DateOnly day, List<IdEntry> entries) in days.OrderBy(x => x.Key))
        {
            entries.Sort();
            Seal(day, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(entries));
        }
        days.Clear();
    }

    // Joins the newest files of a day, and older ones as long as they are not much larger than what is joined anyway:
    // an entry is rewritten a few times, not once per seal.
    private void MergeIfMany(DateOnly day)
    {
        List<IdRun> all = [.. Runs.Where(x => x.Name.Day == day).OrderBy(x => x.Name.From)];
        if (all.Count <= MaxRunsPerDay)
            return;
        int from = all.Count - 2;
        long total = all[^1].Count + all[^2].Count;
        while (from > 0 && all[from - 1].Count < 2 * total)
            total += all[--from].Count;
        IdRun[] parts = [.. all.Skip(from)];
        IdFileName name = new(day, parts[0].Name.From, parts[^1].Name.To);
        using (IdFileWriter writer = new(PathOf(name), day, total))
        {
            foreach (IdEntry entry in Merge(parts))
                writer.Add(entry);
            writer.Complete();
        }
        IdRun merged = new(PathOf(name), name) { InSummary = parts.All(x => x.InSummary) };
        names.Add(name);
        lock (gate)
        {
            outside += (merged.InSummary ? 0 : 1) - parts.Count(x => !x.InSummary);
            Runs.Add(merged);
            foreach (IdRun part in parts)
            {
                part.Dispose();
                Runs.Remove(part);
            }
        }
        foreach (IdRun part in parts)
        {
            names.Remove(part.Name);
            File.Delete(part.Path);
        }
    }

    /// <summary>The entries of all parts in order, equal ones once.</summary>
    private static IEnumerable<IdEntry> Merge(IdRun[] parts)
    {
        PriorityQueue<IEnumerator<IdEntry>, IdEntry> heads = new();
        foreach (IdRun part in parts)
            Next(part.Entries().GetEnumerator());
        IdEntry? last = null;
        while (heads.TryDequeue(out IEnumerator<IdEntry>? head, out IdEntry entry))
        {
            if (last != entry)
                yield return entry;
            last = entry;
            Next(head);
        }

        void Next(IEnumerator<IdEntry> head)
        {
            if (head.MoveNext())
                heads.Enqueue(head, head.Current);
            else
                head.Dispose();
        }
    }

    private List<IdRun> Runs
    {
        get
        {
            if (Volatile.Read(ref runs) is { } opened)
                return opened;
            lock (gate)
                return runs ??= OpenRuns();
        }
    }

    private List<IdRun> OpenRuns()
    {
        if (File.Exists(UnfinishedPath))
            throw new StoreDamagedException(
                UnfinishedPath,
                StoreProblem.Corrupt,
                "the ids have to be rebuilt from the log"
            );
        List<IdRun> opened = [];
        try
        {
            foreach (IdFileName name in names.OrderByDescending(x => x.Day).ThenBy(x => x.From))
            {
                IdRun run = new(PathOf(name), name);
                opened.Add(run);
                Summarise(run);
            }
            return opened;
        }
        catch
        {
            opened.ForEach(x => x.Dispose());
            summary = new();
            outside = 0;
            throw;
        }
    }

    private void Summarise(IdRun run)
    {
        run.InSummary = summary.Bytes + 2 * run.Count <= filterMemoryBytes;
        if (!run.InSummary)
        {
            Interlocked.Increment(ref outside);
            return;
        }
        foreach (IdEntry entry in run.Entries())
            summary.Add(entry.Id);
    }

    // A method of its own: a closure would cost each look-up an allocation.
    private void Search(IdRun run, Token id, long before, List<long> positions) =>
        OrRemember(() => run.Find(id, before, positions));

    // What is found damaged only in use is remembered, so that the next opening rebuilds it.
    private void OrRemember(Action use)
    {
        try
        {
            use();
        }
        catch (StoreDamagedException)
        {
            DurableFile.Write(UnfinishedPath, default);
            throw;
        }
    }

    // There from when damage is found until the rebuild is done: the files beside it are not to be trusted.
    private string UnfinishedPath => Path.Combine(folder, "ids.unfinished");

    private string PathOf(IdFileName name) => Path.Combine(folder, name.ToString());
}
