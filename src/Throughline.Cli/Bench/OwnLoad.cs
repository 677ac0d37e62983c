using System.Diagnostics;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Bench;

/// <summary>A load of our own, for machines without wrk: it takes more of the machine than the server does, from both sides alike.</summary>
internal sealed class OwnLoad : IHttpLoad
{
    private const int Connections = 32;

    public string Name => "own";

    public async Task<LoadAnswers> SendAsync(
        Uri address,
        GateMix mix,
        Func<EdgeRequest, string> target,
        int seconds,
        CancellationToken cancellation
    )
    {
        using SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        using HttpMessageInvoker http = new(handler);
        long started = Stopwatch.GetTimestamp();
        TimeSpan limit = TimeSpan.FromSeconds(seconds);
        long answered = 0;
        async Task SendOneAsync(int connection)
        {
            for (int i = connection; Stopwatch.GetElapsedTime(started) < limit; i += Connections)
            {
                EdgeRequest request = mix[i];
                using HttpRequestMessage message = new(
                    new HttpMethod(request.Method),
                    new Uri(address, target(request))
                );
                foreach (HeaderField field in request.Headers)
                    message.Headers.TryAddWithoutValidation(field.Name, field.Value);
                message.Headers.TryAddWithoutValidation("x-forwarded-for", request.Address!.Text);
                using HttpResponseMessage response = await http.SendAsync(message, cancellation);
                Interlocked.Increment(ref answered);
            }
        }
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(SendOneAsync));
        return new(answered, answered / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
