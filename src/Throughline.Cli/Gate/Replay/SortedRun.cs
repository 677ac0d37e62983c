using System.Buffers.Binary;

namespace Throughline.Cli.Gate.Replay;

/// <summary>A sorted run of lines in a temporary file, which goes when it is disposed of.</summary>
internal sealed class SortedRun : IDisposable
{
    // time 8, file 4, number 8, length 4, then the line
    private const int HeadBytes = 24;

    private readonly FileStream stream = new(
        Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
        new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            BufferSize = 1 << 20,
            Options = FileOptions.DeleteOnClose | FileOptions.SequentialScan,
        }
    );
    private readonly byte[] head = new byte[HeadBytes];
    private byte[] line = new byte[1024];
    private int length;

    public LineKey Key { get; private set; }

    /// <summary>The current line; valid until the next one is read.</summary>
    public ReadOnlyMemory<byte> Line => line.AsMemory(0, length);

    public void Write(LineKey key, ReadOnlySpan<byte> text)
    {
        BinaryPrimitives.WriteInt64LittleEndian(head, key.Time);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), key.File);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(12), key.Number);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(20), text.Length);
        stream.Write(head);
        stream.Write(text);
    }

    public void Rewind() => stream.Position = 0;

    /// <summary>Reads the next line; false at the end.</summary>
    public bool Read()
    {
        if (stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) < HeadBytes)
            return false;
        Key = new(
            BinaryPrimitives.ReadInt64LittleEndian(head),
            BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(8)),
            BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(12))
        );
        length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(20));
        if (line.Length < length)
            line = new byte[length * 2];
        stream.ReadExactly(line.AsSpan(0, length));
        return true;
    }

    public void Dispose() => stream.Dispose();
}
