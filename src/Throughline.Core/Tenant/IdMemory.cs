using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>An accepted id: 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct IdRow
{
    public Token Id;

    /// <summary>First half of the content hash.</summary>
    public ulong Content;

    // Position in the upper 40 bits, day of event time since 1970 in the lower 24.
    private readonly ulong where;

    public IdRow(Token id, ulong content, long position, int day)
    {
        Id = id;
        Content = content;
        where = (ulong)position << 24 | (uint)day;
    }

    public readonly long Position => (long)(where >> 24);
    public readonly int Day => (int)where & 0xff_ffff;
}

/// <summary>Ids that left memory, to be put into files by day of event time, after the batch that retired them is committed.</summary>
public sealed class RetiredIds
{
    internal RetiredIds(IdGeneration rows) => Generation = rows;

    internal IdGeneration Generation { get; }

    /// <summary>The ids of each day (days since 1970-01-01), sorted by id.</summary>
    public IEnumerable<(int Day, IdEntry[] Entries)> ByDay()
    {
        Dictionary<int, List<IdEntry>> days = [];
        for (int row = 0; row < Generation.Rows.Count; row++)
        {
            IdRow id = Generation.Rows[row];
            if (!days.TryGetValue(id.Day, out List<IdEntry>? entries))
                days.Add(id.Day, entries = []);
            entries.Add(new(id.Id, id.Position));
        }
        foreach (int day in days.Keys.Order())
        {
            yield return (day, Sorted(days[day]));
        }
    }

    // Ids are hashes: their first 64 bits alone nearly always tell the order, and sort much faster.
    private static IdEntry[] Sorted(List<IdEntry> unsorted)
    {
        IdEntry[] entries = [.. unsorted];
        ulong[] firsts = Array.ConvertAll(entries, entry => entry.Id.High);
        Array.Sort(firsts, entries);
        for (int i = 1; i < firsts.Length; i++)
            if (firsts[i] == firsts[i - 1])
            {
                Array.Sort(entries);
                break;
            }
        return entries;
    }
}

internal sealed class IdGeneration
{
    public readonly PagedArray<IdRow> Rows;
    private readonly RowIndex<Keys> index;

    public IdGeneration(string name, IPageSource? pages, IndexMemory? memory, int expected = 0)
    {
        Rows = new(name);
        Rows.Use(pages);
        index = new(new(Rows), expected, memory);
    }

    public int Find(Token id) => index.Find(id.Low, new Probe(Rows, id));

    public void Prefetch(Token id) => index.PrefetchSlot(id.Low);

    public void Add(in IdRow row) => index.Insert(row.Id.Low, Rows.Add(row));

    public void Reindex() => index.Fill(Rows.Count);

    /// <summary>Gives the memory of rows and index back: nobody may read it any more.</summary>
    public void Release()
    {
        Rows.Release();
        index.Release();
    }

    private readonly struct Keys(PagedArray<IdRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => rows[row].Id.Low;

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct Probe(PagedArray<IdRow> rows, Token id) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Id == id;
    }
}

/// <summary>
/// Remembers accepted ids: the latest in memory, in two generations of <see cref="GenerationSize"/>; when the younger is full
/// the older retires to sorted files (<see cref="IHistory.TryFindId"/>). The places where generations change follow from the
/// log alone.
/// </summary>
internal sealed class IdMemory(
    IHistory history,
    int generationSize = IdMemory.GenerationSize,
    IPageSource? pages = null,
    IndexMemory? memory = null
)
{
    public const int GenerationSize = 1 << 19;

    private readonly List<IdGeneration> retiring = [];
    private IdGeneration current = new("ids.current", pages, memory);
    private IdGeneration previous = new("ids.previous", pages, memory);

    public IdGeneration Current => current;
    public IdGeneration Previous => previous;

    /// <summary>Where the event of a known id is, and the first half of its content hash.</summary>
    public bool TryFind(Token id, long next, out long position, out ulong content)
    {
        if (TryFind(current, id, out position, out content) || TryFind(previous, id, out position, out content))
            return true;
        foreach (IdGeneration generation in retiring)
            if (TryFind(generation, id, out position, out content))
                return true;
        if (!history.TryFindId(id, next, out position))
            return false;
        EventRecord found = EventRecord.FromTrusted(history.Read(position));
        content = found.Content.High;
        return found.Id == id; // a file may hold the ids of a batch that was never committed
    }

    /// <summary>Brings what a look-up of this id will read first into the cache.</summary>
    public void Prefetch(Token id)
    {
        current.Prefetch(id);
        previous.Prefetch(id);
        history.Foresee(id);
    }

    public void Add(in EventRecord record, long position)
    {
        if (current.Rows.Count == generationSize)
        {
            if (previous.Rows.Count > 0)
                retiring.Add(previous);
            previous = current;
            current = new("ids.current", pages, memory, generationSize); // a tenant of this size will fill the next one too
        }
        current.Add(new(record.Id, record.Content.High, position, (int)(record.Time / 86_400_000)));
    }

    public bool TryTakeRetired(out RetiredIds? ids)
    {
        ids = retiring.Count > 0 ? new(retiring[0]) : null;
        return ids is not null;
    }

    public void Forget(RetiredIds ids)
    {
        if (retiring.Remove(ids.Generation))
            ids.Generation.Release();
    }

    /// <summary>The rows of all that are in memory.</summary>
    public IEnumerable<IStateArray> Arrays => [current.Rows, previous.Rows, .. retiring.Select(old => old.Rows)];

    public IEnumerable<StateSection> Capture()
    {
        yield return current.Rows.Capture() with
        {
            Name = "ids.current",
        };
        yield return previous.Rows.Capture() with
        {
            Name = "ids.previous",
        };
        for (int i = 0; i < retiring.Count; i++)
            yield return retiring[i].Rows.Capture() with
            {
                Name = $"ids.retiring.{i}",
            };
    }

    public int Retiring => retiring.Count;

    public void Restore(StateSource source, int waiting)
    {
        Restore(source, current, "ids.current");
        Restore(source, previous, "ids.previous");
        for (int i = 0; i < waiting; i++)
        {
            IdGeneration generation = new($"ids.retiring.{i}", pages, memory);
            Restore(source, generation, $"ids.retiring.{i}");
            retiring.Add(generation);
        }
    }

    private static void Restore(StateSource source, IdGeneration generation, string name)
    {
        using Stream stream = source.Open(name, out long length);
        generation.Rows.Restore(stream, length);
        generation.Reindex();
    }

    private static bool TryFind(IdGeneration generation, Token id, out long position, out ulong content)
    {
        int row = generation.Find(id);
        position = row < 0 ? 0 : generation.Rows[row].Position;
        content = row < 0 ? 0 : generation.Rows[row].Content;
        return row >= 0;
    }
}
