using System.Buffers.Binary;
using System.Text;
using Throughline.Storage.Files;

namespace Throughline.Storage.Snapshots;

/// <summary>One section of a snapshot file.</summary>
internal readonly record struct SnapshotSection(string Name, long Length, uint Sum);

/// <summary>
/// The form of a snapshot file, little-endian:
/// <code>
/// head      8 "TLsnap\0\0", u32 form (1), u32 bytes of the tenant's id, i64 position, i64 result, tenant's id as UTF-8,
///           u32 checksum of all before
/// sections  one after another
/// table     per section: u16 bytes of the name, name as UTF-8, i64 length, u32 checksum
/// tail      i64 offset of the table, u32 its bytes, u32 sections, u32 checksum of table and tail so far, "TLsE"
/// </code>
/// Written front to back; a file without its tail was not finished.
/// </summary>
internal static class SnapshotLayout
{
    public const int Form = 1;
    public const int TailBytes = 24;
    private const int HeadFixedBytes = 32;
    private const int MaxTenantBytes = 1024;

    private static ReadOnlySpan<byte> HeadMagic => "TLsnap\0\0"u8;
    private static ReadOnlySpan<byte> TailMagic => "TLsE"u8;

    public static byte[] Head(string tenant, long position, long result)
    {
        byte[] name = Encoding.UTF8.GetBytes(tenant);
        byte[] head = new byte[HeadFixedBytes + name.Length + sizeof(uint)];
        HeadMagic.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), Form);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), name.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(16), position);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(24), result);
        name.CopyTo(head.AsSpan(HeadFixedBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan()[^4..], Checksum.Of(head.AsSpan()[..^4]));
        return head;
    }

    public static byte[] TableAndTail(IReadOnlyList<SnapshotSection> sections, long offset)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        foreach (SnapshotSection section in sections)
        {
            byte[] name = Encoding.UTF8.GetBytes(section.Name);
            writer.Write(checked((ushort)name.Length));
            writer.Write(name);
            writer.Write(section.Length);
            writer.Write(section.Sum);
        }
        int table = (int)stream.Length;
        writer.Write(offset);
        writer.Write(table);
        writer.Write(sections.Count);
        writer.Write(Checksum.Of(stream.ToArray()));
        writer.Write(TailMagic);
        return stream.ToArray();
    }

    /// <summary>Reads and checks a file's head; returns its length.</summary>
    public static int ReadHead(Stream file, string path, string tenant, out long position, out long result)
    {
        byte[] head = new byte[HeadFixedBytes];
        if (
            file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length
            || !head.AsSpan().StartsWith(HeadMagic)
        )
            throw new StoreDamagedException(path, StoreProblem.NotOurs, "its head is not that of a snapshot");
        int form = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(8));
        if (form > Form)
        {
            string newer =
                $"form {form} was written by a newer version of the product; this one knows forms up to {Form}";
            throw new StoreDamagedException(path, StoreProblem.NewerFormat, newer);
        }
        int length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(12));
        byte[] rest = new byte[Math.Clamp(length, 0, MaxTenantBytes) + sizeof(uint)];
        int read = file.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false);
        uint sum = Checksum.Finish(Checksum.Add(Checksum.Add(Checksum.Start, head), rest.AsSpan()[..^4]));
        if (read < rest.Length || BinaryPrimitives.ReadUInt32LittleEndian(rest.AsSpan()[^4..]) != sum)
            throw new StoreDamagedException(path, StoreProblem.Corrupt, "its head is damaged");
        string owner = Encoding.UTF8.GetString(rest.AsSpan()[..^4]);
        if (owner != tenant)
        {
            string detail = $"it belongs to tenant {owner}, not to {tenant}";
            throw new StoreDamagedException(path, StoreProblem.WrongTenant, detail);
        }
        position = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(16));
        result = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(24));
        return HeadFixedBytes + rest.Length;
    }

    /// <summary>Reads and checks a file's table of sections, which have to fill it exactly.</summary>
    public static IReadOnlyList<SnapshotSection> ReadTable(Stream file, string path, int headBytes)
    {
        StoreDamagedException Damaged(string detail) => new(path, StoreProblem.Corrupt, detail);
        long tableEnd = file.Length - TailBytes;
        if (tableEnd < headBytes)
            throw Damaged("it ends too early");
        byte[] tail = new byte[TailBytes];
        file.Position = tableEnd;
        file.ReadExactly(tail);
        long offset = BinaryPrimitives.ReadInt64LittleEndian(tail);
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(tail.AsSpan(8));
        if (!tail.AsSpan(20).SequenceEqual(TailMagic) || bytes < 0 || offset < headBytes || offset + bytes != tableEnd)
            throw Damaged("its end is damaged or was never written");
        byte[] table = new byte[bytes + 16];
        file.Position = offset;
        file.ReadExactly(table);
        if (Checksum.Of(table) != BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(16)))
            throw Damaged("its table of sections is damaged");
        List<SnapshotSection> sections = [];
        using BinaryReader reader = new(new MemoryStream(table), Encoding.UTF8);
        for (int left = BinaryPrimitives.ReadInt32LittleEndian(tail.AsSpan(12)); left > 0; left--)
        {
            string name = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadUInt16()));
            sections.Add(new(name, reader.ReadInt64(), reader.ReadUInt32()));
        }
        return sections.Sum(x => x.Length) == offset - headBytes
            ? sections
            : throw Damaged("its sections do not fill it");
    }
}
