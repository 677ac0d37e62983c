using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Throughline.Core.Tests.Gate.Signatures;

/// <summary>RFC 8032's Ed25519 as its section 5.1 writes it down, with whole numbers: slow, plain, and it signs.</summary>
internal static class NaiveEd25519
{
    public static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    public static readonly BigInteger L =
        BigInteger.Pow(2, 252)
        + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Mod(-121665 * Inverse(121666));
    private static readonly (BigInteger X, BigInteger Y) B = (
        BigInteger.Parse(
            "15112221349535400772501151409588531511454012693041857206046113283949847762202",
            CultureInfo.InvariantCulture
        ),
        Mod(4 * Inverse(5))
    );

    public static byte[] KeyOf(byte[] secret) => Encode(Times(B, Expand(secret).Scalar));

    public static byte[] Sign(byte[] secret, byte[] message)
    {
        (BigInteger scalar, byte[] prefix) = Expand(secret);
        byte[] key = Encode(Times(B, scalar));
        BigInteger r = Number(SHA512.HashData([.. prefix, .. message])) % L;
        byte[] point = Encode(Times(B, r));
        BigInteger k = Number(SHA512.HashData([.. point, .. key, .. message])) % L;
        return [.. point, .. Bytes((r + k * scalar) % L)];
    }

    public static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true);

    public static byte[] Bytes(BigInteger number)
    {
        byte[] bytes = new byte[32];
        number.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    private static (BigInteger Scalar, byte[] Prefix) Expand(byte[] secret)
    {
        byte[] hash = SHA512.HashData(secret);
        hash[0] &= 248;
        hash[31] &= 127;
        hash[31] |= 64;
        return (Number(hash.AsSpan(0, 32)), hash[32..]);
    }

    private static byte[] Encode((BigInteger X, BigInteger Y) point)
    {
        byte[] bytes = Bytes(point.Y);
        if (!point.X.IsEven)
            bytes[31] |= 0x80;
        return bytes;
    }

    // Projective, so that there is one division in all (Bernstein, Birkner, Joye, Lange, Peters: "Twisted Edwards Curves", 6).
    private static (BigInteger X, BigInteger Y) Times((BigInteger X, BigInteger Y) point, BigInteger number)
    {
        (BigInteger X, BigInteger Y, BigInteger Z) sum = (0, 1, 1);
        (BigInteger X, BigInteger Y, BigInteger Z) power = (point.X, point.Y, 1);
        for (; number > 0; number >>= 1, power = Sum(power, power))
            if (!number.IsEven)
                sum = Sum(sum, power);
        BigInteger inverse = Inverse(sum.Z);
        return (Mod(sum.X * inverse), Mod(sum.Y * inverse));
    }

    private static (BigInteger X, BigInteger Y, BigInteger Z) Sum(
        (BigInteger X, BigInteger Y, BigInteger Z) p,
        (BigInteger X, BigInteger Y, BigInteger Z) q
    )
    {
        BigInteger a = Mod(p.Z * q.Z);
        BigInteger b = Mod(a * a);
        BigInteger c = Mod(p.X * q.X);
        BigInteger d = Mod(p.Y * q.Y);
        BigInteger e = Mod(Mod(D * c) * d);
        (BigInteger f, BigInteger g) = (b - e, b + e);
        return (Mod(Mod(a * f) * ((p.X + p.Y) * (q.X + q.Y) - c - d)), Mod(Mod(a * g) * (d + c)), Mod(f * g));
    }

    private static BigInteger Inverse(BigInteger number) => BigInteger.ModPow(Mod(number), P - 2, P);

    private static BigInteger Mod(BigInteger number) => (number % P + P) % P;
}
