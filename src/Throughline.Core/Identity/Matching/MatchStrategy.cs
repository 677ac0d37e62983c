using Throughline.Core.Identity.Matching.Block;
using Throughline.Core.Identity.Matching.Compare;
using Throughline.Core.Identity.Matching.Model;

namespace Throughline.Core.Identity.Matching;

/// <summary>
/// How records are matched: what is compared and with which estimates, which pairs are looked at, from which score on two records are
/// linked, and when groups may grow together. Checked and immutable; see <see cref="MatchStrategyJson"/> for its written form.
/// </summary>
public sealed class MatchStrategy
{
    internal MatchStrategy() { }

    /// <summary>Its name, for reports.</summary>
    public required string Name { get; init; }

    /// <summary>Its version, for reports.</summary>
    public required int Version { get; init; }

    /// <summary>Scores in bits from which a link has a tier, the strongest first; the last one is the least score of a link.</summary>
    public required IReadOnlyList<MatchTier> Tiers { get; init; }

    /// <summary>The least score of a link, in bits.</summary>
    public double Threshold => Tiers[^1].Bits;

    internal LevelTable Estimates { get; init; } = new();
    internal bool[] Used { get; init; } = [];
    internal bool[] Learned { get; init; } = [];
    internal IReadOnlyDictionary<Comparison, RarityRule> Rarity { get; init; } =
        new Dictionary<Comparison, RarityRule>();
    internal IReadOnlyList<BlockPass> Passes { get; init; } = [];
    internal int BlockMax { get; init; }
    internal EstimationRules Estimation { get; init; } = new(0, 1, 0, 1, 1);
    internal ClusterRules Cluster { get; init; } = new(0, 1, 0, 0);
}

/// <summary>A class of links.</summary>
/// <param name="Name">Such as <c>certain</c>.</param>
/// <param name="Bits">The least score: log2 of the odds that both records are of one person. 10 is a thousand to one.</param>
public sealed record MatchTier(string Name, double Bits);

/// <summary>How probabilities are estimated from the data.</summary>
/// <param name="Iterations">Rounds of expectation and maximisation; always so many, so that the result is the same everywhere.</param>
/// <param name="PriorPairs">How many pairs the strategy's own estimates are worth against those of the data.</param>
/// <param name="SamplePairs">Pairs drawn from all pairs to learn how unrelated records agree by chance.</param>
/// <param name="DuplicatesPerRecord">First guess of how many other records of its person a record has.</param>
/// <param name="RelativesPerRecord">First guess of how many records of its household it has.</param>
internal sealed record EstimationRules(
    int Iterations,
    double PriorPairs,
    int SamplePairs,
    double DuplicatesPerRecord,
    double RelativesPerRecord
);

/// <summary>When two groups become one.</summary>
/// <param name="AverageMin">
/// The least average score, in bits, over the pairs between two groups; for a link that is hardly strong enough it is nearer to 0.
/// </param>
/// <param name="ScoreCap">Scores above it count as it in the average, below its negative as that: one pair must not decide for all.</param>
/// <param name="AmbiguousMargin">
/// A link is left out if one of its ends has another that is weaker by no more, to a group that the first cannot be united with.
/// </param>
/// <param name="ConflictBits">Two groups cannot be one if they do not reach a link's score and on average this much speaks against them on what
/// a person has only one of.</param>
internal sealed record ClusterRules(double AverageMin, double ScoreCap, double AmbiguousMargin, double ConflictBits);
