using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>
/// Rows by the hash of their customer, in pages of bytes. What the memory budget has no room for goes to a file without a name, so
/// nothing is left of it whatever happens. Any number of threads write, each through a sink of its own; then any number read.
/// </summary>
/// <param name="pageBytes">Of the largest pages; each thread has one under way for every partition.</param>
internal sealed class RowStore(MemoryBudget budget, string spillFolder, int pageBytes) : IDisposable
{
    public const int Partitions = 256;

    public const int MinPageBytes = 4096;
    public const int MaxPageBytes = 128 * 1024; // of the large-object heap, where it is never moved

    private readonly Lock gate = new();
    private readonly List<Page>[] pages = [.. Enumerable.Range(0, Partitions).Select(_ => new List<Page>())];
    private readonly bool[] wasSpilled = new bool[Partitions];
    private SafeFileHandle? spill;
    private long spilledBytes;

    /// <summary>A partition was put on disk, at least in part.</summary>
    public bool IsSpilled(int partition) => wasSpilled[partition];

    /// <summary>Bytes of a partition, wherever they are.</summary>
    public long BytesOf(int partition) => pages[partition].Sum(page => (long)page.Used);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PartitionOf(ulong spread) => (int)(spread >> 56);

    public Sink NewSink() => new(this);

    public int PagesOf(int partition) => pages[partition].Count;

    /// <summary>The rows of a page, read into <paramref name="scratch"/> if they are on disk.</summary>
    /// <exception cref="IOException">They cannot be read back.</exception>
    public ReadOnlySpan<byte> Read(int partition, int page, ref byte[] scratch)
    {
        Page found = pages[partition][page];
        if (found.Bytes is { } bytes)
            return bytes.AsSpan(0, found.Used);
        if (scratch.Length < found.Used)
            scratch = new byte[Math.Max(found.Used, pageBytes)];
        Span<byte> target = scratch.AsSpan(0, found.Used);
        for (int read = 0; read < target.Length; )
        {
            int more = RandomAccess.Read(spill!, target[read..], found.Offset + read);
            if (more == 0)
                throw new EndOfStreamException("a part of the rows that were put on disk is gone");
            read += more;
        }
        return target;
    }

    /// <summary>Lets go of a partition's memory.</summary>
    public void Forget(int partition)
    {
        foreach (Page page in pages[partition])
            budget.Free(page.Bytes?.Length ?? 0);
        pages[partition] = [];
    }

    public void Dispose() => spill?.Dispose();

    private void Keep(int partition, byte[] bytes, int used)
    {
        lock (gate)
            pages[partition].Add(new(bytes, used, 0));
    }

    private void Spill(int partition, ReadOnlySpan<byte> bytes)
    {
        long offset;
        lock (gate)
        {
            spill ??= SpillFile.Create(spillFolder);
            offset = spilledBytes;
            spilledBytes += bytes.Length;
            pages[partition].Add(new(null, bytes.Length, offset));
            wasSpilled[partition] = true;
        }
        RandomAccess.Write(spill, bytes, offset);
    }

    private readonly record struct Page(byte[]? Bytes, int Used, long Offset);

    /// <summary>One thread's way to write rows; what it wrote counts once it is closed.</summary>
    public sealed class Sink(RowStore store)
    {
        private readonly byte[][] current = [.. Enumerable.Repeat(Array.Empty<byte>(), Partitions)];
        private readonly int[] used = new int[Partitions];

        /// <summary>Room for a row of so many bytes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref byte Reserve(int partition, int bytes)
        {
            if (used[partition] + bytes > current[partition].Length)
                Turn(partition, bytes);
            ref byte place = ref Unsafe.Add(
                ref MemoryMarshal.GetArrayDataReference(current[partition]),
                used[partition]
            );
            used[partition] += bytes;
            return ref place;
        }

        /// <summary>Hands over what is left.</summary>
        public void Close()
        {
            for (int partition = 0; partition < Partitions; partition++)
                if (used[partition] > 0)
                    HandOver(partition);
        }

        private void Turn(int partition, int bytes)
        {
            int size = Math.Clamp(current[partition].Length * 8, MinPageBytes, store.PageBytes);
            bool reuses = used[partition] > 0 && HandOver(partition);
            if (reuses && current[partition].Length >= Math.Max(size, bytes))
                return;
            current[partition] = GC.AllocateUninitializedArray<byte>(Math.Max(size, bytes));
        }

        // True if the buffer may be written again.
        private bool HandOver(int partition)
        {
            int count = used[partition];
            used[partition] = 0;
            if (store.TryKeep(current[partition].Length))
            {
                store.Keep(partition, current[partition], count);
                return false;
            }
            store.Spill(partition, current[partition].AsSpan(0, count));
            return true;
        }
    }

    private int PageBytes => pageBytes;

    private bool TryKeep(int bytes) => budget.TryTake(bytes);
}

/// <summary>How much memory rows may take; shared by all threads.</summary>
internal sealed class MemoryBudget(long bytes)
{
    private long left = bytes;

    public bool TryTake(long amount)
    {
        if (Interlocked.Add(ref left, -amount) >= 0)
            return true;
        Interlocked.Add(ref left, amount);
        return false;
    }

    public void Free(long amount) => Interlocked.Add(ref left, amount);
}
