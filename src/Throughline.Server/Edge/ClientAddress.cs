using Microsoft.Extensions.Primitives;
using Throughline.Cel.Library;

namespace Throughline.Server.Edge;

/// <summary>
/// The client's address as trusted proxies tell it: each appended whom it saw, so the chain is read from its end, over
/// trusted proxies only. What stands before the first address that is not trusted was written by the client: it counts for nothing.
/// </summary>
internal static class ClientAddress
{
    /// <summary>More hops than this are no chain of ours.</summary>
    private const int HopsMax = 32;

    /// <summary>The first address from the end that is not a trusted proxy; the first of all if all are; null if an entry before that cannot be read.</summary>
    /// <param name="chain">Values of the header, in order.</param>
    /// <param name="nearest">Who spoke to the proxy, where the contract says so; the chain's last entry otherwise.</param>
    public static IpAddress? Of(StringValues chain, IpAddress? nearest, AddressNetworks trusted)
    {
        IpAddress? found = nearest;
        if (nearest is not null && !trusted.Contains(nearest))
            return nearest;
        int hops = 0;
        for (int i = chain.Count - 1; i >= 0; i--)
        {
            ReadOnlySpan<char> rest = chain[i];
            while (!rest.IsEmpty)
            {
                int comma = rest.LastIndexOf(',');
                ReadOnlySpan<char> entry = rest[(comma + 1)..].Trim();
                rest = comma < 0 ? [] : rest[..comma];
                if (entry.IsEmpty)
                    continue;
                if (++hops > HopsMax || !TryParse(entry, out IpAddress address))
                    return null;
                found = address;
                if (!trusted.Contains(address))
                    return address;
            }
        }
        return found;
    }

    /// <summary>An address, also with a port, in brackets, or IPv4 written as IPv6.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        const string Mapped = "::ffff:";
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']');
            text = end < 0 ? text : text[1..end];
        }
        else if (text.Contains('.') && text.Count(':') == 1)
        {
            text = text[..text.IndexOf(':')];
        }
        if (text.StartsWith(Mapped, StringComparison.OrdinalIgnoreCase) && text.Contains('.'))
            text = text[Mapped.Length..];
        return IpAddress.TryParse(text, out address, out _);
    }
}
