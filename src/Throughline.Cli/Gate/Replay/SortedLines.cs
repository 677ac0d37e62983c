using System.Runtime.InteropServices;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;

namespace Throughline.Cli.Gate.Replay;

/// <summary>
/// Lines of many files in the order of (time, file, line), in bounded memory: up to <paramref name="bytesMax"/> of lines are sorted in
/// memory; beyond that, sorted runs go to temporary files and are merged.
/// </summary>
internal sealed class SortedLines(long bytesMax = SortedLines.DefaultBytesMax) : IDisposable
{
    /// <summary>Room for about two million lines of a usual log; what it takes besides is 40 bytes a line.</summary>
    public const long DefaultBytesMax = 512L << 20;
    private const int ChunkBytes = 4 << 20;

    private readonly List<byte[]> chunks = [];
    private readonly List<Place> places = [];
    private readonly List<SortedRun> runs = [];
    private int chunk = -1;
    private int used = ChunkBytes;
    private long held;

    /// <summary>Adds a line; files are numbered in the order in which the user named them.</summary>
    public void Add(long time, int file, long number, ReadOnlySpan<byte> line)
    {
        if (held + line.Length > bytesMax && places.Count > 0)
            Spill();
        if (used + line.Length > ChunkBytes)
        {
            if (++chunk == chunks.Count)
                chunks.Add(new byte[ChunkBytes]);
            used = 0;
        }
        line.CopyTo(chunks[chunk].AsSpan(used));
        places.Add(new(new(time, file, number), chunk, used, line.Length));
        used += line.Length;
        held += line.Length;
    }

    /// <summary>All lines in order, as often as wanted; memory that a call gives is valid until the next.</summary>
    public IEnumerable<(LineKey Key, ReadOnlyMemory<byte> Line)> InOrder()
    {
        if (runs.Count == 0)
        {
            foreach (Place place in Sort())
                yield return (place.Key, chunks[place.Chunk].AsMemory(place.Start, place.Length));
            yield break;
        }
        if (places.Count > 0)
            Spill();
        PriorityQueue<SortedRun, LineKey> next = new();
        foreach (SortedRun run in runs)
        {
            run.Rewind();
            if (run.Read())
                next.Enqueue(run, run.Key);
        }
        while (next.TryDequeue(out SortedRun? run, out LineKey key))
        {
            yield return (key, run.Line);
            if (run.Read())
                next.Enqueue(run, run.Key);
        }
    }

    public void Dispose()
    {
        foreach (SortedRun run in runs)
            run.Dispose();
    }

    private List<Place> Sort()
    {
        Span<Place> all = CollectionsMarshal.AsSpan(places);
        bool isSorted = true;
        for (int i = 1; i < all.Length && isSorted; i++)
            isSorted = all[i - 1].Key.CompareTo(all[i].Key) < 0;
        if (!isSorted)
            all.Sort(static (x, y) => x.Key.CompareTo(y.Key));
        return places;
    }

    private void Spill()
    {
        try
        {
            SortedRun run = new();
            runs.Add(run);
            foreach (Place place in Sort())
                run.Write(place.Key, chunks[place.Chunk].AsSpan(place.Start, place.Length));
            run.Rewind();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput(
                "temp_unwritable",
                $"The log is too large to be sorted in memory, and '{Path.GetTempPath()}' cannot be written: {OutputFile.WhyOf(error)}",
                error
            );
        }
        places.Clear();
        (chunk, used, held) = (-1, ChunkBytes, 0);
    }

    private readonly record struct Place(LineKey Key, int Chunk, int Start, int Length);
}

/// <summary>What lines are sorted by.</summary>
internal readonly record struct LineKey(long Time, int File, long Number) : IComparable<LineKey>
{
    public int CompareTo(LineKey other)
    {
        int order = Time.CompareTo(other.Time);
        if (order == 0)
            order = File.CompareTo(other.File);
        return order != 0 ? order : Number.CompareTo(other.Number);
    }
}
