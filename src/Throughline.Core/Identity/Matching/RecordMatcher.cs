using Throughline.Core.Identity.Matching.Block;
using Throughline.Core.Identity.Matching.Cluster;
using Throughline.Core.Identity.Matching.Compare;
using Throughline.Core.Identity.Matching.Model;
using Throughline.Core.State;

namespace Throughline.Core.Identity.Matching;

/// <summary>
/// Finds which records are of one person or organisation: normalise, find pairs worth comparing, compare them, estimate the weights
/// from the data, score, and group. A function of the records and the strategy: neither order nor chance has a part in it.
/// </summary>
public static class RecordMatcher
{
    private const ulong SampleSeed = 0x6d61746368;

    /// <summary>Matches records.</summary>
    /// <exception cref="ArgumentException">Two records have the same id.</exception>
    public static MatchResult Run(IEnumerable<SourceRecord> source, MatchStrategy strategy)
    {
        SourceRecord[] sorted = [.. source];
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Id, b.Id));
        for (int i = 1; i < sorted.Length; i++)
            if (string.Equals(sorted[i].Id, sorted[i - 1].Id, StringComparison.Ordinal))
                throw new ArgumentException($"the id '{sorted[i].Id}' stands on two records", nameof(source));

        RecordReader reader = new(RecordReader.IsDayFirst(sorted));
        MatchRecord[] records = [.. sorted.Select(reader.Read)];
        Rarities rarities = new(records, strategy.Rarity);
        PairComparer comparer = new(rarities, strategy);
        Blocker blocker = new(strategy);
        ReadOnlySpan<ulong> pairs = blocker.Find(records);

        var compared = new ComparedPair[pairs.Length];
        Estimator estimator = new(strategy, records.Length);
        for (int i = 0; i < pairs.Length; i++)
        {
            (int a, int b) = Blocker.Unpack(pairs[i]);
            compared[i] = comparer.Compare(records[a], records[b]);
            estimator.AddCandidate(compared[i]);
        }
        Sample(records, comparer, estimator, strategy.Estimation.SamplePairs);
        MatchModel model = estimator.Estimate();

        List<ScoredPair> links = [];
        for (int i = 0; i < pairs.Length; i++)
        {
            double score = model.Score(compared[i]);
            (int a, int b) = Blocker.Unpack(pairs[i]);
            if (score >= strategy.Threshold)
                links.Add(new(a, b, score));
        }
        links.Sort(Clusterer.Order);
        Clusterer clusterer = new(
            records.Length,
            strategy.Cluster,
            strategy.Threshold,
            (a, b) =>
            {
                ComparedPair pair = comparer.Compare(records[a], records[b]);
                return new(model.Score(pair), model.Levels.Conflict(pair.Pattern));
            }
        );
        LinkFate[] fates = clusterer.Run(links);
        int[] groups = [.. Enumerable.Range(0, records.Length).Select(clusterer.GroupOf)];
        return new(records, strategy, comparer, model, links, fates, groups, blocker.Reports, pairs.Length);
    }

    // All pairs if there are few, else pairs drawn by a hash of their number: the same for the same records.
    private static void Sample(MatchRecord[] records, PairComparer comparer, Estimator estimator, int most)
    {
        long all = records.Length * (records.Length - 1L) / 2;
        if (all <= most)
        {
            for (int a = 0; a < records.Length; a++)
            for (int b = a + 1; b < records.Length; b++)
                estimator.AddSample(comparer.Compare(records[a], records[b]));
            return;
        }
        for (int i = 0; i < most; i++)
        {
            ulong drawn = Mix.Two((ulong)i, SampleSeed);
            var a = (int)((uint)drawn % (uint)records.Length);
            var b = (int)((uint)(drawn >> 32) % (uint)records.Length);
            if (a != b)
                estimator.AddSample(comparer.Compare(records[a], records[b]));
        }
    }
}
