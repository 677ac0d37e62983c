using Throughline.Core.Attribution.Models;
using Throughline.Testing;

namespace Throughline.Core.Tests.Attribution.Models;

/// <summary>Powers of two by whole numbers: exact where they are, and near the exact value elsewhere.</summary>
public sealed class TimeDecayTests
{
    [Fact]
    public void Weights_WholeHalfLives_AreHalved() =>
        Assert.Equal([TimeDecay.Full >> 2, TimeDecay.Full >> 1, TimeDecay.Full], TimeDecay.Weights([27, 17, 7], 10));

    [Fact]
    public void Weights_OlderThan62HalfLives_AreNothing() =>
        Assert.Equal([0, 1, TimeDecay.Full], TimeDecay.Weights([63, 62, 0], 1));

    [Fact]
    public void Weights_RandomAges_AreNearThePower()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 5_000; round++)
        {
            long halfLife = random.NextInt64(1, 1L << 40);
            long age = random.NextInt64(0, halfLife * 5);
            double expected = Math.Pow(2, -(double)age / halfLife);
            double actual = (double)TimeDecay.Weights([age, 0], halfLife)[0] / TimeDecay.Full;
            Assert.True(Math.Abs(expected - actual) < 1e-14, $"2^-({age}/{halfLife}) is {expected}, found {actual}");
        }
    }

    [Fact]
    public void Weights_NoHalfLife_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TimeDecay.Weights([1], 0));
}
