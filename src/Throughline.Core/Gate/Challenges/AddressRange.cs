using System.Buffers.Binary;
using Throughline.Cel.Library;

namespace Throughline.Core.Gate.Challenges;

/// <summary>
/// The network that a task or clearance is given to: the first bits of the client's address. An address that is not known is a range of its
/// own, that of all unknown ones.
/// </summary>
/// <param name="Family">4, 6, or 0: not known.</param>
/// <param name="Length">Bits that count; at most 32, or 64 of IPv6.</param>
/// <param name="Bits">The bits, from the highest on; of IPv6 the upper half.</param>
public readonly record struct AddressRange(byte Family, byte Length, ulong Bits)
{
    public const int Size = 10;
    public const int LengthMax4 = 32;
    public const int LengthMax6 = 64;

    /// <summary>The range that an address is in.</summary>
    public static AddressRange Of(IpAddress? address, int length4, int length6) =>
        address switch
        {
            null => default,
            { IsV6: true } => new(6, (byte)length6, Cut((ulong)(address.Bits >> 64), 64, length6)),
            _ => new(4, (byte)length4, Cut((ulong)address.Bits, 32, length4)),
        };

    /// <summary>Whether an address is in it; its own length counts, whatever is usual by now.</summary>
    public bool Contains(IpAddress? address) =>
        Family == 0 ? address is null : address is not null && this == Of(address, Length, Length);

    public void Write(Span<byte> target)
    {
        (target[0], target[1]) = (Family, Length);
        BinaryPrimitives.WriteUInt64LittleEndian(target[2..], Bits);
    }

    public static AddressRange Read(ReadOnlySpan<byte> bytes) =>
        new(bytes[0], bytes[1], BinaryPrimitives.ReadUInt64LittleEndian(bytes[2..]));

    private static ulong Cut(ulong bits, int width, int length) =>
        length <= 0 ? 0 : bits >> (width - Math.Min(length, width)) << (width - Math.Min(length, width));
}
