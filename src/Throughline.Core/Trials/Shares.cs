namespace Throughline.Core.Trials;

/// <summary>Shares of independent units, such as the converting ones of a group.</summary>
public static class Shares
{
    /// <summary>The 0.975 quantile of the normal distribution.</summary>
    public const double Z = 1.959963984540054;

    /// <summary>A share with Wilson's score interval (E. B. Wilson, JASA 22, 1927); without units it may be anything.</summary>
    /// <param name="z">How sure: 1.96 is 95 % on both sides.</param>
    public static Interval Of(long successes, long units, double z = Z)
    {
        Check(successes, units);
        return units == 0 ? new(0, 0, 1) : Wilson((double)successes / units, units, z);
    }

    /// <summary>
    /// The share of the first group minus that of the second: R. G. Newcombe's hybrid score interval without continuity correction
    /// (Statistics in Medicine 17, 1998, method 10). Good in small groups, too.
    /// </summary>
    public static Interval Difference(long successes1, long units1, long successes2, long units2)
    {
        Interval one = Of(successes1, units1);
        Interval two = Of(successes2, units2);
        double difference = one.Estimate - two.Estimate;
        return new(
            difference,
            difference - Root(one.Estimate - one.Low, two.High - two.Estimate),
            difference + Root(one.High - one.Estimate, two.Estimate - two.Low)
        );
    }

    /// <summary>
    /// How many of <paramref name="others"/> further units of the same kind succeed: the joint-sampling score interval of K. Krishnamoorthy
    /// and J. Peng (Journal of Statistical Planning and Inference 141, 2011). It is Wilson's interval for the share of all units
    /// together with the variance that a draw of <paramref name="units"/> of them has, less the known ones.
    /// </summary>
    public static Interval Unseen(long successes, long units, long others)
    {
        Check(successes, units);
        ArgumentOutOfRangeException.ThrowIfNegative(others);
        if (others == 0)
            return default;
        if (units == 0)
            return new(0, 0, others);
        double all = (double)units + others;
        Interval share = Wilson((double)successes / units, units * all / others, Z);
        return new(
            share.Estimate * others,
            Math.Clamp(all * share.Low - successes, 0, others),
            Math.Clamp(all * share.High - successes, 0, others)
        );
    }

    private static Interval Wilson(double share, double units, double z)
    {
        double square = z * z / units;
        double middle = (share + square / 2) / (1 + square);
        double half = z * Math.Sqrt(share * (1 - share) / units + square / (4 * units)) / (1 + square);
        return new(share, Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    private static double Root(double x, double y) => Math.Sqrt(x * x + y * y);

    private static void Check(long successes, long units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, units);
    }
}
