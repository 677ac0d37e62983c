using Throughline.Core.Gate.Agents;

namespace Throughline.Server.Edge.Bots;

/// <summary>Where a published list of addresses is.</summary>
/// <param name="List">One of <see cref="GoodBotRegistry.Lists"/>.</param>
/// <param name="Location">An http or https address, or the path of a file.</param>
internal sealed record BotListSource(string List, string Location)
{
    /// <summary>The address need not be public.</summary>
    public bool IsInternal { get; init; }

    public TimeSpan Every { get; init; } = TimeSpan.FromHours(6);
}

/// <summary>
/// Keeps the published lists fresh. A list that cannot be had or is wrong leaves the one before in place; its age tells, and after
/// <see cref="GoodBots.ListValidMs"/> it makes no impostors any more.
/// </summary>
internal sealed class BotListRefresher(
    BotDesk desk,
    HttpClient http,
    HttpClient internalHttp,
    TimeProvider time,
    ILogger logger,
    BotListCache? cache = null
)
{
    /// <summary>Longer lists are refused.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    private readonly PublishedListRefresher lists = new(Import(desk), BytesMax, time, logger, cache);

    /// <summary>The last attempt; null before the first.</summary>
    public BotListAttempt? LastOf(string list) => lists.LastOf(list);

    /// <summary>Takes the lists of the sources as an earlier run left them, with their age.</summary>
    public void Restore(IEnumerable<BotListSource> sources) => lists.Restore(sources.Select(source => source.List));

    /// <summary>Refreshes all sources until it is cancelled, each at once and then at its own pace.</summary>
    public Task RunAsync(IEnumerable<BotListSource> sources, CancellationToken cancellation) =>
        Task.WhenAll(sources.Select(source => RunAsync(source, cancellation)));

    /// <summary>Refreshes one list; null if it is in place now, else why not.</summary>
    public Task<string?> RefreshAsync(BotListSource source, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        return lists.RefreshAsync(source.IsInternal ? internalHttp : http, source.List, source.Location, cancellation);
    }

    private async Task RunAsync(BotListSource source, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await RefreshAsync(source, cancellation);
            await Task.Delay(source.Every, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static Func<string, PublishedBotList, string?> Import(BotDesk desk) =>
        (list, published) =>
            BotRanges.TryParse(published.Text, out string error) is not { } ranges ? error
            : desk.TryImport(list, ranges, published.ImportedAt) ? null
            : "no bot has a list of this name";
}
