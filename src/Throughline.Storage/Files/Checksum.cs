using System.Buffers.Binary;
using System.Numerics;

namespace Throughline.Storage.Files;

/// <summary>
/// CRC-32C (Castagnoli), the checksum of everything that Storage writes: one processor instruction for 8 bytes.
/// Finds every damage of up to 32 neighbouring bits, and all but one in 4 billion of any other.
/// </summary>
internal static class Checksum
{
    public static uint Of(ReadOnlySpan<byte> bytes) => Finish(Add(Start, bytes));

    /// <summary>The state before the first byte.</summary>
    public const uint Start = uint.MaxValue;

    public static uint Add(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (byte next in bytes)
            state = BitOperations.Crc32C(state, next);
        return state;
    }

    public static uint Finish(uint state) => ~state;
}
