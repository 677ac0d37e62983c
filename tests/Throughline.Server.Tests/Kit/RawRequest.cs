using System.Net.Sockets;
using System.Text;

namespace Throughline.Server.Tests.Kit;

/// <summary>A request sent by hand over a socket, for what no HTTP client would send.</summary>
internal sealed class RawRequest : IDisposable
{
    private readonly TcpClient socket = new();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>Sends the head of a post of events.</summary>
    public static async Task<RawRequest> PostEventsAsync(TestService service, string header)
    {
        RawRequest request = await ConnectAsync(service);
        string head =
            $"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.AlphaKey}\r\n"
            + $"Content-Type: application/json\r\nConnection: close\r\n{header}\r\n\r\n";
        await request.SendAsync(Encoding.ASCII.GetBytes(head));
        return request;
    }

    public static async Task<RawRequest> ConnectAsync(TestService service)
    {
        RawRequest request = new();
        request.socket.NoDelay = true;
        await request.socket.ConnectAsync("127.0.0.1", service.Server.Addresses[0].Port, Ended);
        return request;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await socket.GetStream().WriteAsync(bytes, Ended);

    /// <summary>Everything until the server closes.</summary>
    public async Task<string> ReadAsync()
    {
        using StreamReader reader = new(socket.GetStream());
        return await reader.ReadToEndAsync(Ended);
    }

    public void Dispose() => socket.Dispose();
}
