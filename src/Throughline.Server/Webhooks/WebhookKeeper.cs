using System.Collections.Concurrent;
using Throughline.Core.Alarms;
using Throughline.Core.Events;
using Throughline.Server.Outbound;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Webhooks;

/// <summary>Runs all webhooks of this service, each beside the others: as tenants' logs say, from the start of the service on.</summary>
internal sealed class WebhookKeeper(TenantRegistry registry, OutboundSender sender, TimeProvider clock, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<TenantId, Run> runs = new();
    private readonly CancellationTokenSource stop = new();
    private Task starting = Task.CompletedTask;

    public OutboundModel Outbound => sender.Model;

    /// <summary>Begins to deliver for all tenants that ever had a webhook; does not wait for their stores.</summary>
    public void Start() =>
        starting = Task.WhenAll(
            registry.WithWebhooks().ToArray().Select(id => Task.Run(() => StartAsync(id), stop.Token))
        );

    /// <summary>Brings deliveries to what the tenant's log says now; gives them by id.</summary>
    public async Task<IReadOnlyDictionary<string, WebhookLoop>> RefreshAsync(
        TenantId tenant,
        CancellationToken cancellation
    )
    {
        Run run = runs.GetOrAdd(tenant, _ => new());
        using CellLease lease = await registry.UseAsync(tenant, cancellation).ConfigureAwait(false);
        ITenantHooks hooks = lease.Cell.Hooks;
        await run.Turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            IReadOnlyList<Webhook> all = await hooks.AllAsync(cancellation).ConfigureAwait(false);
            if (!stop.IsCancellationRequested)
                await ReconcileAsync(tenant, run, all, hooks).ConfigureAwait(false);
            return run.Loops;
        }
        finally
        {
            run.Turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Run run in runs.Values)
        {
            await run.Turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            foreach (WebhookLoop loop in run.Loops.Values)
                await loop.DisposeAsync().ConfigureAwait(false);
            run.Loops = new Dictionary<string, WebhookLoop>(StringComparer.Ordinal);
            run.Turn.Release();
        }
        sender.Dispose();
        stop.Dispose();
    }

    private async Task StartAsync(TenantId tenant)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(tenant, stop.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (!stop.IsCancellationRequested)
            {
                WebhookEvents.NotRunning(logger, tenant.Value, error.GetType().Name, error.StackTrace);
            }
            await Task.Delay(RetryPause, clock, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReconcileAsync(TenantId tenant, Run run, IReadOnlyList<Webhook> all, ITenantHooks hooks)
    {
        Dictionary<string, WebhookLoop> next = new(StringComparer.Ordinal);
        List<WebhookLoop> begun = [];
        foreach (Webhook hook in all)
        {
            if (run.Loops.TryGetValue(hook.Id, out WebhookLoop? known) && known.Pump.Hook.Version == hook.Version)
            {
                next.Add(hook.Id, known);
                continue;
            }
            if (known is not null)
                await known.DisposeAsync().ConfigureAwait(false);
            WebhookPump pump = new(tenant.Value, hook, hooks.States, sender, clock, logger);
            if (known is not null && pump.State is { Status: WebhookStatus.Active, Failures: > 0 })
                pump.Resume(null); // what failed was another definition
            WebhookLoop loop = new(tenant, pump, registry, clock, logger, own => own.Note(Stopped(run)));
            next.Add(hook.Id, loop);
            begun.Add(loop);
        }
        foreach ((string id, WebhookLoop loop) in run.Loops)
            if (!next.ContainsKey(id))
            {
                await loop.DisposeAsync().ConfigureAwait(false);
                hooks.States.Delete(id);
            }
        run.Loops = next;
        hooks.Note(Stopped(run));
        begun.ForEach(loop => loop.Start());
    }

    private static IReadOnlyList<AlarmCondition> Stopped(Run run) =>
        [
            .. run
                .Loops.Values.Select(loop => (loop.Pump.Hook, loop.Pump.State))
                .Where(x => x.State.Status != WebhookStatus.Active)
                .Select(x => new AlarmCondition(
                    AlarmKinds.WebhookPaused,
                    x.Hook.Id,
                    x.State.Failures,
                    null,
                    $"Deliveries to the webhook {x.Hook.Id} stopped: the last of {x.State.Failures} tries since {EventTime.ToText(x.State.FailingSince ?? x.Hook.Created)} {x.State.LastError}. Resume it once its receiver works."
                )),
        ];

    // Loops is replaced whole: whoever reads it needs no lock.
    private sealed class Run
    {
        public SemaphoreSlim Turn { get; } = new(1);
        public IReadOnlyDictionary<string, WebhookLoop> Loops { get; set; } =
            new Dictionary<string, WebhookLoop>(StringComparer.Ordinal);
    }
}
