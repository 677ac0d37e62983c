using System.Runtime.CompilerServices;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>Rows of one partition with their texts, to be put in order by customer, then (time, id).</summary>
internal sealed class RowList<T>
    where T : unmanaged
{
    private T[] heads = new T[1024];
    private Entry[] entries = new Entry[1024];
    private Entry[] sorted = new Entry[1024];
    private byte[] texts = new byte[16 * 1024];
    private int[] starts = new int[1025];
    private int usedTexts;

    public int Count { get; private set; }

    /// <summary>A row by when it was added.</summary>
    public ref readonly T Head(int row) => ref heads[row];

    /// <summary>A row's texts, by when it was added.</summary>
    public ReadOnlySpan<byte> Texts(int row) => texts.AsSpan(entries[row].Text, entries[row].TextBytes);

    /// <summary>Where a customer's rows begin, in order; those of the last end at the start of one more.</summary>
    public int StartOf(int customer) => starts[customer];

    /// <summary>The row at a place of the order.</summary>
    public int RowAt(int place) => sorted[place].Row;

    public void Clear()
    {
        Count = 0;
        usedTexts = 0;
    }

    public int Add(in T head, ReadOnlySpan<byte> text, int customer, long time, Reading.RowPlace place)
    {
        if (Count == heads.Length)
        {
            Array.Resize(ref heads, Count * 2);
            Array.Resize(ref entries, Count * 2);
        }
        if (usedTexts + text.Length > texts.Length)
            Array.Resize(ref texts, Math.Max(texts.Length * 2, usedTexts + text.Length));
        heads[Count] = head;
        entries[Count] = new(time, place, customer, Count, usedTexts, text.Length);
        text.CopyTo(texts.AsSpan(usedTexts));
        usedTexts += text.Length;
        return Count++;
    }

    /// <summary>Puts the rows in order.</summary>
    public void Sort(int customers)
    {
        if (starts.Length < customers + 2)
            starts = new int[customers * 2 + 2];
        starts.AsSpan().Clear();
        if (sorted.Length < Count)
            sorted = new Entry[heads.Length];
        // Counted into two places further on, so that putting them in place leaves the starts where they belong.
        for (int row = 0; row < Count; row++)
            starts[entries[row].Customer + 2]++;
        for (int customer = 2; customer <= customers + 1; customer++)
            starts[customer] += starts[customer - 1];
        for (int row = 0; row < Count; row++)
            sorted[starts[entries[row].Customer + 1]++] = entries[row];
        for (int customer = 0; customer < customers; customer++)
            SortOne(sorted.AsSpan(starts[customer]..starts[customer + 1]));
    }

    private void SortOne(Span<Entry> rows)
    {
        if (rows.Length > 32)
        {
            rows.Sort(Compare);
            return;
        }
        for (int i = 1; i < rows.Length; i++)
        {
            Entry moving = rows[i];
            int j = i;
            for (; j > 0 && Compare(moving, rows[j - 1]) < 0; j--)
                rows[j] = rows[j - 1];
            rows[j] = moving;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Compare(Entry x, Entry y) => x.Time != y.Time ? (x.Time < y.Time ? -1 : 1) : CompareIds(x, y);

    private int CompareIds(in Entry x, in Entry y)
    {
        int ids = IdOf(x).SequenceCompareTo(IdOf(y));
        return ids != 0 ? ids : x.Place.Line.CompareTo(y.Place.Line);
    }

    private ReadOnlySpan<byte> IdOf(in Entry entry) => texts.AsSpan(entry.Text, entry.Place.IdBytes);

    private readonly record struct Entry(
        long Time,
        Reading.RowPlace Place,
        int Customer,
        int Row,
        int Text,
        int TextBytes
    );
}
