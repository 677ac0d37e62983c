using System.Buffers.Binary;

namespace Throughline.Cel.Messages;

/// <summary>Reads the parts of protobuf's wire format; nothing is read beyond the end.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> rest = data;

    public readonly bool AtEnd => rest.IsEmpty;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => rest.Length;

    public bool TryVarint(out ulong value)
    {
        value = 0;
        for (int i = 0; i < 10 && i < rest.Length; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] >= 0x80)
                continue;
            rest = rest[(i + 1)..];
            return true;
        }
        return false;
    }

    public bool TryFixed32(out uint value)
    {
        bool ok = BinaryPrimitives.TryReadUInt32LittleEndian(rest, out value);
        rest = ok ? rest[4..] : rest;
        return ok;
    }

    public bool TryFixed64(out ulong value)
    {
        bool ok = BinaryPrimitives.TryReadUInt64LittleEndian(rest, out value);
        rest = ok ? rest[8..] : rest;
        return ok;
    }

    public bool TryBytes(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryVarint(out ulong length) || length > (ulong)rest.Length)
            return false;
        value = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    /// <summary>A group's content up to its end tag.</summary>
    public bool TryGroup(int number, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> start = rest;
        value = default;
        // The groups that are open, innermost on top.
        Stack<int> open = new([number]);
        while (true)
        {
            int before = rest.Length;
            if (!TryVarint(out ulong tag))
                return false;
            int field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case WireTypes.StartGroup:
                    open.Push(field);
                    break;
                case WireTypes.EndGroup:
                    if (open.Pop() != field)
                        return false;
                    if (open.Count > 0)
                        break;
                    value = start[..^before];
                    return true;
                default:
                    if (!TrySkip((int)(tag & 7)))
                        return false;
                    break;
            }
        }
    }

    /// <summary>Skips a field; groups are not for it.</summary>
    public bool TrySkip(int wireType) =>
        wireType switch
        {
            WireTypes.Varint => TryVarint(out _),
            WireTypes.Fixed64 => TryFixed64(out _),
            WireTypes.Bytes => TryBytes(out _),
            WireTypes.Fixed32 => TryFixed32(out _),
            _ => false,
        };
}

/// <summary>How a field is written.</summary>
internal static class WireTypes
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Bytes = 2;
    public const int StartGroup = 3;
    public const int EndGroup = 4;
    public const int Fixed32 = 5;
}
