namespace Throughline.Server.Edge.Bots;

/// <summary>
/// Keeps the keys of agents that sign fresh, beside the decisions: at once, at their own pace, and sooner when a signature names a key that is not
/// known yet, but no more often than once a minute.
/// </summary>
internal sealed class AgentKeyRefresher(
    SignatureDesk desk,
    WebBotAuthModel model,
    HttpClient http,
    HttpClient internalHttp,
    TimeProvider time,
    ILogger logger,
    BotListCache? cache = null
)
{
    /// <summary>Longer sets of keys are refused.</summary>
    public const int BytesMax = 256 * 1024;

    public static readonly TimeSpan LeastPause = TimeSpan.FromMinutes(1);

    private readonly PublishedListRefresher lists = new(Import(desk, model), BytesMax, time, logger, cache);

    /// <summary>The last attempt; null before the first.</summary>
    public BotListAttempt? LastOf(SignedAgent agent) => lists.LastOf(agent.List);

    /// <summary>Takes the keys as an earlier run left them.</summary>
    public void Restore() => lists.Restore(model.Agents.Select(agent => agent.List));

    /// <summary>Refreshes all agents' keys until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        Task.WhenAll(model.Agents.Select(agent => RunAsync(agent, cancellation)));

    /// <summary>Refreshes one agent's keys; null if they are in place now, else why not.</summary>
    public Task<string?> RefreshAsync(SignedAgent agent, CancellationToken cancellation) =>
        lists.RefreshAsync(agent.IsInternal ? internalHttp : http, agent.List, agent.Source, cancellation);

    private async Task RunAsync(SignedAgent agent, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            desk.Answer(agent);
            await RefreshAsync(agent, cancellation);
            await Task.Delay(LeastPause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (agent.Every <= LeastPause || cancellation.IsCancellationRequested)
                continue;
            using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(Task.Delay(agent.Every - LeastPause, time, rest.Token), desk.AskedAsync(agent));
            await rest.CancelAsync();
        }
    }

    private static Func<string, PublishedBotList, string?> Import(SignatureDesk desk, WebBotAuthModel model) =>
        (list, published) => desk.Import(model.Agents.First(agent => agent.List == list), published.Text);
}
