using System.Net;
using System.Net.Sockets;
using Throughline.Server.Edge;

namespace Throughline.Server.Outbound;

/// <summary>Gives the addresses of a name; this machine's resolver, but in tests.</summary>
internal delegate Task<IPAddress[]> Resolve(string host, CancellationToken cancellation);

/// <summary>
/// The one way out for addresses that somebody else names: it connects to public addresses alone, to the very ones that were looked at (a name that
/// is asked twice may be answered twice), follows no redirects, keeps no cookies, logs in nowhere and goes through no proxy.
/// </summary>
internal static class GuardedConnect
{
    private static readonly AddressNetworks NotPublic = Networks(
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        // Of IPv6 only 2000::/3 is given to anybody: what else there is are loopback, IPv4 in one of its forms, and networks' own addresses.
        "::/3",
        "4000::/2",
        "8000::/1",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20"
    );

    /// <param name="allowsInternal">Connects wherever a name leads.</param>
    public static SocketsHttpHandler Handler(bool allowsInternal) =>
        Handler(allowsInternal ? static _ => true : IsPublic, static _ => false, Dns.GetHostAddressesAsync);

    /// <param name="allows">Whether an address may be connected to; asked for each address that a name has, once a connection.</param>
    /// <param name="isOwn">Whether a port of this machine is one at which this service listens: nobody is led there.</param>
    /// <param name="resolve">Asked once a connection.</param>
    public static SocketsHttpHandler Handler(Func<IPAddress, bool> allows, Func<int, bool> isOwn, Resolve resolve) =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PreAuthenticate = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxResponseHeadersLength = 16,
            // What is not read of an answer is thrown away: little of it, and not for long, or the connection goes.
            MaxResponseDrainSize = 64 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            // Where a name leads is looked at again from time to time.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectCallback = (context, cancellation) =>
                ConnectAsync(context.DnsEndPoint, allows, isOwn, resolve, cancellation),
        };

    /// <summary>Whether everybody on the Internet could connect to it.</summary>
    public static bool IsPublic(IPAddress address) =>
        !NotPublic.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint target,
        Func<IPAddress, bool> allows,
        Func<int, bool> isOwn,
        Resolve resolve,
        CancellationToken cancellation
    )
    {
        IPAddress[] found = await resolve(target.Host, cancellation);
        IPAddress[] allowed = [.. found.Where(allows)];
        if (allowed.Length == 0)
            throw new ForbiddenAddressException("the name leads to no public address");
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellation);
            if (isOwn(target.Port) && IsOfThisMachine(socket))
                throw new ForbiddenAddressException("the address is this service's own");
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A machine speaks to itself from the address that it speaks to, or from one of the loopback.
    private static bool IsOfThisMachine(Socket connected)
    {
        IPAddress there = AddressOf(connected.RemoteEndPoint);
        return IPAddress.IsLoopback(there) || there.Equals(AddressOf(connected.LocalEndPoint));
    }

    private static IPAddress AddressOf(EndPoint? end) =>
        ((IPEndPoint)end!).Address is var address && address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static AddressNetworks Networks(params string[] blocks) =>
        AddressNetworks.TryParse(blocks, out AddressNetworks networks, out string bad)
            ? networks
            : throw new InvalidOperationException(bad);
}

/// <summary>A name leads only where this service does not connect to.</summary>
/// <param name="words">Why, for tenants.</param>
internal sealed class ForbiddenAddressException(string words)
    : HttpRequestException(HttpRequestError.ConnectionError, words);
