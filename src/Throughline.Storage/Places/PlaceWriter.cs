using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Throughline.Core.Events;
using Throughline.Storage.Files;

namespace Throughline.Storage.Places;

/// <summary>Writes a <see cref="PlaceFile"/> in a single pass: entries in their order, then <see cref="Complete"/> and <see cref="Publish"/>. Keeps one of 511 in memory.</summary>
internal sealed class PlaceWriter : IDisposable
{
    private const int BufferBytes = PlaceFile.PageBytes * 256;
    private const int UnflushedBytesMax = 16 << 20; // flushes of other files may have to wait for so much of this one

    private readonly string path;
    private readonly Stretch stretch;
    private readonly SafeFileHandle draft;
    private readonly byte[] buffer = new byte[BufferBytes];
    private int buffered; // bytes; of the page under way at its end, too
    private long offset = PlaceFile.HeadBytes;
    private long flushed;
    private long entries;
    private ulong last;
    private List<ulong> firsts = [];

    /// <param name="path">The file; it appears when it is published.</param>
    /// <param name="stretch">Whose records it is about.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public PlaceWriter(string path, Stretch stretch)
    {
        (this.path, this.stretch) = (path, stretch);
        draft = DurableFile.CreateDraft(path);
    }

    /// <summary>Adds an entry; equal ones once.</summary>
    /// <param name="entry">Its token is not before the last one's.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Add(ulong entry)
    {
        if (entry == last && entries > 0)
            return;
        last = entry;
        entries++;
        Put(entry);
    }

    /// <summary>Writes what is left, the firsts of pages and the head, durably; nobody sees the file yet.</summary>
    /// <param name="lastId">Of the stretch's last record.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Complete(Token lastId)
    {
        ClosePage();
        while (firsts.Count > 1)
        {
            List<ulong> level = firsts;
            firsts = [];
            level.ForEach(Put);
            ClosePage();
        }
        WriteBuffer();
        Span<byte> head = stackalloc byte[PlaceFile.HeadBytes];
        head.Clear();
        PlaceFile.Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], PlaceFile.Form);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], (uint)stretch.Records);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], stretch.First);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], entries);
        lastId.Write(head[32..]);
        uint sum = Checksum.Of(head[..PlaceFile.HeadUsedBytes]);
        BinaryPrimitives.WriteUInt32LittleEndian(head[PlaceFile.HeadUsedBytes..], sum);
        RandomAccess.Write(draft, head, 0);
        DurableFile.Flush(draft, path);
        draft.Dispose();
    }

    /// <summary>Gives the complete file its name, durably.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Publish() => DurableFile.Publish(path);

    /// <summary>What was not published is gone.</summary>
    public void Dispose()
    {
        draft.Dispose();
        File.Delete(path + DurableFile.DraftSuffix);
    }

    private void Put(ulong value)
    {
        if (buffered % PlaceFile.PageBytes == 0)
            firsts.Add(value);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.AsSpan(buffered), value);
        buffered += sizeof(ulong);
        if (buffered % PlaceFile.PageBytes == PlaceFile.PageEntries * sizeof(ulong))
            ClosePage();
    }

    private void ClosePage()
    {
        int start = buffered / PlaceFile.PageBytes * PlaceFile.PageBytes;
        if (buffered == start)
            return;
        Span<byte> page = buffer.AsSpan(start, PlaceFile.PageBytes);
        page[(buffered - start)..].Clear();
        uint sum = Checksum.Of(page[..^sizeof(ulong)]);
        BinaryPrimitives.WriteUInt64LittleEndian(page[^sizeof(ulong)..], sum);
        buffered = start + PlaceFile.PageBytes;
        if (buffered == BufferBytes)
            WriteBuffer();
    }

    private void WriteBuffer()
    {
        RandomAccess.Write(draft, buffer.AsSpan(0, buffered), offset);
        offset += buffered;
        buffered = 0;
        if (offset - flushed < UnflushedBytesMax)
            return;
        DurableFile.Flush(draft, path);
        flushed = offset;
    }
}
