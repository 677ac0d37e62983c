using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Throughline.Core.Events;
using Throughline.Storage.Keys;

namespace Throughline.Storage.Files;

/// <summary>
/// A file of personal data that appears whole or not at all, sealed under its tenant's keys:
/// <code>
/// "TLSF" version:u32 id:16 bytes, random
/// a part: length:u32 sealed bytes, of the file's purpose and id and the part's number, from 0
/// the end: such a part of nothing
/// </code>
/// So it opens for its tenant and purpose alone, and parts cannot be changed, left out, added or mixed with those of another file. An older
/// file of the same purpose opens as well as the newest. One thread.
/// </summary>
public sealed class SealedFile : IDisposable
{
    /// <summary>The largest part.</summary>
    public const int PartBytesMax = 16 << 20;

    private const int HeadBytes = 24;
    private const uint Version = 1;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static ReadOnlySpan<byte> Magic => "TLSF"u8;

    private readonly string path;
    private readonly ITenantKeys keys;
    private readonly SafeFileHandle draft;
    private readonly ArrayBufferWriter<byte> output = new();
    private readonly byte[] context;
    private long offset;
    private uint part;

    /// <summary>Begins a file, under its draft name.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public SealedFile(string path, string purpose, ITenantKeys keys)
    {
        (this.path, this.keys) = (path, keys);
        Span<byte> head = output.GetSpan(HeadBytes)[..HeadBytes];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Version);
        RandomNumberGenerator.Fill(head[8..]);
        context = Context(purpose, head[8..]);
        output.Advance(HeadBytes);
        draft = DurableFile.CreateDraft(path, OwnerOnly);
        Flush();
    }

    /// <summary>Adds a part.</summary>
    /// <param name="plain">Up to <see cref="PartBytesMax"/>; nothing is added of nothing.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Add(ReadOnlySpan<byte> plain)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plain.Length, PartBytesMax);
        if (!plain.IsEmpty)
            Write(plain);
    }

    /// <summary>Gives the whole file its name, durably; dispose of it afterwards.</summary>
    /// <exception cref="IOException">The disk refused: the file is as it was before, or whole.</exception>
    public void Publish()
    {
        Write([]);
        Disk.Flush(draft, path);
        draft.Dispose();
        DurableFile.Publish(path);
    }

    /// <summary>What was not published is gone.</summary>
    public void Dispose()
    {
        draft.Dispose();
        File.Delete(path + DurableFile.DraftSuffix);
    }

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="StoreDamagedException">It is damaged, of another tenant, purpose or version; the message says which.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] Read(string path, string purpose, ITenantKeys keys)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length < HeadBytes || !bytes.AsSpan(0, 4).SequenceEqual(Magic))
            throw new StoreDamagedException(path, StoreProblem.NotOurs, "it is no sealed file");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)) != Version)
            throw new StoreDamagedException(path, StoreProblem.NewerFormat, "a newer version of the product wrote it");
        byte[] context = Context(purpose, bytes.AsSpan(8, 16));
        ArrayBufferWriter<byte> plain = new(bytes.Length);
        ReadOnlySpan<byte> rest = bytes.AsSpan(HeadBytes);
        for (uint part = 0; ; part++)
        {
            if (rest.Length < sizeof(int))
                throw Cut(path);
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            rest = rest[sizeof(int)..];
            if (length < 0 || length > rest.Length)
                throw Cut(path);
            int before = plain.WrittenCount;
            try
            {
                keys.Open(rest[..length], IdOf(keys, context, part), plain);
            }
            catch (SealException error)
            {
                throw new StoreDamagedException(
                    path,
                    StoreProblem.Corrupt,
                    "it was changed, or belongs to another tenant or purpose",
                    error
                );
            }
            rest = rest[length..];
            if (plain.WrittenCount > before)
                continue;
            return rest.IsEmpty
                ? plain.WrittenSpan.ToArray()
                : throw new StoreDamagedException(path, StoreProblem.Corrupt, "it goes on after its end");
        }
    }

    private void Write(ReadOnlySpan<byte> plain)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), plain.Length + ITenantKeys.SealedOverhead);
        output.Advance(4);
        keys.Seal(plain, IdOf(keys, context, part++), output);
        Flush();
    }

    private void Flush()
    {
        RandomAccess.Write(draft, output.WrittenSpan, offset);
        offset += output.WrittenCount;
        output.ResetWrittenCount();
    }

    private static StoreDamagedException Cut(string path) => new(path, StoreProblem.Corrupt, "its end is missing");

    private static byte[] Context(string purpose, ReadOnlySpan<byte> id) =>
        [.. Encoding.UTF8.GetBytes(purpose), 0, .. id, 0, 0, 0, 0];

    private static Token IdOf(ITenantKeys keys, byte[] context, uint part)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(context.AsSpan(context.Length - sizeof(uint)), part);
        return keys.EventId(context);
    }
}
