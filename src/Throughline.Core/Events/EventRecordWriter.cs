using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Throughline.Core.Events;

/// <summary>
/// Writes one stored event in the form that <see cref="EventRecord"/> reads: <see cref="Begin"/>, the identifiers, then
/// fields in ascending order of tag, then <see cref="Complete"/>. Reusable; grows its buffer once.
/// </summary>
public sealed class EventRecordWriter
{
    private byte[] data = new byte[1024];
    private int length;
    private int lastTag;

    /// <summary>Starts a record. <see cref="Complete"/> fills in the two hashes.</summary>
    public void Begin(EventType type, long time, int keyVersion, bool backfill)
    {
        data.AsSpan(0, EventRecord.HeaderSize).Clear();
        length = EventRecord.HeaderSize;
        lastTag = 0;
        data[0] = EventRecord.CurrentVersion;
        data[1] = (byte)type;
        data[2] = backfill ? EventRecord.BackfillFlag : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(4), checked((ushort)keyVersion));
        BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(8), time);
    }

    /// <summary>Adds an identifier; all of them before the first field, in ascending (type, token) order without repeats.</summary>
    public void Identifier(byte type, Token token)
    {
        Ensure(EventRecord.IdentifierSize);
        data[length] = type;
        token.Write(data.AsSpan(length + 1));
        length += EventRecord.IdentifierSize;
        data[3]++;
    }

    public void Text(EventField field, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        int size = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, Open(field, size));
        length += size;
    }

    public void Bytes(EventField field, ReadOnlySpan<byte> value)
    {
        value.CopyTo(Open(field, value.Length));
        length += value.Length;
    }

    public void Token(EventField field, Token value)
    {
        value.Write(Open(field, Events.Token.Size));
        length += Events.Token.Size;
    }

    public void Byte(EventField field, byte value) => Bytes(field, [value]);

    /// <summary>Writes a number: zig-zag for amounts and scores, plain for the rest.</summary>
    public void Number(EventField field, long value)
    {
        Span<byte> encoded = stackalloc byte[Varint.MaxSize];
        ulong raw = field is EventField.Minor or EventField.Score ? Varint.ZigZag(value) : checked((ulong)value);
        Bytes(field, encoded[..Varint.Write(encoded, raw)]);
    }

    /// <summary>What has been written so far: the input of the content hash.</summary>
    public ReadOnlySpan<byte> Written => data.AsSpan(0, length);

    /// <summary>Says that the event comes from an import; after <see cref="Written"/> was hashed, which does not cover it.</summary>
    public void MarkBackfill() => data[2] |= EventRecord.BackfillFlag;

    /// <summary>Ends the record and copies it to <paramref name="target"/>, which the caller seals.</summary>
    public void Complete(Token id, Token content, IBufferWriter<byte> target)
    {
        id.Write(data.AsSpan(16));
        content.Write(data.AsSpan(32));
        target.Write(data.AsSpan(0, length));
    }

    private Span<byte> Open(EventField field, int size)
    {
        if ((int)field <= lastTag)
            throw new InvalidOperationException($"field {field} is out of order");
        lastTag = (int)field;
        Ensure(size + 1 + Varint.MaxSize);
        data[length++] = (byte)field;
        length += Varint.Write(data.AsSpan(length), (ulong)size);
        return data.AsSpan(length, size);
    }

    private void Ensure(int size)
    {
        if (length + size > data.Length)
            Array.Resize(ref data, Math.Max(data.Length * 2, length + size));
    }
}
