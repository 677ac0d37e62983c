namespace Throughline.Server.Tenants;

/// <summary>
/// Looks at tenants that nobody uses when silence begins to be missed of them, so that an alarm does not wait for somebody who asks: their stores
/// are closed, and opened for that look alone, one after another. After a start nothing is known of them, and each is looked at once.
/// </summary>
internal sealed class IdleWatch : IAsyncDisposable
{
    private readonly TenantRegistry registry;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    public IdleWatch(TenantRegistry registry, TimeProvider clock)
    {
        (this.registry, this.clock) = (registry, clock);
        loop = Task.Run(RunAsync, stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await Task.Delay(CellWatch.Interval, clock, stop.Token).ConfigureAwait(false);
            await registry.LookAtIdleAsync(stop.Token).ConfigureAwait(false);
        }
    }
}
