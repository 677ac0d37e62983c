using System.Runtime.CompilerServices;

namespace Throughline.Core.Gate.Counters;

/// <summary>
/// The keys of all counters, each with its cell, within a limit of memory. Those of one counter are chained in the order in which
/// they were last counted (to a quarter of a second), so that the end of a chain is what expires or is evicted next: first keys
/// whose window has passed, then those of counters that no version binds, then whatever was counted longest ago.
/// </summary>
internal sealed class KeyTable
{
    private const int None = -1;
    private const uint TouchMs = 250;

    // Times go back now and then; a place is taken anew only if time went on.
    private const uint BackwardMs = 0xf000_0000;

    private readonly CellStore cells;
    private readonly CellIndex index;
    private readonly List<CounterState> counters = [];
    private uint[]? scratch;
    private int pinned = None;
    private int sweepAt;
    private BankSave? save;

    public KeyTable(CounterLimits limits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.BytesMax, CounterLimits.BytesMin);
        const long perPage = CellSizes.PageBytes + (long)CellIndex.BytesPerKeyMax * (CellSizes.PageBytes / 64);
        cells = new((int)Math.Min((limits.BytesMax - Sketch.ScratchBytes - (64 << 10)) / perPage, 1 << 20));
        index = new(cells);
    }

    public IReadOnlyList<CounterState> Counters => counters;

    public CounterUse Use => new(cells.Bytes + index.Bytes + Sketch.ScratchBytes, counters.Sum(c => c.Keys), Evicted);

    public long Evicted { get; private set; }

    /// <summary>Room for the entries of the largest sketch.</summary>
    public uint[] Scratch => scratch ??= new uint[Sketch.EntriesMax];

    /// <summary>How many pages there are, and the cells in use of one, for whoever saves them all.</summary>
    public int PageCount => cells.PageCount;

    public int NextLive(int page, ref int place) => cells.NextLive(page, ref place);

    /// <summary>Whoever saves the keys is told of those that move; null: nobody any more. One at a time.</summary>
    public void TellMoves(BankSave? to)
    {
        if (to is not null)
            save?.Spoil();
        save = to;
    }

    /// <summary>The keys are given up for others.</summary>
    public void Abandon() => save?.Spoil();

    public void AddCounter(CounterState counter) => counters.Add(counter);

    /// <summary>Gives a place to another counter: its keys go.</summary>
    public void Exchange(int place, CounterState counter)
    {
        save?.Spoil();
        while (counters[place].Oldest != None)
            Remove(counters[place].Oldest);
        counters[place] = counter;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref CellHeader Header(int cell) => ref cells.Header(cell);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Payload(int cell) => cells.Payload(cell);

    public int SizeOf(int cell) => cells.SizeOf(cell);

    /// <summary>The cell of a key, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(in CounterVisit visit)
    {
        if (visit.Cell >= 0 && visit.Freed == cells.Freed)
        {
            ref CellHeader header = ref cells.Header(visit.Cell);
            if (
                header.KeyLow == (ulong)visit.Key
                && header.KeyHigh == (ulong)(visit.Key >> 64)
                && header.Counter == visit.Counter
            )
                return visit.Cell;
        }
        return index.Find(visit.Hash, visit.Counter, visit.Key);
    }

    /// <summary>Finds out where keys most likely are, and brings that into the cache: all slots on their way at once, then all cells.</summary>
    public void Seek(Span<CounterVisit> visits)
    {
        foreach (ref CounterVisit visit in visits)
        {
            visit.Hash = CellIndex.Hash(visit.Counter, visit.Key);
            if (counters[visit.Counter].Keys > 0)
                index.PrefetchSlot(visit.Hash);
        }
        foreach (ref CounterVisit visit in visits)
        {
            visit.Cell = counters[visit.Counter].Keys > 0 ? index.Likely(visit.Hash) : None;
            visit.Freed = cells.Freed;
            if (visit.Cell >= 0)
                cells.Prefetch(visit.Cell);
        }
    }

    /// <summary>A new key's cell, of the smallest size.</summary>
    public int Create(in CounterVisit visit, long time)
    {
        (int counter, UInt128 key) = (visit.Counter, visit.Key);
        // Two looked at for each that comes: what is dead is gone before the memory is needed.
        RemoveExpired(counters[counter], time);
        sweepAt = sweepAt + 1 < counters.Count ? sweepAt + 1 : 0;
        RemoveExpired(counters[sweepAt], time);

        int cell = Take(CellSizes.Tiny, time);
        ref CellHeader header = ref cells.Header(cell);
        header.KeyLow = (ulong)key;
        header.KeyHigh = (ulong)(key >> 64);
        header.Latest = time;
        header.Counter = (ushort)counter;
        header.Form = CellForm.Exact;
        index.Insert(visit.Hash, cell);
        PutNewest(cell, time);
        counters[counter].Keys++;
        return cell;
    }

    /// <summary>A key is counted: it goes last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(int cell, long time)
    {
        uint since = (uint)time - cells.Header(cell).PlacedAt;
        if (since is >= TouchMs and < BackwardMs)
            MoveNewest(cell, time);
    }

    /// <summary>Moves a key to a cell of another size, with as much of the payload as fits; gives the cell.</summary>
    public int Resize(int cell, int size, long time)
    {
        pinned = cell;
        int target = Take(size, time);
        cell = pinned; // making room may have moved it
        pinned = None;
        Move(cell, target);
        return target;
    }

    private void MoveNewest(int cell, long time)
    {
        Unchain(cell);
        PutNewest(cell, time);
    }

    private int Take(int size, long time)
    {
        while (true)
        {
            int cell = cells.TryTake(size);
            if (cell != None)
                return cell;
            if (!TryCompact())
                Evict(time);
        }
    }

    // A size with a page's worth of free cells gives a page back: those in use move to its other pages.
    private bool TryCompact()
    {
        for (int size = 0; size < CellSizes.Classes; size++)
        {
            if (cells.FreeOf(size) < CellSizes.PerPage(size))
                continue;
            int page = cells.CloseEmptiest(size);
            int place = 0;
            for (int cell = cells.NextLive(page, ref place); cell != None; cell = cells.NextLive(page, ref place))
                Move(cell, cells.TryTake(size));
            return true;
        }
        return false;
    }

    private void Evict(long time)
    {
        CounterState? victim = null;
        foreach (CounterState counter in counters)
        {
            if (counter.Oldest == None || counter.Oldest == pinned)
                continue;
            if (RemoveExpired(counter, time))
                return;
            if (victim is null || GoesBefore(counter, victim))
                victim = counter;
        }
        if (victim is null)
            throw new InvalidOperationException("one key alone fills the memory of all counters");
        Remove(victim.Oldest);
        Evicted++;
    }

    private bool GoesBefore(CounterState one, CounterState other) =>
        one.IsBound != other.IsBound
            ? !one.IsBound
            : cells.Header(one.Oldest).Latest < cells.Header(other.Oldest).Latest;

    private bool RemoveExpired(CounterState counter, long time)
    {
        int cell = counter.Oldest;
        if (cell == None || !counter.Measure.IsOver(cells.Header(cell), cells.Payload(cell), time))
            return false;
        Remove(cell);
        return true;
    }

    public void Remove(int cell)
    {
        ref CellHeader header = ref cells.Header(cell);
        index.Remove(CellIndex.Hash(header.Counter, header.Key), cell);
        counters[header.Counter].Keys--;
        Unchain(cell);
        cells.Free(cell);
    }

    private void Move(int cell, int target)
    {
        ref CellHeader header = ref cells.Header(cell);
        cells.Header(target) = header;
        Span<byte> from = cells.Payload(cell);
        Span<byte> to = cells.Payload(target);
        from[..Math.Min(from.Length, to.Length)].CopyTo(to);
        index.Replace(CellIndex.Hash(header.Counter, header.Key), cell, target);
        CounterState counter = counters[header.Counter];
        if (header.Older != None)
            cells.Header(header.Older).Newer = target;
        else
            counter.Oldest = target;
        if (header.Newer != None)
            cells.Header(header.Newer).Older = target;
        else
            counter.Newest = target;
        if (pinned == cell)
            pinned = target;
        save?.Moved(header.Counter, header.Key, cell, target);
        cells.Free(cell);
    }

    private void PutNewest(int cell, long time)
    {
        ref CellHeader header = ref cells.Header(cell);
        CounterState counter = counters[header.Counter];
        header.PlacedAt = (uint)time;
        header.Newer = None;
        header.Older = counter.Newest;
        if (counter.Newest != None)
            cells.Header(counter.Newest).Newer = cell;
        else
            counter.Oldest = cell;
        counter.Newest = cell;
    }

    private void Unchain(int cell)
    {
        ref CellHeader header = ref cells.Header(cell);
        CounterState counter = counters[header.Counter];
        if (header.Older != None)
            cells.Header(header.Older).Newer = header.Newer;
        else
            counter.Oldest = header.Newer;
        if (header.Newer != None)
            cells.Header(header.Newer).Older = header.Older;
        else
            counter.Newest = header.Older;
    }
}

/// <summary>One counter: how it measures, and its keys in the order in which they were last counted.</summary>
internal sealed class CounterState(CounterShape shape, int ordinal)
{
    public CounterShape Shape { get; private set; } = shape;

    /// <summary>Tells counters of equal shape in one version apart.</summary>
    public int Ordinal { get; } = ordinal;
    public Measure Measure { get; private set; } = Measure.Of(shape);
    public bool IsBound { get; set; }
    public long Keys { get; set; }
    public int Oldest { get; set; } = -1;
    public int Newest { get; set; } = -1;

    /// <summary>Takes over what may change without a loss of values.</summary>
    public void Rebind(in CounterShape now)
    {
        if (now != Shape)
            (Shape, Measure) = (now, Measure.Of(now));
        IsBound = true;
    }
}
