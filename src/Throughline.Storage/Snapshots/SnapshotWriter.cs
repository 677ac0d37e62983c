using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Throughline.Core.State;
using Throughline.Storage.Files;

namespace Throughline.Storage.Snapshots;

/// <summary>
/// The stream that sections are copied to: checksums and writes in large pieces, past the page cache where the system can, and
/// flushes now and then, so that the flush at the end is short and the log's own flushes do not queue behind a gigabyte.
/// </summary>
internal sealed unsafe class SnapshotWriter : Stream
{
    private const int BufferBytes = 1 << 20;
    private const long FlushEvery = 32 << 20;

    private readonly SafeFileHandle file;
    private readonly string path;
    private byte* buffer = (byte*)NativeMemory.AlignedAlloc(BufferBytes, Disk.DirectBytes);
    private bool isDirect;
    private int buffered;
    private long written;
    private long flushed;
    private uint sum;

    public SnapshotWriter(SafeFileHandle file, string path)
    {
        (this.file, this.path) = (file, path);
        isDirect = Disk.TryWriteDirectly(file, true);
    }

    /// <summary>Bytes taken so far.</summary>
    public override long Length => written + buffered;

    /// <summary>Writes a section; says what came.</summary>
    public SnapshotSection Write(StateSection section)
    {
        long start = Length;
        sum = Checksum.Start;
        section.WriteLast(this);
        long length = Length - start;
        if (length != section.Length)
            throw new InvalidOperationException(
                $"section {section.Name} has {length} bytes instead of {section.Length}"
            );
        return new(section.Name, length, Checksum.Finish(sum));
    }

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        sum = Checksum.Add(sum, bytes);
        while (!bytes.IsEmpty)
        {
            int take = Math.Min(bytes.Length, BufferBytes - buffered);
            bytes[..take].CopyTo(new Span<byte>(buffer + buffered, take));
            buffered += take;
            bytes = bytes[take..];
            if (buffered == BufferBytes)
                WriteBuffer();
        }
    }

    public override void Write(byte[] bytes, int offset, int count) => Write(bytes.AsSpan(offset, count));

    /// <summary>Makes all that was written durable.</summary>
    public override void Flush()
    {
        WriteBuffer();
        Disk.Flush(file, path);
        flushed = written;
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.AlignedFree(buffer);
        buffer = null;
        base.Dispose(disposing);
    }

    private void WriteBuffer()
    {
        if (isDirect && buffered < BufferBytes)
            isDirect = !Disk.TryWriteDirectly(file, false); // what is left at a flush is no whole blocks
        ReadOnlySpan<byte> bytes = new(buffer, buffered);
        try
        {
            RandomAccess.Write(file, bytes, written);
        }
        catch (IOException) when (isDirect && written == 0 && Disk.TryWriteDirectly(file, false))
        {
            isDirect = false; // a file system that takes the flag and not the writes
            RandomAccess.Write(file, bytes, written);
        }
        written += buffered;
        buffered = 0;
        if (written - flushed < FlushEvery)
            return;
        Disk.Flush(file, path);
        flushed = written;
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] bytes, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
