using System.Globalization;
using System.Security.Cryptography;

namespace Throughline.Core.Gate.Decide;

/// <summary>A link that was exported while the chain grew, with the record that it is of.</summary>
public sealed record ChainHead(DecisionId Id, ReadOnlyMemory<byte> Link);

/// <summary>Where a chain does not hold.</summary>
/// <param name="Place">Number of the record in the order of the store, from 0.</param>
/// <param name="Id">The id that the record there claims; null if it has none.</param>
public sealed record ChainBreak(long Place, DecisionId? Id, string Message);

/// <summary>Numbers of a run that no record has: decisions whose records were lost.</summary>
public sealed record ChainGap(uint Edge, long Start, long FirstMissing, long LastMissing)
{
    public long Count => LastMissing - FirstMissing + 1;
}

/// <summary>What came of a verification. Breaks are tampering or damage; gaps with an intact chain are losses.</summary>
/// <param name="Records">All of them, answers too.</param>
/// <param name="Erased">Those whose content was erased: the links before and after hold, what they said cannot be verified any more.</param>
/// <param name="Answers">Records of how a decided request was answered. They bear their decision's number, so that one that was lost is no gap.</param>
public sealed record ChainReport(
    long Records,
    IReadOnlyList<ChainBreak> Breaks,
    IReadOnlyList<ChainGap> Gaps,
    long Answers = 0,
    long Erased = 0
)
{
    public bool IsIntact => Breaks.Count == 0;
}

/// <summary>
/// Verifies a chain record by record, in the order of the store. After a break it goes on from the stored link, so that one change is
/// told from many.
/// </summary>
public sealed class ChainVerifier : IDisposable
{
    private const int BreaksMax = 1_000;

    private readonly RecordChain chain;
    private readonly IReadOnlyList<ChainHead> heads;
    private readonly bool[] seen;
    private readonly List<ChainBreak> breaks = [];
    private readonly SortedDictionary<(uint Edge, long Start), List<(long First, long Last)>> runs = [];
    private long place;
    private long answers;
    private long erased;

    /// <summary>Begins a verification.</summary>
    /// <param name="key">The chain's key.</param>
    /// <param name="from">The link before the first record; empty: the chain's beginning.</param>
    /// <param name="heads">Links that were exported: each must be met. Without one, a removed end goes unnoticed.</param>
    public ChainVerifier(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> from = default,
        IReadOnlyList<ChainHead>? heads = null
    )
    {
        chain = new(key, from);
        this.heads = heads ?? [];
        seen = new bool[this.heads.Count];
    }

    /// <summary>Takes the next record with its stored link.</summary>
    public void Add(ReadOnlySpan<byte> record, ReadOnlySpan<byte> link)
    {
        bool hasId = DecisionRecord.TryReadId(record, out DecisionId id);
        chain.Add(record);
        if (!CryptographicOperations.FixedTimeEquals(chain.Head, link))
        {
            Break(hasId ? id : null, "the record was changed, or records before it were removed, added or moved");
            if (link.Length == RecordChain.LinkSize)
                chain.Continue(link);
        }
        else if (!hasId)
        {
            Break(null, "this is no record");
        }
        Note(record, hasId, id, link);
    }

    /// <summary>Takes the next record where its content was erased: what is left of it, its beginning with the id, and its link.</summary>
    public void AddErased(ReadOnlySpan<byte> head, ReadOnlySpan<byte> link)
    {
        erased++;
        chain.Continue(link);
        Note(head, DecisionRecord.TryReadId(head, out DecisionId id), id, link);
    }

    private void Note(ReadOnlySpan<byte> record, bool hasId, DecisionId id, ReadOnlySpan<byte> link)
    {
        if (hasId && DecisionRecord.TryReadKind(record, out RecordKind kind) && kind == RecordKind.Answer)
            answers++;
        else if (hasId)
            Count(id);
        for (int i = 0; i < seen.Length; i++)
            seen[i] |= hasId && heads[i].Id == id && link.SequenceEqual(heads[i].Link.Span);
        place++;
    }

    /// <summary>The report, once all records were added.</summary>
    public ChainReport Finish()
    {
        for (int i = 0; i < seen.Length; i++)
            if (!seen[i])
                Break(heads[i].Id, $"the exported link of {heads[i].Id} is not in the chain");
        List<ChainGap> gaps = [];
        foreach (((uint edge, long start), List<(long First, long Last)> ranges) in runs)
        {
            ranges.Sort();
            long next = 1;
            foreach ((long first, long last) in ranges)
            {
                if (first > next)
                    gaps.Add(new(edge, start, next, first - 1));
                if (first < next)
                    Break(
                        new(edge, start, first),
                        string.Create(CultureInfo.InvariantCulture, $"number {first} was given more than once")
                    );
                next = Math.Max(next, last + 1);
            }
        }
        return new(place, breaks, gaps, answers, erased);
    }

    public void Dispose() => chain.Dispose();

    // Runs of numbers, not numbers: memory for gaps, not for records.
    private void Count(DecisionId id)
    {
        if (id.Edge == 0)
            return; // past the gate: no edge counted it
        if (!runs.TryGetValue((id.Edge, id.Start), out List<(long First, long Last)>? ranges))
            runs[(id.Edge, id.Start)] = ranges = [];
        if (ranges.Count > 0 && ranges[^1].Last + 1 == id.Sequence)
            ranges[^1] = (ranges[^1].First, id.Sequence);
        else
            ranges.Add((id.Sequence, id.Sequence));
    }

    private void Break(DecisionId? id, string message)
    {
        if (breaks.Count < BreaksMax)
            breaks.Add(new(place, id, message));
    }
}
