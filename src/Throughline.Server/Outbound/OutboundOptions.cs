using System.Net;
using Throughline.Server.Edge;

namespace Throughline.Server.Outbound;

/// <summary>Where this service may send what tenants ask it to send. Unless told otherwise: to public addresses, by https.</summary>
public sealed record OutboundOptions
{
    /// <summary>Addresses and CIDR blocks that may be connected to though they are not public: the operator's own receivers.</summary>
    public IReadOnlyList<string> AllowedNetworks { get; init; } = [];

    /// <summary>Plain http is let through, too.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>How long one request may take, from looking its name up to the answer's head.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Who is asked for addresses; null: this machine's resolver.</summary>
    internal Resolve? Resolver { get; init; }
}

/// <summary><see cref="OutboundOptions"/>, validated; immutable but for the ports that are known once the service listens.</summary>
internal sealed class OutboundModel
{
    private readonly AddressNetworks allowed;
    private int[] own = [];

    private OutboundModel(OutboundOptions options, AddressNetworks allowed) =>
        (Options, this.allowed) = (options, allowed);

    public OutboundOptions Options { get; }

    /// <exception cref="ArgumentException">An option is not valid; the message says which and why.</exception>
    public static OutboundModel Of(OutboundOptions options)
    {
        if (!AddressNetworks.TryParse(options.AllowedNetworks, out AddressNetworks allowed, out string bad))
            throw new ArgumentException($"outbound.allowedNetworks: {bad}");
        if (options.Patience <= TimeSpan.Zero || options.Patience > TimeSpan.FromMinutes(5))
            throw new ArgumentException("outbound.patience: must be more than nothing and at most 5 minutes");
        return new(options, allowed);
    }

    /// <summary>
    /// Says where this service listens. Whatever networks are allowed, no tenant is led there: from a trusted proxy's address, such as this
    /// machine's own, the gate's contracts answer for every tenant.
    /// </summary>
    public void Listen(IEnumerable<int> ports) => Volatile.Write(ref own, [.. ports]);

    /// <summary>Whether this service listens at a port.</summary>
    public bool IsOwn(int port) => Array.IndexOf(Volatile.Read(ref own), port) >= 0;

    public bool Allows(IPAddress address) => GuardedConnect.IsPublic(address) || allowed.Contains(address);

    /// <summary>Why nothing is ever sent to an address, as far as the address alone tells; null: it may be tried.</summary>
    public string? Refuses(string text, out Uri? address)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out address))
            return "is no absolute address";
        if (address.Scheme != Uri.UriSchemeHttps && !(Options.AllowHttp && address.Scheme == Uri.UriSchemeHttp))
            return Options.AllowHttp ? "must begin with https:// or http://" : "must begin with https://";
        if (address.UserInfo.Length > 0)
            return "must hold no user and password";
        if (address.Fragment.Length > 0)
            return "must hold no fragment";
        // .NET writes 0x7f.1 and 2130706433 as 127.0.0.1 here: no number gets past as a name.
        if (IPAddress.TryParse(address.DnsSafeHost, out IPAddress? literal) && !Allows(literal))
            return "leads to an address that is not public";
        return null;
    }
}
