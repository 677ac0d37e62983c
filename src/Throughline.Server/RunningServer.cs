using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge;
using Throughline.Server.Edge.Bots;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Edge.Records;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;
using Throughline.Server.Webhooks;
using Throughline.Storage;

namespace Throughline.Server;

/// <summary>
/// A service that runs. Stopping takes no new requests, finishes and stores those under way, closes every tenant and lets
/// the folder go.
/// </summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly MetricCollector metrics;
    private readonly ControlKey control;
    private readonly FolderLock folder;
    private readonly ILogger logger;
    private readonly DecisionLog records;
    private readonly CounterKeeper counters;
    private readonly ListSweeper sweeper;
    private readonly IdleWatch idle;
    private int stopped;

    internal RunningServer(
        WebApplication app,
        TenantRegistry registry,
        MetricCollector metrics,
        ControlKey control,
        FolderLock folder,
        EdgeService edge,
        GateKeeper keeper,
        GoodBotKeeper bots,
        DecisionLog records,
        CounterKeeper counters,
        ListSweeper sweeper,
        WebhookKeeper webhooks,
        IdleWatch idle,
        ILogger logger
    )
    {
        (this.app, Registry, this.metrics, this.control, this.folder, this.logger) = (
            app,
            registry,
            metrics,
            control,
            folder,
            logger
        );
        Edge = edge;
        (Gates, Bots, this.records, this.counters, this.sweeper) = (keeper, bots, records, counters, sweeper);
        Webhooks = webhooks;
        this.idle = idle;
        // The one port of the gate's gRPC is listened to last.
        string[] all = [.. app.Urls];
        Urls = edge.Model.Options.GrpcUrl is null ? all : all[..^1];
        GrpcAddress = edge.Model.Options.GrpcUrl is null ? null : new(all[^1]);
    }

    /// <summary>Where it listens, with the ports that were taken.</summary>
    public IReadOnlyList<Uri> Addresses => [.. Urls.Select(url => new Uri(url))];

    /// <summary>Its tenants.</summary>
    public TenantRegistry Registry { get; }

    /// <summary>Where ext_authz over gRPC listens; null if it does not.</summary>
    public Uri? GrpcAddress { get; }

    internal EdgeService Edge { get; }

    internal GateKeeper Gates { get; }

    internal GoodBotKeeper Bots { get; }

    internal WebhookKeeper Webhooks { get; }

    private IReadOnlyList<string> Urls { get; }

    /// <summary>Puts a version of a tenant's rules in force at this edge, at once and without dropping a request.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tenant.</exception>
    public void PublishRules(TenantId tenant, GateModel rules) => Edge.Publish(tenant, rules);

    /// <summary>Completes when the service was told to stop, by a signal or by <see cref="StopAsync"/>.</summary>
    public async Task WaitForStopAsync()
    {
        TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (app.Lifetime.ApplicationStopping.Register(told.SetResult))
            await told.Task;
    }

    /// <summary>Stops; does nothing the second time.</summary>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        if (Interlocked.Exchange(ref stopped, 1) != 0)
            return;
        ApiEvents.Stopping(logger);
        await app.StopAsync(cancellation);
        sweeper.Dispose();
        await idle.DisposeAsync();
        await Webhooks.DisposeAsync();
        await Bots.DisposeAsync();
        await records.DisposeAsync(); // what was decided is stored before its tenant's cell closes
        await counters.DisposeAsync();
        await Registry.DisposeAsync();
        Gates.Dispose();
        Edge.Dispose();
        metrics.Dispose();
        control.Dispose();
        folder.Dispose();
        ApiEvents.Stopped(logger);
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);
}
