using Throughline.Core.Gate.Agents;

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
    private readonly HttpClient http = new(
        new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10), MaxAutomaticRedirections = 3 }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan, // the refresher has its own patience, by the service's clock
    };
    private readonly BotListRefresher lists;
    private readonly BotVerifier? names;
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public GoodBotKeeper(
        BotDesk desk,
        GoodBotModel model,
        string dataFolder,
        IReverseDns? dns,
        TimeProvider clock,
        ILogger logger
    )
    {
        (this.desk, this.model, this.clock) = (desk, model, clock);
        lists = new(desk, http, clock, logger, new(Path.Combine(dataFolder, Folder)));
        if (model.ReverseDns)
            names = new(desk, dns ?? new SystemReverseDns(), clock, logger) { Patience = model.DnsPatience };
    }

    /// <summary>Knows what earlier runs knew when it comes back, and then keeps itself fresh.</summary>
    public void Start()
    {
        lists.Restore(model.Sources);
        running = Task.WhenAll(
            Task.Run(() => lists.RunAsync(model.Sources, stop.Token), stop.Token),
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
            new(model.ReverseDns, answers, questions)
        );
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Dispose();
        stop.Dispose();
    }
}
