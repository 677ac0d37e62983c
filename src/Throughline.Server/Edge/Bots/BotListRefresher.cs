using System.Collections.Concurrent;
using System.Text;
using Throughline.Core.Gate.Agents;
using Throughline.Server.Telemetry;

namespace Throughline.Server.Edge.Bots;

/// <summary>Where a published list of addresses is.</summary>
/// <param name="List">One of <see cref="GoodBotRegistry.Lists"/>.</param>
/// <param name="Location">An http or https address, or the path of a file.</param>
internal sealed record BotListSource(string List, string Location)
{
    public TimeSpan Every { get; init; } = TimeSpan.FromHours(6);
}

/// <summary>How the last attempt to refresh a list went.</summary>
/// <param name="Error">Null: it is in place.</param>
internal sealed record BotListAttempt(DateTimeOffset At, string? Error);

/// <summary>
/// Keeps the published lists fresh. A list that cannot be had or is wrong leaves the one before in place; its age tells, and after
/// <see cref="GoodBots.ListValidMs"/> it makes no impostors any more.
/// </summary>
internal sealed class BotListRefresher(
    BotDesk desk,
    HttpClient http,
    TimeProvider time,
    ILogger logger,
    BotListCache? cache = null
)
{
    /// <summary>Longer lists are refused.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, BotListAttempt> attempts = new(StringComparer.Ordinal);

    /// <summary>The last attempt; null before the first.</summary>
    public BotListAttempt? LastOf(string list) => attempts.GetValueOrDefault(list);

    /// <summary>Takes the lists of the sources as an earlier run left them, with their age.</summary>
    public void Restore(IEnumerable<BotListSource> sources)
    {
        foreach (BotListSource source in sources)
        {
            string? error = null;
            if (cache?.Load(source.List, out error) is { } kept)
                error = Import(source.List, kept);
            if (error is not null)
                BotEvents.NotRestored(logger, source.List, error);
        }
    }

    /// <summary>Refreshes all sources until it is cancelled, each at once and then at its own pace.</summary>
    public Task RunAsync(IEnumerable<BotListSource> sources, CancellationToken cancellation) =>
        Task.WhenAll(sources.Select(source => RunAsync(source, cancellation)));

    /// <summary>Refreshes one list; null if it is in place now, else why not.</summary>
    public async Task<string?> RefreshAsync(BotListSource source, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        string? error = await TryRefreshAsync(source, cancellation);
        if (cancellation.IsCancellationRequested)
            return error; // the service stops: no news of the list
        attempts[source.List] = new(time.GetUtcNow(), error);
        BotInstruments.Refreshed(source.List, error is null);
        if (error is null)
            BotEvents.Refreshed(logger, source.List);
        else
            BotEvents.NotRefreshed(logger, source.List, error);
        return error;
    }

    private async Task RunAsync(BotListSource source, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await RefreshAsync(source, cancellation);
            await Task.Delay(source.Every, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string?> TryRefreshAsync(BotListSource source, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        PublishedBotList list;
        try
        {
            list = await ReadAsync(source.Location, both.Token);
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
        string? wrong = Import(source.List, list);
        if (wrong is null)
            Keep(source.List, list);
        return wrong;
    }

    // A file is as old as itself, whoever was to keep it fresh; what a server answers holds now.
    private async Task<PublishedBotList> ReadAsync(string location, CancellationToken cancellation)
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

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        using MemoryStream whole = new();
        byte[] buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0; )
        {
            if (whole.Length + read > BytesMax)
                throw new InvalidDataException($"is longer than {BytesMax} bytes");
            whole.Write(buffer, 0, read);
        }
        return Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length).TrimStart('\uFEFF');
    }

    private string? Import(string list, PublishedBotList published)
    {
        if (BotRanges.TryParse(published.Text, out string error) is not { } ranges)
            return error;
        if (!desk.TryImport(list, ranges, published.ImportedAt))
            return "no bot has a list of this name";
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
