namespace Throughline.Core.Identity.Matching.Compare;

/// <summary>The outcome of all comparisons of one pair: four bits each, 0 where a value is missing, else the level plus one.</summary>
internal readonly record struct Pattern(UInt128 Bits)
{
    public const int Missing = -1;
    private const int Width = 4;

    public int this[Comparison comparison] => (int)((Bits >> (Width * (int)comparison)) & 0xf) - 1;

    public Pattern With(Comparison comparison, int level) =>
        new(Bits | ((UInt128)(uint)(level + 1) << (Width * (int)comparison)));

    public Pattern Replaced(Comparison comparison, int level) =>
        new Pattern(Bits & ~((UInt128)0xf << (Width * (int)comparison))).With(comparison, level);
}

/// <summary>A compared pair.</summary>
/// <param name="Rarity">
/// Bits: the sum of -log2 of the share of records that hold the agreeing value, over the levels that count by rarity.
/// </param>
/// <param name="RelatedRarity">The same over those levels on which people of one household agree more than by chance.</param>
internal readonly record struct ComparedPair(Pattern Pattern, double Rarity, double RelatedRarity);
