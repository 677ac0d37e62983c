using System.Numerics;

namespace Throughline.Core.Attribution.Models;

/// <summary>Shares as fractions to money in whole minor units, by <see cref="LargestRemainder"/>.</summary>
public static class MoneySplit
{
    /// <summary>
    /// Splits <paramref name="minor"/> (not negative) by <paramref name="weights"/> (not negative). The parts add up to it unless
    /// all weights are zero. Weights whose common denominator exceeds 63 bits are cut to 62 bits first.
    /// </summary>
    public static long[] Split(long minor, IReadOnlyList<Rational> weights)
    {
        long[] parts = new long[weights.Count];
        LargestRemainder.Split(minor, Whole(weights), parts);
        return parts;
    }

    private static long[] Whole(IReadOnlyList<Rational> weights)
    {
        BigInteger common = BigInteger.One;
        foreach (Rational weight in weights)
            common *= weight.Denominator / BigInteger.GreatestCommonDivisor(common, weight.Denominator);
        BigInteger[] whole = [.. weights.Select(weight => weight.Numerator * (common / weight.Denominator))];
        int excess = (int)Math.Max(0, whole.Select(x => x.GetBitLength()).DefaultIfEmpty(0).Max() - 62);
        return [.. whole.Select(x => (long)(x >> excess))];
    }
}
