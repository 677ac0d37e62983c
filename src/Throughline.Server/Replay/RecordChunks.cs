using Throughline.Core.Events;

namespace Throughline.Server.Replay;

/// <summary>Records by position, in memory, in chunks that never move once they are full.</summary>
internal sealed class RecordChunks
{
    private const int ChunkBits = 13;
    private const int ChunkSize = 1 << ChunkBits;

    private readonly List<RecordBuffer> chunks = [];

    public long Count { get; private set; }

    public ReadOnlySpan<byte> this[long position] =>
        chunks[(int)(position >> ChunkBits)][(int)position & (ChunkSize - 1)];

    public void Add(ReadOnlySpan<byte> record)
    {
        if (Count == (long)chunks.Count << ChunkBits)
            chunks.Add(new());
        chunks[^1].Append(record);
        Count++;
    }

    /// <summary>Takes the last one away again.</summary>
    public void RemoveLast()
    {
        Count--;
        chunks[^1].Truncate((int)Count & (ChunkSize - 1));
        if (chunks[^1].Count == 0)
            chunks.RemoveAt(chunks.Count - 1);
    }
}
