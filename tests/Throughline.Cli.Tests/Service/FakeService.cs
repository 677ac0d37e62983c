using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Throughline.Cli.Service;

namespace Throughline.Cli.Tests.Service;

/// <summary>A service that answers as a test says, and keeps what it was sent.</summary>
internal sealed class FakeService(Func<HttpRequestMessage, string, HttpResponseMessage> answer) : HttpMessageHandler
{
    public ConcurrentQueue<string> Bodies { get; } = [];

    public ServiceClient Client(TimeProvider? clock = null) =>
        new(new HttpClient(this) { BaseAddress = new("http://fake.example/") }, clock ?? TimeProvider.System);

    /// <summary>Accepts every line.</summary>
    public static HttpResponseMessage Accept(string body) =>
        Json(
            HttpStatusCode.OK,
            $$"""{"results":[],"accepted":{{body.Count(c => c == '\n')}},"duplicates":0,"rejected":0}"""
        );

    public static HttpResponseMessage Json(HttpStatusCode status, string json) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Bodies.Enqueue(body);
        return answer(request, body);
    }
}
