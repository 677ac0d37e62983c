using System.Collections.Concurrent;
using Throughline.Core.Gate.Brake;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Server.Edge.Records;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;
using Throughline.Storage;

namespace Throughline.Server.Edge.Publishing;

/// <summary>
/// Keeps this edge at what tenants' logs say of their gates: reads it once at the start, and brings each publication into force as soon
/// as it is committed. One publication of a tenant at a time; requests are never held up.
/// </summary>
internal sealed class GateKeeper(
    TenantRegistry registry,
    EdgeService edges,
    DecisionLog? records,
    TimeProvider clock,
    ILogger logger
) : IDisposable
{
    private readonly ConcurrentDictionary<TenantId, Hold> holds = new();

    /// <summary>Reads the gates that this edge is configured for and those that have been published to, before the first request comes.</summary>
    public Task StartAsync(CancellationToken cancellation) =>
        StartAsync(edges.Model.Tenants.Concat(registry.WithGate()), cancellation);

    /// <summary>Reads the gates of tenants before the first request comes; one that cannot be read is told of, and goes without rules.</summary>
    public async Task StartAsync(IEnumerable<TenantId> tenants, CancellationToken cancellation)
    {
        foreach (TenantId tenant in tenants.Distinct())
        {
            try
            {
                if (registry.Find(tenant) is not null)
                    using (await TakeAsync(tenant, cancellation)) { }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                GateEvents.NotLoaded(logger, tenant.Value, error.GetType().Name, error.Message);
            }
        }
    }

    /// <summary>A tenant's gate, for one caller at a time, its edge at what the log says. Dispose of it to give it back.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tenant.</exception>
    /// <exception cref="CellClosedException">The tenant's store cannot be opened.</exception>
    public async Task<GateTurn> TakeAsync(TenantId tenant, CancellationToken cancellation)
    {
        TenantEdge edge = edges.Find(tenant) ?? throw new KeyNotFoundException($"there is no tenant {tenant}");
        CellLease lease = await registry.UseAsync(tenant, cancellation);
        Hold hold = holds.GetOrAdd(tenant, _ => new());
        bool taken = false;
        try
        {
            await hold.Turn.WaitAsync(cancellation);
            taken = true;
            if (!hold.IsLoaded)
                await LoadAsync(edge, lease.Cell.Gate, cancellation);
            hold.IsLoaded = true;
            return new(tenant, edge, lease, hold.Turn, records, clock, logger);
        }
        catch
        {
            if (taken)
                hold.Turn.Release();
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Verifies the records of a tenant's decisions, once those under way are stored; publications go on meanwhile.</summary>
    public async Task<AuditReport> AuditAsync(TenantId tenant, CancellationToken cancellation)
    {
        if (records is not null)
            await records.DrainAsync(tenant).WaitAsync(cancellation);
        using CellLease lease = await registry.UseAsync(tenant, cancellation);
        return await lease.Cell.Gate.AuditAsync(cancellation);
    }

    /// <summary>Reads a tenant's stored decisions, once those under way are stored; publications go on meanwhile.</summary>
    public async Task<T> ReadAsync<T>(TenantId tenant, Func<GateArchive, Task<T>> read, CancellationToken cancellation)
    {
        if (records is not null)
            await records.DrainAsync(tenant).WaitAsync(cancellation);
        return await UseAsync(
            tenant,
            async cell => await read(await cell.Gate.ArchiveAsync(cancellation)),
            cancellation
        );
    }

    /// <summary>Works with a tenant's store; publications go on meanwhile.</summary>
    public async Task<T> UseAsync<T>(TenantId tenant, Func<ITenantCell, Task<T>> work, CancellationToken cancellation)
    {
        using CellLease lease = await registry.UseAsync(tenant, cancellation);
        return await work(lease.Cell);
    }

    public void Dispose()
    {
        foreach (Hold hold in holds.Values)
            hold.Turn.Dispose();
    }

    // On the thread of a decision, which holds the engine: the work is somebody else's.
    private void Brake(TenantEdge edge, BrakeTrip trip) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static work => _ = work.Brakes.StopAsync(work.Edge, work.Trip),
            (Brakes: new GateBrakes(this, clock, logger), Edge: edge, Trip: trip),
            preferLocal: false
        );

    private async Task LoadAsync(TenantEdge edge, ITenantGate gate, CancellationToken cancellation)
    {
        await foreach (GateListChange change in gate.ListChangesAsync(cancellation))
            GateLists.Apply(edge.Lists, change);
        await Task.Run(() => RestoreCounters(edge, gate), cancellation);
        GateOverview overview = await gate.OverviewAsync(cancellation);
        records?.SetSync(edge.Tenant, overview.Settings.Sync);
        edge.Watch(overview.Settings.BrakeInForce);
        edge.Braked = Brake;
        if (overview.Latest == 0 || await gate.RulesAsync(overview.Latest, cancellation) is not { } document)
            return;
        GateModel? model = GateModel.Create(document, overview.Latest, out IReadOnlyList<GateIssue> issues);
        if (model is null)
            throw new InvalidDataException(
                $"version {overview.Latest} of the rules is not valid in this build: {issues[0].Path}: {issues[0].Message}"
            );
        edge.Publish(model);
        GateEvents.Loaded(logger, edge.Tenant.Value, overview.Latest, edge.Lists.All.Sum(list => (long)list.Count));
    }

    // Before the first version: no request has been counted yet.
    private void RestoreCounters(TenantEdge edge, ITenantGate gate)
    {
        string? refused = null;
        byte[]? image = null;
        try
        {
            image = gate.LoadCounters();
        }
        catch (Exception error) when (error is StoreDamagedException or IOException or UnauthorizedAccessException)
        {
            refused = error.Message;
        }
        if (!edge.Restore(gate.HashSecret, image ?? []))
            refused = "it is no image that this version reads";
        if (refused is not null)
            GateEvents.CountersRefused(logger, edge.Tenant.Value, refused);
        else if (image is not null)
            GateEvents.CountersLoaded(logger, edge.Tenant.Value, edge.CounterUse.Keys);
    }

    private sealed class Hold
    {
        public SemaphoreSlim Turn { get; } = new(1);
        public bool IsLoaded { get; set; }
    }
}
