using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>
/// 56 bits of the hash of a touch's id and its line, in 12 bytes: enough to find the few lines whose ids have to be compared. The other
/// 8 bits of the hash are the partition that it lies in.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly struct TouchId
{
    private const int HashBits = 56;

    private readonly ulong bits; // the line's upper 8 bits, then the hash
    private readonly uint line;

    private TouchId(ulong bits, uint line) => (this.bits, this.line) = (bits, line);

    public static int Size => Unsafe.SizeOf<TouchId>();

    public ulong Hash => bits & (1UL << HashBits) - 1;

    public long Line => (long)(bits >> HashBits << 32 | line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TouchId Of(ulong hash, long line, out int partition)
    {
        partition = RowStore.PartitionOf(hash);
        return new(hash << 8 >> 8 | (ulong)line >> 32 << HashBits, (uint)line);
    }
}
