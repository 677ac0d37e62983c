using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Finds all separators, line feeds and quotes of a block, 32 bytes at a time.</summary>
internal static class CsvMarks
{
    /// <summary>Fills <paramref name="marks"/> (as long as the block) with their places, in order; gives how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Find(ReadOnlySpan<byte> block, byte separator, Span<int> marks)
    {
        ref byte start = ref MemoryMarshal.GetReference(block);
        ref int target = ref MemoryMarshal.GetReference(marks[..block.Length]);
        int found = 0;
        int at = 0;
        Vector256<byte> separators = Vector256.Create(separator);
        Vector256<byte> feeds = Vector256.Create((byte)'\n');
        Vector256<byte> quotes = Vector256.Create((byte)'"');
        for (; at <= block.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            Vector256<byte> bytes = Vector256.LoadUnsafe(ref start, (nuint)at);
            uint bits = (
                Vector256.Equals(bytes, separators) | Vector256.Equals(bytes, feeds) | Vector256.Equals(bytes, quotes)
            ).ExtractMostSignificantBits();
            for (; bits != 0; bits &= bits - 1)
                Unsafe.Add(ref target, found++) = at + BitOperations.TrailingZeroCount(bits);
        }
        for (; at < block.Length; at++)
            if (block[at] == separator || block[at] is (byte)'\n' or (byte)'"')
                Unsafe.Add(ref target, found++) = at;
        return found;
    }
}
