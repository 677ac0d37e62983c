using System.Globalization;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Library;

/// <summary>An address with the length of its network's prefix, a value of the network extension; host bits may be set.</summary>
public sealed class IpPrefix(IpAddress address, int length) : CelOpaque
{
    /// <inheritdoc/>
    public override CelType Type => NetworkTypes.Cidr;

    /// <summary>The address as it was written, host bits too.</summary>
    public IpAddress Address { get; } = address;

    /// <summary>The bits that count, from the left.</summary>
    public int Length { get; } = length;

    /// <summary>Reads <c>address/length</c>; false, and why, if it is none.</summary>
    public static bool TryParse(string text, out IpPrefix prefix, out string error)
    {
        int slash = text.LastIndexOf('/');
        ReadOnlySpan<char> length = text.AsSpan(slash + 1);
        prefix = new(IpAddress.Of(0, isV6: false), 0);
        error = "network address parse error during conversion from string";
        if (slash < 0)
            return false;
        if (!IpAddress.TryParse(text.AsSpan(0, slash), out IpAddress address, out string reason))
        {
            error = reason.Replace("IP address", "CIDR");
            return false;
        }
        if (
            length.Length is < 1 or > 3
            || (length.Length > 1 && length[0] == '0')
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            || bits > address.Length
        )
            return false;
        prefix = new(address, bits);
        return true;
    }

    /// <summary>Whether an address of the same version lies in the block.</summary>
    public bool Contains(IpAddress other) => other.IsV6 == Address.IsV6 && Masked(other.Bits) == Masked(Address.Bits);

    /// <summary>Whether another block lies in this one as a whole.</summary>
    public bool Contains(IpPrefix other) => other.Length >= Length && Contains(other.Address);

    /// <summary>The network: the same prefix, host bits cleared.</summary>
    public IpPrefix Masked() => new(IpAddress.Of(Masked(Address.Bits), Address.IsV6), Length);

    /// <inheritdoc/>
    public override bool EqualTo(CelOpaque other) =>
        other is IpPrefix x && x.Length == Length && x.Address.EqualTo(Address);

    /// <summary>The form <c>address/length</c>.</summary>
    public string Text => $"{Address.Text}/{Length}";

    /// <summary>The call that makes it.</summary>
    public override string ToString() => $"cidr(\"{Text}\")";

    private UInt128 Masked(UInt128 bits)
    {
        int hostBits = Address.Length - Length;
        return hostBits >= 128 ? 0 : bits >> hostBits << hostBits;
    }
}
