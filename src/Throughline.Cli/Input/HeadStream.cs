namespace Throughline.Cli.Input;

/// <summary>A stream whose first bytes were looked at and are read again.</summary>
internal sealed class HeadStream : Stream
{
    private readonly Stream inner;
    private readonly byte[] head;
    private readonly int length;
    private int given;

    public HeadStream(Stream inner, int length)
    {
        this.inner = inner;
        head = new byte[length];
        this.length = inner.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
    }

    public ReadOnlySpan<byte> Head => head.AsSpan(0, length);

    public override int Read(Span<byte> target)
    {
        if (given == length)
            return inner.Read(target);
        int count = Math.Min(target.Length, length - given);
        head.AsSpan(given, count).CopyTo(target);
        given += count;
        return count;
    }

    public override int Read(byte[] target, int offset, int count) => Read(target.AsSpan(offset, count));

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] source, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
