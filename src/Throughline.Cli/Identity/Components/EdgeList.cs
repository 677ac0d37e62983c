using System.Runtime.CompilerServices;
using Throughline.Core.Identity.Components;

namespace Throughline.Cli.Identity.Components;

/// <summary>Edges in chunks, so that a long list is never copied to grow.</summary>
internal sealed class EdgeList
{
    private const int ChunkSize = 1 << 18;

    private readonly List<Edge[]> chunks = [];
    private Edge[] last = [];
    private int used;

    public long Count => chunks.Count == 0 ? 0 : (long)(chunks.Count - 1) * ChunkSize + used;

    public int Chunks => chunks.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int a, int b)
    {
        if (used == last.Length)
            Begin();
        last[used++] = new(a, b);
    }

    public ReadOnlySpan<Edge> Chunk(int index) =>
        index < chunks.Count - 1 ? chunks[index] : chunks[index].AsSpan(0, used);

    private void Begin()
    {
        last = new Edge[ChunkSize];
        chunks.Add(last);
        used = 0;
    }
}
