using Throughline.Core.State;
using Throughline.Storage.Files;

namespace Throughline.Storage.Snapshots;

/// <summary>A snapshot file that was found sound: gives its sections in the order in which they were written.</summary>
public sealed class Snapshot : StateSource, IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly FileStream file;
    private readonly IReadOnlyList<SnapshotSection> sections;
    private readonly int headBytes;
    private int next;
    private long offset;

    /// <summary>Opens a file and checks all of it.</summary>
    /// <exception cref="StoreDamagedException">It is damaged, of a newer form, or another tenant's.</exception>
    internal Snapshot(string path, string tenant)
    {
        file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            File = path;
            headBytes = SnapshotLayout.ReadHead(file, path, tenant, out long position, out long result);
            (Position, Result) = (position, result);
            sections = SnapshotLayout.ReadTable(file, path, headBytes);
            offset = headBytes;
            CheckSections();
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The file's path.</summary>
    public string File { get; }

    /// <summary>Position of the first event that is not in it.</summary>
    public long Position { get; }

    /// <summary>Sequence number of the first result that is not in it.</summary>
    public long Result { get; }

    /// <inheritdoc/>
    public override Stream Open(string name, out long length)
    {
        if (next == sections.Count)
            throw new InvalidDataException($"{File} has no section {name}: it ended");
        SnapshotSection section = sections[next];
        if (section.Name != name)
            throw new InvalidDataException($"{File} has section {section.Name} in place of {name}");
        Part part = new(file, offset, section.Length);
        next++;
        offset += section.Length;
        length = section.Length;
        return new BufferedStream(part, (int)Math.Clamp(section.Length, 1, BufferBytes));
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void CheckSections()
    {
        byte[] buffer = new byte[BufferBytes];
        file.Position = headBytes;
        foreach (SnapshotSection section in sections)
        {
            uint sum = Checksum.Start;
            for (long left = section.Length; left > 0; )
            {
                Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(left, BufferBytes));
                file.ReadExactly(piece);
                sum = Checksum.Add(sum, piece);
                left -= piece.Length;
            }
            if (Checksum.Finish(sum) != section.Sum)
                throw new StoreDamagedException(File, StoreProblem.Corrupt, $"its section {section.Name} is damaged");
        }
    }

    /// <summary>Reads a stretch of a file.</summary>
    private sealed class Part(FileStream file, long start, long length) : Stream
    {
        private long position;

        public override int Read(Span<byte> target)
        {
            int most = (int)Math.Min(target.Length, length - position);
            int read = RandomAccess.Read(file.SafeFileHandle, target[..most], start + position);
            position += read;
            return read;
        }

        public override int Read(byte[] target, int at, int count) => Read(target.AsSpan(at, count));

        public override long Length => length;
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Position
        {
            get => position;
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override long Seek(long to, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] source, int at, int count) => throw new NotSupportedException();
    }
}
