namespace Throughline.Core.Gate.Counters;

/// <summary>
/// Counts different values in a sliding window: up to 64 by their hash and the last time each was seen, then by a sketch (standard error
/// 1.6 %), until the key's window has once passed empty.
/// </summary>
internal sealed class DistinctMeasure(long windowMs) : SlidingMeasure(windowMs)
{
    private const int ExactMax = 64;

    public override double Add(KeyTable table, int cell, in CounterEvent e)
    {
        cell = Advance(table, cell, e.Time, CellSizes.Amounts, out long moved);
        ref CellHeader header = ref table.Header(cell);
        if (header.Form == CellForm.Exact)
        {
            Exact exact = new(table.Payload(cell), table.SizeOf(cell));
            bool counts = header.Latest + moved - e.Time < WindowMs;
            bool isKnown = Keep(ref header, exact, moved, e, counts);
            header.Latest += moved;
            if (isKnown || !counts)
                return header.Count;
            if (header.Count == exact.Times.Length)
                cell = Grow(table, cell, e.Time);
            header = ref table.Header(cell);
            if (header.Form == CellForm.Exact)
            {
                exact = new(table.Payload(cell), table.SizeOf(cell));
                exact.Items[header.Count] = e.Item;
                exact.Times[header.Count++] = (uint)e.Time;
                return header.Count;
            }
            moved = 0;
        }
        header.Latest += moved;
        long head = SlotOf(header.Latest);
        Sketch sketch = new(table.Payload(cell));
        sketch.Advance(head, FirstSlot(header.Latest));
        if (header.Latest - e.Time < WindowMs)
        {
            while (!sketch.TryAdd(e.Item, SlotOf(e.Time), head))
                cell = GrowSketch(table, cell, e.Time, out sketch);
        }
        return sketch.Estimate;
    }

    public override double Read(in CellHeader header, Span<byte> payload, long time)
    {
        long moved = Math.Max(0, time - header.Latest);
        if (moved >= WindowMs)
            return 0;
        if (header.Form == CellForm.Sketch)
        {
            Sketch sketch = new(payload);
            sketch.Look(SlotOf(header.Latest), FirstSlot(header.Latest + moved));
            return sketch.Estimate;
        }
        int count = 0;
        foreach (uint at in Exact.Of(payload).Times[..header.Count])
            count += moved + ((uint)header.Latest - at) < WindowMs ? 1 : 0;
        return count;
    }

    public override bool Accept(ref CellHeader header, Span<byte> payload, int size)
    {
        if (header.Form == CellForm.Sketch)
            return size >= CellSizes.FirstSketch
                && new Sketch(payload).Repair(SlotOf(header.Latest), FirstSlot(header.Latest));
        return header.Form == CellForm.Exact
            && size is <= CellSizes.Amounts or CellSizes.FirstSketch
            && header.Count <= Exact.RoomOf(payload.Length);
    }

    // Drops what is too old; a value that is known was seen once more.
    private bool Keep(ref CellHeader header, Exact exact, long moved, in CounterEvent e, bool counts)
    {
        int kept = 0;
        bool isKnown = false;
        for (int i = 0; i < header.Count; i++)
        {
            ulong item = exact.Items[i];
            uint at = exact.Times[i];
            long age = moved + ((uint)header.Latest - at);
            if (item == e.Item && counts)
            {
                isKnown = true;
                if (header.Latest + moved - e.Time < age)
                    (at, age) = ((uint)e.Time, header.Latest + moved - e.Time);
            }
            if (age >= WindowMs)
                continue;
            exact.Items[kept] = item;
            exact.Times[kept++] = at;
        }
        header.Count = (byte)kept;
        return isKnown;
    }

    private int Grow(KeyTable table, int cell, long time)
    {
        Span<byte> old = stackalloc byte[CellSizes.PayloadOf(CellSizes.FirstSketch)];
        Span<byte> payload = table.Payload(cell);
        payload.CopyTo(old);
        int count = table.Header(cell).Count;
        Exact from = new(old[..payload.Length], table.SizeOf(cell));
        int size = table.SizeOf(cell);
        int next = size < CellSizes.Amounts ? size + 1 : CellSizes.FirstSketch;
        if (size != next)
            cell = table.Resize(cell, next, time);
        ref CellHeader header = ref table.Header(cell);
        payload = table.Payload(cell);
        if (count < ExactMax)
        {
            Exact to = new(payload, next);
            from.Items[..count].CopyTo(to.Items);
            from.Times[..count].CopyTo(to.Times);
            return cell;
        }
        long head = SlotOf(header.Latest);
        Sketch sketch = new(payload);
        sketch.Clear();
        sketch.Advance(head, FirstSlot(header.Latest));
        for (int i = 0; i < count; i++)
            sketch.TryAdd(from.Items[i], SlotOf(header.Latest - ((uint)header.Latest - from.Times[i])), head);
        header.Form = CellForm.Sketch;
        header.Count = 0;
        return cell;
    }

    private int GrowSketch(KeyTable table, int cell, long time, out Sketch sketch)
    {
        long latest = table.Header(cell).Latest;
        int size = table.SizeOf(cell);
        Span<uint> kept = new Sketch(table.Payload(cell)).Take(table.Scratch);
        if (size < CellSizes.LastSketch && Sketch.IsCrowded(kept.Length, size))
            cell = table.Resize(cell, size + 1, time);
        sketch = new(table.Payload(cell));
        sketch.Clear();
        sketch.Put(kept);
        sketch.Look(SlotOf(latest), FirstSlot(latest));
        return cell;
    }

    private readonly ref struct Exact
    {
        public Exact(Span<byte> payload, int size)
        {
            int room = RoomOf(CellSizes.PayloadOf(size));
            Items = As<ulong>(payload)[..room];
            Times = As<uint>(payload[(room * sizeof(ulong))..])[..room];
        }

        public Span<ulong> Items { get; }
        public Span<uint> Times { get; }

        public static int RoomOf(int payload) => Math.Min(payload >= 700 ? ExactMax : 16, payload / 12);

        public static Exact Of(Span<byte> payload) =>
            new(
                payload,
                payload.Length switch
                {
                    < 64 => CellSizes.Tiny,
                    < 128 => CellSizes.Times,
                    < 256 => CellSizes.Amounts,
                    _ => CellSizes.FirstSketch,
                }
            );
    }
}
