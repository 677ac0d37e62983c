using Throughline.Core.Identity.Matching.Compare;

namespace Throughline.Core.Identity.Matching.Model;

/// <summary>
/// Learns m, u and the shares of matching and related pairs from the data, by expectation and maximisation (A. P. Dempster et al.,
/// "Maximum Likelihood from Incomplete Data via the EM Algorithm", 1977), with the strategy's estimates as a prior that counts for a
/// stated number of pairs: with 150 records the prior leads, with 100,000 the data. Pairs that blocking found teach m, pairs drawn
/// from all teach u. A fixed number of rounds over patterns in a fixed order: the same data give the same numbers.
/// </summary>
internal sealed class Estimator(MatchStrategy strategy, int recordCount)
{
    private const double Least = 1e-6;
    private const double DuplicatesMin = 0.02;
    private const double DuplicatesMax = 30;
    private readonly Dictionary<Key, double> candidates = [];
    private readonly Dictionary<Key, double> sample = [];

    private double AllPairs => Math.Max(1, recordCount * (recordCount - 1.0) / 2);

    /// <summary>A pair that blocking found.</summary>
    public void AddCandidate(in ComparedPair pair) => Add(candidates, pair);

    /// <summary>A pair drawn from all pairs.</summary>
    public void AddSample(in ComparedPair pair) => Add(sample, pair);

    public MatchModel Estimate()
    {
        Row[] found = Rows(candidates);
        Row[] drawn = Rows(sample);
        EstimationRules rules = strategy.Estimation;
        MatchModel model = new(
            strategy.Estimates,
            ShareOf(rules.DuplicatesPerRecord),
            ShareOf(rules.RelativesPerRecord)
        );
        for (int i = 0; i < rules.Iterations; i++)
            model = Round(model, found, drawn);
        return model;
    }

    private MatchModel Round(MatchModel model, Row[] found, Row[] drawn)
    {
        Tally match = new();
        Tally other = new();
        double matches = 0;
        double relatives = 0;
        foreach (Row row in found)
        {
            (double m, double h) = Posterior(model, row);
            matches += m * row.Count;
            relatives += h * row.Count;
            match.Add(row.Pattern, m * row.Count);
        }
        foreach (Row row in drawn)
        {
            (double m, double h) = Posterior(model, row);
            other.Add(row.Pattern, (1 - m - h) * row.Count);
        }
        LevelTable prior = strategy.Estimates;
        double weight = strategy.Estimation.PriorPairs;
        LevelTable levels = prior.With(
            (c, level) =>
                !strategy.Learned[(int)c]
                    ? prior.Match(c, level)
                    : match.Share(c, level, prior.Match(c, level), weight),
            // Rare levels may not turn up in the sample at all: the prior counts as one pair that has the level.
            (c, level) =>
                !strategy.Learned[(int)c]
                    ? prior.Other(c, level)
                    : other.Share(c, level, prior.Other(c, level), 1 / prior.Other(c, level)),
            // Records of a household are misspelt as often as records of one person. How much less its people agree is known beforehand.
            (c, level) =>
                !strategy.Learned[(int)c] || !prior.IsRelatedWhole(c)
                    ? prior.Related(c, level)
                    : match.Share(c, level, prior.Match(c, level), weight)
                        * prior.Related(c, level)
                        / prior.Match(c, level)
        );
        return new(levels, Bounded(matches / AllPairs), Bounded(relatives / AllPairs));
    }

    private static (double Match, double Related) Posterior(MatchModel model, in Row row)
    {
        (double match, double related) = model.Levels.Sums(row.Pattern);
        return model.Posterior(match + row.Rarity, related + row.RelatedRarity);
    }

    // So many other records per record are this share of all pairs.
    private double ShareOf(double perRecord) => Math.Min(0.3, perRecord / Math.Max(1, recordCount - 1));

    private double Bounded(double share) => Math.Clamp(share, ShareOf(DuplicatesMin), ShareOf(DuplicatesMax));

    private static void Add(Dictionary<Key, double> rows, in ComparedPair pair)
    {
        Key key = new(
            pair.Pattern,
            (short)Math.Round(pair.Rarity, MidpointRounding.ToEven),
            (short)Math.Round(pair.RelatedRarity, MidpointRounding.ToEven)
        );
        rows[key] = rows.GetValueOrDefault(key) + 1;
    }

    // In a fixed order: sums of doubles depend on it.
    private static Row[] Rows(Dictionary<Key, double> counts) =>
        [
            .. counts
                .OrderBy(x => x.Key.Pattern.Bits)
                .ThenBy(x => x.Key.Rarity)
                .ThenBy(x => x.Key.RelatedRarity)
                .Select(x => new Row(x.Key.Pattern, x.Key.Rarity, x.Key.RelatedRarity, x.Value)),
        ];

    private readonly record struct Key(Pattern Pattern, short Rarity, short RelatedRarity);

    private readonly record struct Row(Pattern Pattern, double Rarity, double RelatedRarity, double Count);

    /// <summary>Weighted counts of levels.</summary>
    private sealed class Tally
    {
        private readonly double[] counts = new double[Comparisons.Count * LevelTable.LevelsMax];
        private readonly double[] totals = new double[Comparisons.Count];

        public void Add(Pattern pattern, double weight)
        {
            for (int c = 0; c < Comparisons.Count; c++)
            {
                int level = pattern[(Comparison)c];
                if (level < 0)
                    continue;
                counts[c * LevelTable.LevelsMax + level] += weight;
                totals[c] += weight;
            }
        }

        public double Share(Comparison comparison, int level, double prior, double priorPairs)
        {
            double count = counts[(int)comparison * LevelTable.LevelsMax + level];
            return Math.Max(Least, (count + prior * priorPairs) / (totals[(int)comparison] + priorPairs));
        }
    }
}
