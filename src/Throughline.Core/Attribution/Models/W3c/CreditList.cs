using System.Numerics;

namespace Throughline.Core.Attribution.Models.W3c;

/// <summary>
/// A value in whole units shared by a list of credits so that each part is within one of its exact share: W3C Attribution Level 1,
/// "fairly allocate credit". Neighbours trade their fractions; a draw says which of the two ends whole.
/// </summary>
public static class CreditList
{
    /// <summary>
    /// Parts that add up to <paramref name="value"/>; <paramref name="draw"/> is below 1 and not negative. Credits are positive.
    /// </summary>
    public static long[] Share(IReadOnlyList<Rational> credits, long value, Rational draw)
    {
        Rational sum = credits.Aggregate(Rational.Zero, (a, b) => a + b);
        Rational[] parts = [.. credits.Select(credit => credit * value / sum)];
        int open = 0; // the one before that may still have a fraction
        for (int next = 1; next < parts.Length; next++)
        {
            int other = next;
            Rational mine = Fraction(parts[open]);
            Rational its = Fraction(parts[other]);
            if (mine.IsZero && its.IsZero)
                continue;
            (Rational fillMine, Rational fillIts) =
                mine + its > Rational.One
                    ? (Rational.One - mine, Rational.One - its)
                    : (Rational.Zero - mine, Rational.Zero - its);
            bool mineEndsWhole = draw < fillIts / (fillMine + fillIts);
            Rational moved = mineEndsWhole ? fillMine : fillIts;
            if (mineEndsWhole)
                (open, other) = (other, open);
            parts[other] += moved;
            parts[open] -= moved;
        }
        return [.. parts.Select(part => (long)part.Round(BigInteger.One))];
    }

    private static Rational Fraction(Rational value) =>
        value - new Rational(BigInteger.Divide(value.Numerator, value.Denominator), BigInteger.One);
}
