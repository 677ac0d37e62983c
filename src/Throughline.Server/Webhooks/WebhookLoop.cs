using Throughline.Server.Outbound;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Webhooks;

/// <summary>Runs one webhook's pump until it is stopped: whatever goes wrong is told, and tried again.</summary>
internal sealed class WebhookLoop(
    TenantId tenant,
    WebhookPump pump,
    TenantRegistry registry,
    TimeProvider clock,
    ILogger logger,
    Action<ITenantHooks> note
) : IAsyncDisposable
{
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Broken = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly SemaphoreSlim wake = new(0);
    private Task running = Task.CompletedTask;

    public WebhookPump Pump => pump;

    public void Start() => running = Task.Run(RunAsync, stop.Token);

    /// <summary>Begins again where it stood, or elsewhere.</summary>
    public async Task ResumeAsync(WebhookCursor? from, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        pump.Resume(from);
        turn.Release();
        wake.Release();
    }

    public Task<OutboundAnswer> TestAsync(string note, CancellationToken cancellation) =>
        pump.TestAsync(note, cancellation);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        pump.Flush();
        stop.Dispose();
        turn.Dispose();
        wake.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            TimeSpan pause;
            try
            {
                pause = await StepAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (error is CellBusyException or CellClosedException)
            {
                pause = Busy;
            }
            catch (Exception error) when (!stop.IsCancellationRequested)
            {
                WebhookEvents.NotRunning(logger, tenant.Value, error.GetType().Name, error.StackTrace);
                pause = Broken;
            }
            if (pause != TimeSpan.Zero)
                await RestAsync(pause).ConfigureAwait(false);
        }
    }

    private async Task<TimeSpan> StepAsync()
    {
        using CellLease lease = await registry.UseAsync(tenant, stop.Token).ConfigureAwait(false);
        await turn.WaitAsync(stop.Token).ConfigureAwait(false);
        try
        {
            WebhookStatus before = pump.State.Status;
            TimeSpan pause = await pump.StepAsync(lease.Cell.Hooks, stop.Token).ConfigureAwait(false);
            if (pump.State.Status != before || !lease.Cell.Hooks.IsNoted)
                note(lease.Cell.Hooks);
            return pause;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task RestAsync(TimeSpan pause)
    {
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        await Task.WhenAny(Task.Delay(pause, clock, rest.Token), wake.WaitAsync(rest.Token)).ConfigureAwait(false);
        await rest.CancelAsync().ConfigureAwait(false);
    }
}
