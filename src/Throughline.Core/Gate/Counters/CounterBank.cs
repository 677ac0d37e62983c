using System.Buffers;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Counters;

/// <summary>
/// All counters of one tenant at one edge: sliding windows over keys, in bounded memory, advanced by the time that callers give.
/// Windows are exact for up to 16 events of a key and else a ring of 64 sub-windows (never shorter than asked for, longer by less than
/// 1.7 %); distinct counts are exact to 64 and else HyperLogLog (standard error 1.6 %). When memory is short, keys whose window has
/// passed go first, then those that were not counted for longest. The same calls give the same values on every machine. Not for two
/// threads.
/// </summary>
public sealed class CounterBank
{
    /// <summary>Counters at once, those that are no longer bound but still have values too.</summary>
    public const int CountersMax = 1024;

    private readonly CounterLimits limits;
    private KeyTable table;

    public CounterBank(CounterLimits limits)
    {
        this.limits = limits;
        table = new(limits);
    }

    /// <summary>
    /// Counts one event of a key and gives the value with it, as of the greater of this time and the key's latest (a key's window never
    /// moves back). If the condition does not hold, only a ratio counts it; others give the value without it. Bucket kinds give their
    /// level rounded up: above the capacity the bucket overflows.
    /// </summary>
    /// <param name="counter">Its place, of <see cref="Bind"/>.</param>
    /// <param name="key">Hash of the key's values (<see cref="KeyHash"/>).</param>
    /// <param name="time">Milliseconds; may be older than what was counted before: counted where it falls, if that is still in the window.</param>
    /// <param name="holds">Whether the counter's condition holds.</param>
    /// <param name="item">Distinct kinds: hash of the value.</param>
    /// <param name="amount">Sum: what is added; one that is not finite counts as 0.</param>
    public double Add(int counter, UInt128 key, long time, bool holds = true, ulong item = 0, double amount = 0)
    {
        CounterVisit visit = CounterVisit.Of(counter, key);
        return Add(visit, time, holds, item, amount);
    }

    /// <inheritdoc cref="Add(int, UInt128, long, bool, ulong, double)"/>
    internal double Add(in CounterVisit visit, long time, bool holds = true, ulong item = 0, double amount = 0)
    {
        time = Math.Clamp(time, 0, EventTime.End);
        CounterState state = table.Counters[visit.Counter];
        int cell = state.Keys == 0 ? -1 : table.Find(visit);
        if (!holds && state.Shape.Kind != CounterKind.Ratio)
            return cell < 0 ? 0 : state.Measure.Read(table.Header(cell), table.Payload(cell), time);
        if (cell < 0)
            cell = table.Create(visit, time);
        else
            table.Touch(cell, time);
        return state.Measure.Add(table, cell, new(time, holds, item, amount));
    }

    /// <summary>
    /// Says which keys will be counted or read next, and finds out where they most likely are: what is known of them lies somewhere else in
    /// memory each, and is waited for together, not one after another. Changes nothing.
    /// </summary>
    /// <param name="visits">With counter and key; the rest is filled in.</param>
    internal void Seek(Span<CounterVisit> visits) => table.Seek(visits);

    /// <summary>The value of a key as of a time; 0 for a key that was never counted or went. Changes nothing.</summary>
    public double Read(int counter, UInt128 key, long time)
    {
        CounterVisit visit = CounterVisit.Of(counter, key);
        return Read(visit, time);
    }

    /// <inheritdoc cref="Read(int, UInt128, long)"/>
    internal double Read(in CounterVisit visit, long time)
    {
        CounterState state = table.Counters[visit.Counter];
        int cell = state.Keys == 0 ? -1 : table.Find(visit);
        return cell < 0
            ? 0
            : state.Measure.Read(table.Header(cell), table.Payload(cell), Math.Clamp(time, 0, EventTime.End));
    }

    /// <summary>
    /// Says which counters there are from now on (those of a published version, all at once), and gives each its place: the one that
    /// it had before, values and all, if there is one. Counters of equal shape in one version count apart.
    /// A counter that is no longer bound keeps its values until their windows have passed, so that a rollback finds them (less what
    /// was not counted meanwhile), but they are the first to go when memory is short.
    /// </summary>
    /// <param name="places">Receives a place for each shape; good until the next call.</param>
    /// <exception cref="ArgumentException">More than <see cref="CountersMax"/> shapes, one outside its limits, or too few places.</exception>
    public void Bind(ReadOnlySpan<CounterShape> shapes, Span<int> places)
    {
        if (shapes.Length > CountersMax || places.Length < shapes.Length)
            throw new ArgumentException($"{shapes.Length} counters for {places.Length} places", nameof(shapes));
        foreach (ref readonly CounterShape shape in shapes)
            if (!shape.IsValid)
                throw new ArgumentException($"{shape} is outside its limits", nameof(shapes));
        foreach (CounterState counter in table.Counters)
            counter.IsBound = false;
        // Those that are known first, so that no newcomer takes the place of one.
        for (int i = 0; i < shapes.Length; i++)
        {
            places[i] = Known(shapes[i], Ordinal(shapes, i));
            if (places[i] >= 0)
                table.Counters[places[i]].Rebind(shapes[i]);
        }
        for (int i = 0; i < shapes.Length; i++)
            if (places[i] < 0)
                places[i] = NewPlace(new(shapes[i], Ordinal(shapes, i)) { IsBound = true });
    }

    /// <summary>Bytes in use, keys held, and keys that went for lack of memory.</summary>
    public CounterUse Use => table.Use;

    /// <summary>Writes everything for <see cref="Load"/>: versioned, checksummed by its keeper.</summary>
    public void Save(IBufferWriter<byte> target)
    {
        BankSave save = BeginSave();
        while (save.Write(target)) { }
    }

    /// <summary>The same in slices, between which others may count: see <see cref="BankSave"/>. One that was begun before ends.</summary>
    public BankSave BeginSave() => new(table);

    /// <summary>
    /// Takes a saved bank's values over, in place of those that are held; places stay, whether bound before or after. False (and nothing
    /// changed) if the bytes are no bank of a known version. With a smaller limit than the saved bank had, the newest keys are kept.
    /// </summary>
    public bool Load(ReadOnlySequence<byte> source)
    {
        if (source.Length > Array.MaxLength)
            return false;
        KeyTable? loaded = BankImage.Read(source.IsSingleSegment ? source.FirstSpan : source.ToArray(), limits, table);
        if (loaded is null)
            return false;
        table.Abandon();
        table = loaded;
        return true;
    }

    private int Known(in CounterShape shape, int ordinal)
    {
        for (int place = 0; place < table.Counters.Count; place++)
            if (table.Counters[place].Ordinal == ordinal && table.Counters[place].Shape.SharesValuesWith(shape))
                return place;
        return -1;
    }

    private static int Ordinal(ReadOnlySpan<CounterShape> shapes, int of)
    {
        int ordinal = 0;
        foreach (ref readonly CounterShape before in shapes[..of])
            ordinal += before.SharesValuesWith(shapes[of]) ? 1 : 0;
        return ordinal;
    }

    // One that has nothing left, a new one, or that of the unbound counter with the fewest keys.
    private int NewPlace(CounterState counter)
    {
        int best = -1;
        for (int place = 0; place < table.Counters.Count; place++)
        {
            CounterState other = table.Counters[place];
            if (!other.IsBound && (best < 0 || other.Keys < table.Counters[best].Keys))
                best = place;
        }
        if (best >= 0 && (table.Counters[best].Keys == 0 || table.Counters.Count == CountersMax))
        {
            table.Exchange(best, counter);
            return best;
        }
        table.AddCounter(counter);
        return table.Counters.Count - 1;
    }
}
