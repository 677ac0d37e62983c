using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Throughline.Core.Events;
using Throughline.Storage.Files;

namespace Throughline.Storage.Places;

/// <summary>
/// Where in one stretch of a log which tokens stand, little-endian but for the id:
/// <code>
///  0  8   "TLplaces"        8  u32 form (2)           12  u32 records of the stretch
/// 16  i64 its first record 24  i64 entries            32  16  id of its last record
/// 48  u32 checksum of bytes 0 to 47, then zeros up to 4,096
/// pages     of 4,096 bytes: 511 u64 at most, filled up with zeros, and u64 checksum
///           the entries, ascending by their tokens; then the first entry of each of those pages; then the first of each page of firsts, and
///           so on until one page holds all
/// entry     leading bits of a token, number of the record within the stretch in as many bits as that takes
/// </code>
/// A look-up reads the head and, from the last page down, one page of each kind. It is made from the log alone, so a file that is not as it
/// should be is none.
/// </summary>
internal sealed class PlaceFile : IDisposable
{
    public const uint Form = 2;
    public const int HeadBytes = PageBytes;
    public const int HeadUsedBytes = 48; // what its checksum covers
    public const int PageBytes = 4096;
    public const int PageWords = PageBytes / sizeof(ulong);
    public const int PageEntries = PageWords - 1;

    private readonly SafeFileHandle file;
    private readonly Level[] levels; // entries first
    private readonly ulong[] page = new ulong[PageWords];

    private PlaceFile(SafeFileHandle file, Stretch stretch, Token lastId, Level[] levels)
    {
        (this.file, this.levels) = (file, levels);
        (Stretch, LastId) = (stretch, lastId);
    }

    public static ReadOnlySpan<byte> Magic => "TLplaces"u8;

    public Stretch Stretch { get; }

    /// <summary>Id of the stretch's last record when the file was made.</summary>
    public Token LastId { get; }

    /// <summary>A page of it could not be read or is not as it should be.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>How many pages hold its entries.</summary>
    public long EntryPages => levels[0].Pages;

    /// <summary>Null: it is not there, cannot be read, or is not as it should be.</summary>
    public static PlaceFile? TryOpen(string path, Stretch stretch)
    {
        if (!File.Exists(path))
            return null;
        SafeFileHandle handle;
        try
        {
            const FileShare WhoeverMergesDeletes = FileShare.Read | FileShare.Delete;
            handle = File.OpenHandle(path, share: WhoeverMergesDeletes, options: FileOptions.RandomAccess);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        PlaceFile? opened = TryRead(handle, stretch);
        if (opened is null)
            handle.Dispose();
        return opened;
    }

    /// <summary>Adds the records that show a token; false if a page is damaged.</summary>
    public bool TryFind(Token token, List<long> numbers)
    {
        ulong wanted = Stretch.PrefixOf(token);
        long number = 0; // of a page on its level
        for (int i = levels.Length - 1; i > 0; i--)
        {
            if (!TryReadPage(levels[i], number, out ReadOnlySpan<ulong> firsts))
                return false;
            number = number * PageEntries + Math.Max(0, LowerBound(firsts, wanted) - 1); // it may begin within the one before
        }
        for (; number < EntryPages; number++)
        {
            if (!TryReadPage(levels[0], number, out ReadOnlySpan<ulong> entries))
                return false;
            foreach (ulong entry in entries[LowerBound(entries, wanted)..])
            {
                if (Stretch.PrefixOf(entry) != wanted)
                    return true;
                numbers.Add(Stretch.NumberOf(entry));
            }
        }
        return true;
    }

    /// <summary>Reads neighbouring pages as they stand in the file, those of entries first, checksums included; false if one is damaged.</summary>
    public bool TryReadPages(long number, Span<ulong> target)
    {
        IsDamaged |= !Fill(file, MemoryMarshal.AsBytes(target), HeadBytes + number * PageBytes);
        for (; !IsDamaged && !target.IsEmpty; target = target[PageWords..])
            IsDamaged = !IsWhole(target[..PageWords]);
        return !IsDamaged;
    }

    /// <summary>How many entries one of the pages holds.</summary>
    public int EntriesOf(long number) => levels[0].ValuesOf(number);

    public void Dispose() => file.Dispose();

    private static PlaceFile? TryRead(SafeFileHandle handle, Stretch stretch)
    {
        Span<byte> head = stackalloc byte[HeadUsedBytes + sizeof(uint)];
        if (
            !Fill(handle, head, 0)
            || !head.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) != Form
            || BinaryPrimitives.ReadUInt32LittleEndian(head[HeadUsedBytes..]) != Checksum.Of(head[..HeadUsedBytes])
            || BinaryPrimitives.ReadUInt32LittleEndian(head[12..]) != stretch.Records
            || BinaryPrimitives.ReadInt64LittleEndian(head[16..]) != stretch.First
        )
            return null;
        List<Level> levels = [new(0, BinaryPrimitives.ReadInt64LittleEndian(head[24..]))];
        while (levels[^1].Pages > 1)
            levels.Add(new(levels[^1].FirstPage + levels[^1].Pages, levels[^1].Pages));
        long pages = levels[^1].FirstPage + levels[^1].Pages;
        return RandomAccess.GetLength(handle) == HeadBytes + pages * PageBytes
            ? new(handle, stretch, Token.Read(head[32..]), [.. levels])
            : null;
    }

    private bool TryReadPage(Level level, long number, out ReadOnlySpan<ulong> values)
    {
        values = page.AsSpan(0, level.ValuesOf(number));
        return TryReadPages(level.FirstPage + number, page);
    }

    // Where the first one stands that is of the token or of one behind it. Those of one token have no order.
    private int LowerBound(ReadOnlySpan<ulong> values, ulong wanted)
    {
        int from = 0;
        for (int to = values.Length; from < to; )
        {
            int middle = (from + to) / 2;
            if (Stretch.PrefixOf(values[middle]) < wanted)
                from = middle + 1;
            else
                to = middle;
        }
        return from;
    }

    // Leaves it as this processor has numbers.
    private static bool IsWhole(Span<ulong> page)
    {
        uint sum = Checksum.Of(MemoryMarshal.AsBytes(page[..PageEntries]));
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(page, page);
        return page[PageEntries] == sum;
    }

    private static bool Fill(SafeFileHandle file, Span<byte> target, long offset)
    {
        try
        {
            while (!target.IsEmpty)
            {
                int read = RandomAccess.Read(file, target, offset);
                if (read == 0)
                    return false;
                target = target[read..];
                offset += read;
            }
            return true;
        }
        catch (IOException)
        {
            return false; // the disk does not give it: the log may
        }
    }

    /// <summary>Pages of entries, or of the firsts of the pages before.</summary>
    private readonly record struct Level(long FirstPage, long Values)
    {
        public long Pages => (Values + PageEntries - 1) / PageEntries;

        public int ValuesOf(long number) => (int)Math.Min(PageEntries, Values - number * PageEntries);
    }
}
