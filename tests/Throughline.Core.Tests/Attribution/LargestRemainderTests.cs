using System.Numerics;
using Throughline.Core.Attribution;
using Throughline.Testing;

namespace Throughline.Core.Tests.Attribution;

/// <summary>The split against the definition, written with whole numbers of any size.</summary>
public sealed class LargestRemainderTests
{
    [Fact]
    public void Split_RandomWeights_EqualsTheDefinition()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 20_000; round++)
        {
            long total = Size(random);
            long[] weights =
            [
                .. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(4) == 0 ? 0 : Size(random)),
            ];
            long[] parts = new long[weights.Length];
            Array.Fill(parts, -1);
            LargestRemainder.Split(total, weights, parts);
            Assert.True(
                Naive(total, weights).SequenceEqual(parts),
                $"{total} by {string.Join(',', weights)} gave {string.Join(',', parts)}"
            );
            if (weights.Any(weight => weight > 0))
                Assert.Equal((BigInteger)total, parts.Aggregate(BigInteger.Zero, (sum, part) => sum + part));
        }
    }

    [Theory]
    [InlineData(100, new long[] { 1, 1, 1 }, new long[] { 34, 33, 33 })]
    [InlineData(5, new long[] { 1, 1 }, new long[] { 3, 2 })]
    [InlineData(1, new long[] { 0, 2, 3 }, new long[] { 0, 0, 1 })]
    [InlineData(7, new long[] { 0, 0 }, new long[] { 0, 0 })]
    [InlineData(0, new long[] { 4, 5 }, new long[] { 0, 0 })]
    [InlineData(
        long.MaxValue,
        new[] { long.MaxValue, long.MaxValue },
        new[] { (long.MaxValue / 2) + 1, long.MaxValue / 2 }
    )]
    public void Split_KnownCase_GivesTheseParts(long total, long[] weights, long[] expected)
    {
        long[] parts = new long[weights.Length];
        LargestRemainder.Split(total, weights, parts);
        Assert.Equal(expected, parts);
    }

    [Fact]
    public void Split_NegativeOrUneven_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LargestRemainder.Split(-1, [1], new long[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => LargestRemainder.Split(1, [1, -1], new long[2]));
        Assert.Throws<ArgumentException>(() => LargestRemainder.Split(1, [1, 1], new long[1]));
    }

    // One unit at a time to whoever has the greatest remainder still untaken.
    internal static long[] Naive(long total, IReadOnlyList<long> weights)
    {
        BigInteger sum = weights.Aggregate(BigInteger.Zero, (a, b) => a + b);
        if (sum.IsZero)
            return new long[weights.Count];
        List<BigInteger> parts = [.. weights.Select(weight => total * (BigInteger)weight / sum)];
        List<BigInteger> remainders = [.. weights.Select(weight => total * (BigInteger)weight % sum)];
        for (BigInteger rest = total - parts.Aggregate(BigInteger.Zero, (a, b) => a + b); rest > 0; rest--)
        {
            int most = remainders.IndexOf(remainders.Max());
            parts[most]++;
            remainders[most] = -1;
        }
        return [.. parts.Select(part => (long)part)];
    }

    private static long Size(Random random) =>
        random.NextInt64(
            0,
            random.Next(3) switch
            {
                0 => 10,
                1 => 100_000,
                _ => long.MaxValue,
            }
        );
}
