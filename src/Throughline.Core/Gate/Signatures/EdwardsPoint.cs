using System.Diagnostics.CodeAnalysis;

namespace Throughline.Core.Gate.Signatures;

/// <summary>
/// A point of edwards25519 in extended coordinates (RFC 8032, 5.1.4): x = X/Z, y = Y/Z, xy = T/Z.
/// </summary>
internal readonly struct EdwardsPoint(FieldElement x, FieldElement y, FieldElement z, FieldElement t)
{
    public static readonly EdwardsPoint Identity = new(
        FieldElement.Zero,
        FieldElement.One,
        FieldElement.One,
        FieldElement.Zero
    );

    /// <summary>The base point: y = 4/5, x even.</summary>
    public static readonly EdwardsPoint Base = OfBase();

    private FieldElement X { get; } = x;
    private FieldElement Y { get; } = y;
    private FieldElement Z { get; } = z;
    private FieldElement T { get; } = t;

    /// <summary>RFC 8032, 5.1.3, to the letter: y from p on is refused, and so is a sign of x = 0.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out EdwardsPoint point)
    {
        point = default;
        if (bytes.Length != FieldElement.Size)
            return false;
        bool isNegative = bytes[31] >> 7 != 0;
        FieldElement y = FieldElement.Read(bytes);
        Span<byte> canonical = stackalloc byte[FieldElement.Size];
        y.Write(canonical);
        canonical[31] |= (byte)(bytes[31] & 0x80);
        if (!canonical.SequenceEqual(bytes))
            return false;
        FieldElement y2 = y.Square();
        FieldElement u = y2 - FieldElement.One;
        FieldElement v = FieldElement.D * y2 + FieldElement.One;
        FieldElement v3 = v.Square() * v;
        FieldElement x = u * v3 * (u * v3.Square() * v).ToRoot();
        FieldElement check = v * x.Square();
        if (!(check - u).IsZero)
        {
            if (!(check + u).IsZero)
                return false;
            x *= FieldElement.RootOfMinusOne;
        }
        if (isNegative && x.IsZero)
            return false;
        if (x.IsNegative != isNegative)
            x = -x;
        point = new(x, y, FieldElement.One, x * y);
        return true;
    }

    public void Encode(Span<byte> bytes)
    {
        FieldElement inverse = Z.Inverse();
        (Y * inverse).Write(bytes);
        if ((X * inverse).IsNegative)
            bytes[31] |= 0x80;
    }

    /// <summary>Its order is 1, 2, 4 or 8: it is nobody's key.</summary>
    public bool IsSmall
    {
        get
        {
            EdwardsPoint eight = Double().Double().Double();
            return eight.X.IsZero && (eight.Y - eight.Z).IsZero;
        }
    }

    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "Internal.")]
    public static EdwardsPoint operator -(in EdwardsPoint point) => new(-point.X, point.Y, point.Z, -point.T);

    public EdwardsPoint Double()
    {
        FieldElement a = X.Square();
        FieldElement b = Y.Square();
        FieldElement z2 = Z.Square();
        FieldElement h = a + b;
        FieldElement e = h - (X + Y).Square();
        FieldElement g = a - b;
        FieldElement f = z2 + z2 + g;
        return new(e * f, g * h, f * g, e * h);
    }

    public EdwardsPoint Add(in Ready other) => Add(other.Sum, other.Difference, other.Z2, other.T2D, isMinus: false);

    public EdwardsPoint Subtract(in Ready other) =>
        Add(other.Difference, other.Sum, other.Z2, other.T2D, isMinus: true);

    private EdwardsPoint Add(
        in FieldElement sum,
        in FieldElement difference,
        in FieldElement z2,
        in FieldElement t2D,
        bool isMinus
    )
    {
        FieldElement a = (Y - X) * difference;
        FieldElement b = (Y + X) * sum;
        FieldElement c = T * t2D;
        FieldElement d = Z * z2;
        FieldElement e = b - a;
        FieldElement h = b + a;
        (FieldElement f, FieldElement g) = isMinus ? (d + c, d - c) : (d - c, d + c);
        return new(e * f, g * h, f * g, e * h);
    }

    /// <summary>The point, made ready to be added.</summary>
    public Ready MakeReady() => new(Y + X, Y - X, Z + Z, T * FieldElement.D2);

    /// <summary>Odd multiples of a point: 1, 3, 5, ...</summary>
    public static Ready[] OddMultiples(in EdwardsPoint point, int count)
    {
        Ready[] multiples = new Ready[count];
        multiples[0] = point.MakeReady();
        Ready twice = point.Double().MakeReady();
        EdwardsPoint next = point;
        for (int i = 1; i < count; i++)
        {
            next = next.Add(twice);
            multiples[i] = next.MakeReady();
        }
        return multiples;
    }

    private static EdwardsPoint OfBase()
    {
        Span<byte> bytes = stackalloc byte[FieldElement.Size];
        bytes.Fill(0x66);
        bytes[0] = 0x58;
        return TryDecode(bytes, out EdwardsPoint point) ? point : throw new InvalidOperationException();
    }

    /// <summary>What of a point its sums need.</summary>
    internal readonly record struct Ready(FieldElement Sum, FieldElement Difference, FieldElement Z2, FieldElement T2D);
}
