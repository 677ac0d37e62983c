using System.Net;
using System.Net.Sockets;

namespace Throughline.Server.Edge.Bots;

/// <summary>The port to the names of addresses. Null: nobody could answer; empty: there is none.</summary>
public interface IReverseDns
{
    Task<IReadOnlyList<string>?> NamesOfAsync(IPAddress address, CancellationToken cancellation);

    Task<IReadOnlyList<IPAddress>?> AddressesOfAsync(string name, CancellationToken cancellation);
}

/// <summary>The resolver of this machine.</summary>
public sealed class SystemReverseDns : IReverseDns
{
    public async Task<IReadOnlyList<string>?> NamesOfAsync(IPAddress address, CancellationToken cancellation)
    {
        try
        {
            IPHostEntry entry = await Dns.GetHostEntryAsync(address.ToString(), cancellation);
            return entry.HostName == address.ToString() ? [] : [entry.HostName];
        }
        catch (SocketException error)
        {
            return NoneOrUnknown<string>(error);
        }
    }

    public async Task<IReadOnlyList<IPAddress>?> AddressesOfAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(name, cancellation);
        }
        catch (SocketException error)
        {
            return NoneOrUnknown<IPAddress>(error);
        }
    }

    private static T[]? NoneOrUnknown<T>(SocketException error) =>
        error.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData ? [] : null;
}
