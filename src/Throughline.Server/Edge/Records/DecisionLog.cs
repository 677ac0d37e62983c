using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

#pragma warning disable MA0022, RCS1210 // null: there is nothing to wait for, as IDecisionSink has it

namespace Throughline.Server.Edge.Records;

/// <summary>
/// Records decisions in their tenants' logs. Each tenant has a lane of its own: a bounded queue that one task empties in chunks, so that
/// nobody waits for a disk. What finds the queue full, or is still in it when the process dies, is a gap in the decisions' numbers: it is
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
        return LaneOf(tenant).Add(EntryOf(exchange), waits);
    }

    public void TakeResponse(EdgeExchange exchange, in ResponseFacts response, GateModel model, GateDecision alerts)
    {
        if (exchange.Tenant is { } tenant && !stopped && AnswerRecord.IsWorthKeeping(alerts))
            _ = LaneOf(tenant).Add(AnswerRecord.Of(exchange, model, alerts), waits: false);
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

    private static DecisionEntry EntryOf(EdgeExchange exchange)
    {
        GateDecision decision = exchange.Decision;
        GateModel? model = exchange.HasInputs ? exchange.Model : null;
        ArrayBufferWriter<byte> record = new(256);
        DecisionRecord.Write(
            record,
            RecordKind.Decision,
            exchange.Id,
            model ?? NoRules,
            model is null ? NothingRead(exchange) : exchange.Inputs,
            decision,
            (long)exchange.Latency.TotalMicroseconds
        );
        return new(
            exchange.IdText,
            exchange.Request.Time,
            exchange.Request.Address?.Text,
            exchange.Request.UserAgent,
            decision.Action,
            decision.Score,
            record.WrittenSpan.ToArray()
        );
    }

    // The fail policy decided, and what the exchange holds is of an earlier request.
    private static GateInputs NothingRead(EdgeExchange exchange)
    {
        GateInputs inputs = new() { Route = 0 };
        (inputs.Request.Time, inputs.Request.Knowledge) = (exchange.Request.Time, exchange.Request.Knowledge);
        return inputs;
    }
}

/// <summary>One tenant's decisions on their way to its log.</summary>
internal sealed class DecisionLane : IAsyncDisposable
{
    /// <summary>Decisions that wait at most; what comes beyond is lost.</summary>
    public const int WaitingMax = 65_536;

    private const int ChunkMax = 4096;

    private readonly TenantId tenant;
    private readonly TenantRegistry registry;
    private readonly ILogger logger;
    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(WaitingMax) { SingleReader = true }
    );
    private readonly Task loop;

    public DecisionLane(TenantId tenant, TenantRegistry registry, ILogger logger)
    {
        (this.tenant, this.registry, this.logger) = (tenant, registry, logger);
        loop = Task.Run(RunAsync);
    }

    /// <summary>Takes a decision.</summary>
    /// <returns>If its answer waits: a task that ends when it is durable. Else null.</returns>
    public Task? Add(DecisionEntry entry, bool waits)
    {
        TaskCompletionSource? done = waits ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        if (queue.Writer.TryWrite(new(entry, done)))
            return done?.Task;
        GateInstruments.Lost.Add(1);
        return done is null
            ? null
            : Task.FromException(new DecisionLostException("too many decisions wait to be stored"));
    }

    /// <summary>Completes when all that was added so far is stored or lost.</summary>
    public Task DrainAsync()
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return queue.Writer.TryWrite(new(null, done)) ? done.Task : loop;
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
    }

    private async Task RunAsync()
    {
        List<Waiting> chunk = [];
        while (await queue.Reader.WaitToReadAsync())
        {
            chunk.Clear();
            while (chunk.Count < ChunkMax && queue.Reader.TryRead(out Waiting next))
                chunk.Add(next);
            DecisionEntry[] entries = [.. chunk.Select(one => one.Entry).OfType<DecisionEntry>()];
            try
            {
                if (entries.Length > 0)
                    using (CellLease lease = await registry.UseAsync(tenant, CancellationToken.None))
                        await lease.Cell.Gate.RecordAsync(entries, CancellationToken.None);
                GateInstruments.Stored.Add(entries.Length);
                chunk.ForEach(one => one.Done?.SetResult());
            }
            catch (Exception error) // the lane goes on whatever happens to a chunk
            {
                GateInstruments.Lost.Add(entries.Length);
                GateEvents.Lost(logger, tenant.Value, entries.Length, error.GetType().Name, error.Message);
                chunk.ForEach(one =>
                    one.Done?.SetException(new DecisionLostException("it could not be stored", error))
                );
            }
        }
    }

    private readonly record struct Waiting(DecisionEntry? Entry, TaskCompletionSource? Done);
}

/// <summary>A decision was made, and its record is not stored.</summary>
internal sealed class DecisionLostException(string message, Exception? inner = null) : Exception(message, inner);
