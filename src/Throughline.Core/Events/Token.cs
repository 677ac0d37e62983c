using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Throughline.Core.Events;

/// <summary>
/// 128 opaque bits: a keyed hash of an identifier's value, of an event's id, or of an event's content.
/// Compared as an unsigned big-endian number, so that its order equals the order of its hexadecimal text.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
public readonly record struct Token(ulong High, ulong Low) : IComparable<Token>
{
    /// <summary>Bytes of the stored form.</summary>
    public const int Size = 16;

    /// <summary>Reads the stored form: 16 bytes, big-endian.</summary>
    public static Token Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Writes the stored form: 16 bytes, big-endian.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    /// <inheritdoc/>
    public int CompareTo(Token other)
    {
        int high = High.CompareTo(other.High);
        return high != 0 ? high : Low.CompareTo(other.Low);
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => $"{High:x16}{Low:x16}";

    /// <summary>Reads 32 hexadecimal digits; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Token token)
    {
        token = default;
        if (
            text.Length != 32
            || !ulong.TryParse(
                text[..16],
                System.Globalization.NumberStyles.AllowHexSpecifier,
                System.Globalization.CultureInfo.InvariantCulture,
                out ulong high
            )
            || !ulong.TryParse(
                text[16..],
                System.Globalization.NumberStyles.AllowHexSpecifier,
                System.Globalization.CultureInfo.InvariantCulture,
                out ulong low
            )
        )
            return false;
        token = new(high, low);
        return true;
    }
}
