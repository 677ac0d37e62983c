namespace Throughline.Core.Gate.Discovery;

/// <summary>Exact bounds of Poisson counts.</summary>
internal static class PoissonBounds
{
    /// <summary>The mean above which so few are seen with at most this probability (Garwood, Biometrika 28, 1936).</summary>
    public static double Upper(int observed, double probability) =>
        Bisect(x => LogAtMost(observed, x) < Math.Log(probability), observed, 2.0 * observed + 50);

    /// <summary>The mean below which so many are seen with at most this probability.</summary>
    public static double Lower(int observed, double probability) =>
        observed == 0 ? 0 : Bisect(x => 1 - Math.Exp(LogAtMost(observed - 1, x)) >= probability, 0, observed);

    /// <summary>
    /// A bound of the logarithm of the probability to see at most so many where so many are expected (Chernoff): holds for sums of
    /// independent yes and no of any probabilities too (Poisson binomial).
    /// </summary>
    public static double LogTail(double observed, double expected)
    {
        if (observed >= expected)
            return 0;
        return observed == 0 ? -expected : observed - expected + observed * Math.Log(expected / observed);
    }

    private static double LogAtMost(int observed, double mean)
    {
        if (mean <= 0)
            return 0;
        // From the largest term down: exp(-mean) mean^k / k!
        double log = -mean;
        for (int k = 1; k <= observed; k++)
            log += Math.Log(mean / k);
        double sum = 0;
        double term = 1;
        for (int k = observed; k >= 0 && term > 1e-18 * sum; k--)
        {
            sum += term;
            term *= k / mean;
        }
        return Math.Min(0, log + Math.Log(sum));
    }

    private static double Bisect(Func<double, bool> isAbove, double low, double high)
    {
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = isAbove(middle) ? (low, middle) : (middle, high);
        }
        return high;
    }
}
