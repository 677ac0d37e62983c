using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Storage.Files;

namespace Throughline.Storage.Ids;

/// <summary>
/// One open file of ids. The page index is in memory (0.05 bytes an id), the filter in the file: a look-up reads 64
/// bytes of it, and one page if it passes.
/// </summary>
internal sealed class IdRun : IDisposable
{
    private readonly SafeFileHandle file;
    private readonly IdFileLayout layout;
    private readonly ulong[] firsts;
    private readonly uint[] sums;

    /// <summary>Opens a file and checks all of it but its pages, which are checked as they are read.</summary>
    public IdRun(string path, IdFileName name)
    {
        Path = path;
        Name = name;
        file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        try
        {
            Span<byte> header = stackalloc byte[IdFileLayout.HeaderBytes];
            int read = RandomAccess.Read(file, header, 0);
            layout = IdFileLayout.Read(header[..read], path, RandomAccess.GetLength(file), name.Day);
            (firsts, sums) = ReadIndex();
            CheckFilter();
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public string Path { get; }
    public IdFileName Name { get; }
    public long Count => layout.Entries;

    /// <summary>Its ids are in the archive's summary.</summary>
    public bool InSummary { get; set; }

    public bool MayContain(in BlockedFilter.Probe probe)
    {
        Span<byte> block = stackalloc byte[BlockedFilter.BlockBytes];
        ReadExactly(block, layout.FilterOffset + probe.BlockOf(layout.FilterBlocks) * BlockedFilter.BlockBytes);
        return probe.IsIn(ref block[0]);
    }

    /// <summary>Adds the positions of an id that are below <paramref name="before"/>.</summary>
    public void Find(Token id, long before, List<long> positions)
    {
        Span<byte> buffer = stackalloc byte[IdFileLayout.PageBytes];
        for (int page = FirstPage(id.High); page < layout.Pages; page++)
        {
            ReadOnlySpan<byte> entries = ReadPage(page, buffer);
            for (int at = LowerBound(entries, id); at < entries.Length; at += IdFileLayout.EntryBytes)
            {
                IdEntry entry = IdFileLayout.ReadEntry(entries[at..]);
                if (entry.Id != id)
                    return;
                if (entry.Position < before)
                    positions.Add(entry.Position);
            }
        }
    }

    /// <summary>All entries in order.</summary>
    public IEnumerable<IdEntry> Entries()
    {
        byte[] buffer = new byte[IdFileLayout.PageBytes];
        for (int page = 0; page < layout.Pages; page++)
        {
            int length = ReadPage(page, buffer).Length;
            for (int at = 0; at < length; at += IdFileLayout.EntryBytes)
                yield return IdFileLayout.ReadEntry(buffer.AsSpan(at));
        }
    }

    public void Dispose() => file.Dispose();

    // The last page that begins below the id's high half; equal ones may begin in it.
    private int FirstPage(ulong high)
    {
        int low = 0;
        int end = firsts.Length;
        while (low < end)
        {
            int middle = (low + end) >>> 1;
            if (firsts[middle] < high)
                low = middle + 1;
            else
                end = middle;
        }
        return Math.Max(0, low - 1);
    }

    private static int LowerBound(ReadOnlySpan<byte> entries, Token id)
    {
        int low = 0;
        int end = entries.Length / IdFileLayout.EntryBytes;
        while (low < end)
        {
            int middle = (low + end) >>> 1;
            if (Token.Read(entries[(middle * IdFileLayout.EntryBytes)..]).CompareTo(id) < 0)
                low = middle + 1;
            else
                end = middle;
        }
        return low * IdFileLayout.EntryBytes;
    }

    private ReadOnlySpan<byte> ReadPage(int page, Span<byte> buffer)
    {
        long first = (long)page * IdFileLayout.PageEntries;
        int entries = (int)Math.Min(IdFileLayout.PageEntries, layout.Entries - first);
        Span<byte> bytes = buffer[..(entries * IdFileLayout.EntryBytes)];
        ReadExactly(bytes, IdFileLayout.HeaderBytes + first * IdFileLayout.EntryBytes);
        if (Checksum.Of(bytes) != sums[page])
            throw Damaged($"page {page} is damaged");
        return bytes;
    }

    private (ulong[] Firsts, uint[] Sums) ReadIndex()
    {
        byte[] bytes = new byte[layout.Pages * IdFileLayout.IndexBytes];
        ReadExactly(bytes, layout.IndexOffset);
        if (Checksum.Of(bytes) != layout.IndexSum)
            throw Damaged("its index is damaged");
        ulong[] readFirsts = new ulong[layout.Pages];
        uint[] readSums = new uint[layout.Pages];
        for (int page = 0; page < layout.Pages; page++)
        {
            ReadOnlySpan<byte> entry = bytes.AsSpan(page * IdFileLayout.IndexBytes);
            readFirsts[page] = BinaryPrimitives.ReadUInt64LittleEndian(entry);
            readSums[page] = BinaryPrimitives.ReadUInt32LittleEndian(entry[sizeof(ulong)..]);
        }
        return (readFirsts, readSums);
    }

    private void CheckFilter()
    {
        byte[] piece = new byte[1 << 16];
        uint sum = Checksum.Start;
        for (long at = layout.FilterOffset; at < layout.IndexOffset; at += piece.Length)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, layout.IndexOffset - at));
            ReadExactly(bytes, at);
            sum = Checksum.Add(sum, bytes);
        }
        if (Checksum.Finish(sum) != layout.FilterSum)
            throw Damaged("its filter is damaged");
    }

    private void ReadExactly(Span<byte> target, long offset)
    {
        while (!target.IsEmpty)
        {
            int read = RandomAccess.Read(file, target, offset);
            if (read == 0)
                throw Damaged("it ends too early");
            target = target[read..];
            offset += read;
        }
    }

    private StoreDamagedException Damaged(string detail) =>
        new(Path, StoreProblem.Corrupt, $"{detail}; it can be rebuilt from the log");
}
