namespace Throughline.Core.Gate.Counters;

/// <summary>
/// The number of different values from how many registers have which rank: the improved estimator of Ertl, "New cardinality estimation
/// algorithms for HyperLogLog sketches" (2017), algorithm 6. Without bias from none to 2^40: it needs no special cases.
/// </summary>
internal static class HyperLogLog
{
    /// <summary>Greater ranks count as this one.</summary>
    public const int RankMax = 31;

    public static double Estimate(ReadOnlySpan<ushort> histogram)
    {
        double registers = 0;
        foreach (ushort count in histogram)
            registers += count;
        double z = registers * Tau(1 - histogram[RankMax] / registers);
        for (int rank = RankMax - 1; rank >= 1; rank--)
            z = 0.5 * (z + histogram[rank]);
        z += registers * Sigma(histogram[0] / registers);
        return registers / (2 * Ln2) * registers / z; // z is infinite if all are empty
    }

    private const double Ln2 = 0.693147180559945309417232121458;

    // x + x^2 + 2 x^4 + 4 x^8 + ...
    private static double Sigma(double x)
    {
        if (x == 1)
            return double.PositiveInfinity;
        double power = 1;
        double sum = x;
        double before;
        do
        {
            x *= x;
            before = sum;
            sum += x * power;
            power += power;
        } while (sum != before);
        return sum;
    }

    // (1 - x - (1 - x^(1/2))^2 / 2 - (1 - x^(1/4))^2 / 4 - ...) / 3
    private static double Tau(double x)
    {
        if (x is 0 or 1)
            return 0;
        double power = 1;
        double sum = 1 - x;
        double before;
        do
        {
            x = Math.Sqrt(x);
            before = sum;
            power *= 0.5;
            sum -= (1 - x) * (1 - x) * power;
        } while (sum != before);
        return sum / 3;
    }
}
