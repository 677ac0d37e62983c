using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Throughline.Cel.Library;

namespace Throughline.Server.Edge;

/// <summary>A few address blocks, such as those of trusted proxies. Looking one up allocates nothing.</summary>
internal sealed class AddressNetworks
{
    private readonly (UInt128 Prefix, int Shift, bool IsV6)[] networks;

    private AddressNetworks((UInt128, int, bool)[] networks) => this.networks = networks;

    /// <summary>Reads addresses and CIDR blocks; of a bad one it says which.</summary>
    public static bool TryParse(IReadOnlyList<string> texts, out AddressNetworks networks, out string bad)
    {
        List<(UInt128, int, bool)> parsed = [];
        foreach (string text in texts)
        {
            int slash = text.IndexOf('/', StringComparison.Ordinal);
            ReadOnlySpan<char> start = slash < 0 ? text : text.AsSpan(0, slash);
            int length = 0;
            bool ok = IpAddress.TryParse(start, out IpAddress address, out _);
            ok &=
                slash < 0
                || int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length);
            if (!ok || length > address.Length)
            {
                (networks, bad) = (new([]), $"'{text}' is neither an address nor a CIDR block");
                return false;
            }
            int shift = slash < 0 ? 0 : address.Length - length;
            parsed.Add((Shifted(address.Bits, shift), shift, address.IsV6));
        }
        (networks, bad) = (new([.. parsed]), "");
        return true;
    }

    public bool Contains(IpAddress address) => Contains(address.Bits, address.IsV6);

    public bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out int length))
            return false;
        if (length == 4)
            return Contains(BinaryPrimitives.ReadUInt32BigEndian(bytes), isV6: false);
        UInt128 bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return bits >> 32 == 0xFFFF ? Contains((uint)bits, isV6: false) : Contains(bits, isV6: true);
    }

    /// <summary>The rule language's form of a socket's address.</summary>
    public static IpAddress? Of(IPAddress? address)
    {
        if (address is null)
            return null;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return address.AddressFamily == AddressFamily.InterNetwork && length == 4
            ? IpAddress.Of(BinaryPrimitives.ReadUInt32BigEndian(bytes), isV6: false)
            : IpAddress.Of(BinaryPrimitives.ReadUInt128BigEndian(bytes), isV6: true);
    }

    private bool Contains(UInt128 bits, bool isV6)
    {
        foreach ((UInt128 prefix, int shift, bool ofV6) in networks)
            if (ofV6 == isV6 && Shifted(bits, shift) == prefix)
                return true;
        return false;
    }

    // A shift by all 128 bits would be one by none.
    private static UInt128 Shifted(UInt128 bits, int shift) => shift == 128 ? 0 : bits >> shift;
}
