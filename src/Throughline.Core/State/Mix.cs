using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Throughline.Core.State;

/// <summary>
/// Fast mixing for in-memory indexes and digests, the same on every machine: 64 x 64 -> 128 bit multiplication, folded
/// (the construction of wyhash, public domain). Not for adversarial input: what strangers choose is keyed by HMAC before.
/// </summary>
public static class Mix
{
    private const ulong K0 = 0xa0761d6478bd642f;
    private const ulong K1 = 0xe7037ed1a0b428db;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Two(ulong a, ulong b)
    {
        if (Bmi2.X64.IsSupported) // both halves without a way through memory
            return Bmi2.X64.MultiplyNoFlags(a ^ K0, b ^ K1) ^ ((a ^ K0) * (b ^ K1));
        ulong high = Math.BigMul(a ^ K0, b ^ K1, out ulong low);
        return high ^ low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Three(ulong a, ulong b, ulong c) => Two(Two(a, b), c);

    /// <summary>Hashes bytes, little-endian on every machine that .NET supports.</summary>
    public static ulong Bytes(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        ulong hash = Two(seed, (ulong)bytes.Length);
        while (bytes.Length >= 16)
        {
            hash = Three(hash, MemoryMarshal.Read<ulong>(bytes), MemoryMarshal.Read<ulong>(bytes[8..]));
            bytes = bytes[16..];
        }
        if (bytes.Length >= 8)
        {
            hash = Two(hash, MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[8..];
        }
        ulong tail = 0;
        for (int i = 0; i < bytes.Length; i++)
            tail |= (ulong)bytes[i] << (8 * i);
        return Two(hash, tail);
    }
}
