using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Counters;

/// <summary>What happened: one event of a key.</summary>
internal readonly record struct CounterEvent(long Time, bool Holds, ulong Item, double Amount);

/// <summary>How one kind of counter keeps the events of a key in its cell.</summary>
internal abstract class Measure
{
    public static Measure Of(in CounterShape shape) =>
        shape.Kind switch
        {
            CounterKind.Count => new CountMeasure(shape.WindowMs),
            CounterKind.Distinct => new DistinctMeasure(shape.WindowMs),
            CounterKind.Sum => new SumMeasure(shape.WindowMs),
            CounterKind.Ratio => new RatioMeasure(shape.WindowMs),
            CounterKind.Bucket => new BucketMeasure(shape.LeakMs, shape.Capacity),
            CounterKind.DistinctBucket => new DistinctBucketMeasure(shape.LeakMs, shape.Capacity),
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape.Kind, "no such kind of counter"),
        };

    /// <summary>Counts an event, and gives the value as of the key's latest time.</summary>
    public abstract double Add(KeyTable table, int cell, in CounterEvent e);

    /// <summary>The value as of a time, or of the key's latest if that is later.</summary>
    public abstract double Read(in CellHeader header, Span<byte> payload, long time);

    /// <summary>Whether nothing that is kept can count any more, even if times go back a little.</summary>
    public abstract bool IsOver(in CellHeader header, Span<byte> payload, long time);

    /// <summary>Takes over a cell of an image; false if it cannot be one of this kind.</summary>
    public abstract bool Accept(ref CellHeader header, Span<byte> payload, int size);

    protected static Span<T> As<T>(Span<byte> payload)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(payload);
}

/// <summary>
/// A window that ends at the greater of the asked time and the key's latest, and never moves back: an event counts while
/// 0 &lt;= end - time &lt; window. Single events first; when they are too many, a ring of 64 sub-windows of a 63rd of the window (rounded up
/// to a millisecond), of which the oldest counts whole while a part of it is in the window: so the window is never shorter than asked for,
/// and longer by less than 1.7 %.
/// </summary>
internal abstract class SlidingMeasure(long windowMs) : Measure
{
    protected const int Slots = 64;

    protected long WindowMs { get; } = windowMs;

    /// <summary>The length of a sub-window.</summary>
    protected long SlotMs { get; } = (windowMs + Slots - 2) / (Slots - 1);

    public override bool IsOver(in CellHeader header, Span<byte> payload, long time) =>
        time - header.Latest >= WindowMs + (WindowMs >> 3);

    // 2^64 / SlotMs, rounded up: a product for a quotient, which is then right or one too great.
    private readonly ulong reciprocal = ulong.MaxValue / (ulong)((windowMs + Slots - 2) / (Slots - 1)) + 1;

    /// <summary>The sub-window that a time falls in, numbered from 1970.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected long SlotOf(long time)
    {
        long slot = (long)Math.BigMul((ulong)time, reciprocal, out _);
        return slot * SlotMs > time ? slot - 1 : slot;
    }

    /// <summary>The first sub-window of the window that ends at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected long FirstSlot(long end) => SlotOf(Math.Max(0, end - WindowMs + 1));

    /// <summary>Moves a key's window on; if nothing of it is left, the cell begins anew, exact.</summary>
    /// <param name="moved">By how much.</param>
    protected int Advance(KeyTable table, int cell, long time, int largestExact, out long moved)
    {
        ref CellHeader header = ref table.Header(cell);
        moved = Math.Max(0, time - header.Latest);
        if (moved < WindowMs)
            return cell;
        moved = 0;
        header.Latest = time;
        header.Count = 0;
        if (header.Form == CellForm.Exact && table.SizeOf(cell) <= largestExact)
            return cell;
        header.Form = CellForm.Exact;
        return table.Resize(cell, CellSizes.Tiny, time);
    }

    /// <summary>Sub-windows from one to another as at most two stretches of the ring.</summary>
    protected static void Stretches(long first, long last, out int start, out int length, out int wrapped)
    {
        int all = (int)Math.Max(0, last - first + 1);
        start = (int)(first & (Slots - 1));
        length = Math.Min(all, Slots - start);
        wrapped = all - length;
    }

    /// <summary>
    /// Empties the sub-windows that a ring comes to when its window moves on, and those that it leaves: what is left in the ring is the
    /// window.
    /// </summary>
    protected void Move<T>(Span<T> ring, long from, long to)
        where T : unmanaged
    {
        if (from == to)
            return;
        long head = SlotOf(to);
        Clear(ring, Math.Max(SlotOf(from) + 1, head - Slots + 1), head);
        Clear(ring, head - Slots + 1, FirstSlot(to) - 1);
    }

    private static void Clear<T>(Span<T> ring, long first, long last)
        where T : unmanaged
    {
        if (last < first)
            return;
        Stretches(first, last, out int start, out int length, out int wrapped);
        ring.Slice(start, length).Clear();
        ring[..wrapped].Clear();
    }
}
