using Throughline.Core.Attribution.Models;

namespace Throughline.Core.Tests.Attribution.Models;

/// <summary>Weights by place, against the published tables.</summary>
public sealed class PositionWeightsTests
{
    [Theory]
    [InlineData(1, "1")]
    [InlineData(2, "1/2 1/2")]
    [InlineData(3, "2/5 1/5 2/5")]
    [InlineData(4, "2/5 1/10 1/10 2/5")]
    public void UShaped_Length_GivesTheseWeights(int touches, string expected) =>
        Assert.Equal(expected, string.Join(' ', PositionWeights.UShaped(touches)));

    [Theory]
    [InlineData(2, "1/4 3/4")]
    [InlineData(4, "1/5 1/10 1/10 3/5")]
    public void JShaped_Length_GivesTheseWeights(int touches, string expected) =>
        Assert.Equal(expected, string.Join(' ', PositionWeights.JShaped(touches)));

    [Fact]
    public void LastNonDirect_PathIsDirectThroughout_GivesItToTheLast()
    {
        Assert.Equal("0 1 0", string.Join(' ', PositionWeights.LastNonDirect([false, false, true])));
        Assert.Equal("0 1", string.Join(' ', PositionWeights.LastNonDirect([true, true])));
    }

    [Fact]
    public void SameTouch_NoTouchIsTheConversion_GivesNothing() =>
        Assert.Equal("0 0", string.Join(' ', PositionWeights.SameTouch([false, false])));

    [Fact]
    public void WShaped_MilestonesCoincide_TheirSharesAdd()
    {
        Assert.Equal("3/10 1/20 3/10 1/20 3/10", string.Join(' ', PositionWeights.WShaped(5, 2, 4)));
        Assert.Equal("3/5 1/10 3/10", string.Join(' ', PositionWeights.WShaped(3, 0, 2)));
        Assert.Equal("1", string.Join(' ', PositionWeights.WShaped(1, 0, 0)));
    }
}
