using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Throughline.Server.Edge;

/// <summary>
/// Listening with a port for gRPC: HTTP/2 without TLS has no way to agree on the protocol, so it cannot share one, and with ports of
/// unlike protocols all have to be named one by one.
/// </summary>
internal static class EdgePorts
{
    public static void Listen(KestrelServerOptions kestrel, IEnumerable<string> urls, string grpcUrl)
    {
        foreach (string url in urls)
            Listen(kestrel, url, HttpProtocols.Http1);
        Listen(kestrel, grpcUrl, HttpProtocols.Http2);
    }

    private static void Listen(KestrelServerOptions kestrel, string url, HttpProtocols protocols)
    {
        BindingAddress address = BindingAddress.Parse(url);
        void Configure(ListenOptions listen) => listen.Protocols = protocols;
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip))
            kestrel.Listen(ip, address.Port, Configure);
        else if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            kestrel.ListenLocalhost(address.Port, Configure);
        else
            kestrel.ListenAnyIP(address.Port, Configure);
    }
}
