using System.Text;
using Throughline.Core.Gate.Agents;

namespace Throughline.Server.Edge.Bots;

/// <summary>Where a published list of addresses is.</summary>
/// <param name="List">One of <see cref="GoodBotRegistry.Lists"/>.</param>
/// <param name="Location">An http or https address, or the path of a file.</param>
public sealed record BotListSource(string List, string Location)
{
    public TimeSpan Every { get; init; } = TimeSpan.FromHours(6);
}

/// <summary>
/// Keeps the published lists fresh. A list that cannot be had or is wrong leaves the one before in place; its age tells, and after
/// <see cref="GoodBots.ListValidMs"/> it makes no impostors any more.
/// </summary>
public sealed partial class BotListRefresher(
    BotDesk desk,
    HttpClient http,
    TimeProvider time,
    ILogger<BotListRefresher> logger
)
{
    /// <summary>Longer lists are refused.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Refreshes all sources until it is cancelled, each at once and then at its own pace.</summary>
    public Task RunAsync(IEnumerable<BotListSource> sources, CancellationToken cancellation) =>
        Task.WhenAll(sources.Select(source => RunAsync(source, cancellation)));

    /// <summary>Refreshes one list; null if it is in place now, else why not.</summary>
    public async Task<string?> RefreshAsync(BotListSource source, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        string? error;
        try
        {
            using CancellationTokenSource patience = new(Patience, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
            await using Stream stream = await OpenAsync(source.Location, both.Token);
            error = Import(source.List, await ReadAsync(stream, both.Token));
        }
        catch (OperationCanceledException)
        {
            error = cancellation.IsCancellationRequested
                ? "was stopped"
                : $"took longer than {Patience.TotalSeconds} s";
        }
        catch (Exception fault)
            when (fault is HttpRequestException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = fault.Message;
        }
        if (error is null)
            Refreshed(logger, source.List);
        else
            Failed(logger, source.List, error);
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

    private async Task<Stream> OpenAsync(string location, CancellationToken cancellation) =>
        Uri.TryCreate(location, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? await http.GetStreamAsync(address, cancellation)
            : File.OpenRead(location);

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        using MemoryStream whole = new();
        byte[] buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0; )
        {
            if (whole.Length + read > BytesMax)
                throw new IOException($"is longer than {BytesMax} bytes");
            whole.Write(buffer, 0, read);
        }
        return Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length).TrimStart('\uFEFF');
    }

    private string? Import(string list, string json)
    {
        if (BotRanges.TryParse(json, out string error) is not { } ranges)
            return error;
        return desk.TryImport(list, ranges, time.GetUtcNow()) ? null : "no bot has a list of this name";
    }

    [LoggerMessage(1400, LogLevel.Information, "The addresses of {List} are refreshed")]
    private static partial void Refreshed(ILogger logger, string list);

    [LoggerMessage(
        1401,
        LogLevel.Warning,
        "The addresses of {List} could not be refreshed, the list before stays: {Error}"
    )]
    private static partial void Failed(ILogger logger, string list, string error);
}
