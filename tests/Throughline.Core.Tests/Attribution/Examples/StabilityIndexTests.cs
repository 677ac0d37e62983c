using Throughline.Core.Attribution.Examples;

namespace Throughline.Core.Tests.Attribution.Examples;

public sealed class StabilityIndexTests
{
    [Fact]
    public void Value_OfAFewBins_IsTheFormulas()
    {
        StabilityIndex index = new();
        foreach (
            (int period, long? number, int count) in ((int, long?, int)[])
                [(0, 0, 6), (0, 1, 3), (0, null, 1), (1, 0, 2), (1, 1, 8), (1, 3, 5)]
        )
            for (int i = 0; i < count; i++)
                index.Add(period, number, 1);

        // Bins: nothing, 0, 1, 2 to 3; half an example more in each.
        double[] p = [1.5 / 12, 6.5 / 12, 3.5 / 12, 0.5 / 12];
        double[] q = [0.5 / 17, 2.5 / 17, 8.5 / 17, 5.5 / 17];
        double expected = p.Zip(q).Sum(x => (x.Second - x.First) * Math.Log(x.Second / x.First));
        Assert.Equal(expected, index.Value!.Value, 12);
        Assert.Equal((4, 1L, 0L), (index.Bins, index.MissingIn(0), index.MissingIn(1)));
        Assert.Equal(3 * (1 / 10.0 + 1 / 15.0), index.Chance!.Value, 12);
    }

    [Fact]
    public void Value_WithoutDrift_IsAboutWhatChanceGives()
    {
        Random random = new(5);
        double sum = 0;
        const int Rounds = 200;
        double chance = 0;
        for (int round = 0; round < Rounds; round++)
        {
            StabilityIndex index = new();
            for (int i = 0; i < 2_000; i++)
                index.Add(i % 2, "abcdefgh"[random.Next(8)].ToString(), 1);
            sum += index.Value!.Value;
            chance = index.Chance!.Value;
        }
        Assert.InRange(sum / Rounds, 0.85 * chance, 1.15 * chance);
    }

    [Fact]
    public void Add_EqualSharesWithWeights_AreNoDrift_AndAnEmptyPeriodHasNone()
    {
        StabilityIndex index = new();
        for (int i = 0; i < 300; i++)
            index.Add(0, i % 3, 1);
        Assert.Null(index.Value);
        Assert.Null(index.Chance);
        for (int i = 0; i < 300; i++)
            index.Add(1, i % 3, 10);
        Assert.InRange(index.Value!.Value, 0, 1e-4);
        Assert.Equal(2 * (1 / 300.0 + 1 / 300.0), index.Chance!.Value, 12); // equal weights say no more than that many examples
    }

    [Fact]
    public void Add_MoreWordsThanAreToldApart_AreOneBin()
    {
        StabilityIndex index = new();
        for (int i = 0; i < 5_000; i++)
            index.Add(i % 2, $"w{i}", 1);
        index.Add(0, "", 1);
        Assert.Equal(StabilityIndex.WordsMax + 2, index.Bins);
        Assert.Equal(1, index.MissingIn(0));
    }
}
