using Throughline.Core.Alarms;
using Throughline.Core.Gate.Agents;
using Throughline.Server.Outbound;

namespace Throughline.Server.Edge.Bots;

/// <summary>
/// Keeps what this node knows of good bots up to date, beside the decisions: lists from the data folder first, then from their sources;
/// names by DNS where that was asked for.
/// </summary>
internal sealed class GoodBotKeeper : IAsyncDisposable
{
    private const string Folder = "good-bots";

    private readonly BotDesk desk;
    private readonly GoodBotModel model;
    private readonly TimeProvider clock;
    private readonly BotListRefresher lists;
    private readonly BotVerifier? names;

    // Operators move their lists: to public addresses again, and by https from https.
    private readonly HttpClient moving = Client(allowsInternal: false, redirectsMax: 3);
    private readonly HttpClient guarded = Client(allowsInternal: false);
    private readonly HttpClient inside = Client(allowsInternal: true);
    private readonly AgentKeyRefresher keys;
    private readonly SignatureDesk signatures;
    private readonly WebBotAuthModel agents;
    private readonly CancellationTokenSource stop = new();
    private readonly long started;
    private Task running = Task.CompletedTask;

    public GoodBotKeeper(
        BotDesk desk,
        GoodBotModel model,
        SignatureDesk signatures,
        WebBotAuthModel agents,
        string dataFolder,
        IReverseDns? dns,
        TimeProvider clock,
        ILogger logger
    )
    {
        (this.desk, this.model, this.clock) = (desk, model, clock);
        started = clock.GetUtcNow().ToUnixTimeMilliseconds();
        (this.signatures, this.agents) = (signatures, agents);
        BotListCache cache = new(Path.Combine(dataFolder, Folder));
        lists = new(desk, moving, inside, clock, logger, cache);
        keys = new(signatures, agents, guarded, inside, clock, logger, cache);
        if (model.ReverseDns)
            names = new(desk, dns ?? new SystemReverseDns(), clock, logger) { Patience = model.DnsPatience };
    }

    /// <summary>Knows what earlier runs knew when it comes back, and then keeps itself fresh.</summary>
    public void Start()
    {
        lists.Restore(model.Sources);
        keys.Restore();
        running = Task.WhenAll(
            Task.Run(() => lists.RunAsync(model.Sources, stop.Token), stop.Token),
            Task.Run(() => keys.RunAsync(stop.Token), stop.Token),
            names is null ? Task.CompletedTask : Task.Run(() => names.RunAsync(stop.Token), stop.Token)
        );
    }

    /// <summary>The lists that have a source, in their order, with age and trouble.</summary>
    public GoodBotsAnswer Show()
    {
        DateTimeOffset now = clock.GetUtcNow();
        Dictionary<string, BotListState> known = desk.Lists.ToDictionary(list => list.List);
        (int answers, int questions) = desk.Names;
        return new(
            [
                .. model.Sources.Select(source =>
                    BotListAnswer.Of(source, known.GetValueOrDefault(source.List), lists.LastOf(source.List), now)
                ),
            ],
            new(model.ReverseDns, answers, questions),
            [.. agents.Agents.Select(agent => SignedAgentAnswer.Of(agent, signatures, keys.LastOf(agent)))]
        );
    }

    /// <summary>The lists that have a source and were not refreshed for long.</summary>
    /// <param name="now">Milliseconds since 1970.</param>
    public IReadOnlyList<AlarmCondition> Alarms(long now)
    {
        Dictionary<string, BotListState> known = desk.Lists.ToDictionary(list => list.List);
        return
        [
            .. model
                .Sources.Select(source =>
                    AlarmConditions.OfBotList(
                        source.List,
                        known.GetValueOrDefault(source.List)?.ImportedAt,
                        started,
                        now
                    )
                )
                .OfType<AlarmCondition>(),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        moving.Dispose();
        guarded.Dispose();
        inside.Dispose();
        stop.Dispose();
    }

    private static HttpClient Client(bool allowsInternal, int redirectsMax = 0)
    {
        SocketsHttpHandler handler = GuardedConnect.Handler(allowsInternal);
        if (redirectsMax > 0)
            (handler.AllowAutoRedirect, handler.MaxAutomaticRedirections) = (true, redirectsMax);
        return new(handler) { Timeout = Timeout.InfiniteTimeSpan }; // the refresher has its own patience, by the service's clock
    }
}
