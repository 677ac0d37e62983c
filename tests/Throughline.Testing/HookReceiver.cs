using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Throughline.Testing;

/// <summary>A delivery as a receiver gets it.</summary>
public sealed record HookDelivery(string Id, string Timestamp, string Signature, string Body)
{
    /// <summary>The items' ids in order.</summary>
    public IReadOnlyList<string> Items { get; } =
    [.. ItemsOf(Body).Select(item => item.GetProperty("id").GetString()!)];

    /// <summary>The items in order.</summary>
    public static IReadOnlyList<JsonElement> ItemsOf(string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return
        [
            .. document
                .RootElement.GetProperty("data")
                .GetProperty("items")
                .EnumerateArray()
                .Select(item => item.Clone()),
        ];
    }
}

/// <summary>How a receiver answers.</summary>
/// <param name="Status">0: not at all, the connection breaks.</param>
/// <param name="RetryAfter">The header of that name.</param>
public readonly record struct HookAnswer(int Status, string? RetryAfter = null);

/// <summary>
/// A receiver of webhooks on the loopback that answers as a test wants it to: just enough HTTP over a socket of its own, so that it can break a
/// connection without having said anything.
/// </summary>
public sealed class HookReceiver : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<HookDelivery, Task<HookAnswer>> answer;
    private readonly ConcurrentQueue<HookDelivery> all = new();
    private readonly ConcurrentQueue<HookDelivery> taken = new();
    private readonly Task loop;

    public HookReceiver(Func<HookDelivery, HookAnswer> answer)
        : this(delivery => Task.FromResult(answer(delivery))) { }

    public HookReceiver(Func<HookDelivery, Task<HookAnswer>> answer)
    {
        this.answer = answer;
        listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";
        loop = Task.Run(RunAsync);
    }

    /// <summary>One that takes all.</summary>
    public HookReceiver()
        : this(_ => new HookAnswer(204)) { }

    public string Url { get; }

    /// <summary>All that came, in order.</summary>
    public IReadOnlyList<HookDelivery> All => [.. all];

    /// <summary>What was answered with 200 to 299, in order.</summary>
    public IReadOnlyList<HookDelivery> Taken => [.. taken];

    /// <summary>The items that were taken, in order, with those that were taken again.</summary>
    public IReadOnlyList<string> Items => [.. taken.SelectMany(delivery => delivery.Items)];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
            _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                NetworkStream stream = client.GetStream();
                while (await ReadAsync(stream) is { } delivery)
                {
                    all.Enqueue(delivery);
                    HookAnswer given = await answer(delivery);
                    if (given.Status == 0)
                        return;
                    if (given.Status is >= 200 and < 300)
                        taken.Enqueue(delivery); // before the answer: whoever sees it sees this, too
                    string more = given.RetryAfter is { } when ? $"Retry-After: {when}\r\n" : "";
                    string length = given.Status == 204 ? "" : "Content-Length: 0\r\n";
                    await stream.WriteAsync(
                        Encoding.ASCII.GetBytes($"HTTP/1.1 {given.Status} Answer\r\n{length}{more}\r\n"),
                        stop.Token
                    );
                }
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // the sender has gone, or the test has ended
        }
    }

    // Null: the connection ended, perhaps amid a delivery, which then never came.
    private async Task<HookDelivery?> ReadAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (!EndsHead(head))
        {
            if (await stream.ReadAsync(one, stop.Token) == 0)
                return null;
            head.Add(one[0]);
        }
        Dictionary<string, string> headers = Encoding
            .Latin1.GetString([.. head])
            .Split("\r\n")
            .Skip(1)
            .Where(line => line.Contains(':', StringComparison.Ordinal))
            .ToDictionary(
                line => line[..line.IndexOf(':', StringComparison.Ordinal)],
                line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(),
                StringComparer.OrdinalIgnoreCase
            );
        byte[] body = new byte[int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture)];
        if (await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, stop.Token) < body.Length)
            return null;
        return new(
            headers["webhook-id"],
            headers["webhook-timestamp"],
            headers["webhook-signature"],
            Encoding.UTF8.GetString(body)
        );
    }

    private static bool EndsHead(List<byte> head) =>
        head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';
}
