using Throughline.Core.Gate.Discovery;

namespace Throughline.Core.Tests.Gate.Discovery;

public sealed class EvidenceTests
{
    // Tables of exact limits of Poisson means: 95 %, one-sided.
    [Theory]
    [InlineData(0, 0, 2.996)]
    [InlineData(1, 0.051, 4.744)]
    [InlineData(3, 0.818, 7.754)]
    [InlineData(10, 5.425, 16.962)]
    public void Bounds_SmallCounts_AreThoseOfTheTables(int observed, double low, double high)
    {
        Assert.Equal(low, PoissonBounds.Lower(observed, 0.05), 0.001);
        Assert.Equal(high, PoissonBounds.Upper(observed, 0.05), 0.001);
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(5, 20)]
    [InlineData(150, 300)]
    public void LogTail_FewerThanExpected_IsNotBelowTheExactProbability(int observed, double expected)
    {
        double exact = 0;
        double term = Math.Exp(-expected);
        for (int k = 0; k <= observed; k++, term *= expected / k)
            exact += term;

        Assert.True(PoissonBounds.LogTail(observed, expected) >= Math.Log(exact) - 1e-9);
        Assert.Equal(0, PoissonBounds.LogTail(observed: (int)expected + 1, expected));
    }

    [Fact]
    public void Precision_SignsAsOftenAsPeople_IsZero() =>
        Assert.Equal(0, new Evidence(100, 90, 0, 0, 0, Expected: 60, Shown: 63).Precision);

    [Fact]
    public void Precision_NoSign_IsOneButItsBoundIsNot()
    {
        Evidence evidence = new(100, 90, 0, 0, 0, Expected: 60, Shown: 0);

        Assert.Equal(1, evidence.Precision);
        Assert.Equal(1 - 2.996 / 60, evidence.PrecisionLower, 0.001);
        Assert.Equal(-60, evidence.LogP, 9);
    }

    // Applications that never show these signs, and labels: the one count as people, the others as what they are.
    [Fact]
    public void Precision_OddAndLabelled_CountAsPeopleAndAsLabelled() =>
        Assert.Equal(0.7, new Evidence(100, 90, Odd: 20, Bots: 10, Humans: 10, Expected: 30, Shown: 0).Precision, 9);
}
