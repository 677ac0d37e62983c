using System.Net;
using Microsoft.AspNetCore.Http;

namespace Throughline.Server;

/// <summary>
/// Where the service listens: <c>http://ADDRESS:PORT</c>. The web server takes every host that it cannot read as an address for all of the
/// machine's, so that a slip of the pen (<c>http://127.0.0.1:87:87</c>) would open the service to the network: here all is said by <c>*</c> alone.
/// </summary>
internal static class ListenAddress
{
    /// <param name="option">That names it.</param>
    /// <exception cref="ArgumentException">It is no such address; the message says why.</exception>
    public static void Check(string option, string url)
    {
        if (
            !TryParse(url, out BindingAddress? address)
            || address.Scheme != Uri.UriSchemeHttp
            || address.PathBase != ""
        )
            throw new ArgumentException($"{option}: '{url}' is not of the form http://ADDRESS:PORT");
        bool isLocalhost = address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);
        if (address.Host is not ("*" or "+") && !isLocalhost && !IPAddress.TryParse(address.Host, out _))
            throw new ArgumentException(
                $"{option}: '{address.Host}' is no IP address, nor localhost, nor * for all addresses of this machine"
            );
        if (address.Port is < 0 or > IPEndPoint.MaxPort || (isLocalhost && address.Port == 0))
            throw new ArgumentException(
                $"{option}: '{url}' has no port from 0 to {IPEndPoint.MaxPort}; 0 takes a free one, of an IP address"
            );
    }

    private static bool TryParse(
        string url,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out BindingAddress? address
    )
    {
        try
        {
            address = BindingAddress.Parse(url);
            return !address.IsUnixPipe && !address.IsNamedPipe;
        }
        catch (FormatException)
        {
            address = null;
            return false;
        }
    }
}
