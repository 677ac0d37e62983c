namespace Throughline.Core.Gate.Counters;

/// <summary>
/// A leaky bucket: one in for each event, one out every LeakMs, evenly; a level above the capacity is its overflow, and the level stops
/// at the capacity + 1. The value is the level rounded up, so that "level &gt; capacity" is asked of whole numbers without a loss. All
/// that is kept is the time when it will be empty.
/// </summary>
internal class BucketMeasure(long leakMs, int capacity) : Measure
{
    // Times go back a little now and then.
    private const long GraceMs = 10_000;

    public override double Add(KeyTable table, int cell, in CounterEvent e)
    {
        ref CellHeader header = ref table.Header(cell);
        header.Latest = Math.Max(header.Latest, e.Time);
        return Pour(ref As<long>(table.Payload(cell))[0], header.Latest);
    }

    public override double Read(in CellHeader header, Span<byte> payload, long time) =>
        Level(As<long>(payload)[0], Math.Max(time, header.Latest));

    public override bool IsOver(in CellHeader header, Span<byte> payload, long time) =>
        time - GraceMs >= Math.Max(As<long>(payload)[0], header.Latest);

    public override bool Accept(ref CellHeader header, Span<byte> payload, int size)
    {
        ref long emptyAt = ref As<long>(payload)[0];
        if (header.Form != CellForm.Exact || size > SizeMax || emptyAt < 0)
            return false;
        emptyAt = Math.Min(emptyAt, header.Latest + Deepest); // the capacity may be another now
        return true;
    }

    protected virtual int SizeMax => CellSizes.Tiny;

    /// <summary>How long a bucket of the highest level takes to empty.</summary>
    private long Deepest => (capacity + 1L) * leakMs;

    protected double Pour(ref long emptyAt, long now)
    {
        emptyAt = Math.Min(Math.Max(emptyAt, now) + leakMs, now + Deepest);
        return Level(emptyAt, now);
    }

    protected double Level(long emptyAt, long now) =>
        emptyAt <= now ? 0 : Math.Min(capacity + 1L, (emptyAt - now + leakMs - 1) / leakMs);
}
