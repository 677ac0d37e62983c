using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Throughline.Core.Tenant;
using Throughline.Storage.Files;

namespace Throughline.Storage.Ids;

/// <summary>Writes one file of ids in a single pass: entries in ascending order, then <see cref="Complete"/>.</summary>
internal sealed class IdFileWriter : IDisposable
{
    private const int BufferBytes = IdFileLayout.PageBytes * 64;

    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly int day;
    private readonly BlockedFilter filter;
    private readonly List<byte> index = [];
    private readonly byte[] buffer = new byte[BufferBytes];
    private int buffered;
    private long flushed;
    private long count;
    private IdEntry last;

    /// <param name="path">The file; it appears when it is complete.</param>
    /// <param name="day">The day of its ids.</param>
    /// <param name="most">At least as many as entries will come: sizes the filter.</param>
    public IdFileWriter(string path, DateOnly day, long most)
    {
        this.path = path;
        this.day = day.DayNumber;
        filter = new(BlockedFilter.BlocksFor(most));
        file = DurableFile.CreateDraft(path);
    }

    public void Add(IdEntry entry)
    {
        if (count > 0 && entry.CompareTo(last) <= 0)
            throw new InvalidOperationException($"ids of {path} are not ascending at entry {count}");
        last = entry;
        count++;
        filter.Add(entry.Id);
        IdFileLayout.WriteEntry(buffer.AsSpan(buffered), entry);
        buffered += IdFileLayout.EntryBytes;
        if (buffered == BufferBytes)
            FlushPages();
    }

    /// <summary>Makes the file durable under its name.</summary>
    public void Complete()
    {
        FlushPages();
        ReadOnlySpan<byte> pages = CollectionsMarshal.AsSpan(index);
        IdFileLayout layout = new(day, count, filter.Blocks, Checksum.Of(filter.Bytes), Checksum.Of(pages));
        RandomAccess.Write(file, filter.Bytes, layout.FilterOffset);
        RandomAccess.Write(file, pages, layout.IndexOffset);
        Span<byte> header = stackalloc byte[IdFileLayout.HeaderBytes];
        layout.Write(header);
        RandomAccess.Write(file, header, 0);
        Disk.Flush(file, path);
        file.Dispose();
        DurableFile.Publish(path);
    }

    public void Dispose() => file.Dispose();

    private void FlushPages()
    {
        Span<byte> entry = stackalloc byte[IdFileLayout.IndexBytes];
        ReadOnlySpan<byte> pages = buffer.AsSpan(0, buffered);
        RandomAccess.Write(file, pages, IdFileLayout.HeaderBytes + flushed);
        flushed += buffered;
        buffered = 0;
        for (; !pages.IsEmpty; pages = pages[Math.Min(pages.Length, IdFileLayout.PageBytes)..])
        {
            ReadOnlySpan<byte> page = pages[..Math.Min(pages.Length, IdFileLayout.PageBytes)];
            BinaryPrimitives.WriteUInt64LittleEndian(entry, BinaryPrimitives.ReadUInt64BigEndian(page));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[sizeof(ulong)..], Checksum.Of(page));
            index.AddRange(entry);
        }
    }
}
