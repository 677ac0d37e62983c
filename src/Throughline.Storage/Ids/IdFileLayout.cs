using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Storage.Files;

namespace Throughline.Storage.Ids;

/// <summary>
/// The form of a file of ids, little-endian but for the ids themselves:
/// <code>
///  0  8   "TLids\0\0\0"     8  u32  form (1)         12  u32  day (since 0001-01-01)
/// 16  i64 entries          24  u32  filter blocks    28  u32  checksum of the filter
/// 32  u32 checksum of the index                      36  u32  checksum of bytes 0 to 35, then zeros up to 64
/// entries   n x (16 id, i64 position), ascending
/// filter    blocks x 64: see BlockedFilter
/// index     a page is 256 entries: per page (u64 high half of its first id, u32 checksum of the page)
/// </code>
/// </summary>
internal readonly record struct IdFileLayout(int Day, long Entries, int FilterBlocks, uint FilterSum, uint IndexSum)
{
    public const int HeaderBytes = 64;
    public const int EntryBytes = Token.Size + sizeof(long);
    public const int PageEntries = 256;
    public const int PageBytes = PageEntries * EntryBytes;
    public const int IndexBytes = sizeof(ulong) + sizeof(uint);
    private const int Form = 1;

    private static ReadOnlySpan<byte> Magic => "TLids\0\0\0"u8;

    public int Pages => checked((int)((Entries + PageEntries - 1) / PageEntries));
    public long FilterOffset => HeaderBytes + Entries * EntryBytes;
    public long IndexOffset => FilterOffset + (long)FilterBlocks * BlockedFilter.BlockBytes;
    public long FileBytes => IndexOffset + (long)Pages * IndexBytes;

    public void Write(Span<byte> header)
    {
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Form);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], Day);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], Entries);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], FilterBlocks);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], FilterSum);
        BinaryPrimitives.WriteUInt32LittleEndian(header[32..], IndexSum);
        BinaryPrimitives.WriteUInt32LittleEndian(header[36..], Checksum.Of(header[..36]));
    }

    /// <summary>Reads and checks the first bytes of a file of the given length.</summary>
    public static IdFileLayout Read(ReadOnlySpan<byte> header, string path, long length, DateOnly day)
    {
        if (header.Length < HeaderBytes || !header.StartsWith(Magic))
            throw new StoreDamagedException(path, StoreProblem.NotOurs, "its header is not that of a file of ids");
        int form = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (form > Form)
        {
            string detail =
                $"form {form} was written by a newer version of the product; this one knows forms up to {Form}";
            throw new StoreDamagedException(path, StoreProblem.NewerFormat, detail);
        }
        IdFileLayout layout = new(
            BinaryPrimitives.ReadInt32LittleEndian(header[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[28..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[32..])
        );
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[36..]) != Checksum.Of(header[..36]))
            throw new StoreDamagedException(path, StoreProblem.Corrupt, "its header is damaged");
        if (layout.FileBytes != length)
        {
            string detail = $"it has {length} bytes instead of {layout.FileBytes}";
            throw new StoreDamagedException(path, StoreProblem.Corrupt, detail);
        }
        if (layout.Day != day.DayNumber)
            throw new StoreDamagedException(path, StoreProblem.Corrupt, "its name and its header tell different days");
        return layout;
    }

    public static IdEntry ReadEntry(ReadOnlySpan<byte> entry) =>
        new(Token.Read(entry), BinaryPrimitives.ReadInt64LittleEndian(entry[Token.Size..]));

    public static void WriteEntry(Span<byte> target, IdEntry entry)
    {
        entry.Id.Write(target);
        BinaryPrimitives.WriteInt64LittleEndian(target[Token.Size..], entry.Position);
    }
}

/// <summary>
/// A file's name: the day of its ids, and which of the day's seals it holds, from the first to the last. A merged file
/// holds those of its parts, so names alone tell which files are left over after a crash.
/// </summary>
internal readonly partial record struct IdFileName(DateOnly Day, int From, int To)
{
    public const string Pattern = "ids-*.tlids";

    public static bool TryParse(string path, out IdFileName name)
    {
        Match match = Form().Match(Path.GetFileName(path));
        name = default;
        if (
            !match.Success
            || !DateOnly.TryParseExact(
                match.Groups[1].ValueSpan,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out DateOnly day
            )
        )
            return false;
        name = new(day, Number(match.Groups[2]), Number(match.Groups[3]));
        return true;
    }

    public bool Holds(IdFileName other) => Day == other.Day && From <= other.From && other.To <= To;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"ids-{Day:yyyy-MM-dd}-{From}-{To}.tlids");

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^ids-(\d{4}-\d\d-\d\d)-(\d{1,9})-(\d{1,9})\.tlids$", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
