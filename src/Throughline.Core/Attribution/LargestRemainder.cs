namespace Throughline.Core.Attribution;

/// <summary>
/// Splits whole minor units by integer weights so that the parts add up exactly: Hamilton's method of largest remainders, ties
/// to the earlier part.
/// </summary>
public static class LargestRemainder
{
    private const int OnStack = 128;
    private const int PlaceBits = 20;

    /// <summary>Parts at most.</summary>
    public const int PartsMax = 1 << PlaceBits;

    /// <summary>
    /// Fills <paramref name="parts"/> with the split of <paramref name="total"/> (not negative). All-zero weights give
    /// all-zero parts. Allocates nothing for up to 128 parts.
    /// </summary>
    public static void Split(long total, ReadOnlySpan<long> weights, Span<long> parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        if (parts.Length != weights.Length || parts.Length > PartsMax)
            throw new ArgumentException("one part for each weight", nameof(parts));
        UInt128 sum = 0;
        foreach (long weight in weights)
            sum +=
                weight >= 0
                    ? (UInt128)weight
                    : throw new ArgumentOutOfRangeException(nameof(weights), weight, "weights are not negative");
        parts.Clear();
        if (sum == 0)
            return;
        Span<UInt128> remainders =
            weights.Length <= OnStack ? stackalloc UInt128[weights.Length] : new UInt128[weights.Length];
        long rest = total;
        for (int i = 0; i < weights.Length; i++)
        {
            (parts[i], UInt128 remainder) = Divide((ulong)total, (ulong)weights[i], sum);
            rest -= parts[i];
            remainders[i] = (remainder << PlaceBits) | (uint)(PartsMax - 1 - i); // of equal ones the earlier is the greater
        }
        if (rest == 0)
            return;
        remainders.Sort();
        for (int i = remainders.Length - 1; rest > 0; i--, rest--)
            parts[PartsMax - 1 - (int)((ulong)remainders[i] & (PartsMax - 1))]++;
    }

    private static (long Quotient, UInt128 Remainder) Divide(ulong total, ulong weight, UInt128 sum)
    {
        ulong high = Math.BigMul(total, weight, out ulong low);
        if (high == 0 && sum <= ulong.MaxValue)
        {
            (ulong small, ulong rest) = Math.DivRem(low, (ulong)sum);
            return ((long)small, rest);
        }
        (UInt128 quotient, UInt128 remainder) = UInt128.DivRem(new UInt128(high, low), sum);
        return ((long)quotient, remainder);
    }
}
