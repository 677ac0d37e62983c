using System.Net.Http.Headers;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;

namespace Throughline.Cli.Service;

/// <summary>Speaks with a service over HTTP, as any sender does. Thread-safe.</summary>
/// <param name="tenant">For whom it speaks, if its key does not say.</param>
internal sealed class ServiceClient(HttpClient http, TimeProvider clock, string? tenant = null)
{
    private static readonly MediaTypeHeaderValue Ndjson = new("application/x-ndjson");

    private long waits;

    /// <summary>How often the service asked this client to come back later.</summary>
    public long Waits => Volatile.Read(ref waits);

    /// <summary>
    /// Sends a batch until it is durable: waits while the service is busy. Sending again is safe, since a known event is a
    /// duplicate.
    /// </summary>
    /// <param name="backfill">An import: the events may be of any age.</param>
    /// <exception cref="CommandException">The service refused the batch as a whole, went away, or stayed busy.</exception>
    public async Task<BatchAnswer> SendAsync(EventBatch batch, bool backfill, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendPatientlyAsync(
            () =>
            {
                HttpRequestMessage request = new(HttpMethod.Post, "v1/events?results=rejected")
                {
                    Content = new ReadOnlyMemoryContent(batch.Body) { Headers = { ContentType = Ndjson } },
                };
                if (backfill)
                    request.Headers.Add("Throughline-Backfill", "true");
                return request;
            },
            cancellation
        );
        using JsonDocument body = await ReadAsync(response, cancellation);
        BatchAnswer answer = BatchAnswer.Read(body.RootElement) ?? throw Refused(response, body.RootElement);
        if (answer.Accepted + answer.Duplicates + answer.Rejected != batch.Count)
            throw Refused(response, body.RootElement);
        return answer;
    }

    /// <summary>Gets a JSON document; null where there is none.</summary>
    public async Task<JsonDocument?> GetAsync(string path, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendPatientlyAsync(() => new(HttpMethod.Get, path), cancellation);
        if (response.StatusCode == System.Net.HttpStatusCode.NotFound)
            return null;
        return await ReadWholeAsync(response, cancellation);
    }

    /// <summary>Asks a question that takes long: lines of progress, then the document.</summary>
    public async Task<JsonDocument> AskLongAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte> document,
        IProgress<long> progress,
        CancellationToken cancellation,
        string contentType = "application/json"
    )
    {
        using HttpResponseMessage response = await SendPatientlyAsync(
            () =>
            {
                HttpRequestMessage request = new(method, path) { Headers = { Accept = { new(Ndjson.MediaType!) } } };
                if (!document.IsEmpty)
                    request.Content = new ReadOnlyMemoryContent(document)
                    {
                        Headers = { ContentType = new(contentType) },
                    };
                return request;
            },
            cancellation
        );
        if (!response.IsSuccessStatusCode)
            return await ReadWholeAsync(response, cancellation);
        using StreamReader lines = new(await response.Content.ReadAsStreamAsync(cancellation));
        try
        {
            while (await lines.ReadLineAsync(cancellation) is { } line)
            {
                JsonDocument answer = JsonDocument.Parse(line);
                if (!answer.RootElement.TryGetProperty("progress", out JsonElement figures))
                    return answer;
                progress.Report(figures.GetProperty("done").GetInt64());
                answer.Dispose();
            }
        }
        catch (Exception error) when (error is IOException or HttpRequestException or JsonException)
        {
            throw CommandException.Store("service_answer", $"The service broke off: {error.Message}", error);
        }
        throw CommandException.Store("service_answer", "The service broke off before it had answered.");
    }

    /// <summary>Copies an answer of any form and length as it comes; gives its headers.</summary>
    /// <exception cref="CommandException">The service refused, or broke off: what was copied may end anywhere.</exception>
    public async Task<HttpResponseHeaders> CopyAsync(string path, Stream target, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendPatientlyAsync(() => new(HttpMethod.Get, path), cancellation);
        if (!response.IsSuccessStatusCode)
            (await ReadWholeAsync(response, cancellation)).Dispose();
        try
        {
            await response.Content.CopyToAsync(target, cancellation);
        }
        catch (HttpRequestException error)
        {
            throw CommandException.Store("service_answer", $"The service broke off: {error.Message}", error);
        }
        return response.Headers;
    }

    /// <summary>Sends a JSON document and gets one back.</summary>
    public async Task<JsonDocument> SendAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte> document,
        CancellationToken cancellation,
        string contentType = "application/json"
    )
    {
        using HttpResponseMessage response = await SendPatientlyAsync(
            () =>
                new(method, path)
                {
                    Content = new ReadOnlyMemoryContent(document) { Headers = { ContentType = new(contentType) } },
                },
            cancellation
        );
        return await ReadWholeAsync(response, cancellation);
    }

    /// <summary>Waits until nothing is left to be worked out; gives the digest of all current results.</summary>
    public Task<string> SettledDigestAsync(ICommandOutput output, CancellationToken cancellation) =>
        output.ProgressAsync(
            "Settling",
            null,
            async _ =>
            {
                using JsonDocument state = (await GetAsync("v1/state?settled=true", cancellation))!;
                return state.RootElement.GetProperty("resultsDigest").GetString()!;
            }
        );

    private async Task<HttpResponseMessage> SendPatientlyAsync(
        Func<HttpRequestMessage> request,
        CancellationToken cancellation
    )
    {
        var patience = new Patience(clock);
        while (true)
        {
            HttpResponseMessage response;
            using (HttpRequestMessage message = request())
            {
                if (tenant is not null)
                    message.Headers.Add("Throughline-Tenant", tenant);
                response = await SendOnceAsync(message, cancellation);
            }
            if (!Patience.IsBusy(response.StatusCode))
                return response;
            using (response)
            {
                Interlocked.Increment(ref waits);
                if (await patience.WaitAsync(response.Headers.RetryAfter, cancellation))
                    continue;
                using JsonDocument body = await ReadAsync(response, cancellation);
                throw CommandException.Store("service_busy", $"The service stayed busy: {TitleOf(body.RootElement)}");
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage message, CancellationToken cancellation)
    {
        try
        {
            return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException error)
        {
            throw CommandException.Store(
                "service_unreachable",
                $"The service at {http.BaseAddress} does not answer: {error.Message}",
                error
            );
        }
    }

    private static async Task<JsonDocument> ReadWholeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        JsonDocument body = await ReadAsync(response, cancellation);
        if (response.IsSuccessStatusCode)
            return body;
        using (body)
            throw Refused(response, body.RootElement);
    }

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
            return await JsonDocument.ParseAsync(stream, default, cancellation);
        }
        catch (JsonException error)
        {
            throw new CommandException(
                ExitCode.CheckFailed,
                "service_answer",
                $"The service answered {(int)response.StatusCode} without a JSON document.",
                error
            );
        }
    }

    private static CommandException Refused(HttpResponseMessage response, JsonElement body)
    {
        string reason = body.TryGetProperty("reason", out JsonElement code) ? code.GetString()! : "service_answer";
        if (reason == "tenant_damaged")
            return CommandException.Store("store_damaged", TitleOf(body));
        return (int)response.StatusCode is >= 400 and < 500
            ? CommandException.BadInput(reason, TitleOf(body))
            : new(ExitCode.CheckFailed, reason, $"The service answered {(int)response.StatusCode}: {TitleOf(body)}");
    }

    private static string TitleOf(JsonElement body)
    {
        string title = body.TryGetProperty("title", out JsonElement text)
            ? text.GetString()!
            : "an answer that is not understood.";
        return body.TryGetProperty("detail", out JsonElement detail) ? $"{title} {detail.GetString()}" : title;
    }
}
