using Throughline.Server.Telemetry;
using Throughline.Storage;

namespace Throughline.Server.Tenants;

/// <summary>
/// One tenant's place in the registry: its model, and its cell while somebody needs it. A cell is opened by the first that
/// asks and closed by <see cref="CloseIfIdleAsync"/>; the next opening waits for the closing before it. No thread, no timer.
/// </summary>
internal sealed class TenantSlot(
    TenantModel tenant,
    string folder,
    ITenantCellFactory cells,
    TimeProvider clock,
    ILogger logger
)
{
    /// <summary>A cell that could not be opened is not tried again before this time has passed.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>The least time between two looks at a tenant that nobody uses.</summary>
    private const long LookPauseMs = 3_600_000;

    private readonly Lock gate = new();
    private Task<ITenantCell>? cell;
    private Task closing = Task.CompletedTask;
    private long failedAt;
    private long lastUsed = clock.GetTimestamp();
    private int leases;
    private bool stopped;
    private long lookAt; // milliseconds since 1970; 0: nobody knows

    public TenantModel Tenant { get; set; } = tenant;

    /// <summary>It holds its store: open, or not yet done with closing.</summary>
    public bool IsOpen
    {
        get
        {
            lock (gate)
                return cell is { IsCompletedSuccessfully: true } || !closing.IsCompleted;
        }
    }

    /// <exception cref="CellClosedException">The registry has closed, or the cell cannot be opened.</exception>
    public async ValueTask<CellLease> UseAsync(CancellationToken cancellation)
    {
        Task<ITenantCell> opening = Take();
        try
        {
            return new(this, await opening.WaitAsync(cancellation));
        }
        catch
        {
            Release();
            throw;
        }
    }

    public void Release()
    {
        lock (gate)
        {
            leases--;
            lastUsed = clock.GetTimestamp();
        }
    }

    /// <summary>Closes the cell if nobody has used it for this long.</summary>
    public Task CloseIfIdleAsync(TimeSpan idle)
    {
        lock (gate)
        {
            if (cell is not { IsCompletedSuccessfully: true } open || leases > 0)
                return Task.CompletedTask;
            if (clock.GetElapsedTime(lastUsed) < idle || open.Result is TenantCell { IsErasing: true })
                return Task.CompletedTask;
            cell = null;
            lookAt = open.Result is TenantCell own ? own.LookDueAt ?? 0 : long.MaxValue;
            return closing = CloseAsync(open.Result);
        }
    }

    /// <summary>Opens a closed cell for a look at what is wrong, if it is time to, and closes it again unless somebody uses it.</summary>
    public async Task LookIfDueAsync(CancellationToken cancellation)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            lock (gate)
            {
                if (stopped || cell is not null || !closing.IsCompleted || lookAt > now || !HasEvents)
                    return;
                lookAt = now + LookPauseMs; // where it fails, or nothing comes of it
            }
            using CellLease lease = await UseAsync(cancellation);
            await lease.Cell.Hooks.AlarmsAsync(0, cancellation);
        }
        catch (Exception error) when (error is CellBusyException or CellClosedException or NotSupportedException)
        {
            return; // why it does not open was told
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            TenantEvents.NotLookedAt(logger, Tenant.Id.Value, error); // the others' turn comes all the same
            lock (gate)
                lookAt = now + LookPauseMs;
            return;
        }
        long pause = Volatile.Read(ref lookAt);
        await CloseIfIdleAsync(TimeSpan.Zero);
        lock (gate)
            if (lookAt == 0)
                lookAt = pause;
    }

    // Nothing is made for the sake of a look.
    private bool HasEvents => Directory.EnumerateFiles(folder, "log-*").Any();

    /// <summary>Closes the cell for good, used or not; whoever still uses it is told by the cell.</summary>
    public Task StopAsync()
    {
        lock (gate)
        {
            stopped = true;
            Task<ITenantCell>? open = cell;
            cell = null;
            return open is null ? closing : closing = CloseOpeningAsync(open);
        }
    }

    private Task<ITenantCell> Take()
    {
        lock (gate)
        {
            if (stopped)
                throw new CellClosedException("the service is stopping");
            if (cell is { IsFaulted: true } && clock.GetElapsedTime(failedAt) >= RetryAfter)
                cell = null;
            leases++;
            return cell ??= OpenAsync(closing);
        }
    }

    private async Task<ITenantCell> OpenAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            ITenantCell opened = await cells.OpenAsync(Tenant, folder, CancellationToken.None);
            TenantEvents.Opened(logger, Tenant.Id.Value);
            return opened;
        }
        catch (Exception error)
        {
            failedAt = clock.GetTimestamp();
            if (error is StoreDamagedException damaged)
                TenantEvents.Damaged(logger, Tenant.Id.Value, damaged.Message);
            else
                TenantEvents.OpenFailed(logger, Tenant.Id.Value, error);
            throw new CellClosedException($"tenant {Tenant.Id} cannot be opened", error);
        }
    }

    private async Task CloseOpeningAsync(Task<ITenantCell> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully)
            await CloseAsync(opening.Result);
    }

    private async Task CloseAsync(ITenantCell open)
    {
        try
        {
            await open.DisposeAsync();
            TenantEvents.Closed(logger, Tenant.Id.Value);
        }
        catch (Exception error)
        {
            TenantEvents.CloseFailed(logger, Tenant.Id.Value, error);
        }
    }
}
