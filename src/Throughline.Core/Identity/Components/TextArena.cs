using System.Runtime.InteropServices;
using Throughline.Core.State;

namespace Throughline.Core.Identity.Components;

/// <summary>Texts behind each other in blocks of bytes, each after its length: no object a text.</summary>
public sealed class TextArena
{
    /// <summary>Bytes of the longest text.</summary>
    public const int MaxBytes = BlockBytes - Prefix;

    private const int BlockBits = 20;
    private const int BlockBytes = 1 << BlockBits;
    private const int Prefix = sizeof(int);

    private readonly List<byte[]> blocks = [];
    private int used = BlockBytes;

    /// <summary>Keeps a text and gives its place.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The text is longer than <see cref="MaxBytes"/>.</exception>
    public long Add(ReadOnlySpan<byte> text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxBytes);
        if (used + Prefix + text.Length > BlockBytes)
        {
            blocks.Add(new byte[BlockBytes]);
            used = 0;
        }
        Span<byte> target = blocks[^1].AsSpan(used);
        MemoryMarshal.Write(target, text.Length);
        text.CopyTo(target[Prefix..]);
        long place = ((long)(blocks.Count - 1) << BlockBits) | (uint)used;
        used += Prefix + text.Length;
        return place;
    }

    /// <summary>The text at a place that <see cref="Add"/> gave.</summary>
    public ReadOnlySpan<byte> Read(long place)
    {
        ReadOnlySpan<byte> at = blocks[(int)(place >> BlockBits)].AsSpan((int)place & (BlockBytes - 1));
        return at.Slice(Prefix, MemoryMarshal.Read<int>(at));
    }

    /// <summary>Brings the text at a place into the cache.</summary>
    public void Prefetch(long place) =>
        Prefetching.Of(in blocks[(int)(place >> BlockBits)][(int)place & (BlockBytes - 1)]);
}
