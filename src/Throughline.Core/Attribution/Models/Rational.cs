using System.Globalization;
using System.Numerics;

namespace Throughline.Core.Attribution.Models;

/// <summary>A fraction in lowest terms, of whole numbers of any size: shares of credit without rounding.</summary>
public readonly struct Rational : IEquatable<Rational>, IComparable<Rational>
{
    private readonly BigInteger denominatorLessOne; // so that default is zero, and not zero by zero

    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
            throw new ArgumentOutOfRangeException(nameof(denominator), "a fraction has no zero below");
        BigInteger common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        if (denominator.Sign < 0)
            common = -common;
        Numerator = numerator / common;
        denominatorLessOne = (denominator / common) - 1;
    }

    public static Rational Zero => default;
    public static Rational One => 1;
    public BigInteger Numerator { get; }
    public BigInteger Denominator => denominatorLessOne + 1;
    public bool IsZero => Numerator.IsZero;
    public int Sign => Numerator.Sign;

    /// <summary>Reads <c>7</c>, <c>-0.25</c>, <c>1.5e-3</c> or <c>19/6</c>, exactly as written.</summary>
    public static bool TryParse(string text, out Rational value)
    {
        value = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            if (
                !TryParse(text[..slash], out Rational above)
                || !TryParse(text[(slash + 1)..], out Rational below)
                || below.IsZero
            )
                return false;
            value = above / below;
            return true;
        }
        int exponentAt = text.IndexOfAny(['e', 'E']);
        int exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(text[(exponentAt + 1)..], CultureInfo.InvariantCulture, out exponent))
            return false;
        if (Math.Abs(exponent) > 400)
            return false;
        string digits = exponentAt >= 0 ? text[..exponentAt] : text;
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }
        if (
            !BigInteger.TryParse(
                digits.Trim(),
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var whole
            )
        )
            return false;
        value =
            exponent >= 0 ? new(whole * BigInteger.Pow(10, exponent), 1) : new(whole, BigInteger.Pow(10, -exponent));
        return true;
    }

    public static Rational operator +(Rational a, Rational b) =>
        new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational operator -(Rational a, Rational b) =>
        new((a.Numerator * b.Denominator) - (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational operator *(Rational a, Rational b) =>
        new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b) =>
        new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator ==(Rational a, Rational b) => a.Equals(b);

    public static bool operator !=(Rational a, Rational b) => !a.Equals(b);

    public static bool operator <(Rational a, Rational b) => a.CompareTo(b) < 0;

    public static bool operator >(Rational a, Rational b) => a.CompareTo(b) > 0;

    public static bool operator <=(Rational a, Rational b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Rational a, Rational b) => a.CompareTo(b) >= 0;

    public static implicit operator Rational(long value) => new(value, 1);

    /// <summary>The nearest whole multiple of one <paramref name="unit"/>-th; halves away from zero. In units.</summary>
    public BigInteger Round(BigInteger unit)
    {
        BigInteger twice = BigInteger.Abs(Numerator) * unit * 2;
        BigInteger rounded = (twice + Denominator) / (Denominator * 2);
        return Sign < 0 ? -rounded : rounded;
    }

    /// <summary>The nearest double or a neighbour of it.</summary>
    public double ToDouble()
    {
        // Both parts are cut to their leading bits, so that the largest fractions do not overflow.
        int shift = (int)Math.Max(0, Math.Max(Numerator.GetBitLength(), Denominator.GetBitLength()) - 1000);
        return (double)(Numerator >> shift) / (double)(Denominator >> shift);
    }

    public int CompareTo(Rational other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public bool Equals(Rational other) => Numerator == other.Numerator && Denominator == other.Denominator;

    public override bool Equals(object? obj) => obj is Rational other && Equals(other);

    public override int GetHashCode() => Numerator.GetHashCode() ^ (Denominator.GetHashCode() * 31);

    public override string ToString() =>
        Denominator.IsOne
            ? Numerator.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
}
