namespace Throughline.Storage.Log;

/// <summary>
/// The blocks read last, whole and checked, found by any number inside them. Safe for any number of threads: blocks are
/// never changed once they are in.
/// </summary>
internal sealed class BlockCache(int slots = BlockCache.DefaultSlots)
{
    /// <summary>At most 2 MiB for usual blocks.</summary>
    public const int DefaultSlots = 32;

    private readonly Lock gate = new();
    private readonly Entry[] entries = new Entry[slots];
    private long clock;
    private int cleared;

    /// <summary>Goes up with each <see cref="Clear"/>: whoever reads a block notes it before.</summary>
    public int Version => Volatile.Read(ref cleared);

    public bool TryGet(long number, out CachedBlock block)
    {
        lock (gate)
        {
            foreach (ref Entry entry in entries.AsSpan())
            {
                if (entry.Block.Bytes is null || (ulong)(number - entry.Block.First) >= (ulong)entry.Block.Count)
                    continue;
                entry.Used = ++clock;
                block = entry.Block;
                return true;
            }
        }
        block = default;
        return false;
    }

    /// <summary>Keeps a block, unless all were cleared since it was read.</summary>
    /// <param name="version">As <see cref="Version"/> was before.</param>
    public void Add(CachedBlock block, int version)
    {
        lock (gate)
        {
            if (version != cleared)
                return;
            int oldest = 0;
            for (int i = 1; i < entries.Length; i++)
            {
                if (entries[i].Used < entries[oldest].Used)
                    oldest = i;
            }
            entries[oldest] = new() { Block = block, Used = ++clock };
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            cleared++;
            entries.AsSpan().Clear();
        }
    }

    private struct Entry
    {
        public CachedBlock Block;
        public long Used;
    }
}

/// <summary>One block in memory.</summary>
internal readonly record struct CachedBlock(long First, int Count, byte[] Bytes)
{
    public ReadOnlySpan<byte> this[long number] => new Block(First, Count, Bytes)[(int)(number - First)];
}
