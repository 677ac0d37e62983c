namespace Throughline.Core.Trials;

/// <summary>Sums over independent units, units without anything included: enough for means and their errors. The order changes nothing that is told.</summary>
/// <param name="Units">All.</param>
/// <param name="Some">Those with anything.</param>
public readonly record struct Sums(long Units, long Some, double Total, double Squares)
{
    /// <summary>Units with anything that a group must have before its mean says something: below, one large one is everything.</summary>
    public const int SomeMin = 10;

    public double Mean => Units == 0 ? 0 : Total / Units;

    /// <summary>Of one unit, with n - 1.</summary>
    public double Variance => Units < 2 ? 0 : Math.Max(0, (Squares - Total * Total / Units) / (Units - 1));

    /// <summary>One more unit.</summary>
    public Sums With(double value) =>
        new(Units + 1, Some + (value == 0 ? 0 : 1), Total + value, Squares + value * value);

    /// <summary>
    /// The mean of the first group minus that of the second: B. L. Welch's interval with his degrees of freedom (Biometrika 34, 1947), which
    /// asks for no equal variances. Null if the first group has fewer than <see cref="SomeMin"/> units with anything, or the second none at all.
    /// </summary>
    public static Interval? Difference(Sums one, Sums two)
    {
        if (one.Some < SomeMin || two.Units < 2)
            return null;
        double first = one.Variance / one.Units;
        double second = two.Variance / two.Units;
        double error = first + second;
        double freedom = error * error / (first * first / (one.Units - 1) + second * second / (two.Units - 1));
        double half = error > 0 ? StudentQuantile(freedom) * Math.Sqrt(error) : 0; // all alike: nothing varies
        double difference = one.Mean - two.Mean;
        return new(difference, difference - half, difference + half);
    }

    /// <summary>
    /// What <paramref name="others"/> further units of the same kind come to in total: Student's interval for a future mean (G. J. Hahn and
    /// W. Q. Meeker, "Statistical Intervals", 1991, 4.8). Null if fewer than <see cref="SomeMin"/> units have anything.
    /// </summary>
    public Interval? Unseen(long others)
    {
        if (Some < SomeMin)
            return null;
        if (others == 0)
            return default(Interval);
        double half = StudentQuantile(Units - 1) * Math.Sqrt(Variance * (1.0 / Units + 1.0 / others));
        return new Interval(Mean, Mean - half, Mean + half).Times(others);
    }

    /// <summary>
    /// The 0.975 quantile of Student's distribution, from the normal one's (Abramowitz and Stegun, 26.7.5); off by less than 0.001 from 9
    /// degrees of freedom on.
    /// </summary>
    public static double StudentQuantile(double freedom)
    {
        const double z = Shares.Z;
        double z2 = z * z;
        double one = (z2 + 1) * z / 4;
        double two = ((5 * z2 + 16) * z2 + 3) * z / 96;
        double three = (((3 * z2 + 19) * z2 + 17) * z2 - 15) * z / 384;
        double four = ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) * z / 92160;
        return z + (one + (two + (three + four / freedom) / freedom) / freedom) / freedom;
    }
}
