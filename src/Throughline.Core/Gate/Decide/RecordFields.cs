using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Throughline.Core.Events;

namespace Throughline.Core.Gate.Decide;

/// <summary>Writes the fields of a record, one after another.</summary>
internal readonly ref struct RecordWriter(IBufferWriter<byte> target)
{
    public void Byte(byte value)
    {
        target.GetSpan(1)[0] = value;
        target.Advance(1);
    }

    public void Number(long value) =>
        target.Advance(Varint.Write(target.GetSpan(Varint.MaxSize), Varint.ZigZag(value)));

    public void Word(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target.GetSpan(8), value);
        target.Advance(8);
    }

    public void Text(ReadOnlySpan<char> value)
    {
        int size = Encoding.UTF8.GetByteCount(value);
        Number(size);
        Encoding.UTF8.GetBytes(value, target.GetSpan(size));
        target.Advance(size);
    }
}

/// <summary>Reads the fields of a record in the order in which they were written.</summary>
/// <remarks>Every method throws <see cref="InvalidDataException"/> if the record is damaged.</remarks>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public readonly bool IsAtEnd => rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public long Number()
    {
        ulong value = Varint.Read(rest, out int used);
        rest = rest[used..];
        return Varint.UnZigZag(value);
    }

    /// <summary>A number from 0 to a limit.</summary>
    public int Count(int most)
    {
        long value = Number();
        return value >= 0 && value <= most ? (int)value : throw Damaged();
    }

    public ulong Word() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public string Text() => Encoding.UTF8.GetString(Take(Count(rest.Length)));

    public static InvalidDataException Damaged() => new("a decision record is damaged");

    private ReadOnlySpan<byte> Take(int size)
    {
        if (size > rest.Length)
            throw Damaged();
        ReadOnlySpan<byte> taken = rest[..size];
        rest = rest[size..];
        return taken;
    }
}
