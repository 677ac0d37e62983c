using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Throughline.Cli.Tests.Faults;

/// <summary>Several connections that send batches, each the next one when the one before is answered, until the service is gone.</summary>
internal sealed class Senders : IDisposable
{
    public const int Connections = 4;

    private readonly HttpClient http;
    private readonly Ledger ledger;
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int begun;
    private int target = int.MaxValue;

    public Senders(Uri address, string key, Ledger ledger)
    {
        this.ledger = ledger;
        http = new(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(60),
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Completes when so many requests have been begun.</summary>
    public Task ReachAsync(int requests)
    {
        Volatile.Write(ref target, requests);
        if (Volatile.Read(ref begun) >= requests)
            reached.TrySetResult();
        return reached.Task;
    }

    /// <summary>Sends until the service does not answer any more; every answer is written to the ledger.</summary>
    public Task RunAsync(int seed, string prefix) =>
        Task.WhenAll(
            Enumerable.Range(0, Connections).Select(i => Task.Run(() => SendAllAsync(new(seed + i, $"{prefix}.{i}"))))
        );

    /// <summary>Sends a batch; false if there was no answer, or none that promises anything.</summary>
    public async Task<bool> SendAsync(LoadBatch batch)
    {
        if (Interlocked.Increment(ref begun) == Volatile.Read(ref target))
            reached.TrySetResult();
        using ByteArrayContent body = new(batch.Body);
        body.Headers.ContentType = new("application/x-ndjson");
        using HttpResponseMessage response = await http.PostAsync("v1/events", body);
        byte[] answer = await response.Content.ReadAsByteArrayAsync();
        if (response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
            return false;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using JsonDocument json = JsonDocument.Parse(answer);
        ledger.Acknowledge(batch, json.RootElement);
        return true;
    }

    /// <summary>Publishes a rule, so that conversions have something to be credited by.</summary>
    public async Task PublishAsync(string campaign)
    {
        using ByteArrayContent body = new("""{"window":"1h","restate":true}"""u8.ToArray());
        body.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await http.PutAsync($"v1/campaigns/{campaign}", body);
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => http.Dispose();

    private async Task SendAllAsync(LoadEvents events)
    {
        try
        {
            for (int i = 1; ; i++)
            {
                LoadBatch batch = events.Next();
                await SendAsync(batch);
                if (i % 8 == 0)
                    await Task.WhenAll(SendAsync(batch), SendAsync(batch)); // again, twice at once
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // killed or stopped: what was not answered may be there or not
        }
    }
}
