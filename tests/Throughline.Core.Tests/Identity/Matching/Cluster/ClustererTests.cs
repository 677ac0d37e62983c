using Throughline.Core.Identity.Matching;
using Throughline.Core.Identity.Matching.Cluster;
using Throughline.Testing;

namespace Throughline.Core.Tests.Identity.Matching.Cluster;

public sealed class ClustererTests
{
    private const double Threshold = 3;
    private static readonly ClusterRules Rules = new(
        AverageMin: 0,
        ScoreCap: 20,
        AmbiguousMargin: 3,
        ConflictBits: -3.5
    );

    [Fact]
    public void Run_Chain_StopsWhereTheOthersSpeakAgainstIt()
    {
        // 0-1 and 1-2 are links, and 0-2 speaks against them more than they say.
        (int[] groups, LinkFate[] fates) = Run(3, [new(0, 1, 10), new(1, 2, 6)], (0, 2, -15, 0));

        Assert.Equal([0, 0, 2], groups);
        Assert.Equal([LinkFate.Kept, LinkFate.GroupsDisagree], fates);
    }

    [Fact]
    public void Run_ChainWithoutObjection_IsOneGroup()
    {
        (int[] groups, LinkFate[] fates) = Run(3, [new(0, 1, 10), new(1, 2, 6)], (0, 2, -2, 0));

        Assert.Equal([0, 0, 0], groups);
        Assert.All(fates, x => Assert.Equal(LinkFate.Kept, x));
    }

    [Fact]
    public void Run_BetweenTwoThatCannotBeOne_JoinsNeither()
    {
        (int[] groups, LinkFate[] fates) = Run(3, [new(0, 1, 6), new(1, 2, 5.5)], (0, 2, 1, -4.5));

        Assert.Equal([0, 1, 2], groups);
        Assert.Equal([LinkFate.Ambiguous, LinkFate.Ambiguous], fates);
    }

    [Fact]
    public void Run_OneClearlyStronger_JoinsIt()
    {
        (int[] groups, _) = Run(3, [new(0, 1, 12), new(1, 2, 5.5)], (0, 2, -4, -4.5));
        Assert.Equal([0, 0, 2], groups);
    }

    [Fact]
    public void Run_AnyLinks_GroupsAreUnionsOfLinkedRecords()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 50; round++)
        {
            const int count = 20;
            var scores = new double[count, count];
            for (int a = 0; a < count; a++)
            for (int b = a + 1; b < count; b++)
                scores[a, b] = scores[b, a] = random.NextDouble() * 30 - 22;
            List<ScoredPair> links = [];
            for (int a = 0; a < count; a++)
            for (int b = a + 1; b < count; b++)
                if (scores[a, b] >= Threshold)
                    links.Add(new(a, b, scores[a, b]));
            links.Sort(Clusterer.Order);
            Clusterer clusterer = new(count, Rules, Threshold, (a, b) => new(scores[a, b], Math.Min(0, scores[a, b])));
            LinkFate[] fates = clusterer.Run(links);

            for (int i = 0; i < links.Count; i++)
                Assert.Equal(fates[i] == LinkFate.Kept, clusterer.GroupOf(links[i].A) == clusterer.GroupOf(links[i].B));
            for (int record = 0; record < count; record++)
                Assert.True(
                    clusterer.GroupOf(record) == record
                        || links.Exists(x =>
                            (x.A == record || x.B == record) && clusterer.GroupOf(x.A) == clusterer.GroupOf(x.B)
                        )
                );
        }
    }

    private static (int[] Groups, LinkFate[] Fates) Run(
        int count,
        ScoredPair[] links,
        params (int A, int B, double Score, double Conflict)[] others
    )
    {
        Clusterer clusterer = new(
            count,
            Rules,
            Threshold,
            (a, b) =>
            {
                (int first, int second) = (Math.Min(a, b), Math.Max(a, b));
                foreach (ScoredPair link in links)
                    if (link.A == first && link.B == second)
                        return new(link.Score, 0);
                (_, _, double score, double conflict) = others.First(x => x.A == first && x.B == second);
                return new(score, conflict);
            }
        );
        LinkFate[] fates = clusterer.Run(links);
        return ([.. Enumerable.Range(0, count).Select(clusterer.GroupOf)], fates);
    }
}
