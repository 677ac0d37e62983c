using Throughline.Core.Identity.Matching.Model;

namespace Throughline.Core.Identity.Matching.Compare;

/// <summary>Collects the levels of one pair: of several offered for a comparison the one with the greatest weight stays.</summary>
internal struct Outcome(Rarities rarities, MatchStrategy strategy)
{
    private readonly LevelTable estimates = strategy.Estimates;
    private readonly bool[] used = strategy.Used;
    private Pattern pattern;
    private uint shared;

    public readonly bool Has(Comparison comparison) => pattern[comparison] != Pattern.Missing;

    /// <summary>The weight in bits that the strategy's own estimates give to a level; 0 for a missing one.</summary>
    public readonly double Weight(Comparison comparison, int level, string value, string other)
    {
        if (level < 0)
            return 0;
        return estimates.IsByRarity(comparison, level)
            ? Math.Log2(estimates.Match(comparison, level)) + Rarity(comparison, value, other)
            : estimates.Bits(comparison, level);
    }

    /// <summary>Takes a level into account.</summary>
    /// <param name="value">The agreeing value: what its rarity is looked up by, if the level counts by rarity.</param>
    public void Offer(Comparison comparison, int level, string value = "", string? other = null)
    {
        if (level < 0 || !used[(int)comparison])
            return;
        double bits = estimates.IsByRarity(comparison, level) ? Rarity(comparison, value, other ?? value) : 0;
        int held = pattern[comparison];
        if (held == Pattern.Missing)
        {
            pattern = pattern.With(comparison, level);
            Keep(comparison, level, bits, value, other ?? value);
            return;
        }
        double heldWeight = estimates.IsByRarity(comparison, held)
            ? Math.Log2(estimates.Match(comparison, held)) + kept[(int)comparison]
            : estimates.Bits(comparison, held);
        if (Weight(comparison, level, value, other ?? value) <= heldWeight)
            return;
        pattern = pattern.Replaced(comparison, level);
        Keep(comparison, level, bits, value, other ?? value);
    }

    /// <summary>Lets two comparisons add no more bits of rarity together than so many.</summary>
    public void Bound(Comparison first, Comparison second, double most)
    {
        double both = kept[(int)first] + kept[(int)second];
        if (both <= most)
            return;
        kept[(int)first] = (float)(kept[(int)first] * most / both);
        kept[(int)second] = (float)(kept[(int)second] * most / both);
    }

    /// <summary>The bits of rarity that each comparison has added.</summary>
    public readonly double RarityOf(Comparison comparison) => kept[(int)comparison];

    public readonly ComparedPair Result()
    {
        double rarity = 0;
        double related = 0;
        for (int c = 0; c < Comparisons.Count; c++)
        {
            if (kept[c] == 0)
                continue;
            rarity += kept[c];
            if (estimates.IsRelatedOwn((Comparison)c, pattern[(Comparison)c]))
                related += kept[c];
            // A value that several people hold tells them apart no better than their household does.
            if ((shared >> c & 1) != 0)
                related += Math.Max(0, estimates.RelatedGap((Comparison)c, pattern[(Comparison)c]));
        }
        return new(pattern, rarity, related);
    }

    private void Keep(Comparison comparison, int level, double bits, string value, string other)
    {
        kept[(int)comparison] = (float)bits;
        uint bit = 1u << (int)comparison;
        bool isShared =
            estimates.IsByRarity(comparison, level)
            && (rarities.IsShared(comparison, value) || rarities.IsShared(comparison, other));
        shared = isShared ? shared | bit : shared & ~bit;
    }

    // Forms of one value (a phone number with and without country code) are counted apart: the commoner one counts.
    private readonly double Rarity(Comparison comparison, string value, string other) =>
        ReferenceEquals(value, other)
            ? rarities.Bits(comparison, value)
            : Math.Min(rarities.Bits(comparison, value), rarities.Bits(comparison, other));

    private Kept kept;

    [System.Runtime.CompilerServices.InlineArray(32)]
    private struct Kept
    {
        private float first;
    }
}
