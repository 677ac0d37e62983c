using Throughline.Core.Identity.Matching.Block;
using Throughline.Core.Identity.Matching.Cluster;
using Throughline.Core.Identity.Matching.Compare;
using Throughline.Core.Identity.Matching.Model;

namespace Throughline.Core.Identity.Matching;

/// <summary>A link between two records.</summary>
/// <param name="A">The id that comes first in ordinal order.</param>
/// <param name="B">The other record's id.</param>
/// <param name="Score">Bits: log2 of the odds that both are of one person.</param>
/// <param name="Tier">The strongest tier that the score reaches.</param>
/// <param name="Fate">Whether the groups follow it.</param>
public sealed record MatchLink(string A, string B, double Score, string Tier, LinkFate Fate);

/// <summary>What matching has found.</summary>
public sealed class MatchResult
{
    private readonly MatchRecord[] records;
    private readonly MatchStrategy strategy;
    private readonly PairComparer comparer;
    private readonly MatchModel model;
    private readonly List<ScoredPair> links;
    private readonly LinkFate[] fates;
    private readonly int[] groups;

    internal MatchResult(
        MatchRecord[] records,
        MatchStrategy strategy,
        PairComparer comparer,
        MatchModel model,
        List<ScoredPair> links,
        LinkFate[] fates,
        int[] groups,
        IReadOnlyList<BlockReport> blocks,
        int comparedPairs
    )
    {
        this.records = records;
        this.strategy = strategy;
        this.comparer = comparer;
        this.model = model;
        this.links = links;
        this.fates = fates;
        this.groups = groups;
        Blocks = blocks;
        ComparedPairs = comparedPairs;
    }

    /// <summary>Records that were matched.</summary>
    public int Records => records.Length;

    /// <summary>Pairs that blocking found and that were compared.</summary>
    public int ComparedPairs { get; }

    /// <summary>What each pass of blocking has done.</summary>
    public IReadOnlyList<BlockReport> Blocks { get; }

    /// <summary>Every pair whose score reaches the least tier, the strongest first.</summary>
    public IEnumerable<MatchLink> Links =>
        links.Select(
            (link, i) => new MatchLink(records[link.A].Id, records[link.B].Id, link.Score, TierOf(link.Score), fates[i])
        );

    /// <summary>The groups: each record's id with the id of the first record of its group, by id in ordinal order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Clusters =>
        groups.Select((group, i) => KeyValuePair.Create(records[i].Id, records[group].Id));

    /// <summary>The name of the strongest tier that a score reaches; <c>none</c> below all.</summary>
    public string TierOf(double score) => strategy.Tiers.FirstOrDefault(x => score >= x.Bits)?.Name ?? "none";

    /// <summary>Why two records have their score; null if an id is unknown.</summary>
    public PairExplanation? Explain(string a, string b)
    {
        int first = Find(a);
        int second = Find(b);
        if (first < 0 || second < 0 || first == second)
            return null;
        return PairExplanation.Of(
            comparer,
            model,
            records[first],
            records[second],
            TierOf,
            groups[first] == groups[second]
        );
    }

    private int Find(string id) => Array.FindIndex(records, x => string.Equals(x.Id, id, StringComparison.Ordinal));
}
