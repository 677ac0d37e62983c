using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Throughline.Core.Gate.Counters;

/// <summary>
/// The share of events that hold, 0 if there is none: up to 16 by their times with a bit each, then a ring of pairs of numbers, which
/// are halved together before they pass 2^32.
/// </summary>
internal sealed class RatioMeasure(long windowMs) : SlidingMeasure(windowMs)
{
    private const int ExactMax = 16;

    public override double Add(KeyTable table, int cell, in CounterEvent e)
    {
        cell = Advance(table, cell, e.Time, CellSizes.Times, out long moved);
        ref CellHeader header = ref table.Header(cell);
        if (header.Form == CellForm.Exact)
        {
            Exact exact = new(table.Payload(cell), table.SizeOf(cell));
            Keep(ref header, exact, moved);
            header.Latest += moved;
            if (header.Latest - e.Time < WindowMs && header.Count == exact.Times.Length)
                cell =
                    exact.Times.Length < ExactMax
                        ? table.Resize(cell, CellSizes.Times, e.Time)
                        : ToRing(table, cell, e.Time);
            header = ref table.Header(cell);
            if (header.Form == CellForm.Exact)
            {
                exact = new(table.Payload(cell), table.SizeOf(cell));
                if (header.Latest - e.Time < WindowMs)
                    exact.Append(ref header, e);
                return Share(uint.PopCount(exact.Held & ((1u << header.Count) - 1)), header.Count);
            }
            moved = 0;
        }
        Span<Pair> ring = As<Pair>(table.Payload(cell))[..Slots];
        Move(ring, header.Latest, header.Latest + moved);
        header.Latest += moved;
        if (header.Latest - e.Time < WindowMs)
            ring[(int)(SlotOf(e.Time) % Slots)].Count(e.Holds);
        return Total(ring);
    }

    public override double Read(in CellHeader header, Span<byte> payload, long time)
    {
        long moved = Math.Max(0, time - header.Latest);
        if (moved >= WindowMs)
            return 0;
        if (header.Form == CellForm.Ring)
            return Total(As<Pair>(payload)[..Slots], FirstSlot(header.Latest + moved), SlotOf(header.Latest));
        Exact exact = Exact.Of(payload);
        (uint held, uint all) = (0, 0);
        for (int i = 0; i < header.Count; i++)
        {
            if (moved + ((uint)header.Latest - exact.Times[i]) >= WindowMs)
                continue;
            held += exact.Held >> i & 1;
            all++;
        }
        return Share(held, all);
    }

    public override bool Accept(ref CellHeader header, Span<byte> payload, int size)
    {
        if (header.Form == CellForm.Exact)
            return size <= CellSizes.Times && header.Count <= new Exact(payload, size).Times.Length;
        if (header.Form != CellForm.Ring || size != CellSizes.LargeRing)
            return false;
        foreach (Pair pair in As<Pair>(payload)[..Slots])
            if (pair.Held > pair.All)
                return false;
        return true;
    }

    private void Keep(ref CellHeader header, Exact exact, long moved)
    {
        int kept = 0;
        uint held = 0;
        for (int i = 0; i < header.Count; i++)
        {
            if (moved + ((uint)header.Latest - exact.Times[i]) >= WindowMs)
                continue;
            held |= (exact.Held >> i & 1) << kept;
            exact.Times[kept++] = exact.Times[i];
        }
        exact.Held = held;
        header.Count = (byte)kept;
    }

    private int ToRing(KeyTable table, int cell, long time)
    {
        Span<byte> old = stackalloc byte[CellSizes.PayloadOf(CellSizes.Times)];
        table.Payload(cell).CopyTo(old);
        Exact from = new(old, CellSizes.Times);
        cell = table.Resize(cell, CellSizes.LargeRing, time);
        ref CellHeader header = ref table.Header(cell);
        Span<Pair> ring = As<Pair>(table.Payload(cell))[..Slots];
        ring.Clear();
        for (int i = 0; i < header.Count; i++)
            ring[(int)(SlotOf(header.Latest - ((uint)header.Latest - from.Times[i])) % Slots)]
                .Count((from.Held >> i & 1) != 0);
        header.Form = CellForm.Ring;
        header.Count = 0;
        return cell;
    }

    private static double Total(ReadOnlySpan<Pair> ring, long first, long last)
    {
        Stretches(first, last, out int start, out int length, out int wrapped);
        (ulong held, ulong all) = Sums(ring.Slice(start, length));
        (ulong more, ulong moreOfAll) = Sums(ring[..wrapped]);
        return Share(held + more, all + moreOfAll);
    }

    private static double Total(ReadOnlySpan<Pair> ring)
    {
        (ulong held, ulong all) = Sums(ring);
        return Share(held, all);
    }

    // Pairs lie as held, all, held, all: the even and the odd numbers.
    private static (ulong Held, ulong All) Sums(ReadOnlySpan<Pair> pairs)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<Pair, uint>(pairs);
        Vector256<ulong> lanes = default;
        for (; words.Length >= Vector256<uint>.Count; words = words[Vector256<uint>.Count..])
        {
            (Vector256<ulong> low, Vector256<ulong> high) = Vector256.Widen(Vector256.Create(words));
            lanes += low + high;
        }
        (ulong held, ulong all) = (lanes[0] + lanes[2], lanes[1] + lanes[3]);
        for (int i = 0; i < words.Length; i += 2)
            (held, all) = (held + words[i], all + words[i + 1]);
        return (held, all);
    }

    private static double Share(ulong held, ulong all) => all == 0 ? 0 : (double)held / all;

    private struct Pair
    {
        public uint Held;
        public uint All;

        public void Count(bool holds)
        {
            if (All == uint.MaxValue)
                (Held, All) = (Held / 2, All / 2);
            All++;
            Held += holds ? 1u : 0;
        }
    }

    /// <summary>The bits first, then the times.</summary>
    private readonly ref struct Exact(Span<byte> payload, int size)
    {
        private readonly Span<uint> words = As<uint>(payload);
        private readonly int room = size == CellSizes.Tiny ? 5 : ExactMax;

        public Span<uint> Times => words.Slice(1, room);

        public uint Held
        {
            get => words[0];
            set => words[0] = value;
        }

        public void Append(ref CellHeader header, in CounterEvent e)
        {
            words[0] = words[0] & ~(1u << header.Count) | (e.Holds ? 1u : 0) << header.Count;
            Times[header.Count++] = (uint)e.Time;
        }

        public static Exact Of(Span<byte> payload) =>
            new(payload, payload.Length < 64 ? CellSizes.Tiny : CellSizes.Times);
    }
}
