using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Throughline.Core.Events;
using Throughline.Storage.Files;

namespace Throughline.Storage.Places;

/// <summary>
/// Where in one stretch of a log which tokens stand, little-endian but for the id:
/// <code>
///  0  8   "TLplaces"        8  u32 form (1)           12  u32 records of the stretch
/// 16  i64 its first record 24  u32 entries            28  16  id of its last record
/// 44  u32 checksum of the index                       48  u32 checksum of bytes 0 to 47, then zeros up to 64
/// index     a page is 511 entries: per page u64, its first entry
/// pages     of 4,096 bytes: entries, ascending, filled up with zeros, and u64 checksum
/// entry     upper 48 bits of a token, number of the record within the stretch 16
/// </code>
/// A look-up reads head, index and one page. It is made from the log alone, so a file that is not as it should be is none.
/// </summary>
internal sealed class PlaceFile : IDisposable
{
    public const int OffsetBits = 16;
    private const int HeadBytes = 64;
    private const int PageBytes = 4096;
    private const int PageEntries = PageBytes / sizeof(ulong) - 1;
    private const uint Form = 1;

    private readonly SafeFileHandle file;
    private readonly ulong[] firsts;
    private readonly int entries;
    private readonly ulong[] page = new ulong[PageEntries + 1];

    private PlaceFile(SafeFileHandle file, Token lastId, ulong[] firsts, int entries)
    {
        (this.file, this.firsts, this.entries) = (file, firsts, entries);
        LastId = lastId;
    }

    /// <summary>Id of the stretch's last record when the file was made.</summary>
    public Token LastId { get; }

    public static string PathOf(string folder, string name, long first) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"places-{name}-{first:d14}.tlpl"));

    /// <summary>The entry of a record of the stretch that shows a token.</summary>
    public static ulong EntryOf(Token token, int offset) => FirstOf(token) | (uint)offset;

    /// <summary>No entry of the token is less.</summary>
    public static ulong FirstOf(Token token) => token.High >> OffsetBits << OffsetBits;

    /// <param name="sorted">Ascending.</param>
    public static void Write(string path, long first, int records, Token lastId, ReadOnlySpan<ulong> sorted)
    {
        int pages = (sorted.Length + PageEntries - 1) / PageEntries;
        int start = HeadBytes + pages * sizeof(ulong);
        byte[] bytes = new byte[start + pages * PageBytes];
        Span<byte> index = bytes.AsSpan(HeadBytes, pages * sizeof(ulong));
        for (int i = 0; i < pages; i++)
        {
            ReadOnlySpan<ulong> own = sorted[(i * PageEntries)..Math.Min(sorted.Length, (i + 1) * PageEntries)];
            BinaryPrimitives.WriteUInt64LittleEndian(index[(i * sizeof(ulong))..], own[0]);
            Span<byte> target = bytes.AsSpan(start + i * PageBytes, PageBytes);
            for (int j = 0; j < own.Length; j++)
                BinaryPrimitives.WriteUInt64LittleEndian(target[(j * sizeof(ulong))..], own[j]);
            BinaryPrimitives.WriteUInt64LittleEndian(target[^sizeof(ulong)..], Checksum.Of(target[..^sizeof(ulong)]));
        }
        Span<byte> head = bytes.AsSpan(0, HeadBytes);
        "TLplaces"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Form);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], records);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], first);
        BinaryPrimitives.WriteInt32LittleEndian(head[24..], sorted.Length);
        lastId.Write(head[28..]);
        BinaryPrimitives.WriteUInt32LittleEndian(head[44..], Checksum.Of(index));
        BinaryPrimitives.WriteUInt32LittleEndian(head[48..], Checksum.Of(head[..48]));
        DurableFile.Write(path, bytes);
    }

    /// <summary>Null: it is not there, cannot be read, or is not as it should be.</summary>
    public static PlaceFile? TryOpen(string path, long first, int records)
    {
        if (!File.Exists(path))
            return null;
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        PlaceFile? opened = TryRead(handle, first, records);
        if (opened is null)
            handle.Dispose();
        return opened;
    }

    /// <summary>Adds the places of a token, as numbers within the stretch; false if a page is damaged.</summary>
    public bool TryFind(Token token, List<int> offsets)
    {
        ulong first = FirstOf(token);
        int at = firsts.AsSpan().BinarySearch(first);
        for (
            int i = Math.Max(0, at >= 0 ? at : ~at - 1);
            i < firsts.Length && firsts[i] >> OffsetBits <= first >> OffsetBits;
            i++
        )
        {
            if (!TryReadPage(i))
                return false;
            foreach (ulong entry in page.AsSpan(0, Math.Min(PageEntries, entries - i * PageEntries)))
                if (entry >> OffsetBits == first >> OffsetBits)
                    offsets.Add((int)(entry & ((1 << OffsetBits) - 1)));
        }
        return true;
    }

    public void Dispose() => file.Dispose();

    private static PlaceFile? TryRead(SafeFileHandle handle, long first, int records)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        if (!Fill(handle, head, 0) || !head.StartsWith("TLplaces"u8))
            return null;
        int entries = BinaryPrimitives.ReadInt32LittleEndian(head[24..]);
        if (
            BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) != Form
            || BinaryPrimitives.ReadInt32LittleEndian(head[12..]) != records
            || BinaryPrimitives.ReadInt64LittleEndian(head[16..]) != first
            || BinaryPrimitives.ReadUInt32LittleEndian(head[48..]) != Checksum.Of(head[..48])
            || entries < 0
        )
            return null;
        ulong[] firsts = new ulong[(entries + PageEntries - 1) / PageEntries];
        Span<byte> index = MemoryMarshal.AsBytes(firsts.AsSpan());
        if (
            RandomAccess.GetLength(handle) != HeadBytes + firsts.Length * (sizeof(ulong) + (long)PageBytes)
            || !Fill(handle, index, HeadBytes)
            || BinaryPrimitives.ReadUInt32LittleEndian(head[44..]) != Checksum.Of(index)
        )
            return null;
        ToOwn(firsts);
        return new(handle, Token.Read(head[28..]), firsts, entries);
    }

    private bool TryReadPage(int number)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(page.AsSpan());
        if (!Fill(file, bytes, HeadBytes + firsts.Length * sizeof(ulong) + (long)number * PageBytes))
            return false;
        uint sum = Checksum.Of(bytes[..^sizeof(ulong)]);
        ToOwn(page);
        return page[^1] == sum;
    }

    // As this processor has numbers.
    private static void ToOwn(Span<ulong> littleEndian)
    {
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(littleEndian, littleEndian);
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
}
