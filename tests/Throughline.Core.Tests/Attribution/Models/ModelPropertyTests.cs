using Throughline.Core.Attribution.Models;
using Throughline.Core.Attribution.Models.W3c;
using Throughline.Testing;

namespace Throughline.Core.Tests.Attribution.Models;

/// <summary>What holds for every model: money is conserved, names and order of paths do not matter, Shapley is efficient.</summary>
public sealed class ModelPropertyTests
{
    private const int Rounds = 2_000;
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "direct"];

    [Fact]
    public void Split_EveryModel_CreditsAndUnattributedAreTheValue()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < Rounds; round++)
        {
            List<CountedPath> paths = Paths(random);
            IReadOnlyList<string> path = paths[0].Channels;
            long value = random.NextInt64(0, 1_000_000_000_000);
            foreach ((string model, IReadOnlyList<Rational> weights) in All(random, paths, path))
            {
                long[] parts = MoneySplit.Split(value, weights);
                bool given = weights.Any(x => x.Sign > 0);
                Assert.True(parts.All(x => x >= 0), $"round {round}, {model}: a part below zero");
                Assert.True(parts.Sum() == (given ? value : 0), $"round {round}, {model}: {parts.Sum()} of {value}");
            }
        }
    }

    [Fact]
    public void Weights_EveryModel_AddUpToOneUnlessNothingFits()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < Rounds; round++)
        {
            List<CountedPath> paths = Paths(random);
            foreach ((string model, IReadOnlyList<Rational> weights) in All(random, paths, paths[0].Channels))
                if (model is not "time decay" and not "same touch")
                    Assert.True(Sum(weights) == Rational.One, $"round {round}, {model}: {Sum(weights)}");
        }
    }

    [Fact]
    public void Share_CreditList_AddsUpAndEachPartIsWithinOne()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < Rounds; round++)
        {
            Rational[] credits =
            [
                .. Enumerable.Range(0, random.Next(1, 8)).Select(_ => new Rational(random.Next(1, 100), 7)),
            ];
            long value = random.NextInt64(1, 1_000);
            long[] parts = CreditList.Share(credits, value, new Rational(random.Next(0, 100), 100));
            Assert.Equal(value, parts.Sum());
            for (int i = 0; i < parts.Length; i++)
            {
                Rational off = parts[i] - (credits[i] * value / Sum(credits));
                Assert.True(off < Rational.One && off > -1, $"round {round}: part {i} is off by {off}");
            }
        }
    }

    [Fact]
    public void Markov_RepeatsOfANeighbourDropped_OrderOneIsTheSame()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 300; round++)
        {
            List<CountedPath> paths = Paths(random);
            MarkovModel with = new(paths, 1);
            MarkovModel without = new(paths.Select(x => x with { Channels = PathTransform.Exposure(x.Channels) }), 1);
            Near(with, without, $"round {round}");
        }
    }

    [Fact]
    public void Markov_PathsInAnotherOrder_GivesTheSame()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 300; round++)
        {
            List<CountedPath> paths = Paths(random);
            CountedPath[] other = [.. paths];
            random.Shuffle(other);
            for (int order = 1; order <= 3; order++)
                Near(new(paths, order), new(other, order), $"round {round}, order {order}");
        }
    }

    [Fact]
    public void Markov_ChannelThatAllPass_LosesEverythingAndCreditsAddUp()
    {
        MarkovModel model = new([CountedPath.Parse("a > b", 3, 1), CountedPath.Parse("a > c", 1, 1)], 1);
        Assert.Equal(2.0 / 3, model.ConversionProbability, 12);
        Assert.Equal(1, model.RemovalEffect("a"), 12);
        Assert.Equal(0.75, model.RemovalEffect("b"), 12);
        Assert.Equal(
            [2.0, 1.5, 0.5],
            model.Credit().Values.Select(x => Math.Round(x, 12, MidpointRounding.AwayFromZero))
        );
    }

    [Fact]
    public void OfGame_RandomGame_IsEfficientAndEqualsTheSharesOfPaths()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 300; round++)
        {
            List<CountedPath> paths = Paths(random);
            var worth = new Rational[1 << Names.Length];
            for (int set = 0; set < worth.Length; set++)
                worth[set] = paths
                    .Where(x => x.Channels.All(c => (set >> Array.IndexOf(Names, c) & 1) != 0))
                    .Aggregate(Rational.Zero, (sum, x) => sum + x.Conversions);
            Rational[] values = Shapley.OfGame(Names.Length, worth);
            Assert.True(Sum(values) == worth[^1], $"round {round}: {Sum(values)} of {worth[^1]}");
            SortedDictionary<string, Rational> simple = Shapley.OfPaths(paths, x => x.Conversions);
            var ordered = Shapley.OfOrderedPaths(paths, x => x.Conversions);
            for (int i = 0; i < Names.Length; i++)
            {
                Assert.Equal(values[i], simple.GetValueOrDefault(Names[i]));
                Assert.Equal(values[i], Sum(ordered.GetValueOrDefault(Names[i]) ?? []));
            }
        }
    }

    private static IEnumerable<(string Model, IReadOnlyList<Rational> Weights)> All(
        Random random,
        List<CountedPath> paths,
        IReadOnlyList<string> path
    )
    {
        int n = path.Count;
        yield return ("first", PositionWeights.First(n));
        yield return ("last", PositionWeights.Last(n));
        yield return ("last non-direct", PositionWeights.LastNonDirect([.. path.Select(x => x == "direct")]));
        yield return ("same touch", PositionWeights.SameTouch([.. path.Select(x => x == "a")]));
        yield return ("linear", PositionWeights.Linear(n));
        yield return ("unique linear", PositionWeights.LinearUnique(path));
        yield return ("U", PositionWeights.UShaped(n));
        yield return ("J", PositionWeights.JShaped(n));
        yield return ("inverse J", PositionWeights.InverseJ(n));
        yield return ("custom", PositionWeights.Custom(n, random.Next(0, 9), random.Next(1, 9), random.Next(0, 9)));
        yield return ("W", PositionWeights.WShaped(n, random.Next(n), random.Next(n)));
        yield return ("fractribution", new Fractribution(paths).Weights(path));
        long[] ages = [.. path.Select(_ => random.NextInt64(0, 1L << 40))];
        yield return ("time decay", [.. TimeDecay.Weights(ages, 604_800_000).Select(x => (Rational)x)]);
    }

    private static List<CountedPath> Paths(Random random) =>
        [
            .. Enumerable
                .Range(0, random.Next(1, 8))
                .Select(_ => new CountedPath(
                    [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => random.GetItems(Names, 1)[0])],
                    random.Next(0, 9),
                    random.Next(0, 9),
                    random.Next(0, 900)
                )),
        ];

    private static void Near(MarkovModel one, MarkovModel other, string where)
    {
        Assert.True(Math.Abs(one.ConversionProbability - other.ConversionProbability) < 1e-12, where);
        foreach (string channel in one.Channels)
            Assert.True(
                Math.Abs(one.RemovalEffect(channel) - other.RemovalEffect(channel)) < 1e-9,
                $"{where}: {channel} {one.RemovalEffect(channel)} and {other.RemovalEffect(channel)}"
            );
    }

    private static Rational Sum(IEnumerable<Rational> weights) => weights.Aggregate(Rational.Zero, (a, b) => a + b);
}
