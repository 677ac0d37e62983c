using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Throughline.Testing;

/// <summary>
/// Ports for what is told beforehand where to listen, or must find nobody there. They lie below those that the system gives to
/// connections and to listeners that ask for any: nobody else is given one between its choice and its use.
/// </summary>
public static class LoopbackPort
{
    private const string SystemRange = "/proc/sys/net/ipv4/ip_local_port_range";
    private const int First = 10_240;
    private const int Usual = 32_768; // where the system's own begin on Linux; elsewhere later

    private static readonly Lock gate = new();
    private static readonly HashSet<int> given = [];

    /// <summary>A port that nothing listens on at these addresses, 127.0.0.1 unless told otherwise; another one each time.</summary>
    public static int Next(params string[] addresses)
    {
        IPAddress[] all = addresses.Length == 0 ? [IPAddress.Loopback] : Array.ConvertAll(addresses, IPAddress.Parse);
        int end = End();
        lock (gate)
        {
            while (given.Count < end - First)
            {
                int port = Random.Shared.Next(First, end);
                if (given.Add(port) && Array.TrueForAll(all, address => IsFree(address, port)))
                    return port;
            }
        }
        throw new InvalidOperationException($"every port from {First} to {end} was tried");
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using TcpListener listener = new(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int End()
    {
        if (!File.Exists(SystemRange))
            return Usual;
        int system = int.Parse(File.ReadAllText(SystemRange).Split()[0], CultureInfo.InvariantCulture);
        return system > First ? Math.Min(system, 65_536) : Usual;
    }
}
