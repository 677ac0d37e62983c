using System.Numerics;

namespace Throughline.Core.Attribution.Models;

/// <summary>
/// Time decay: a touch weighs 2^(-age / half-life). Whole numbers throughout, by binary digits of the exponent and a table of
/// square roots, so that every machine finds the same weights.
/// </summary>
public static class TimeDecay
{
    /// <summary>The weight of the youngest touch.</summary>
    public const long Full = 1L << 62;

    private const int TableBits = 192;
    private static readonly ulong[] Roots = MakeRoots();

    /// <summary>
    /// Weights in proportion to 2^(-age / half-life), the youngest touch's being <see cref="Full"/>; relative error below 2^-54
    /// of the full weight. Ages and half-life in the same unit; a touch 63 half-lives older than the youngest weighs nothing.
    /// </summary>
    public static long[] Weights(ReadOnlySpan<long> ages, long halfLife)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(halfLife);
        long youngest = long.MaxValue;
        foreach (long age in ages)
            youngest = Math.Min(youngest, age);
        long[] weights = new long[ages.Length];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = Weight((UInt128)((Int128)ages[i] - youngest), (ulong)halfLife);
        return weights;
    }

    /// <summary>The weight of one touch, <paramref name="older"/> than the youngest (not negative), in proportion to <see cref="Full"/>.</summary>
    public static long Weight(long older, long halfLife) => Weight((UInt128)older, (ulong)halfLife);

    private static long Weight(UInt128 older, ulong halfLife)
    {
        (UInt128 halvings, UInt128 rest) = UInt128.DivRem(older, halfLife);
        if (halvings > 62)
            return 0;
        ulong fraction = (ulong)((rest << 64) / halfLife);
        ulong power = 1UL << 63;
        for (int digit = 0; digit < 64; digit++)
            if ((fraction >> (63 - digit) & 1) != 0)
                power = Math.BigMul(power, Roots[digit], out _);
        return (long)(power >> (1 + (int)halvings));
    }

    // 2^(-1/2), 2^(-1/4), ... in units of 2^-64, each the square root of the one before.
    private static ulong[] MakeRoots()
    {
        var roots = new ulong[64];
        BigInteger one = BigInteger.One << TableBits;
        BigInteger root = one >> 1;
        for (int digit = 0; digit < roots.Length; digit++)
        {
            root = SquareRoot(root * one);
            roots[digit] = (ulong)BigInteger.Min(root >> (TableBits - 64), ulong.MaxValue);
        }
        return roots;
    }

    private static BigInteger SquareRoot(BigInteger value)
    {
        BigInteger root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            BigInteger next = (root + (value / root)) >> 1;
            if (next >= root)
                return root;
            root = next;
        }
    }
}
