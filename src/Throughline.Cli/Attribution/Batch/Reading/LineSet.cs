namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Lines of a file, a bit for each: what is told of many lines costs no more than that. Any number of threads may add.</summary>
internal sealed class LineSet
{
    private const int ChunkLines = 1 << 20;

    private readonly Lock gate = new();
    private volatile ulong[]?[] chunks = [];
    private long count;

    /// <summary>How many lines there are.</summary>
    public long Count => Interlocked.Read(ref count);

    public bool IsEmpty => Count == 0;

    public bool Contains(long line)
    {
        ulong[]?[] all = chunks;
        long chunk = line / ChunkLines;
        return chunk < all.Length
            && all[chunk] is { } bits
            && (Volatile.Read(ref bits[line % ChunkLines / 64]) >> (int)(line % 64) & 1) != 0;
    }

    public void Add(long line)
    {
        ulong[] bits = ChunkOf(line / ChunkLines);
        ulong bit = 1UL << (int)(line % 64);
        if ((Interlocked.Or(ref bits[line % ChunkLines / 64], bit) & bit) == 0)
            Interlocked.Increment(ref count);
    }

    /// <summary>All lines, ascending; once no more are added.</summary>
    public IEnumerable<long> All()
    {
        for (int chunk = 0; chunk < chunks.Length; chunk++)
        for (int word = 0; chunks[chunk] is { } bits && word < bits.Length; word++)
        for (ulong rest = bits[word]; rest != 0; rest &= rest - 1)
            yield return (long)chunk * ChunkLines + word * 64 + System.Numerics.BitOperations.TrailingZeroCount(rest);
    }

    private ulong[] ChunkOf(long chunk)
    {
        ulong[]?[] all = chunks;
        if (chunk < all.Length && all[chunk] is { } known)
            return known;
        lock (gate)
        {
            all = chunks;
            if (chunk >= all.Length)
                Array.Resize(ref all, (int)chunk + 1);
            ulong[] made = all[chunk] ??= new ulong[ChunkLines / 64];
            chunks = all;
            return made;
        }
    }
}
