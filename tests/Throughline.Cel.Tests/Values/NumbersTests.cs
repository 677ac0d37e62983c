using System.Numerics;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Values;

/// <summary>Numbers of different types compared.</summary>
public sealed class NumbersTests
{
    private static readonly double[] Doubles =
    [
        0,
        -0.0,
        0.5,
        -0.5,
        1,
        -1,
        9007199254740992,
        9007199254740994,
        9223372036854775808.0,
        -9223372036854775808.0,
        -9223372036854777856.0,
        18446744073709551616.0,
        18446744073709549568.0,
        double.MaxValue,
        double.PositiveInfinity,
        double.NegativeInfinity,
        double.NaN,
    ];

    private static readonly long[] Ints =
    [
        0,
        1,
        -1,
        9007199254740993,
        9007199254740992,
        -9007199254740993,
        long.MaxValue,
        long.MinValue,
        long.MaxValue - 511,
    ];

    [Fact]
    public void Equal_IntAndDouble_IsExact()
    {
        foreach (long a in Ints)
        foreach (double b in Doubles)
            Assert.Equal(SameNumber(a, b), Numbers.Equal(Value.Of(a), Value.Of(b)));
    }

    [Fact]
    public void Equal_UintAndDouble_IsExact()
    {
        foreach (ulong a in Ints.Select(x => (ulong)x))
        foreach (double b in Doubles)
        {
            Assert.Equal(SameNumber(a, b), Numbers.Equal(Value.Of(a), Value.Of(b)));
            Assert.Equal(SameNumber(a, b), Numbers.Equal(Value.Of(b), Value.Of(a)));
        }
    }

    [Fact]
    public void Equal_NegativeIntAndUintOfSameBits_Differ() =>
        Assert.False(Numbers.Equal(Value.Of(-1L), Value.Of(ulong.MaxValue)));

    [Fact]
    public void Compare_AnyTwoNumbers_AgreesWithTheReverse()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 10_000; i++)
        {
            Value a = Any(random);
            Value b = Any(random);
            Ordering there = Numbers.Compare(a, b);
            Ordering back = Numbers.Compare(b, a);
            Assert.Equal(there is Ordering.Unordered ? there : (Ordering)(-(int)there), back);
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    public void Compare_NaN_IsUnordered(double nan)
    {
        Assert.Equal(Ordering.Unordered, Numbers.Compare(Value.Of(nan), Value.Of(nan)));
        Assert.Equal(Ordering.Unordered, Numbers.Compare(Value.Of(1L), Value.Of(nan)));
        Assert.Equal(Ordering.Unordered, Numbers.Compare(Value.Of(nan), Value.Of(1UL)));
    }

    [Theory]
    [InlineData(7.0, true, 7)]
    [InlineData(7.5, false, 0)]
    [InlineData(9223372036854775808.0, false, 0)]
    [InlineData(double.NaN, false, 0)]
    public void TryInt_Double_OnlyIfItIsOne(double number, bool expected, long value)
    {
        Assert.Equal(expected, Numbers.TryInt(Value.Of(number), out long found));
        if (expected)
            Assert.Equal(value, found);
    }

    private static bool SameNumber(BigInteger a, double b) =>
        double.IsFinite(b) && Math.Truncate(b) == b && new BigInteger(b) == a;

    private static Value Any(Random random) =>
        random.Next(3) switch
        {
            0 => Value.Of(Ints[random.Next(Ints.Length)]),
            1 => Value.Of((ulong)Ints[random.Next(Ints.Length)]),
            _ => Value.Of(Doubles[random.Next(Doubles.Length)]),
        };
}
