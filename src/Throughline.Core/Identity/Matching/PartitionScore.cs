namespace Throughline.Core.Identity.Matching;

/// <summary>
/// How well groups of records equal the true ones: pairwise precision, recall and F1, and how many true groups were found exactly.
/// </summary>
/// <param name="Records">Records that stand in both.</param>
/// <param name="Clusters">True groups over them.</param>
/// <param name="FoundClusters">Found groups over them.</param>
/// <param name="ExactClusters">True groups that are found with the very same members.</param>
/// <param name="TruePairs">Pairs of one true group.</param>
/// <param name="FoundPairs">Pairs of one found group.</param>
/// <param name="CorrectPairs">Pairs of both.</param>
public sealed record PartitionScore(
    int Records,
    int Clusters,
    int FoundClusters,
    int ExactClusters,
    long TruePairs,
    long FoundPairs,
    long CorrectPairs
)
{
    /// <summary>The share of found pairs that are true; 1 if none was found.</summary>
    public double Precision => FoundPairs == 0 ? 1 : (double)CorrectPairs / FoundPairs;

    /// <summary>The share of true pairs that were found; 1 if there is none.</summary>
    public double Recall => TruePairs == 0 ? 1 : (double)CorrectPairs / TruePairs;

    /// <summary>The harmonic mean of both.</summary>
    public double F1 => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);

    /// <summary>Compares groups over the records that both name.</summary>
    public static PartitionScore Of(
        IReadOnlyDictionary<string, string> found,
        IReadOnlyDictionary<string, string> truth
    )
    {
        Dictionary<string, int> byFound = new(StringComparer.Ordinal);
        Dictionary<string, int> byTruth = new(StringComparer.Ordinal);
        Dictionary<(string, string), int> byBoth = [];
        int records = 0;
        foreach ((string record, string group) in found)
        {
            if (!truth.TryGetValue(record, out string? truly))
                continue;
            records++;
            byFound[group] = byFound.GetValueOrDefault(group) + 1;
            byTruth[truly] = byTruth.GetValueOrDefault(truly) + 1;
            byBoth[(group, truly)] = byBoth.GetValueOrDefault((group, truly)) + 1;
        }
        return new(
            records,
            byTruth.Count,
            byFound.Count,
            byBoth.Count(x => x.Value == byFound[x.Key.Item1] && x.Value == byTruth[x.Key.Item2]),
            byTruth.Values.Sum(Pairs),
            byFound.Values.Sum(Pairs),
            byBoth.Values.Sum(Pairs)
        );
    }

    private static long Pairs(int count) => count * (count - 1L) / 2;
}
