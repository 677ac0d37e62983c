using System.Collections.Concurrent;
using Microsoft.Extensions.ObjectPool;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Bots;
using Throughline.Server.Edge.Challenges;
using Throughline.Server.Edge.Customers;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

#pragma warning disable MA0022, RCS1210, RCS1229 // null: there is nothing to wait for; what a task fails with is its awaiter's

namespace Throughline.Server.Edge;

/// <summary>
/// All tenants at this edge, and the way of one decision: <see cref="Begin"/>, the contract fills the request in, <see cref="Judge"/>,
/// the contract answers, <see cref="End"/>. Thread-safe.
/// </summary>
internal sealed class EdgeService : IDisposable
{
    private const int PooledMax = 1024;

    private readonly EdgeModel model;
    private readonly TenantRegistry registry;
    private readonly FeatureReading features = new();
    private readonly KnownTexts texts = new();
    private readonly IGateFacts? facts;
    private readonly IDecisionSink sink;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly long start;
    private readonly ConcurrentDictionary<TenantId, TenantEdge> edges = new();
    private readonly ConcurrentDictionary<TenantId, CustomerBook> customers = new();
    private readonly ObjectPool<EdgeExchange> pool = new DefaultObjectPool<EdgeExchange>(
        new DefaultPooledObjectPolicy<EdgeExchange>(),
        PooledMax
    );
    private long sequenceOfNobodys;
    private int delayed;

    public EdgeService(
        EdgeModel model,
        TenantRegistry registry,
        IGateFacts? facts,
        IDecisionSink sink,
        TimeProvider clock,
        ILogger logger
    )
    {
        (Bots, Signatures) = (new(model.GoodBots.ReverseDns), new(model.WebBotAuth));
        (this.model, this.registry, this.facts) = (model, registry, facts);
        (this.sink, this.clock, this.logger) = (sink, clock, logger);
        start = clock.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public EdgeModel Model => model;

    /// <summary>What is known of good bots.</summary>
    public BotDesk Bots { get; }

    /// <summary>What signatures of agents are worth.</summary>
    public SignatureDesk Signatures { get; }

    /// <summary>The edges of all tenants that were asked for so far.</summary>
    public IEnumerable<TenantEdge> All => edges.Values;

    /// <summary>The tenant's edge; null if there is no such tenant.</summary>
    public TenantEdge? Find(TenantId tenant)
    {
        if (edges.TryGetValue(tenant, out TenantEdge? edge))
            return edge;
        return registry.Find(tenant) is null
            ? null
            : edges.GetOrAdd(tenant, id => new(id, start, model, FactsOf(id), sink, End, clock, logger));
    }

    /// <summary>An empty exchange, the caller's until <see cref="End"/>.</summary>
    public EdgeExchange Begin(EdgeContract contract)
    {
        EdgeExchange exchange = pool.Get();
        exchange.Reset(contract);
        exchange.Request.Time = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return exchange;
    }

    /// <summary>Judges a request of the exchange's tenant; comes back with a decision in every case.</summary>
    /// <returns>Null if the decision is there; else what the answer has to wait for: the engine, or a record that must be durable first.</returns>
    public Task? Judge(EdgeExchange exchange)
    {
        long started = clock.GetTimestamp();
        if (EdgeOf(exchange) is not { } edge)
            FailForNobody(exchange);
        else if (edge.TakesProofs && ChallengeDesk.IsProof(exchange.Request))
            edge.Prove(exchange);
        else if (!TryReadFeatures(exchange, edge))
            edge.Fail(exchange);
        else if (edge.Decide(exchange, started) is { } waiting)
            return FinishAsync(exchange, started, waiting);
        return Finish(exchange, started);
    }

    /// <summary>The same for a question that could not be read.</summary>
    public Task? Fail(EdgeExchange exchange)
    {
        if (EdgeOf(exchange) is not { } edge)
            FailForNobody(exchange);
        else
            edge.Fail(exchange);
        return Finish(exchange, clock.GetTimestamp());
    }

    /// <summary>The exchange is not used by its caller any more.</summary>
    public void End(EdgeExchange exchange)
    {
        exchange.ForgetText();
        if (exchange.Release())
            pool.Return(exchange);
    }

    /// <summary>Waits until a decision's record is durable; one that cannot be kept is told of, and answered all the same.</summary>
    public async Task RecordedAsync(EdgeExchange exchange, Task recorded)
    {
        try
        {
            await recorded;
        }
        catch (Exception error)
        {
            Lost(exchange, error);
        }
    }

    /// <summary>Waits as the denial's rule asks, within what proxies and memory bear; null if there is nothing to wait for.</summary>
    public Task? Delay(EdgeExchange exchange, CancellationToken aborted)
    {
        int asked = EdgeAnswer.DenialOf(exchange).DelayMs;
        if (asked <= 0)
            return null;
        if (Interlocked.Increment(ref delayed) > model.Options.DelayedMax)
        {
            Interlocked.Decrement(ref delayed);
            return null;
        }
        return WaitAsync(TimeSpan.FromMilliseconds(Math.Min(asked, model.Options.DelayMsMax)), aborted);
    }

    /// <summary>Takes in how a request of the tenant was answered.</summary>
    public FeedbackOutcome Answered(TenantId tenant, ReadOnlySpan<char> id, in ResponseFacts response)
    {
        FeedbackOutcome outcome = Find(tenant)?.Answered(id, response) ?? FeedbackOutcome.NotFound;
        EdgeInstruments.CountResponse(outcome);
        return outcome;
    }

    /// <summary>Puts a version of a tenant's rules in force.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tenant.</exception>
    public void Publish(TenantId tenant, GateModel rules) =>
        (Find(tenant) ?? throw new KeyNotFoundException($"there is no tenant {tenant}")).Publish(rules);

    private void FailForNobody(EdgeExchange exchange)
    {
        exchange.Name(new(Edge: 0, start, Interlocked.Increment(ref sequenceOfNobodys)));
        FailPolicies.Apply(exchange, model.Options.OnUnknownTenant, DecisionCause.Failure);
    }

    private IGateFacts FactsOf(TenantId tenant) =>
        facts ?? new EdgeFacts(Bots, customers.GetOrAdd(tenant, id => new CustomerBook(id, model, registry, logger)));

    public void Dispose()
    {
        features.Dispose();
        foreach (CustomerBook book in customers.Values)
            book.Dispose();
    }

    private TenantEdge? EdgeOf(EdgeExchange exchange) => exchange.Tenant is { } tenant ? Find(tenant) : null;

    private bool TryReadFeatures(EdgeExchange exchange, TenantEdge edge)
    {
        try
        {
            texts.Replace(exchange.Request);
            features.Read(exchange.Request, exchange.Inputs.Request);
            edge.Challenges.Read(exchange.Request, exchange.Inputs.Request);
            Signatures.Read(exchange.Request, exchange.Inputs.Request);
            return exchange.HasFeatures = true;
        }
        catch (Exception error) // a defect of ours must not cost the client its answer
        {
            EdgeEvents.Unreadable(logger, exchange.Contract.ToString(), error.GetType().Name, error.StackTrace);
            return false;
        }
    }

    private async Task FinishAsync(EdgeExchange exchange, long started, Task waiting)
    {
        await waiting;
        if (Finish(exchange, started) is { } recorded)
            await recorded;
    }

    private Task? Finish(EdgeExchange exchange, long started)
    {
        exchange.Latency = clock.GetElapsedTime(started);
        exchange.ChallengeUrl = exchange.Decision.Route.ChallengeUrl ?? model.Options.ChallengeUrl;
        if (exchange is { Decision.Action: DecisionAction.Challenge, Kind: RecordKind.Decision, ChallengeUrl: null })
            EdgeOf(exchange)?.Challenges.Issue(exchange);
        if (exchange.Kind == RecordKind.Decision)
            EdgeInstruments.Count(exchange);
        ChallengeInstruments.Count(exchange);
        if (exchange.IsNobodys) // no log can take it
            return null;
        try
        {
            return sink.Take(exchange);
        }
        catch (Exception error) // a record that cannot be kept is a loss to be told of, not an answer withheld
        {
            Lost(exchange, error);
            return null;
        }
    }

    private void Lost(EdgeExchange exchange, Exception error)
    {
        EdgeInstruments.Unrecorded.Add(1);
        EdgeEvents.SinkFailed(logger, exchange.Tenant?.Value ?? "", error.GetType().Name, error.StackTrace);
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken aborted)
    {
        try
        {
            await Task.Delay(delay, clock, aborted);
        }
        finally
        {
            Interlocked.Decrement(ref delayed);
        }
    }
}
