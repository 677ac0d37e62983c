using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Throughline.Core.Events;

namespace Throughline.Core.Identity;

/// <summary>
/// SHA-256 (FIPS 180-4) of eight messages side by side that differ in a token alone: one lane of a vector each. It takes about as long as one
/// message alone does by way of the system's library. What it hashes is no secret, and it gives the first 128 bits.
/// </summary>
internal static unsafe class Sha256Lanes
{
    public const int Count = 8;

    private const int BlockWords = 16;
    private const int Rounds = 64;

    private static ReadOnlySpan<uint> Constants =>
        [
            0x428a2f98,
            0x71374491,
            0xb5c0fbcf,
            0xe9b5dba5,
            0x3956c25b,
            0x59f111f1,
            0x923f82a4,
            0xab1c5ed5,
            0xd807aa98,
            0x12835b01,
            0x243185be,
            0x550c7dc3,
            0x72be5d74,
            0x80deb1fe,
            0x9bdc06a7,
            0xc19bf174,
            0xe49b69c1,
            0xefbe4786,
            0x0fc19dc6,
            0x240ca1cc,
            0x2de92c6f,
            0x4a7484aa,
            0x5cb0a9dc,
            0x76f988da,
            0x983e5152,
            0xa831c66d,
            0xb00327c8,
            0xbf597fc7,
            0xc6e00bf3,
            0xd5a79147,
            0x06ca6351,
            0x14292967,
            0x27b70a85,
            0x2e1b2138,
            0x4d2c6dfc,
            0x53380d13,
            0x650a7354,
            0x766a0abb,
            0x81c2c92e,
            0x92722c85,
            0xa2bfe8a1,
            0xa81a664b,
            0xc24b8b70,
            0xc76c51a3,
            0xd192e819,
            0xd6990624,
            0xf40e3585,
            0x106aa070,
            0x19a4c116,
            0x1e376c08,
            0x2748774c,
            0x34b0bcb5,
            0x391c0cb3,
            0x4ed8aa4a,
            0x5b9cca4f,
            0x682e6ff3,
            0x748f82ee,
            0x78a5636f,
            0x84c87814,
            0x8cc70208,
            0x90befffa,
            0xa4506ceb,
            0xbef9a3f7,
            0xc67178f2,
        ];

    private static ReadOnlySpan<uint> Start =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>Hashes messages.</summary>
    /// <param name="padded">The padded message in whole blocks, as big-endian words; where the token belongs it is 0.</param>
    /// <param name="at">Bytes before the token.</param>
    /// <param name="tokens">The eight tokens.</param>
    /// <param name="hashes">The first 128 bits of each hash.</param>
    public static void Hash(ReadOnlySpan<uint> padded, int at, ReadOnlySpan<Token> tokens, Span<Token> hashes)
    {
        Vector256<uint>* words = stackalloc Vector256<uint>[BlockWords];
        Vector256<uint>* state = stackalloc Vector256<uint>[Start.Length];
        for (int i = 0; i < Start.Length; i++)
            state[i] = Vector256.Create(Start[i]);
        for (int block = 0; block < padded.Length; block += BlockWords)
        {
            for (int i = 0; i < BlockWords; i++)
                words[i] = Vector256.Create(padded[block + i]) | WordsOf(tokens, (block + i) * sizeof(uint) - at);
            Compress(state, words);
        }
        for (int lane = 0; lane < Count; lane++)
            hashes[lane] = new(
                (ulong)state[0][lane] << 32 | state[1][lane],
                (ulong)state[2][lane] << 32 | state[3][lane]
            );
    }

    // Four bytes of each token from a place on that may be before it; 0 where it has none.
    private static Vector256<uint> WordsOf(ReadOnlySpan<Token> tokens, int from)
    {
        if (from is <= -sizeof(uint) or >= Token.Size)
            return Vector256<uint>.Zero;
        uint* lanes = stackalloc uint[Count];
        for (int lane = 0; lane < Count; lane++)
        {
            Token token = tokens[lane];
            UInt128 value = new(token.High, token.Low);
            int shift = (Token.Size - sizeof(uint) - from) * 8;
            lanes[lane] = (uint)(shift >= 0 ? value >> shift : value << -shift);
        }
        return Vector256.Load(lanes);
    }

    private static void Compress(Vector256<uint>* state, Vector256<uint>* words)
    {
        (Vector256<uint> a, Vector256<uint> b) = (state[0], state[1]);
        (Vector256<uint> c, Vector256<uint> d) = (state[2], state[3]);
        (Vector256<uint> e, Vector256<uint> f) = (state[4], state[5]);
        (Vector256<uint> g, Vector256<uint> h) = (state[6], state[7]);
        for (int round = 0; round < Rounds; round += 8)
        {
            Vector256<uint>* now = words + (round & (BlockWords - 1));
            if (round >= BlockWords)
                for (int i = round; i < round + 8; i++)
                    words[i & 15] += Small1(words[(i - 2) & 15]) + words[(i - 7) & 15] + Small0(words[(i - 15) & 15]);
            Round(a, b, c, ref d, e, f, g, ref h, now[0], Constants[round]);
            Round(h, a, b, ref c, d, e, f, ref g, now[1], Constants[round + 1]);
            Round(g, h, a, ref b, c, d, e, ref f, now[2], Constants[round + 2]);
            Round(f, g, h, ref a, b, c, d, ref e, now[3], Constants[round + 3]);
            Round(e, f, g, ref h, a, b, c, ref d, now[4], Constants[round + 4]);
            Round(d, e, f, ref g, h, a, b, ref c, now[5], Constants[round + 5]);
            Round(c, d, e, ref f, g, h, a, ref b, now[6], Constants[round + 6]);
            Round(b, c, d, ref e, f, g, h, ref a, now[7], Constants[round + 7]);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Vector256<uint> a,
        Vector256<uint> b,
        Vector256<uint> c,
        ref Vector256<uint> d,
        Vector256<uint> e,
        Vector256<uint> f,
        Vector256<uint> g,
        ref Vector256<uint> h,
        Vector256<uint> word,
        uint constant
    )
    {
        Vector256<uint> sum1 = Rotated(e, 6) ^ Rotated(e, 11) ^ Rotated(e, 25);
        Vector256<uint> sum0 = Rotated(a, 2) ^ Rotated(a, 13) ^ Rotated(a, 22);
        h += word + Vector256.Create(constant) + Vector256.ConditionalSelect(e, f, g) + sum1;
        d += h;
        h += sum0 + Vector256.ConditionalSelect(a ^ b, c, a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Small0(Vector256<uint> x) => Rotated(x, 7) ^ Rotated(x, 18) ^ (x >>> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Small1(Vector256<uint> x) => Rotated(x, 17) ^ Rotated(x, 19) ^ (x >>> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotated(Vector256<uint> x, [ConstantExpected] byte by) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(x, by) : (x >>> by) | (x << (32 - by));
}
