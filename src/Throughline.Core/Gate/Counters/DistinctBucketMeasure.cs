namespace Throughline.Core.Gate.Counters;

/// <summary>
/// A leaky bucket into which each value goes once while it is not empty. It remembers the hashes of the last values that went in, as
/// many as its cell holds, up to some 760; a value beyond them that comes again goes in again.
/// </summary>
internal sealed class DistinctBucketMeasure(long leakMs, int capacity) : BucketMeasure(leakMs, capacity)
{
    private const int Levels = 2; // words before the values: when it is empty; how many values, and which is the oldest

    protected override int SizeMax => CellSizes.FirstSketch + 3;

    public override double Add(KeyTable table, int cell, in CounterEvent e)
    {
        ref CellHeader header = ref table.Header(cell);
        Span<ulong> words = As<ulong>(table.Payload(cell));
        ref long emptyAt = ref As<long>(table.Payload(cell))[0];
        header.Latest = Math.Max(header.Latest, e.Time);
        if (emptyAt <= header.Latest)
        {
            words[1] = 0; // empty: the next values are new ones
            if (table.SizeOf(cell) > CellSizes.Amounts)
            {
                cell = table.Resize(cell, CellSizes.Tiny, e.Time);
                words = As<ulong>(table.Payload(cell));
            }
        }
        int count = (int)(uint)words[1];
        int oldest = (int)(words[1] >> 32);
        if (words.Slice(Levels, count).Contains(e.Item))
            return Level((long)words[0], table.Header(cell).Latest);
        if (count == words.Length - Levels && table.SizeOf(cell) < SizeMax)
        {
            cell = table.Resize(cell, NextSize(table.SizeOf(cell)), e.Time);
            words = As<ulong>(table.Payload(cell));
        }
        if (count < words.Length - Levels)
        {
            words[Levels + count++] = e.Item;
        }
        else
        {
            words[Levels + oldest] = e.Item;
            oldest = (oldest + 1) % count;
        }
        words[1] = (ulong)oldest << 32 | (uint)count;
        return Pour(ref As<long>(table.Payload(cell))[0], table.Header(cell).Latest);
    }

    public override bool Accept(ref CellHeader header, Span<byte> payload, int size)
    {
        if (!base.Accept(ref header, payload, size))
            return false;
        Span<ulong> words = As<ulong>(payload);
        uint count = (uint)words[1];
        uint oldest = (uint)(words[1] >> 32);
        return count <= words.Length - Levels && (oldest == 0 || oldest < count);
    }

    // Past the sizes that are made for rings.
    private static int NextSize(int size) =>
        size < CellSizes.Amounts ? size + 1 : Math.Max(size + 1, CellSizes.FirstSketch);
}
