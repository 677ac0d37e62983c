using System.Runtime.Intrinsics;

namespace Throughline.Core.Gate.Counters;

/// <summary>Sums amounts: up to 16 with their times, then a ring of sums. No running total is kept, so no error of rounding stays.</summary>
internal sealed class SumMeasure(long windowMs) : SlidingMeasure(windowMs)
{
    private const int ExactMax = 16;

    public override double Add(KeyTable table, int cell, in CounterEvent e)
    {
        cell = Advance(table, cell, e.Time, CellSizes.Amounts, out long moved);
        ref CellHeader header = ref table.Header(cell);
        double amount = double.IsFinite(e.Amount) ? e.Amount : 0;
        if (header.Form == CellForm.Exact)
        {
            Exact exact = new(table.Payload(cell), table.SizeOf(cell));
            double sum = Keep(ref header, exact, moved);
            header.Latest += moved;
            if (header.Latest - e.Time >= WindowMs)
                return sum;
            if (header.Count == exact.Times.Length)
                cell = Grow(table, cell, e.Time);
            header = ref table.Header(cell);
            if (header.Form == CellForm.Exact)
            {
                exact = new(table.Payload(cell), table.SizeOf(cell));
                exact.Times[header.Count] = (uint)e.Time;
                exact.Amounts[header.Count++] = amount;
                return sum + amount;
            }
            moved = 0;
        }
        Span<double> ring = As<double>(table.Payload(cell))[..Slots];
        Move(ring, header.Latest, header.Latest + moved);
        header.Latest += moved;
        if (header.Latest - e.Time < WindowMs)
            ring[(int)(SlotOf(e.Time) % Slots)] += amount;
        return Total(ring);
    }

    public override double Read(in CellHeader header, Span<byte> payload, long time)
    {
        long moved = Math.Max(0, time - header.Latest);
        if (moved >= WindowMs)
            return 0;
        if (header.Form == CellForm.Ring)
            return Total(As<double>(payload)[..Slots], FirstSlot(header.Latest + moved), SlotOf(header.Latest));
        Exact exact = Exact.Of(payload);
        double sum = 0;
        for (int i = 0; i < header.Count; i++)
            if (moved + ((uint)header.Latest - exact.Times[i]) < WindowMs)
                sum += exact.Amounts[i];
        return sum;
    }

    public override bool Accept(ref CellHeader header, Span<byte> payload, int size)
    {
        if (header.Form == CellForm.Ring)
            return size == CellSizes.LargeRing && IsFinite(As<double>(payload)[..Slots]);
        if (header.Form != CellForm.Exact || size > CellSizes.Amounts)
            return false;
        Exact exact = new(payload, size);
        return header.Count <= exact.Times.Length && IsFinite(exact.Amounts[..header.Count]);
    }

    private static bool IsFinite(ReadOnlySpan<double> amounts)
    {
        foreach (double amount in amounts)
            if (!double.IsFinite(amount))
                return false;
        return true;
    }

    private double Keep(ref CellHeader header, Exact exact, long moved)
    {
        double sum = 0;
        int kept = 0;
        for (int i = 0; i < header.Count; i++)
        {
            if (moved + ((uint)header.Latest - exact.Times[i]) >= WindowMs)
                continue;
            sum += exact.Amounts[i];
            exact.Times[kept] = exact.Times[i];
            exact.Amounts[kept++] = exact.Amounts[i];
        }
        header.Count = (byte)kept;
        return sum;
    }

    private int Grow(KeyTable table, int cell, long time)
    {
        Span<byte> old = stackalloc byte[CellSizes.PayloadOf(CellSizes.Amounts)];
        Span<byte> payload = table.Payload(cell);
        int size = table.SizeOf(cell);
        payload.CopyTo(old);
        Exact from = new(old[..payload.Length], size);
        int next = size == CellSizes.Amounts ? CellSizes.LargeRing : size + 1;
        cell = table.Resize(cell, next, time);
        ref CellHeader header = ref table.Header(cell);
        payload = table.Payload(cell);
        payload.Clear();
        if (next != CellSizes.LargeRing)
        {
            Exact to = new(payload, next);
            from.Amounts[..header.Count].CopyTo(to.Amounts);
            from.Times[..header.Count].CopyTo(to.Times);
            return cell;
        }
        Span<double> ring = As<double>(payload)[..Slots];
        for (int i = 0; i < header.Count; i++)
            ring[(int)(SlotOf(header.Latest - ((uint)header.Latest - from.Times[i])) % Slots)] += from.Amounts[i];
        header.Form = CellForm.Ring;
        header.Count = 0;
        return cell;
    }

    private static double Total(ReadOnlySpan<double> ring, long first, long last)
    {
        Stretches(first, last, out int start, out int length, out int wrapped);
        return Total(ring.Slice(start, length)) + Total(ring[..wrapped]);
    }

    // Four lanes on every machine: the order of additions, and so the sum, is the same everywhere.
    private static double Total(ReadOnlySpan<double> slots)
    {
        Vector256<double> lanes = default;
        for (; slots.Length >= Vector256<double>.Count; slots = slots[Vector256<double>.Count..])
            lanes += Vector256.Create(slots);
        double total = lanes[0] + lanes[1] + (lanes[2] + lanes[3]);
        foreach (double slot in slots)
            total += slot;
        return total;
    }

    private readonly ref struct Exact
    {
        public Exact(Span<byte> payload, int size)
        {
            int room = size == CellSizes.Tiny ? 2 : Math.Min(ExactMax, payload.Length / 12);
            Amounts = As<double>(payload)[..room];
            Times = As<uint>(payload[(room * sizeof(double))..])[..room];
        }

        public Span<double> Amounts { get; }
        public Span<uint> Times { get; }

        public static Exact Of(Span<byte> payload) =>
            new(payload, payload.Length < 64 ? CellSizes.Tiny : CellSizes.Times);
    }
}
