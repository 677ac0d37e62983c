using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Storage.Ids;

/// <summary>
/// A Bloom filter of 16 bits an id whose look-up touches one cache line: an id picks a block of 64 bytes, and in each
/// of its 8 words one bit. About 1 of 1,000 absent ids passes. Ids are keyed hashes, so their own bits choose.
/// </summary>
internal sealed class BlockedFilter
{
    public const int BlockBytes = 64;
    private const int IdsPerBlock = BlockBytes * 8 / 16;

    private readonly byte[] memory;
    private readonly int offset;

    /// <summary>An empty filter.</summary>
    public BlockedFilter(int blocks)
    {
        Blocks = blocks;
        memory = GC.AllocateArray<byte>(checked(blocks * BlockBytes + BlockBytes - 1), pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0);
        offset = (int)(-address & (BlockBytes - 1));
    }

    public static int BlocksFor(long ids) => checked((int)Math.Max(1, (ids + IdsPerBlock - 1) / IdsPerBlock));

    public int Blocks { get; }

    /// <summary>The stored form: the blocks one after another.</summary>
    public Span<byte> Bytes => memory.AsSpan(offset, Blocks * BlockBytes);

    public void Add(Token id)
    {
        Probe probe = new(id);
        probe.AddTo(ref Block(probe));
    }

    public bool MayContain(in Probe probe) => probe.IsIn(ref Block(probe));

    /// <summary>Brings what <see cref="MayContain"/> will read into the cache.</summary>
    public void Prefetch(in Probe probe) => Prefetching.Of(ref Block(probe));

    private ref byte Block(in Probe probe) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(memory), offset + probe.BlockOf(Blocks) * BlockBytes);

    /// <summary>What an id looks for, worked out once for all filters.</summary>
    internal readonly struct Probe
    {
        private readonly ulong choice;
        private readonly Vector256<ulong> low;
        private readonly Vector256<ulong> high;

        public Probe(Token id)
        {
            choice = id.Low;
            ulong bits = id.High;
            low = Vector256.Create(Bit(bits), Bit(bits >> 6), Bit(bits >> 12), Bit(bits >> 18));
            high = Vector256.Create(Bit(bits >> 24), Bit(bits >> 30), Bit(bits >> 36), Bit(bits >> 42));
        }

        /// <summary>The block that the id picks of so many.</summary>
        public nint BlockOf(int blocks) => (nint)Math.BigMul(choice, (ulong)blocks, out _);

        public bool IsIn(ref byte block) =>
            Vector256.AndNot(low, Word(ref block, 0)) == Vector256<ulong>.Zero
            && Vector256.AndNot(high, Word(ref block, 32)) == Vector256<ulong>.Zero;

        public void AddTo(ref byte block)
        {
            Word(ref block, 0) |= low;
            Word(ref block, 32) |= high;
        }

        private static ref Vector256<ulong> Word(ref byte block, int at) =>
            ref Unsafe.As<byte, Vector256<ulong>>(ref Unsafe.Add(ref block, at));

        private static ulong Bit(ulong bits) => 1ul << (int)(bits & 63);
    }
}
