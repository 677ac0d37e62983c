using Throughline.Cli.Input;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>
/// Hands a stream out in blocks of whole lines to several threads, each block once and with the number of its first line. Every
/// line ends with a line feed, the last one too. Reading and unpacking are done by whoever asks, one at a time.
/// </summary>
internal sealed class CsvBlocks : IDisposable
{
    /// <summary>Bytes of a block; small enough that it is still in the processor's cache when it is taken apart.</summary>
    public const int BlockBytes = 512 * 1024;

    private const byte LineFeed = (byte)'\n';

    private readonly Lock gate = new();
    private readonly Stream stream;
    private readonly byte[] carried = new byte[BlockBytes + 1]; // what was read of a line that goes on
    private int carriedBytes;
    private bool ended;
    private long nextLine = 1;
    private int nextOrdinal;

    /// <summary>Reads the header, which is the first line; empty if there is none.</summary>
    public CsvBlocks(Stream stream)
    {
        this.stream = stream;
        carriedBytes = stream.ReadAtLeast(carried.AsSpan(0, BlockBytes), BlockBytes, throwOnEndOfStream: false);
        ended = carriedBytes < BlockBytes;
        Span<byte> all = carried.AsSpan(0, carriedBytes);
        Span<byte> read = all.StartsWith("\uFEFF"u8) ? all[3..] : all;
        int end = read.IndexOf(LineFeed);
        Header = read[..(end < 0 ? read.Length : end)].ToArray();
        IsHeaderCut = end < 0 && !ended;
        Span<byte> rest = end < 0 ? default : read[(end + 1)..];
        rest.CopyTo(carried);
        carriedBytes = rest.Length;
        nextLine = 2;
    }

    /// <summary>The first line without its line feed.</summary>
    public byte[] Header { get; }

    /// <summary>The first line is longer than a block: this is no such file.</summary>
    public bool IsHeaderCut { get; }

    /// <summary>A buffer that every block fits in.</summary>
    public static byte[] NewBuffer() => new byte[BlockBytes + LineReader.MaxLineBytes + 1];

    /// <summary>Fills a buffer with the next block; false at the end.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="InvalidDataException">The gzip file is damaged.</exception>
    public bool TryTake(byte[] buffer, out CsvBlock block)
    {
        lock (gate)
        {
            block = default;
            int length = carriedBytes;
            carried.AsSpan(0, length).CopyTo(buffer);
            carriedBytes = 0;
            if (!ended)
                length += Fill(buffer.AsSpan(length, BlockBytes - length));
            if (length == 0)
                return false;
            int end = buffer.AsSpan(0, length).LastIndexOf(LineFeed) + 1;
            if (end == 0 && !ended)
                return SkipLine(out block);
            if (ended && end < length)
            {
                buffer[length++] = LineFeed;
                end = length;
            }
            carriedBytes = length - end;
            buffer.AsSpan(end, carriedBytes).CopyTo(carried);
            block = new(nextOrdinal++, nextLine, end, IsOverLong: false);
            nextLine += buffer.AsSpan(0, end).Count(LineFeed);
            return true;
        }
    }

    public void Dispose() => stream.Dispose();

    private int Fill(Span<byte> target)
    {
        int read = stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        ended |= read < target.Length;
        return read;
    }

    // A line without an end in a whole block: what is left of it is passed over.
    private bool SkipLine(out CsvBlock block)
    {
        block = new(nextOrdinal++, nextLine++, 0, IsOverLong: true);
        while (!ended)
        {
            int length = Fill(carried.AsSpan(0, BlockBytes));
            int end = carried.AsSpan(0, length).IndexOf(LineFeed) + 1;
            if (end == 0)
                continue;
            carriedBytes = length - end;
            carried.AsSpan(end, carriedBytes).CopyTo(carried);
            break;
        }
        return true;
    }
}

/// <summary>A block of whole lines.</summary>
/// <param name="Ordinal">Counts blocks from 0.</param>
/// <param name="FirstLine">Number of its first line, from 1, the header being 1.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="IsOverLong">It is one line that is longer than a block, and was passed over.</param>
internal readonly record struct CsvBlock(int Ordinal, long FirstLine, int Length, bool IsOverLong);
