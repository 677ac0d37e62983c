using Throughline.Core.Identity.Matching;

namespace Throughline.Core.Tests.Identity.Matching;

public sealed class PartitionScoreTests
{
    [Fact]
    public void Of_OneWrongAndOneMissingPair_CountsBoth()
    {
        PartitionScore score = PartitionScore.Of(
            Groups("a1", "b1", "c1", "d2", "e3", "x9"),
            Groups("a1", "b1", "c2", "d2", "e3", "y9")
        );

        Assert.Equal(
            new PartitionScore(
                Records: 5,
                Clusters: 3,
                FoundClusters: 3,
                ExactClusters: 1,
                TruePairs: 2,
                FoundPairs: 3,
                CorrectPairs: 1
            ),
            score
        );
        Assert.Equal(1.0 / 3, score.Precision, 12);
        Assert.Equal(0.5, score.Recall, 12);
        Assert.Equal(0.4, score.F1, 12);
    }

    [Fact]
    public void Of_NothingToFindAndNothingFound_IsPerfect()
    {
        PartitionScore score = PartitionScore.Of(Groups("a1", "b2"), Groups("a1", "b2"));
        Assert.Equal((1.0, 1.0, 1.0, 2), (score.Precision, score.Recall, score.F1, score.ExactClusters));
    }

    private static Dictionary<string, string> Groups(params string[] records) =>
        records.ToDictionary(x => x[..1], x => x[1..], StringComparer.Ordinal);
}
