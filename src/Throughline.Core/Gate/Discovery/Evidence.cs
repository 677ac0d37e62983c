namespace Throughline.Core.Gate.Discovery;

/// <summary>
/// What speaks for a rule: how many signs of a person its visitors would have shown were they people, and how many they did. Only signs
/// that the rule does not read are looked at. The share of people among them is at most about shown / expected: the visitors that are
/// people show as many as people do elsewhere. Of one network (/24) at most <see cref="PerNetworkMax"/> visitors count.
/// </summary>
/// <param name="Visitors">Whom the rule hits and that had an occasion to show a sign.</param>
/// <param name="Networks">Different ones among them.</param>
/// <param name="Odd">Of applications that never show these signs, though they are people's: they count as people.</param>
/// <param name="Bots">Labelled so by an analyst.</param>
/// <param name="Humans">Labelled so.</param>
/// <param name="Expected">Visitors of the others (neither odd nor labelled) that would show a sign were all people.</param>
/// <param name="Shown">Those that did.</param>
public readonly record struct Evidence(
    int Visitors,
    int Networks,
    int Odd,
    int Bots,
    int Humans,
    double Expected,
    int Shown
)
{
    public const int PerNetworkMax = 4;

    /// <summary>One-sided, of the bounds of <see cref="Precision"/>.</summary>
    public const double BoundProbability = 0.05;

    /// <summary>The estimated share of bots among the visitors, 0 to 1; labels count before signs.</summary>
    public double Precision => PrecisionAt(Shown);

    /// <summary>The bound below which the share of bots is with a probability of 5 %.</summary>
    public double PrecisionLower => PrecisionAt(PoissonBounds.Upper(Shown, BoundProbability));

    /// <summary>The bound above which the share of bots is with a probability of 5 %.</summary>
    public double PrecisionUpper => PrecisionAt(PoissonBounds.Lower(Shown, BoundProbability));

    /// <summary>Logarithm of (a bound of) the probability that people show so few signs by chance.</summary>
    public double LogP => PoissonBounds.LogTail(Shown, Expected);

    private double PrecisionAt(double shown)
    {
        int others = Visitors - Odd - Bots - Humans;
        double people = Expected <= 0 ? 1 : Math.Min(1, shown / Expected);
        return Visitors == 0 ? 0 : (Bots + others * (1 - people)) / Visitors;
    }

    public static Evidence operator +(Evidence a, Evidence b) =>
        new(
            a.Visitors + b.Visitors,
            a.Networks + b.Networks,
            a.Odd + b.Odd,
            a.Bots + b.Bots,
            a.Humans + b.Humans,
            a.Expected + b.Expected,
            a.Shown + b.Shown
        );
}
