using System.Net;
using System.Net.Http.Headers;

namespace Throughline.Server.Outbound;

/// <summary>What became of one request. Of an answer nothing but its status and when to come back is ever looked at: what an address inside says is nobody's business.</summary>
/// <param name="Status">Null: there was no answer.</param>
/// <param name="Error">Why not, in words without names and addresses.</param>
/// <param name="RetryAfter">When the receiver wants to be asked again.</param>
internal sealed record OutboundAnswer(int? Status, string? Error, DateTimeOffset? RetryAfter)
{
    public bool IsTaken => Status is >= 200 and < 300;

    /// <summary>In a few words, for operators.</summary>
    public string Text => Error ?? $"was answered {Status}";
}

/// <summary>Sends documents out, through <see cref="GuardedConnect"/> alone: bounded in time and in what is read. Thread-safe.</summary>
internal sealed class OutboundSender(OutboundModel model, TimeProvider clock) : IDisposable
{
    private readonly HttpClient http = new(
        GuardedConnect.Handler(model.Allows, model.IsOwn, model.Options.Resolver ?? Dns.GetHostAddressesAsync)
    )
    {
        Timeout = Timeout.InfiniteTimeSpan, // by the service's clock, below
    };

    public OutboundModel Model => model;

    /// <summary>Posts a JSON document once.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; nobody knows whether it came.</exception>
    public async Task<OutboundAnswer> PostAsync(
        string address,
        ReadOnlyMemory<byte> body,
        IEnumerable<KeyValuePair<string, string>> headers,
        CancellationToken cancellation
    )
    {
        if (model.Refuses(address, out Uri? target) is { } refused)
            return new(null, $"the address {refused}", null);
        using CancellationTokenSource patience = new(model.Options.Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        using HttpRequestMessage request = new(HttpMethod.Post, target)
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new("application/json") } },
        };
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                both.Token
            );
            return new((int)response.StatusCode, null, TimeOf(response.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(null, $"no answer in {model.Options.Patience.TotalSeconds:0.###} s", null);
        }
        catch (HttpRequestException error)
        {
            return new(null, WordsOf(error), null);
        }
        catch (IOException)
        {
            return new(null, "the connection broke", null);
        }
    }

    public void Dispose() => http.Dispose();

    private static string WordsOf(HttpRequestException error) =>
        (error as ForbiddenAddressException ?? error.InnerException as ForbiddenAddressException) is { } forbidden
            ? forbidden.Message
            : error.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => "the name has no address",
                HttpRequestError.ConnectionError => "nobody listens there",
                HttpRequestError.SecureConnectionError => "no secure connection: the certificate may be wrong",
                HttpRequestError.ConfigurationLimitExceeded => "the answer's head is too long",
                HttpRequestError.ResponseEnded => "the connection ended before an answer",
                _ => $"no answer: {error.HttpRequestError}",
            };

    private DateTimeOffset? TimeOf(RetryConditionHeaderValue? value) =>
        value?.Date ?? (value?.Delta is { } span ? clock.GetUtcNow() + span : null);
}
