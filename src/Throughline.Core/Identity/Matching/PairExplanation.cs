using Throughline.Core.Identity.Matching.Compare;
using Throughline.Core.Identity.Matching.Model;

namespace Throughline.Core.Identity.Matching;

/// <summary>One step of a score.</summary>
/// <param name="Comparison">What was compared; <c>prior</c> and <c>household</c> are steps of the model.</param>
/// <param name="Level">How the two agree; null for the model's steps.</param>
/// <param name="M">The probability of the level among records of one person.</param>
/// <param name="U">The probability among unrelated records; of a level that counts by rarity, of this very value.</param>
/// <param name="Bits">What the step adds: log2(m/u).</param>
/// <param name="Total">The score after the step.</param>
public sealed record ExplanationStep(string Comparison, string? Level, double? M, double? U, double Bits, double Total);

/// <summary>Why two records have their score: a waterfall of weights that add up to it. Holds no values of the records.</summary>
public sealed record PairExplanation(
    string A,
    string B,
    double Score,
    string Tier,
    bool SameGroup,
    IReadOnlyList<ExplanationStep> Steps
)
{
    internal static PairExplanation Of(
        PairComparer comparer,
        MatchModel model,
        MatchRecord a,
        MatchRecord b,
        Func<double, string> tierOf,
        bool sameGroup
    )
    {
        ComparedPair pair = comparer.Compare(a, b, out Outcome outcome);
        List<ExplanationStep> steps = [];
        double total = model.PriorBits;
        steps.Add(new("prior", null, null, null, total, total));
        for (int c = 0; c < Comparisons.Count; c++)
        {
            var comparison = (Comparison)c;
            int level = pair.Pattern[comparison];
            if (level < 0)
                continue;
            double m = model.Levels.Match(comparison, level);
            double u = model.Levels.IsByRarity(comparison, level)
                ? Math.Pow(2, -outcome.RarityOf(comparison))
                : model.Levels.Other(comparison, level);
            double bits = Math.Log2(m / u);
            total += bits;
            steps.Add(new(Comparisons.NameOf(comparison), Comparisons.LevelsOf(comparison)[level], m, u, bits, total));
        }
        double household = model.HouseholdBits(model.Levels.Sums(pair.Pattern).Related + pair.RelatedRarity);
        total -= household;
        steps.Add(new("household", null, null, null, -household, total));
        (string first, string second) = string.CompareOrdinal(a.Id, b.Id) <= 0 ? (a.Id, b.Id) : (b.Id, a.Id);
        return new(first, second, total, tierOf(total), sameGroup, steps);
    }
}
