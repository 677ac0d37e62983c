using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Throughline.Core.Gate.Counters;

/// <summary>
/// Hashes what makes up a counter's key, or an item, under a secret key: SipHash-2-4 with 128 bits (Aumasson, Bernstein: "SipHash: a
/// fast short-input PRF"), so that strangers who choose the values cannot choose the hashes. Each part goes in with its kind and
/// length: ("a", "bc") and ("ab", "c") differ. The same on every machine. A value type: copy it to go on from a common beginning.
/// </summary>
public struct KeyHash
{
    private ulong v0;
    private ulong v1;
    private ulong v2;
    private ulong v3;
    private int words;

    /// <summary>Begins a hash.</summary>
    /// <param name="key">The tenant's; values stored under another key are never found again.</param>
    public KeyHash(UInt128 key)
    {
        (ulong k0, ulong k1) = ((ulong)key, (ulong)(key >> 64));
        v0 = k0 ^ 0x736f6d6570736575;
        v1 = k1 ^ 0x646f72616e646f6d ^ 0xee;
        v2 = k0 ^ 0x6c7967656e657261;
        v3 = k1 ^ 0x7465646279746573;
    }

    /// <summary>Adds a text.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        Word((uint)text.Length | 1UL << 56);
        Bytes(MemoryMarshal.AsBytes(text));
    }

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Word((uint)bytes.Length | 2UL << 56);
        Bytes(bytes);
    }

    /// <summary>Adds a number.</summary>
    public void Add(long number)
    {
        Word(3UL << 56);
        Word((ulong)number);
    }

    /// <summary>Adds a number of 128 bits, such as an address.</summary>
    public void AddWide(UInt128 number)
    {
        Word(4UL << 56);
        Word((ulong)number);
        Word((ulong)(number >> 64));
    }

    /// <summary>The hash of what was added so far; changes nothing.</summary>
    public readonly UInt128 Finish()
    {
        KeyHash last = this;
        return last.End();
    }

    private UInt128 End()
    {
        Word((ulong)(words * 8) << 56); // what SipHash appends to an input of whole words: its length
        v2 ^= 0xee;
        ulong low = Four();
        v1 ^= 0xdd;
        ulong high = Four();
        return new(high, low);
    }

    private ulong Four()
    {
        for (int i = 0; i < 4; i++)
            Round();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            Word(MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[8..];
        }
        if (bytes.IsEmpty)
            return;
        ulong tail = 0;
        for (int i = 0; i < bytes.Length; i++)
            tail |= (ulong)bytes[i] << (8 * i);
        Word(tail);
    }

    /// <summary>Adds eight bytes as they are, without kind or length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Word(ulong word)
    {
        v3 ^= word;
        Round();
        Round();
        v0 ^= word;
        words++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Round()
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
