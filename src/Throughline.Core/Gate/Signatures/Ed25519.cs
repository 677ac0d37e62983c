using System.Numerics;
using System.Security.Cryptography;

namespace Throughline.Core.Gate.Signatures;

/// <summary>
/// Verifies Ed25519 signatures (RFC 8032, 5.1.7), strictly, so that a signature has one form and means one key: S must be below the group's
/// order, key and R must be encoded as the RFC says, neither may be of small order, and the equation must hold without the cofactor. That is
/// what libsodium accepts. It signs nothing and sees no secret, so it takes no care of time.
/// </summary>
public static class Ed25519
{
    public const int KeySize = 32;
    public const int SignatureSize = 64;

    // Windows of the non-adjacent form: of the key's multiples, made for each signature, and of the base point's, made once.
    private const int KeyWindow = 5;
    private const int BaseWindow = 8;
    private const int Bits = 256;

    private static readonly BigInteger Order =
        BigInteger.Pow(2, 252)
        + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly EdwardsPoint.Ready[] BaseMultiples = EdwardsPoint.OddMultiples(
        EdwardsPoint.Base,
        1 << (BaseWindow - 2)
    );

    /// <summary>Whether 32 bytes are a key that signatures can be verified with.</summary>
    public static bool IsKey(ReadOnlySpan<byte> key) =>
        EdwardsPoint.TryDecode(key, out EdwardsPoint point) && !point.IsSmall;

    /// <summary>Whether a signature of a message is the key's.</summary>
    public static bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize || !EdwardsPoint.TryDecode(key, out EdwardsPoint a) || a.IsSmall)
            return false;
        BigInteger s = new(signature[32..], isUnsigned: true);
        if (s >= Order)
            return false;
        EdwardsPoint r = Combine(s, Challenge(signature[..32], key, message), -a);
        Span<byte> encoded = stackalloc byte[KeySize];
        r.Encode(encoded);
        return encoded.SequenceEqual(signature[..32]) && !r.IsSmall;
    }

    private static BigInteger Challenge(ReadOnlySpan<byte> r, ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(r);
        hash.AppendData(key);
        hash.AppendData(message);
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new BigInteger(digest, isUnsigned: true) % Order;
    }

    // s B + k P, both at once (Straus), from the highest digit down.
    private static EdwardsPoint Combine(BigInteger s, BigInteger k, in EdwardsPoint point)
    {
        Span<sbyte> ofBase = stackalloc sbyte[Bits];
        Span<sbyte> ofPoint = stackalloc sbyte[Bits];
        Digits(s, BaseWindow, ofBase);
        Digits(k, KeyWindow, ofPoint);
        EdwardsPoint.Ready[] multiples = EdwardsPoint.OddMultiples(point, 1 << (KeyWindow - 2));
        EdwardsPoint sum = EdwardsPoint.Identity;
        int bit = Bits - 1;
        while (bit >= 0 && ofBase[bit] == 0 && ofPoint[bit] == 0)
            bit--;
        for (; bit >= 0; bit--)
        {
            sum = sum.Double();
            sum = AddDigit(sum, multiples, ofPoint[bit]);
            sum = AddDigit(sum, BaseMultiples, ofBase[bit]);
        }
        return sum;
    }

    private static EdwardsPoint AddDigit(in EdwardsPoint sum, EdwardsPoint.Ready[] multiples, int digit) =>
        digit == 0 ? sum
        : digit > 0 ? sum.Add(multiples[digit >> 1])
        : sum.Subtract(multiples[-digit >> 1]);

    /// <summary>The non-adjacent form: odd digits below 2^(window-1) in size, at most one in any <paramref name="window"/> bits.</summary>
    private static void Digits(BigInteger number, int window, Span<sbyte> digits)
    {
        Span<byte> bytes = stackalloc byte[Bits / 8 + 8];
        bytes.Clear();
        number.TryWriteBytes(bytes, out _, isUnsigned: true);
        digits.Clear();
        int carry = 0;
        int size = 1 << window;
        for (int bit = 0; bit < Bits; )
        {
            int read = carry + (int)(ReadBits(bytes, bit) & (uint)(size - 1));
            if ((read & 1) == 0)
            {
                bit++; // the carry stands at this bit: even means that it goes on, or that there is none
                continue;
            }
            carry = read >= size / 2 ? 1 : 0;
            digits[bit] = (sbyte)(read - carry * size);
            bit += window;
        }
    }

    private static uint ReadBits(ReadOnlySpan<byte> bytes, int bit) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[(bit / 8)..]) >> (bit % 8);
}
