using System.ComponentModel;

namespace Throughline.Core.Trials;

/// <summary>An estimate with the interval that holds the truth in 95 of 100 repetitions.</summary>
public readonly record struct Interval(
    double Estimate,
    [property: Description("Lower end of the 95 % interval")] double Low,
    [property: Description("Upper end of the 95 % interval")] double High
)
{
    /// <summary>Whether a value is in it, its ends included.</summary>
    public bool Holds(double value) => value >= Low && value <= High;

    /// <summary>The same with every figure multiplied; the factor is not negative.</summary>
    public Interval Times(double factor) => new(Estimate * factor, Low * factor, High * factor);

    /// <summary>The same less a number that is known exactly, and at least <paramref name="least"/>.</summary>
    public Interval Less(double known, double least) =>
        new(Estimate - known, Math.Max(least, Low - known), Math.Max(least, High - known));

    /// <summary>The same with so many digits after the point, for people.</summary>
    public Interval Rounded(int digits) => new(Round(Estimate, digits), Round(Low, digits), Round(High, digits));

    private static double Round(double value, int digits) => Math.Round(value, digits, MidpointRounding.ToEven);
}
