using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;

namespace Throughline.Core.Attribution.Examples;

/// <summary>
/// Which touches and conversions showed which identifiers, in the order of (time, id): what a touch has behind it are the events of strictly
/// earlier time that show an identifier which it shows itself. No link, group, verdict or label is read, since those are known with
/// hindsight; only what was erased is not there. Takes about 10 bytes an event and 8 for each identifier that it shows, while it is in use.
/// </summary>
internal sealed class TouchHistory
{
    /// <summary>Events that are looked back at, the newest (documented limit).</summary>
    public const int EventsMax = 1_000;

    private readonly AttributionLens lens;
    private readonly Erasures erasures;
    private readonly int touches;
    private readonly int[] order; // rows of events by (time, id): touches, and after them conversions
    private readonly Dictionary<int, Token> tied = []; // ids of touches that the state cannot tell apart
    private readonly int[] starts; // by row: where its identifiers begin
    private readonly byte[] counts;
    private readonly List<int> shown = [];
    private readonly Dictionary<Token, int> numbers = [];
    private int[] heads = []; // by identifier: where its events begin
    private int[] events = []; // ordinals, ascending within an identifier
    private readonly int[] cursors = new int[EventRecord.MaxIdentifiers];

    public TouchHistory(AttributionLens lens, Erasures erasures)
    {
        (this.lens, this.erasures) = (lens, erasures);
        touches = lens.Touches.Count;
        order = new int[touches + lens.Conversions.Count];
        starts = new int[order.Length];
        counts = new byte[order.Length];
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(order, Compare);
        for (int i = 1; i < order.Length; i++)
            if (Compare(order[i - 1], order[i]) == 0)
                (tied[order[i - 1]], tied[order[i]]) = (default, default);
    }

    /// <summary>Events of all kinds.</summary>
    public int Count => order.Length;

    /// <summary>Positions of all touches and conversions, ascending: their events are to be given to <see cref="Take"/>.</summary>
    public IEnumerable<long> Positions()
    {
        (int touch, int conversion) = (0, 0);
        while (touch < touches || conversion < order.Length - touches)
        {
            long first = touch < touches ? lens.Touches[touch].Position : long.MaxValue;
            long second = conversion < order.Length - touches ? lens.Conversions[conversion].Position : long.MaxValue;
            yield return Math.Min(first, second);
            if (first < second)
                touch++;
            else
                conversion++;
        }
    }

    /// <summary>Takes in what an event shows.</summary>
    public void Take(long position, in EventRecord record)
    {
        int row = record.Type == EventType.Conversion ? touches + RowOf(lens.Conversions, position) : TouchAt(position);
        if (row < 0)
            return;
        if (tied.ContainsKey(row))
            tied[row] = record.Id;
        starts[row] = shown.Count;
        int bucket = VerdictPolicy.BucketOf(record.Time);
        for (int i = 0; i < record.IdentifierCount; i++)
            if (!erasures.IsEmpty && erasures.TakesEvents(record.Identifier(i).Token, bucket))
                return; // the person's event went with the identifier
        for (int i = 0; i < record.IdentifierCount; i++)
        {
            Token token = record.Identifier(i).Token;
            if (!erasures.IsEmpty && erasures.Covers(token, bucket))
                continue;
            if (!numbers.TryGetValue(token, out int number))
                numbers.Add(token, number = numbers.Count);
            shown.Add(number);
            counts[row]++;
        }
    }

    /// <summary>All events were taken in.</summary>
    public void Seal()
    {
        if (tied.Count > 0)
            Array.Sort(order, Compare);
        heads = new int[numbers.Count + 1];
        foreach (int number in shown)
            heads[number + 1]++;
        for (int i = 1; i < heads.Length; i++)
            heads[i] += heads[i - 1];
        events = new int[shown.Count];
        int[] ends = heads[..^1];
        for (int ordinal = 0; ordinal < order.Length; ordinal++)
            foreach (int number in ShownBy(order[ordinal]))
                events[ends[number]++] = ordinal;
        numbers.Clear();
        numbers.TrimExcess();
    }

    /// <summary>The row of the touch at a place of the order, or -1 for a conversion's.</summary>
    public int TouchOf(int ordinal) => order[ordinal] < touches ? order[ordinal] : -1;

    /// <summary>The row of the conversion at a place of the order.</summary>
    public int ConversionOf(int ordinal) => order[ordinal] - touches;

    public long TimeOf(int ordinal) => TimeOfRow(order[ordinal]);

    /// <summary>How many identifiers an event shows that are not erased.</summary>
    public int Identifiers(int ordinal) => counts[order[ordinal]];

    /// <summary>The first place of the order at or after an instant.</summary>
    public int OrdinalAt(long time)
    {
        (int low, int high) = (0, order.Length);
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (TimeOf(middle) < time)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>
    /// What showed one of an event's identifiers before an instant, newest first, <see cref="EventsMax"/> at most.
    /// </summary>
    /// <param name="before">Milliseconds since 1970; only earlier events are told.</param>
    /// <param name="found">Gets their places of the order.</param>
    /// <param name="first">The time of the first of all of them, also beyond the limit.</param>
    public void Before(int ordinal, long before, List<int> found, out long? first)
    {
        found.Clear();
        first = null;
        int end = OrdinalAt(before);
        ReadOnlySpan<int> numbersOf = ShownBy(order[ordinal]);
        for (int i = 0; i < numbersOf.Length; i++)
        {
            int head = heads[numbersOf[i]];
            cursors[i] = LowerBound(head, heads[numbersOf[i] + 1], end) - 1;
            if (cursors[i] >= head && (first is null || TimeOf(events[head]) < first))
                first = TimeOf(events[head]);
        }
        while (found.Count < EventsMax)
        {
            int newest = -1;
            for (int i = 0; i < numbersOf.Length; i++)
                if (cursors[i] >= heads[numbersOf[i]])
                    newest = Math.Max(newest, events[cursors[i]]);
            if (newest < 0)
                return;
            found.Add(newest);
            for (int i = 0; i < numbersOf.Length; i++)
                if (cursors[i] >= heads[numbersOf[i]] && events[cursors[i]] == newest)
                    cursors[i]--;
        }
    }

    /// <summary>The row of a touch by its position, or -1.</summary>
    public int TouchAt(long position) => RowOf(lens.Touches, position);

    private ReadOnlySpan<int> ShownBy(int row) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(shown).Slice(starts[row], counts[row]);

    private int LowerBound(int low, int high, int ordinal)
    {
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (events[middle] < ordinal)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static int RowOf(State.PagedArray<TouchRow> rows, long position)
    {
        (int low, int high) = (0, rows.Count);
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (rows[middle].Position < position)
                low = middle + 1;
            else
                high = middle;
        }
        return low < rows.Count && rows[low].Position == position ? low : -1;
    }

    private static int RowOf(State.PagedArray<ConversionRow> rows, long position)
    {
        (int low, int high) = (0, rows.Count);
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (rows[middle].Position < position)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private long TimeOfRow(int row) => row < touches ? lens.Touches[row].Time : lens.Conversions[row - touches].Time;

    // The first bits of an id, which the state holds, tell nearly all events of one instant apart; the others are read.
    private int Compare(int x, int y)
    {
        int found = TimeOfRow(x).CompareTo(TimeOfRow(y));
        if (found == 0 && x != y)
            found = StartOf(x).CompareTo(StartOf(y));
        if (found == 0 && x != y)
            found = IdOf(x).CompareTo(IdOf(y));
        return found;
    }

    private ushort StartOf(int row) =>
        row < touches ? lens.Touches[row].IdStart : TouchRow.StartOf(lens.Conversions[row - touches].Id);

    private Token IdOf(int row) => tied.GetValueOrDefault(row);
}
