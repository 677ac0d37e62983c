using Throughline.Core.Identity.Matching.Compare;

namespace Throughline.Core.Identity.Matching.Model;

/// <summary>
/// How probable each level of each comparison is among pairs of records of one person (<c>m</c>), of unrelated people (<c>u</c>) and
/// of people of one household (<c>h</c>); a missing value is no evidence. The m and u of I. Fellegi and A. Sunter, "A Theory for
/// Record Linkage", 1969. A level may count by the rarity of its value: then each value has a u of its own.
/// </summary>
internal sealed class LevelTable
{
    public const int LevelsMax = 12;

    private static readonly Comparison[] Exclusive =
    [
        Comparison.BirthDate,
        Comparison.BirthYear,
        Comparison.Suffix,
        Comparison.NationalId,
        Comparison.SocialSecurity,
        Comparison.TaxId,
        Comparison.Passport,
        Comparison.DriverLicence,
    ];

    private readonly double[] match = Filled();
    private readonly double[] other = Filled();
    private readonly double[] related = Filled();
    private readonly bool[] byRarity = new bool[Size];
    private readonly bool[] relatedAsOther = new bool[Size];

    private static int Size => Comparisons.Count * LevelsMax;

    public double Match(Comparison comparison, int level) => match[At(comparison, level)];

    public double Other(Comparison comparison, int level) => other[At(comparison, level)];

    public double Related(Comparison comparison, int level) => related[At(comparison, level)];

    public bool IsByRarity(Comparison comparison, int level) => byRarity[At(comparison, level)];

    /// <summary>The weight of a level that does not count by rarity: log2(m/u).</summary>
    public double Bits(Comparison comparison, int level) =>
        Math.Log2(match[At(comparison, level)] / other[At(comparison, level)]);

    /// <summary>How much more often people of one household would have to show a level to do so as often as one person: log2(m/h).</summary>
    public double RelatedGap(Comparison comparison, int level) =>
        relatedAsOther[At(comparison, level)] ? 0 : Math.Log2(Match(comparison, level) / Related(comparison, level));

    public void Set(Comparison comparison, int level, double m, double u, double? h, bool rarity)
    {
        int at = At(comparison, level);
        match[at] = m;
        other[at] = u;
        related[at] = h ?? u;
        relatedAsOther[at] = h is null;
        byRarity[at] = rarity;
    }

    /// <summary>Whether every level of a comparison has an h of its own: people of one household are known to differ from strangers in it.</summary>
    public bool IsRelatedWhole(Comparison comparison)
    {
        for (int level = 0; level < Comparisons.LevelsOf(comparison).Count; level++)
            if (relatedAsOther[At(comparison, level)])
                return false;
        return true;
    }

    /// <summary>The same table with other m, u and h; h follows u where it has no value of its own.</summary>
    public LevelTable With(
        Func<Comparison, int, double> m,
        Func<Comparison, int, double> u,
        Func<Comparison, int, double> h
    )
    {
        LevelTable table = new();
        for (int c = 0; c < Comparisons.Count; c++)
        for (int level = 0; level < Comparisons.LevelsOf((Comparison)c).Count; level++)
        {
            int at = At((Comparison)c, level);
            double own = relatedAsOther[at] ? u((Comparison)c, level) : h((Comparison)c, level);
            table.Set((Comparison)c, level, m((Comparison)c, level), u((Comparison)c, level), own, byRarity[at]);
            table.relatedAsOther[at] = relatedAsOther[at];
        }
        return table;
    }

    /// <summary>
    /// Sums of log2(m/u) and log2(h/u) over the levels of a pattern; of levels that count by rarity log2(m) and log2(h), since each of
    /// their values has a u of its own.
    /// </summary>
    public (double Match, double Related) Sums(Pattern pattern)
    {
        double matchBits = 0;
        double relatedBits = 0;
        for (int c = 0; c < Comparisons.Count; c++)
        {
            int level = pattern[(Comparison)c];
            if (level < 0)
                continue;
            int at = At((Comparison)c, level);
            double u = byRarity[at] ? 0 : Math.Log2(other[at]);
            matchBits += Math.Log2(match[at]) - u;
            if (!relatedAsOther[at])
                relatedBits += Math.Log2(related[at]) - u;
        }
        return (matchBits, relatedBits);
    }

    /// <summary>Whether a level's rarity counts for people of one household: not where they agree by chance alone.</summary>
    public bool IsRelatedOwn(Comparison comparison, int level) => !relatedAsOther[At(comparison, level)];

    /// <summary>
    /// Bits that speak against a pair on what a person has only one of: birth date, suffix, numbers of documents. 0 or less, and as
    /// much as the data say: where birth dates are often wrong, different ones are hardly a conflict.
    /// </summary>
    public double Conflict(Pattern pattern)
    {
        double bits = 0;
        foreach (Comparison comparison in Exclusive)
            if (pattern[comparison] is int level and >= 0 && !IsByRarity(comparison, level))
                bits += Math.Min(0, Bits(comparison, level));
        return bits;
    }

    private static int At(Comparison comparison, int level) => (int)comparison * LevelsMax + level;

    private static double[] Filled()
    {
        var values = new double[Size];
        Array.Fill(values, 0.5);
        return values;
    }
}
