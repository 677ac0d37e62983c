using System.Runtime.InteropServices;

namespace Throughline.Core.Identity.Matching.Block;

/// <summary>What blocking has done.</summary>
/// <param name="Pass">The pass, by its key.</param>
/// <param name="Blocks">Blocks of two records or more.</param>
/// <param name="Divided">Blocks above the bound that were divided by names, birth date or place.</param>
/// <param name="Skipped">Blocks that were above the bound even then: each of their records meets only the next few by name, and those of other passes.</param>
/// <param name="LargestSkipped">Records of the largest block that was skipped.</param>
public sealed record BlockReport(string Pass, int Blocks, int Divided, int Skipped, int LargestSkipped);

/// <summary>
/// Finds the pairs that are worth comparing: those that share a key of some pass. A block of n records gives n(n-1)/2 pairs, so blocks
/// are bounded: time and pairs are at most records x passes x keys x bound / 2, not records squared. Of a block that is too big however
/// it is divided each record meets only its neighbours.
/// </summary>
internal sealed class Blocker(MatchStrategy strategy)
{
    // By what a block that is too big is divided: one after the other until it fits.
    private static readonly BlockPart[] Dividers =
    [
        BlockPart.FamilySound,
        BlockPart.GivenSound,
        BlockPart.BirthYear,
        BlockPart.Postcode,
        BlockPart.HouseNumber,
        BlockPart.City,
        BlockPart.OrganizationWord,
    ];

    private const int CompactFrom = 1 << 20;
    private const int Neighbours = 5;
    private readonly List<ulong> pairs = [];
    private int compacted;

    public List<BlockReport> Reports { get; } = [];

    /// <summary>The pairs in ascending order, each once: the lower index in the high half.</summary>
    public ReadOnlySpan<ulong> Find(IReadOnlyList<MatchRecord> records)
    {
        foreach (BlockPass pass in strategy.Passes)
        {
            Run(records, pass);
            if (pairs.Count > 2 * compacted + CompactFrom)
                Compact();
        }
        Compact();
        return CollectionsMarshal.AsSpan(pairs);
    }

    private void Run(IReadOnlyList<MatchRecord> records, BlockPass pass)
    {
        List<(ulong Key, int Record)> keyed = [];
        for (int i = 0; i < records.Count; i++)
            foreach (ulong key in BlockKeys.Of(records[i], pass))
                keyed.Add((key, i));
        keyed.Sort();
        Counts counts = new();
        Blocks(records, CollectionsMarshal.AsSpan(keyed), divider: 0, counts);
        Reports.Add(new(pass.Name, counts.Blocks, counts.Divided, counts.Skipped, counts.Largest));
    }

    private void Blocks(
        IReadOnlyList<MatchRecord> records,
        ReadOnlySpan<(ulong Key, int Record)> keyed,
        int divider,
        Counts counts
    )
    {
        for (int start = 0; start < keyed.Length; )
        {
            int end = start + 1;
            while (end < keyed.Length && keyed[end].Key == keyed[start].Key)
                end++;
            ReadOnlySpan<(ulong Key, int Record)> block = keyed[start..end];
            start = end;
            if (block.Length < 2)
                continue;
            counts.Blocks++;
            if (block.Length <= strategy.BlockMax)
                Pair(block);
            else if (divider < Dividers.Length)
            {
                counts.Divided++;
                Divide(records, block, divider, counts);
            }
            else
            {
                counts.Skipped++;
                counts.Largest = Math.Max(counts.Largest, block.Length);
                PairNeighbours(records, block);
            }
        }
    }

    private void Divide(
        IReadOnlyList<MatchRecord> records,
        ReadOnlySpan<(ulong Key, int Record)> block,
        int divider,
        Counts counts
    )
    {
        BlockPass finer = new("", [Dividers[divider]]);
        List<(ulong Key, int Record)> keyed = [];
        foreach ((_, int record) in block)
        {
            List<ulong> keys = BlockKeys.Of(records[record], finer);
            if (keys.Count == 0)
                keyed.Add((0, record));
            foreach (ulong key in keys)
                keyed.Add((key, record));
        }
        keyed.Sort();
        Blocks(records, CollectionsMarshal.AsSpan(keyed), divider + 1, counts);
    }

    private void Pair(ReadOnlySpan<(ulong Key, int Record)> block)
    {
        for (int i = 0; i < block.Length; i++)
        for (int j = i + 1; j < block.Length; j++)
            if (block[i].Record != block[j].Record)
                pairs.Add(Pack(block[i].Record, block[j].Record));
    }

    // Of a block that nothing divides, each record meets the next few alone, in the order of their names (M. A. Hernandez, S. J. Stolfo,
    // "The Merge/Purge Problem for Large Databases", 1995): hundreds of records of one customer still form a chain.
    private void PairNeighbours(IReadOnlyList<MatchRecord> records, ReadOnlySpan<(ulong Key, int Record)> block)
    {
        List<(string Name, int Record)> sorted = [];
        foreach ((_, int record) in block)
            sorted.Add((NameOf(records[record]), record));
        sorted.Sort(
            (a, b) =>
                string.CompareOrdinal(a.Name, b.Name) is var order and not 0 ? order : a.Record.CompareTo(b.Record)
        );
        for (int i = 0; i < sorted.Count; i++)
        for (int j = i + 1; j <= Math.Min(i + Neighbours, sorted.Count - 1); j++)
            if (sorted[i].Record != sorted[j].Record)
                pairs.Add(Pack(sorted[i].Record, sorted[j].Record));
    }

    private static string NameOf(MatchRecord record) =>
        record.Organisations.Length > 0 ? record.Organisations[0].Joined
        : record.Names.Length > 0 ? record.Names[0].FamilyJoined + " " + record.Names[0].Given
        : "";

    public static ulong Pack(int a, int b) => ((ulong)(uint)Math.Min(a, b) << 32) | (uint)Math.Max(a, b);

    public static (int A, int B) Unpack(ulong pair) => ((int)(pair >> 32), (int)(uint)pair);

    private void Compact()
    {
        pairs.Sort();
        Span<ulong> all = CollectionsMarshal.AsSpan(pairs);
        int kept = 0;
        for (int i = 0; i < all.Length; i++)
            if (i == 0 || all[i] != all[i - 1])
                all[kept++] = all[i];
        pairs.RemoveRange(kept, pairs.Count - kept);
        compacted = kept;
    }

    private sealed class Counts
    {
        public int Blocks;
        public int Divided;
        public int Skipped;
        public int Largest;
    }
}
