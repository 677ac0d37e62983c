using Throughline.Core.Trials;
using Throughline.Testing;

namespace Throughline.Core.Tests.Trials;

/// <summary>Intervals against published examples, and against what they promise.</summary>
public sealed class IntervalTests
{
    [Theory]
    [InlineData(10, 50, 0.1124, 0.3304)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(81, 263, 0.2553, 0.3662)] // R. G. Newcombe, Statistics in Medicine 17, 857, 1998, table I
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Of_PublishedExamples_AreTheIntervals(int successes, int units, double low, double high)
    {
        Interval found = Shares.Of(successes, units);
        Assert.Equal((double)successes / units, found.Estimate, 12);
        Assert.Equal(low, found.Low, 4);
        Assert.Equal(high, found.High, 4);
    }

    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)] // R. G. Newcombe, Statistics in Medicine 17, 873, 1998, table II, method 10
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    [InlineData(0, 10, 0, 20, -0.1611, 0.2775)]
    [InlineData(10, 10, 0, 10, 0.6075, 1.0000)]
    public void Difference_PublishedExamples_AreTheIntervals(int x, int m, int y, int n, double low, double high)
    {
        Interval found = Shares.Difference(x, m, y, n);
        Assert.Equal(low, found.Low, 4);
        Assert.Equal(high, found.High, 4);
    }

    [Theory]
    [InlineData(9, 2.262157)]
    [InlineData(30, 2.042272)]
    [InlineData(100, 1.983972)]
    [InlineData(1e9, 1.959964)]
    public void StudentQuantile_Tables_AgreeToAThousandth(double freedom, double expected) =>
        Assert.Equal(expected, Sums.StudentQuantile(freedom), 1e-3);

    [Fact]
    public void Unseen_DrawsFromAFixedCrowd_HoldTheRestAsOftenAsTheySay()
    {
        Random random = Seeds.Random();
        int held = 0;
        const int rounds = 2_000;
        for (int round = 0; round < rounds; round++)
        {
            // A crowd that is what it is, of whom a lot takes some: what the others did is to be foretold.
            bool[] crowd = [.. Enumerable.Range(0, 400).Select(_ => random.Next(100) < 12)];
            random.Shuffle(crowd);
            int drawn = 60 + random.Next(100);
            int seen = crowd.Take(drawn).Count(x => x);
            Interval found = Shares.Unseen(seen, drawn, crowd.Length - drawn);
            held += found.Holds(crowd.Skip(drawn).Count(x => x)) ? 1 : 0;
        }
        // Binomial(2000, 0.95): standard deviation 9.7; score intervals are a little wider than they say.
        Assert.InRange(held, 1900 - 50, 1900 + 75);
    }

    [Fact]
    public void Difference_OfSumsWithManyZeros_HoldsTheTruthAsOftenAsItSays()
    {
        Random random = Seeds.Random();
        int held = 0;
        int told = 0;
        const int rounds = 2_000;
        for (int round = 0; round < rounds; round++)
        {
            Sums one = Draw(250, 20);
            Sums two = Draw(900, 15);
            if (Sums.Difference(one, two) is not { } found)
                continue;
            told++;
            held += found.Holds(0.05 * 3000) ? 1 : 0; // basket values from 1000 to 5000
        }
        Assert.Equal(rounds, told);
        Assert.InRange(held, 1900 - 60, 1900 + 60);

        Sums Draw(int units, int percent)
        {
            Sums sums = default;
            for (int i = 0; i < units; i++)
                sums = sums.With(random.Next(100) < percent ? random.Next(1000, 5001) : 0);
            return sums;
        }
    }

    [Fact]
    public void Difference_TooFewConvertingUnits_SaysNothing()
    {
        Sums nine = Enumerable.Range(0, 200).Aggregate(new Sums(), (sums, i) => sums.With(i < 9 ? 100 : 0));
        Sums ten = Enumerable.Range(0, 200).Aggregate(new Sums(), (sums, i) => sums.With(i < 10 ? 100 : 0));
        Assert.Null(Sums.Difference(nine, ten));
        Assert.Null(nine.Unseen(50));
        Assert.NotNull(Sums.Difference(ten, nine));
        Assert.Equal(50 * 100 * 10 / 200.0, ten.Unseen(50)!.Value.Estimate, 9);
        Sums alike = Enumerable.Range(0, 20).Aggregate(new Sums(), (sums, _) => sums.With(100));
        Assert.Equal(new Interval(0, 0, 0), Sums.Difference(alike, alike));
    }

    [Fact]
    public void Of_UnitsInAnyOrder_GivesTheSameArm()
    {
        Random random = Seeds.Random();
        UnitOutcome[] units =
        [
            .. Enumerable
                .Range(0, 500)
                .Select(_ => new UnitOutcome(
                    random.Next(3),
                    new Dictionary<int, long> { [random.Next(1, 3)] = random.NextInt64(1, 1L << 52) }
                )),
        ];
        Arm arm = Arm.Of(units);
        random.Shuffle(units);
        Arm other = Arm.Of(units);
        Assert.Equal(
            (arm.Units, arm.Converted, arm.Conversions, arm.ValueIn(1), arm.ValueIn(2), arm.ValueIn(3)),
            (other.Units, other.Converted, other.Conversions, other.ValueIn(1), other.ValueIn(2), other.ValueIn(3))
        );
        Assert.Equal((500, 0), (arm.ValueIn(3).Units, arm.ValueIn(3).Some));
    }
}
