using System.Buffers;

namespace Throughline.Cli.Input;

/// <summary>
/// Reads a stream line by line without copying or allocating per line. Lines end with LF or CR LF; the last one may end
/// with the stream; a UTF-8 byte order mark at the start is skipped. An over-long line is skipped and reported, so that a
/// file without line feeds cannot fill the memory.
/// </summary>
internal sealed class LineReader(Stream stream) : IDisposable
{
    /// <summary>Longest accepted line: one event of 64 KiB, and room to say what is wrong with a longer one.</summary>
    public const int MaxLineBytes = 128 * 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(2 * MaxLineBytes);
    private int start;
    private int end;
    private bool ended;

    /// <summary>Number of the line that was read last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Bytes consumed so far.</summary>
    public long Position { get; private set; }

    /// <summary>Reads the next line; false at the end. The bytes are valid until the next call.</summary>
    /// <param name="line">The line without its end; empty if it was too long.</param>
    public bool TryRead(out ReadOnlySpan<byte> line, out bool tooLong)
    {
        tooLong = false;
        line = default;
        while (true)
        {
            int length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length < 0 && !ended && end - start <= MaxLineBytes)
            {
                Fill();
                continue;
            }
            if (length < 0 && !ended)
            {
                tooLong = true;
                Consume(end - start);
                Fill();
                continue;
            }
            if (length < 0 && start == end && !tooLong)
                return false;
            int consumed = length < 0 ? end - start : length + 1;
            ReadOnlySpan<byte> found = buffer.AsSpan(start, length < 0 ? consumed : length);
            Consume(consumed);
            if (Line++ == 0 && found.StartsWith("\uFEFF"u8))
                found = found[3..];
            if (found.EndsWith((byte)'\r'))
                found = found[..^1];
            tooLong |= found.Length > MaxLineBytes;
            line = tooLong ? default : found;
            return true;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        stream.Dispose();
    }

    private void Consume(int count)
    {
        start += count;
        Position += count;
    }

    private void Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }
        int read = stream.Read(buffer.AsSpan(end));
        ended = read == 0;
        end += read;
    }
}
