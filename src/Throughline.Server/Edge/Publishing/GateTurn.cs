using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Server.Edge.Records;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Publishing;

/// <summary>What came of an attempt to publish.</summary>
internal abstract record PublishOutcome
{
    private PublishOutcome() { }

    /// <summary>It is in force.</summary>
    public sealed record Published(GateVersion Version, RecentShares Shares) : PublishOutcome;

    /// <summary>It is not valid.</summary>
    public sealed record Invalid(IReadOnlyList<GateIssue> Issues) : PublishOutcome;

    /// <summary>Somebody published in between.</summary>
    public sealed record Conflict(long Latest) : PublishOutcome;

    /// <summary>Enforced rules match much of the recent traffic: it takes a confirmation.</summary>
    public sealed record Unconfirmed(RecentShares Shares) : PublishOutcome;
}

/// <summary>
/// One caller's turn at a tenant's gate: what it publishes is first durable, then in force at this edge. Dispose of it at the end.
/// </summary>
internal sealed class GateTurn(
    TenantId tenant,
    TenantEdge edge,
    CellLease lease,
    SemaphoreSlim turn,
    DecisionLog? records,
    TimeProvider clock,
    ILogger logger
) : IDisposable
{
    public TenantEdge Edge => edge;

    public ITenantGate Gate => lease.Cell.Gate;

    public long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Publishes a rule set as the next version.</summary>
    /// <param name="confirmed">Rules may match any share of the traffic.</param>
    public async Task<PublishOutcome> PublishAsync(
        GateStatement statement,
        bool confirmed,
        CancellationToken cancellation
    )
    {
        GateOverview overview = await Gate.OverviewAsync(cancellation);
        if (statement.Base is { } expected && expected != overview.Latest)
            return new PublishOutcome.Conflict(overview.Latest);
        GateModel? model = GateModel.Create(statement.Rules, overview.Latest + 1, out IReadOnlyList<GateIssue> issues);
        if (model is null)
            return new PublishOutcome.Invalid(issues);
        if (GateLists.Conflicts(statement.Rules, edge.Lists) is [_, ..] conflicts)
            return new PublishOutcome.Invalid(conflicts);
        RecentShares shares = RecentShares.Of(edge, model, overview.Settings.SharePercentMax);
        if (!confirmed && shares.TooLarge.Count > 0)
            return new PublishOutcome.Unconfirmed(shares);
        try
        {
            GateVersion version = await Gate.PublishAsync(
                statement with
                {
                    Base = statement.Base ?? overview.Latest,
                },
                cancellation
            );
            edge.Publish(model);
            GateEvents.Published(logger, tenant.Value, version.Version, statement.Rules.Rules.Count);
            return new PublishOutcome.Published(version, shares);
        }
        catch (GateConflictException conflict)
        {
            return new PublishOutcome.Conflict(conflict.Latest);
        }
    }

    /// <summary>Changes a list, for good and at this edge.</summary>
    /// <returns>False if there is such a list of another kind, or there are too many.</returns>
    public async Task<bool> ChangeAsync(GateListChange change, CancellationToken cancellation)
    {
        if (!edge.Lists.Declare(change.List, change.Of))
            return false;
        // What rules have listed before comes before it in the log, too; what they list from now on comes after it.
        await DrainAsync(cancellation);
        await Gate.ChangeListsAsync([change], cancellation);
        bool isApplied = GateLists.Apply(edge.Lists, change);
        await DrainAsync(cancellation);
        return isApplied;
    }

    private Task DrainAsync(CancellationToken cancellation) =>
        records?.DrainListingsAsync(tenant).WaitAsync(cancellation) ?? Task.CompletedTask;

    /// <summary>Runs the gate at this edge as the settings say.</summary>
    public void Follow(GateSettings settings)
    {
        records?.SetSync(tenant, settings.Sync);
        edge.Watch(settings.BrakeInForce);
    }

    public void Dispose()
    {
        turn.Release();
        lease.Dispose();
    }
}
