using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Throughline.Server.Tests.Kit;

/// <summary>A receiver that may answer with any bytes at any pace: a real socket on an address of the loopback.</summary>
internal sealed class RawReceiver : IAsyncDisposable
{
    private const byte TlsHandshake = 0x16;

    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> running = [];
    private readonly Func<string, Stream, CancellationToken, Task> answer;
    private readonly Task loop;

    /// <param name="answer">Gets the request's head and the connection; the connection closes when it is done.</param>
    /// <param name="address">Any of 127.0.0.0/8.</param>
    /// <param name="port">0: a free one.</param>
    public RawReceiver(Func<string, Stream, CancellationToken, Task> answer, string address = "127.0.0.1", int port = 0)
    {
        this.answer = answer;
        listener = new(IPAddress.Parse(address), port);
        listener.Start();
        loop = Task.Run(RunAsync);
    }

    /// <summary>One that always answers the same.</summary>
    public static RawReceiver Of(string text, string address = "127.0.0.1", int port = 0) =>
        new((_, stream, stop) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop).AsTask(), address, port);

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Heads of all requests, in order.</summary>
    public ConcurrentQueue<string> Heads { get; } = new();

    /// <summary>Completes when the first request's head is there.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            TcpClient client = await listener.AcceptTcpClientAsync(stop.Token);
            running.Add(ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            StringBuilder head = new();
            byte[] one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                if (await stream.ReadAsync(one, stop.Token) == 0 || one[0] == TlsHandshake)
                    return;
                head.Append((char)one[0]);
            }
            Heads.Enqueue(head.ToString());
            Asked.TrySetResult();
            await answer(head.ToString(), stream, stop.Token);
        }
    }
}
