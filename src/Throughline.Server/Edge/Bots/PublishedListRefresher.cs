using System.Collections.Concurrent;
using System.Text;
using Throughline.Server.Telemetry;

namespace Throughline.Server.Edge.Bots;

/// <summary>How the last attempt to refresh a list went.</summary>
/// <param name="Error">Null: it is in place.</param>
internal sealed record BotListAttempt(DateTimeOffset At, string? Error);

/// <summary>
/// Reads what operators publish, from a server or a file, within bounds of size and time, and keeps it over a restart. What cannot be had or is
/// wrong leaves what was there before in place.
/// </summary>
/// <param name="import">Takes what was published under a list's name; gives why not, if it is wrong.</param>
/// <param name="bytesMax">Longer ones are refused.</param>
internal sealed class PublishedListRefresher(
    Func<string, PublishedBotList, string?> import,
    int bytesMax,
    TimeProvider time,
    ILogger logger,
    BotListCache? cache = null
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, BotListAttempt> attempts = new(StringComparer.Ordinal);

    /// <summary>The last attempt; null before the first.</summary>
    public BotListAttempt? LastOf(string list) => attempts.GetValueOrDefault(list);

    /// <summary>Takes lists as an earlier run left them, with their age.</summary>
    public void Restore(IEnumerable<string> lists)
    {
        foreach (string list in lists)
        {
            string? error = null;
            if (cache?.Load(list, out error) is { } kept)
                error = Import(list, kept);
            if (error is not null)
                BotEvents.NotRestored(logger, list, error);
        }
    }

    /// <summary>Refreshes a list; null if it is in place now, else why not.</summary>
    /// <param name="location">An http or https address, or the path of a file.</param>
    public async Task<string?> RefreshAsync(
        HttpClient http,
        string list,
        string location,
        CancellationToken cancellation
    )
    {
        string? error = await TryRefreshAsync(http, list, location, cancellation);
        if (cancellation.IsCancellationRequested)
            return error; // the service stops: no news of the list
        attempts[list] = new(time.GetUtcNow(), error);
        BotInstruments.Refreshed(list, error is null);
        if (error is null)
            BotEvents.Refreshed(logger, list);
        else
            BotEvents.NotRefreshed(logger, list, error);
        return error;
    }

    private async Task<string?> TryRefreshAsync(
        HttpClient http,
        string list,
        string location,
        CancellationToken cancellation
    )
    {
        using CancellationTokenSource patience = new(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        PublishedBotList published;
        try
        {
            published = await ReadAsync(http, location, both.Token);
        }
        catch (OperationCanceledException)
        {
            return cancellation.IsCancellationRequested ? "was stopped" : $"took longer than {Patience.TotalSeconds} s";
        }
        catch (HttpRequestException fault)
        {
            return fault.StatusCode is { } status
                ? $"was answered {(int)status}"
                : $"no answer: {fault.HttpRequestError}";
        }
        catch (InvalidDataException fault)
        {
            return fault.Message;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"cannot be read: {fault.GetType().Name}"; // the message would tell tenants where it is
        }
        string? wrong = Import(list, published);
        if (wrong is null)
            Keep(list, published);
        return wrong;
    }

    // A file is as old as itself, whoever was to keep it fresh; what a server answers holds now.
    private async Task<PublishedBotList> ReadAsync(HttpClient http, string location, CancellationToken cancellation)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (Uri.TryCreate(location, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
        {
            await using Stream stream = await http.GetStreamAsync(address, cancellation);
            return new(now, await ReadAsync(stream, cancellation));
        }
        await using FileStream file = File.OpenRead(location);
        DateTimeOffset written = new(File.GetLastWriteTimeUtc(location));
        return new(written < now ? written : now, await ReadAsync(file, cancellation));
    }

    private async Task<string> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        using MemoryStream whole = new();
        byte[] buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0; )
        {
            if (whole.Length + read > bytesMax)
                throw new InvalidDataException($"is longer than {bytesMax} bytes");
            whole.Write(buffer, 0, read);
        }
        return Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length).TrimStart('\uFEFF');
    }

    private string? Import(string list, PublishedBotList published)
    {
        if (import(list, published) is { } error)
            return error;
        BotInstruments.Imported(list, published.ImportedAt);
        return null;
    }

    // The list is in place even if it cannot be kept: only a restart would miss it.
    private void Keep(string list, PublishedBotList published)
    {
        try
        {
            cache?.Save(list, published);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            BotEvents.NotKept(logger, list, fault.GetType().Name);
        }
    }
}
