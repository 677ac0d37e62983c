using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Throughline.Core.Gate.Signatures;

/// <summary>
/// A number modulo p = 2^255 - 19 in five limbs of 51 bits. Limbs may be a little longer between operations: sums of two products are fine
/// as operands, sums of sums are not. Not in constant time: it only ever sees what is public.
/// </summary>
internal readonly struct FieldElement(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
{
    public const int Size = 32;

    private const ulong Mask = (1UL << 51) - 1;

    private readonly ulong l0 = l0;
    private readonly ulong l1 = l1;
    private readonly ulong l2 = l2;
    private readonly ulong l3 = l3;
    private readonly ulong l4 = l4;

    public static readonly FieldElement Zero = new(0, 0, 0, 0, 0);
    public static readonly FieldElement One = new(1, 0, 0, 0, 0);

    /// <summary>d of the curve: -121665/121666.</summary>
    public static readonly FieldElement D =
        -new FieldElement(121665, 0, 0, 0, 0) * new FieldElement(121666, 0, 0, 0, 0).Inverse();

    public static readonly FieldElement D2 = D + D;

    /// <summary>A square root of -1: 2^((p-1)/4).</summary>
    public static readonly FieldElement RootOfMinusOne = new FieldElement(2, 0, 0, 0, 0).ToQuarter();

    /// <summary>Reads 255 bits, little-endian; the highest bit is left out.</summary>
    public static FieldElement Read(ReadOnlySpan<byte> bytes)
    {
        ulong w0 = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        ulong w1 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        ulong w2 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        ulong w3 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        return new(
            w0 & Mask,
            (w0 >> 51 | w1 << 13) & Mask,
            (w1 >> 38 | w2 << 26) & Mask,
            (w2 >> 25 | w3 << 39) & Mask,
            w3 >> 12 & Mask
        );
    }

    /// <summary>Writes the one number from 0 to p - 1.</summary>
    public void Write(Span<byte> bytes)
    {
        FieldElement x = Carry(l0, l1, l2, l3, l4);
        // x is below 2^255 + a little: adding 19 carries out of bit 255 exactly if x is p or more.
        ulong q = (x.l0 + 19) >> 51;
        q = (x.l1 + q) >> 51;
        q = (x.l2 + q) >> 51;
        q = (x.l3 + q) >> 51;
        q = (x.l4 + q) >> 51;
        ulong r0 = x.l0 + 19 * q;
        ulong r1 = x.l1 + (r0 >> 51);
        ulong r2 = x.l2 + (r1 >> 51);
        ulong r3 = x.l3 + (r2 >> 51);
        ulong r4 = x.l4 + (r3 >> 51);
        (r0, r1, r2, r3, r4) = (r0 & Mask, r1 & Mask, r2 & Mask, r3 & Mask, r4 & Mask);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, r0 | r1 << 51);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], r1 >> 13 | r2 << 38);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], r2 >> 26 | r3 << 25);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], r3 >> 39 | r4 << 12);
    }

    public bool IsZero
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            Write(bytes);
            return bytes.IndexOfAnyExcept((byte)0) < 0;
        }
    }

    /// <summary>RFC 8032: the lowest bit of the number.</summary>
    public bool IsNegative
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            Write(bytes);
            return (bytes[0] & 1) != 0;
        }
    }

    public static FieldElement operator +(in FieldElement x, in FieldElement y) =>
        new(x.l0 + y.l0, x.l1 + y.l1, x.l2 + y.l2, x.l3 + y.l3, x.l4 + y.l4);

    // 4 p is added, so that no limb goes below zero; carried, so that the result is as short as a product.
    public static FieldElement operator -(in FieldElement x, in FieldElement y) =>
        Carry(
            x.l0 + 0x1FFFFFFFFFFFB4 - y.l0,
            x.l1 + 0x1FFFFFFFFFFFFC - y.l1,
            x.l2 + 0x1FFFFFFFFFFFFC - y.l2,
            x.l3 + 0x1FFFFFFFFFFFFC - y.l3,
            x.l4 + 0x1FFFFFFFFFFFFC - y.l4
        );

    public static FieldElement operator -(in FieldElement x) => Zero - x;

    public static FieldElement operator *(in FieldElement x, in FieldElement y)
    {
        ulong y1 = 19 * y.l1;
        ulong y2 = 19 * y.l2;
        ulong y3 = 19 * y.l3;
        ulong y4 = 19 * y.l4;
        Sum s0 = default;
        s0.Add(x.l0, y.l0);
        s0.Add(x.l1, y4);
        s0.Add(x.l2, y3);
        s0.Add(x.l3, y2);
        s0.Add(x.l4, y1);
        Sum s1 = default;
        s1.Add(x.l0, y.l1);
        s1.Add(x.l1, y.l0);
        s1.Add(x.l2, y4);
        s1.Add(x.l3, y3);
        s1.Add(x.l4, y2);
        Sum s2 = default;
        s2.Add(x.l0, y.l2);
        s2.Add(x.l1, y.l1);
        s2.Add(x.l2, y.l0);
        s2.Add(x.l3, y4);
        s2.Add(x.l4, y3);
        Sum s3 = default;
        s3.Add(x.l0, y.l3);
        s3.Add(x.l1, y.l2);
        s3.Add(x.l2, y.l1);
        s3.Add(x.l3, y.l0);
        s3.Add(x.l4, y4);
        Sum s4 = default;
        s4.Add(x.l0, y.l4);
        s4.Add(x.l1, y.l3);
        s4.Add(x.l2, y.l2);
        s4.Add(x.l3, y.l1);
        s4.Add(x.l4, y.l0);
        return Reduce(s0, s1, s2, s3, s4);
    }

    public FieldElement Square()
    {
        ulong d0 = 2 * l0;
        ulong d1 = 2 * l1;
        ulong n3 = 19 * l3;
        ulong n4 = 19 * l4;
        Sum s0 = default;
        s0.Add(l0, l0);
        s0.Add(d1, n4);
        s0.Add(2 * l2, n3);
        Sum s1 = default;
        s1.Add(d0, l1);
        s1.Add(2 * l2, n4);
        s1.Add(l3, n3);
        Sum s2 = default;
        s2.Add(d0, l2);
        s2.Add(l1, l1);
        s2.Add(2 * l3, n4);
        Sum s3 = default;
        s3.Add(d0, l3);
        s3.Add(d1, l2);
        s3.Add(l4, n4);
        Sum s4 = default;
        s4.Add(d0, l4);
        s4.Add(d1, l3);
        s4.Add(l2, l2);
        return Reduce(s0, s1, s2, s3, s4);
    }

    /// <summary>x^(p-2).</summary>
    public FieldElement Inverse()
    {
        (FieldElement t250, FieldElement x11) = To250();
        return t250.Squares(5) * x11; // 2^255 - 32 + 11
    }

    /// <summary>x^((p-5)/8) = x^(2^252 - 3).</summary>
    public FieldElement ToRoot() => To250().T250.Squares(2) * this;

    // x^((p-1)/4) = x^(2^253 - 5): (2^250 - 1) 2^3 + 3.
    private FieldElement ToQuarter() => To250().T250.Squares(3) * Square() * this;

    // x^(2^250 - 1) and x^11.
    private (FieldElement T250, FieldElement X11) To250()
    {
        FieldElement x2 = Square();
        FieldElement x9 = x2.Squares(2) * this;
        FieldElement x11 = x9 * x2;
        FieldElement t5 = x11.Square() * x9; // 2^5 - 1
        FieldElement t10 = t5.Squares(5) * t5;
        FieldElement t20 = t10.Squares(10) * t10;
        FieldElement t40 = t20.Squares(20) * t20;
        FieldElement t50 = t40.Squares(10) * t10;
        FieldElement t100 = t50.Squares(50) * t50;
        FieldElement t200 = t100.Squares(100) * t100;
        return (t200.Squares(50) * t50, x11);
    }

    private FieldElement Squares(int times)
    {
        FieldElement x = this;
        for (int i = 0; i < times; i++)
            x = x.Square();
        return x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement Reduce(Sum s0, Sum s1, Sum s2, Sum s3, Sum s4)
    {
        s1.Add(s0.Shift51());
        s2.Add(s1.Shift51());
        s3.Add(s2.Shift51());
        s4.Add(s3.Shift51());
        ulong r0 = (s0.Low & Mask) + 19 * s4.Shift51();
        ulong r1 = (s1.Low & Mask) + (r0 >> 51);
        return new(r0 & Mask, r1, s2.Low & Mask, s3.Low & Mask, s4.Low & Mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement Carry(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
    {
        l1 += l0 >> 51;
        l2 += l1 >> 51;
        l3 += l2 >> 51;
        l4 += l3 >> 51;
        l0 = (l0 & Mask) + 19 * (l4 >> 51);
        l1 = (l1 & Mask) + (l0 >> 51);
        return new(l0 & Mask, l1, l2 & Mask, l3 & Mask, l4 & Mask);
    }

    /// <summary>A sum of products, of 128 bits.</summary>
    private struct Sum
    {
        private ulong high;
        public ulong Low;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ulong x, ulong y)
        {
            high += Math.BigMul(x, y, out ulong product);
            Low += product;
            high += Low < product ? 1UL : 0UL;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ulong x)
        {
            Low += x;
            high += Low < x ? 1UL : 0UL;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly ulong Shift51() => Low >> 51 | high << 13;
    }
}
