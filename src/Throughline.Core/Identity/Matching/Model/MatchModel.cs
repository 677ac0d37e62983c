using Throughline.Core.Identity.Matching.Compare;

namespace Throughline.Core.Identity.Matching.Model;

/// <summary>
/// Scores pairs: log2 of the odds that both records are of one person, given the levels of all comparisons. The alternative is a
/// mixture of strangers and people of one household, who share name, address and phone, but neither given name nor birth date.
/// </summary>
/// <param name="matchShare">The share of all pairs that are of one person.</param>
/// <param name="relatedShare">The share of all pairs that are of one household.</param>
internal sealed class MatchModel(LevelTable levels, double matchShare, double relatedShare)
{
    public LevelTable Levels { get; } = levels;
    public double MatchShare { get; } = matchShare;
    public double RelatedShare { get; } = relatedShare;

    /// <summary>Bits that a pair has before anything is compared.</summary>
    public double PriorBits => Math.Log2(MatchShare / (1 - MatchShare));

    public double Score(in ComparedPair pair)
    {
        (double match, double related) = Levels.Sums(pair.Pattern);
        return Odds(match + pair.Rarity, related + pair.RelatedRarity);
    }

    /// <summary>The score from the weights of a pair against strangers.</summary>
    public double Odds(double matchBits, double relatedBits) => PriorBits + matchBits - HouseholdBits(relatedBits);

    /// <summary>What the household costs: how much more probable the levels are among unrelated or related people than among strangers.</summary>
    public double HouseholdBits(double relatedBits)
    {
        double related = RelatedShare / (1 - MatchShare);
        double grown = Math.Log2(related) + relatedBits;
        // log2((1 - r) + 2^grown), without overflow.
        return grown > 60 ? grown : Math.Log2(1 - related + Math.Pow(2, grown));
    }

    /// <summary>The probabilities that a pair is of one person, and of one household.</summary>
    public (double Match, double Related) Posterior(double matchBits, double relatedBits)
    {
        double match = Math.Log2(MatchShare) + matchBits;
        double related = Math.Log2(RelatedShare) + relatedBits;
        double stranger = Math.Log2(Math.Max(1e-9, 1 - MatchShare - RelatedShare));
        double most = Math.Max(Math.Max(match, related), stranger);
        double ofMatch = Math.Pow(2, match - most);
        double ofRelated = Math.Pow(2, related - most);
        double all = ofMatch + ofRelated + Math.Pow(2, stranger - most);
        return (ofMatch / all, ofRelated / all);
    }
}
