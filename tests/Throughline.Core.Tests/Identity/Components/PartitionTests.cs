using Throughline.Core.Identity.Components;
using Throughline.Testing;

namespace Throughline.Core.Tests.Identity.Components;

public sealed class PartitionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Of_RandomGraphs_EqualsASearchAlongEdges(int threads)
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 60; round++)
        {
            int count = random.Next(1, 400);
            Edge[] edges =
            [
                .. Enumerable
                    .Range(0, random.Next(0, count * 2))
                    .Select(_ => new Edge(random.Next(count), random.Next(count))),
            ];
            IdentifierNumbers identifiers = Numbered(count, random);

            Partition partition = Of(identifiers, edges, threads);

            int[] expected = Searched(identifiers, edges);
            Assert.Equal(expected, Enumerable.Range(0, count).Select(partition.NameOf));
            Assert.Equal(expected.Distinct().Count(), partition.Components);
            Assert.Equal(expected.GroupBy(name => name).Max(group => group.Count()), partition.Largest);
        }
    }

    [Fact]
    public void Of_LongChainFromBothEndsByFourThreads_IsOneComponent()
    {
        const int Count = 300_000;
        IdentifierNumbers identifiers = Numbered(Count, new Random(1));
        Edge[] edges = [.. Enumerable.Range(1, Count - 1).Select(i => i % 2 == 0 ? new Edge(i, i - 1) : new(i - 1, i))];
        edges.AsSpan(edges.Length / 2).Reverse();

        Partition partition = Of(identifiers, edges, threads: 4);

        Assert.Equal((1, Count), (partition.Components, partition.Largest));
    }

    // Values in any order, so that the least number is seldom the least identifier.
    private static IdentifierNumbers Numbered(int count, Random random)
    {
        long[] values = [.. Enumerable.Range(0, count)];
        random.Shuffle(values);
        IdentifierNumbers identifiers = new(1);
        Mention[] mentions = [.. values.Select(Mention.Of)];
        identifiers.Resolve(default, mentions, new int[count]);
        return identifiers;
    }

    private static Partition Of(IdentifierNumbers identifiers, Edge[] edges, int threads)
    {
        ComponentForest forest = new(identifiers.Count);
        Parallel.For(
            0,
            threads,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            i => forest.Link(edges.AsSpan()[(edges.Length * i / threads)..(edges.Length * (i + 1) / threads)])
        );
        return Partition.Of(forest, identifiers);
    }

    private static int[] Searched(IdentifierNumbers identifiers, Edge[] edges)
    {
        ILookup<int, int> neighbours = edges
            .Concat(edges.Select(edge => new Edge(edge.B, edge.A)))
            .ToLookup(edge => edge.A, edge => edge.B);
        int[] names = [.. Enumerable.Repeat(-1, identifiers.Count)];
        for (int start = 0; start < names.Length; start++)
        {
            if (names[start] >= 0)
                continue;
            List<int> found = [start];
            names[start] = start;
            for (int i = 0; i < found.Count; i++)
                foreach (int next in neighbours[found[i]].Where(next => names[next] < 0))
                {
                    names[next] = start;
                    found.Add(next);
                }
            int least = found[0];
            foreach (int member in found)
                least = identifiers.Compare(member, least) < 0 ? member : least;
            foreach (int member in found)
                names[member] = least;
        }
        return names;
    }
}
