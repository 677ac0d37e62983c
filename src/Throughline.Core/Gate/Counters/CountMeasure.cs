using System.Runtime.Intrinsics;

namespace Throughline.Core.Gate.Counters;

/// <summary>
/// Counts events: up to 16 by their times (the lowest 32 bits: none is kept for longer than the 49 days that they tell apart), then
/// a ring of numbers, which stop at 2^32 - 1.
/// </summary>
internal sealed class CountMeasure(long windowMs) : SlidingMeasure(windowMs)
{
    private const int ExactMax = 16;

    public override double Add(KeyTable table, int cell, in CounterEvent e)
    {
        cell = Advance(table, cell, e.Time, CellSizes.Times, out long moved);
        ref CellHeader header = ref table.Header(cell);
        if (header.Form == CellForm.Exact)
        {
            Span<uint> times = Times(table.Payload(cell), table.SizeOf(cell));
            Keep(ref header, times, moved);
            header.Latest += moved;
            if (header.Latest - e.Time >= WindowMs)
                return header.Count;
            if (header.Count < times.Length)
            {
                times[header.Count++] = (uint)e.Time;
                return header.Count;
            }
            if (times.Length < ExactMax)
            {
                cell = table.Resize(cell, CellSizes.Times, e.Time);
                header = ref table.Header(cell);
                Times(table.Payload(cell), CellSizes.Times)[header.Count++] = (uint)e.Time;
                return header.Count;
            }
            cell = ToRing(table, cell, e.Time);
            header = ref table.Header(cell);
            moved = 0;
        }
        Span<uint> ring = As<uint>(table.Payload(cell))[..Slots];
        Move(ring, header.Latest, header.Latest + moved);
        header.Latest += moved;
        if (header.Latest - e.Time < WindowMs)
        {
            ref uint slot = ref ring[(int)(SlotOf(e.Time) % Slots)];
            slot = slot == uint.MaxValue ? slot : slot + 1;
        }
        return Total(ring);
    }

    public override double Read(in CellHeader header, Span<byte> payload, long time)
    {
        long moved = Math.Max(0, time - header.Latest);
        if (moved >= WindowMs)
            return 0;
        if (header.Form == CellForm.Ring)
            return Total(As<uint>(payload)[..Slots], FirstSlot(header.Latest + moved), SlotOf(header.Latest));
        int count = 0;
        foreach (uint at in As<uint>(payload)[..header.Count])
            count += moved + ((uint)header.Latest - at) < WindowMs ? 1 : 0;
        return count;
    }

    public override bool Accept(ref CellHeader header, Span<byte> payload, int size) =>
        header.Form switch
        {
            CellForm.Exact => size <= CellSizes.Times && header.Count <= Times(payload, size).Length,
            CellForm.Ring => size == CellSizes.SmallRing,
            _ => false,
        };

    private static Span<uint> Times(Span<byte> payload, int size) =>
        As<uint>(payload)[..(size == CellSizes.Tiny ? payload.Length / sizeof(uint) : ExactMax)];

    private void Keep(ref CellHeader header, Span<uint> times, long moved)
    {
        int kept = 0;
        for (int i = 0; i < header.Count; i++)
            if (moved + ((uint)header.Latest - times[i]) < WindowMs)
                times[kept++] = times[i];
        header.Count = (byte)kept;
    }

    private int ToRing(KeyTable table, int cell, long time)
    {
        Span<uint> times = stackalloc uint[ExactMax];
        As<uint>(table.Payload(cell))[..ExactMax].CopyTo(times);
        cell = table.Resize(cell, CellSizes.SmallRing, time);
        ref CellHeader header = ref table.Header(cell);
        header.Form = CellForm.Ring;
        Span<uint> ring = As<uint>(table.Payload(cell))[..Slots];
        ring.Clear();
        foreach (uint at in times[..header.Count])
            ring[(int)(SlotOf(header.Latest - ((uint)header.Latest - at)) % Slots)]++;
        header.Count = 0;
        return cell;
    }

    private static double Total(ReadOnlySpan<uint> ring, long first, long last)
    {
        Stretches(first, last, out int start, out int length, out int wrapped);
        return Total(ring.Slice(start, length)) + Total(ring[..wrapped]);
    }

    private static ulong Total(ReadOnlySpan<uint> slots)
    {
        Vector256<ulong> lanes = default;
        for (; slots.Length >= Vector256<uint>.Count; slots = slots[Vector256<uint>.Count..])
        {
            (Vector256<ulong> low, Vector256<ulong> high) = Vector256.Widen(Vector256.Create(slots));
            lanes += low + high;
        }
        ulong total = Vector256.Sum(lanes);
        foreach (uint slot in slots)
            total += slot;
        return total;
    }
}
