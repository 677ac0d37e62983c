using System.Buffers;
using System.Collections.Concurrent;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

#pragma warning disable MA0022, RCS1210 // null: there is nothing to wait for, as IDecisionSink has it

namespace Throughline.Server.Edge.Records;

/// <summary>
/// Records decisions in their tenants' logs. Each tenant has a lane of its own: a bounded batch that one task empties in chunks, so that
/// nobody waits for a disk. What finds it full, or is still in it when the process dies, is a gap in the decisions' numbers: it is
/// counted here, and an audit names it. With <see cref="SetSync"/> answers wait for the commit instead, and nothing answered is lost.
/// </summary>
internal sealed class DecisionLog(TenantRegistry registry, TimeProvider clock, ILogger logger)
    : IDecisionSink,
        IAsyncDisposable
{
    /// <summary>What judges where there are no rules.</summary>
    private static readonly GateModel NoRules = GateModel.Create(new(), 0, out _)!;

    private readonly ConcurrentDictionary<TenantId, DecisionLane> lanes = new();
    private readonly ConcurrentDictionary<TenantId, bool> sync = new();
    private readonly ConcurrentDictionary<TenantId, ListingLane> listings = new();
    private volatile bool stopped;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? scratch;

    /// <summary>Whether answers of a tenant wait until their record is durable, where their route does not say.</summary>
    public void SetSync(TenantId tenant, bool waits) => sync[tenant] = waits;

    public Task? Take(EdgeExchange exchange)
    {
        if (exchange.Tenant is not { } tenant || stopped)
            return null;
        bool waits = exchange.Decision.Route.Record switch
        {
            { } timing => timing == RecordTiming.Sync,
            null => sync.TryGetValue(tenant, out bool set) && set,
        };
        return LaneOf(tenant).Add(EntryOf(exchange), RecordOf(exchange), waits);
    }

    public void TakeResponse(EdgeExchange exchange, in ResponseFacts response, GateModel model, GateDecision alerts)
    {
        if (exchange.Tenant is { } tenant && !stopped && AnswerRecord.IsWorthKeeping(alerts))
            _ = LaneOf(tenant)
                .Add(AnswerRecord.EntryOf(exchange), AnswerRecord.Write(exchange, model, alerts), waits: false);
    }

    public void TakeListings(TenantId tenant, IReadOnlyList<Listing> listings)
    {
        if (!stopped)
            ListingsOf(tenant).Add(listings);
    }

    /// <summary>Waits until what rules have put into a tenant's lists is stored: somebody else is about to change them, or has.</summary>
    public Task DrainListingsAsync(TenantId tenant) =>
        listings.TryGetValue(tenant, out ListingLane? lane) ? lane.DrainAsync() : Task.CompletedTask;

    /// <summary>Waits until all that was taken of a tenant is stored or lost; for tests and orderly stops.</summary>
    public Task DrainAsync(TenantId tenant) =>
        lanes.TryGetValue(tenant, out DecisionLane? lane) ? lane.DrainAsync() : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        stopped = true;
        await Task.WhenAll(lanes.Values.Select(lane => lane.DisposeAsync().AsTask()));
        await Task.WhenAll(listings.Values.Select(lane => lane.DisposeAsync().AsTask()));
    }

    private DecisionLane LaneOf(TenantId tenant) =>
        lanes.TryGetValue(tenant, out DecisionLane? lane)
            ? lane
            : lanes.GetOrAdd(tenant, id => new(id, registry, logger));

    private ListingLane ListingsOf(TenantId tenant) =>
        listings.TryGetValue(tenant, out ListingLane? lane)
            ? lane
            : listings.GetOrAdd(tenant, id => new(id, registry, clock, logger));

    private static DecisionEntry EntryOf(EdgeExchange exchange) =>
        exchange.Kind == RecordKind.Proof ? ProofRecord.EntryOf(exchange) : OfDecision(exchange);

    private static DecisionEntry OfDecision(EdgeExchange exchange) =>
        new(
            exchange.IdText,
            exchange.Request.Time,
            exchange.Request.Address,
            exchange.Request.UserAgent,
            exchange.Decision.Action,
            exchange.Decision.Score
        );

    // Good until the thread's next record.
    private static ReadOnlySpan<byte> RecordOf(EdgeExchange exchange)
    {
        GateModel? model = exchange.HasInputs ? exchange.Model : null;
        ArrayBufferWriter<byte> record = scratch ??= new(1024);
        record.ResetWrittenCount();
        DecisionRecord.Write(
            record,
            exchange.Kind,
            exchange.Id,
            model ?? NoRules,
            model is null ? NothingRead(exchange) : exchange.Inputs,
            exchange.Decision,
            (long)exchange.Latency.TotalMicroseconds
        );
        return record.WrittenSpan;
    }

    // The fail policy decided, and what the exchange holds is of an earlier request.
    private static GateInputs NothingRead(EdgeExchange exchange)
    {
        GateInputs inputs = new() { Route = 0 };
        (inputs.Request.Time, inputs.Request.Knowledge) = (exchange.Request.Time, exchange.Request.Knowledge);
        if (exchange is { HasFeatures: true, Kind: RecordKind.Decision })
            inputs.Request.Clearance = exchange.Inputs.Request.Clearance;
        return inputs;
    }
}

/// <summary>A decision was made, and its record is not stored.</summary>
internal sealed class DecisionLostException(string message, Exception? inner = null) : Exception(message, inner);
