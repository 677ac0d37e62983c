namespace Throughline.Core.Attribution;

/// <summary>
/// Splits whole minor units by integer weights so that the parts add up exactly: Hamilton's method of largest remainders, ties
/// to the earlier part.
/// </summary>
public static class LargestRemainder
{
    /// <summary>
    /// Fills <paramref name="parts"/> with the split of <paramref name="total"/> (not negative). All-zero weights give
    /// all-zero parts.
    /// </summary>
    public static void Split(long total, ReadOnlySpan<long> weights, Span<long> parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        if (parts.Length != weights.Length)
            throw new ArgumentException("one part for each weight", nameof(parts));
        Int128 sum = 0;
        foreach (long weight in weights)
            sum +=
                weight >= 0
                    ? weight
                    : throw new ArgumentOutOfRangeException(nameof(weights), weight, "weights are not negative");
        parts.Clear();
        if (sum == 0)
            return;
        long rest = total;
        Int128[] remainders = new Int128[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            (Int128 quotient, remainders[i]) = Int128.DivRem((Int128)total * weights[i], sum);
            parts[i] = (long)quotient;
            rest -= parts[i];
        }
        if (rest == 0)
            return;
        int[] order = new int[weights.Length];
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(
            order,
            (x, y) => remainders[x] != remainders[y] ? remainders[y].CompareTo(remainders[x]) : x.CompareTo(y)
        );
        for (int i = 0; rest > 0; i++, rest--)
            parts[order[i]]++;
    }
}
