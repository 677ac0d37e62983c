namespace Throughline.Cli.Input;

/// <summary>
/// Reads a stream in large blocks of whole lines, the next block on another thread while one is worked on. Every block ends
/// with a line feed, the last one too. A UTF-8 byte order mark at the start is skipped. What is left of a line longer than
/// <see cref="LineReader.MaxLineBytes"/> may reach over several blocks: see <see cref="IsCut"/>.
/// </summary>
internal sealed class BlockReader(Stream stream, int blockBytes = BlockReader.DefaultBytes) : IDisposable
{
    public const int DefaultBytes = 4 << 20;

    private byte[] current = new byte[Head + blockBytes + 1];
    private byte[] next = new byte[Head + blockBytes + 1];
    private Task<int>? reading;
    private int carried; // bytes of an unfinished line, in front of the next block
    private bool began;
    private bool ended;

    private static int Head => LineReader.MaxLineBytes;

    /// <summary>The block ends amid an over-long line: its last line goes on with the first of the next block.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The next block; empty at the end. Valid until the next call.</summary>
    public Span<byte> Next()
    {
        while (!ended)
        {
            int read = (reading ?? Task.Run(() => Fill(next))).GetAwaiter().GetResult();
            reading = null;
            // The unfinished line was copied in front before the read began.
            (current, next) = (next, current);
            int start = Head - carried;
            int end = Head + read;
            if (!began && current.AsSpan(Head, read).StartsWith("\uFEFF"u8))
                start += 3;
            began = true;
            IsCut = false;
            ended = read < blockBytes;
            int last = start + current.AsSpan(start, end - start).LastIndexOf((byte)'\n') + 1;
            if (ended)
            {
                if (last < end)
                    current[end++] = (byte)'\n';
                return current.AsSpan(start, end - start);
            }
            IsCut = end - last > Head;
            carried = IsCut ? 0 : end - last;
            current.AsSpan(end - carried, carried).CopyTo(next.AsSpan(Head - carried));
            reading = Task.Run(() => Fill(next));
            if (IsCut)
                current[end++] = (byte)'\n';
            else
                end = last;
            if (end > start)
                return current.AsSpan(start, end - start);
        }
        return default;
    }

    public void Dispose()
    {
        try
        {
            reading?.Wait();
        }
        catch (AggregateException)
        {
            // Nobody asks for what could not be read.
        }
        stream.Dispose();
    }

    private int Fill(byte[] target) => stream.ReadAtLeast(target.AsSpan(Head, blockBytes), blockBytes, false);
}
