using System.Buffers.Binary;
using System.Text;
using Throughline.Core.Events;

namespace Throughline.Core.Tenant;

/// <summary>What a result is about. Values are stored.</summary>
public enum ResultKind : byte
{
    /// <summary>What an actor was in a 5-minute bucket.</summary>
    Verdict = 1,

    /// <summary>A customer came to be, changed, or ceased to be.</summary>
    Customer = 2,

    /// <summary>Who earned a conversion.</summary>
    Conversion = 3,
}

/// <summary>
/// Reads a stored result in place. Version 3, little-endian but for tokens:
/// <code>
///  0  u8 kind    1  u8 version (3)    2  u16 logic that made it    4  u32 revision    8  16 subject
/// 24  i64 position of the event that caused it           32  u64 content hash        40  payload of the kind
/// </code>
/// Kind, subject and revision name it for ever: publishing one twice is harmless.
/// </summary>
public readonly ref struct ResultRecord
{
    public const byte CurrentVersion = 3;
    public const int HeaderSize = 40;

    private readonly ReadOnlySpan<byte> bytes;

    private ResultRecord(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>Wraps bytes that this product wrote and whose checksum was verified.</summary>
    public static ResultRecord FromTrusted(ReadOnlySpan<byte> bytes) => new(bytes);

    public ResultKind Kind => (ResultKind)bytes[0];
    public byte Version => bytes[1];

    /// <summary>The <see cref="Tenant.Logic.Version"/> that made it.</summary>
    public ushort Logic => BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
    public int Revision => BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
    public Token Subject => Token.Read(bytes[8..]);
    public long Cause => BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
    public ulong Content => BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]);
    public PayloadReader Payload => new(bytes[HeaderSize..]);

    /// <summary>The deterministic id: kind, subject and revision.</summary>
    public string Id => $"{Kind.ToString().ToLowerInvariant()}-{Subject}-{Revision}";
}

/// <summary>
/// Writes a result: header, then the payload in the order in which <see cref="PayloadReader"/> reads it. <see cref="End"/> says that it is whole.
/// </summary>
internal ref struct ResultWriter
{
    private const int UsualSize = 512;

    private readonly RecordBuffer target;
    private Span<byte> room;
    private int used;

    public ResultWriter(RecordBuffer target, ResultKind kind, int revision, Token subject, long cause, ulong content)
    {
        this.target = target;
        room = target.GetSpan(UsualSize);
        Span<byte> header = room[..ResultRecord.HeaderSize];
        header[0] = (byte)kind;
        header[1] = ResultRecord.CurrentVersion;
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], Logic.Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], revision);
        subject.Write(header[8..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], cause);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], content);
        used = ResultRecord.HeaderSize;
    }

    public void Byte(byte value)
    {
        Need(1);
        room[used++] = value;
    }

    public void Number(long value)
    {
        Need(Varint.MaxSize);
        used += Varint.Write(room[used..], Varint.ZigZag(value));
    }

    public void Token(Token value)
    {
        Need(Events.Token.Size);
        value.Write(room[used..]);
        used += Events.Token.Size;
    }

    public void Text(string value)
    {
        int size = Encoding.UTF8.GetByteCount(value);
        Number(size);
        Need(size);
        used += Encoding.UTF8.GetBytes(value, room[used..]);
    }

    /// <summary>The result is whole.</summary>
    public readonly void End()
    {
        target.Advance(used);
        target.Seal();
    }

    private void Need(int size)
    {
        if (room.Length - used < size)
            Extend(size);
    }

    private void Extend(int size)
    {
        target.Advance(used);
        room = target.GetSpan(Math.Max(size, UsualSize));
        used = 0;
    }
}

/// <summary>Reads a payload from front to back.</summary>
public ref struct PayloadReader
{
    private ReadOnlySpan<byte> rest;

    internal PayloadReader(ReadOnlySpan<byte> payload) => rest = payload;

    public byte Byte()
    {
        byte value = rest[0];
        rest = rest[1..];
        return value;
    }

    public long Number()
    {
        long value = Varint.UnZigZag(Varint.Read(rest, out int used));
        rest = rest[used..];
        return value;
    }

    public Token Token()
    {
        Token value = Events.Token.Read(rest);
        rest = rest[Events.Token.Size..];
        return value;
    }

    public string Text()
    {
        int size = (int)Number();
        string value = Encoding.UTF8.GetString(rest[..size]);
        rest = rest[size..];
        return value;
    }
}
