using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge;

/// <summary>What came of feeding a response back.</summary>
internal enum FeedbackOutcome
{
    Taken,

    /// <summary>It was fed back before; nothing is counted twice.</summary>
    Duplicate,

    /// <summary>No decision of this run has the id, or it is too long ago.</summary>
    NotFound,
}

/// <summary>
/// One tenant at this edge: its engine, which one request at a time may use, and the decisions of late. Whoever cannot get the engine
/// within the budget is served by the fail policy.
/// </summary>
internal sealed class TenantEdge(
    TenantId tenant,
    long start,
    EdgeModel edge,
    IGateFacts facts,
    UInt128 hashKey,
    IDecisionSink sink,
    TimeProvider clock,
    ILogger logger
)
{
    private readonly Lock turn = new();
    private readonly EdgeExchange?[] recent = new EdgeExchange?[edge.Options.RecentMax];
    private readonly GateDecision alerts = new();
    private readonly CounterBank counters = new(new());
    private GateEngine? engine;
    private GateModel? model;
    private Func<bool>? late;
    private long startedOfTurn;
    private long sequence;

    public TenantId Tenant => tenant;

    public ListBook Lists { get; } = new();

    /// <summary>The version in force; null before the first publication.</summary>
    public GateModel? Model => Volatile.Read(ref model);

    /// <summary>Puts a version in force: requests that have the engine are judged by the old one, all later ones by this.</summary>
    /// <exception cref="ArgumentException">The version conflicts with lists that exist.</exception>
    public void Publish(GateModel version)
    {
        lock (turn)
        {
            if (engine is null)
                engine = new(version, counters, Lists, facts, hashKey);
            else
                engine.Model = version;
            Volatile.Write(ref model, version);
        }
    }

    /// <summary>Judges a request, whose features were read before: always comes back with a decision, and within the budget.</summary>
    /// <param name="started">The clock's timestamp at which the budget began.</param>
    /// <returns>An exchange that nothing but this edge remembered and that it now forgot; null if there is none.</returns>
    public EdgeExchange? Decide(EdgeExchange exchange, long started)
    {
        exchange.Name(new(edge.Options.Instance, start, Interlocked.Increment(ref sequence)));
        TimeSpan left = edge.Budget - clock.GetElapsedTime(started);
        if (left < TimeSpan.Zero || !turn.TryEnter(left))
        {
            FailPolicies.Apply(exchange, Model, DecisionCause.BudgetExceeded);
            return null;
        }
        try
        {
            Judge(exchange, started);
            return Remember(exchange);
        }
        finally
        {
            turn.Exit();
        }
    }

    /// <summary>Decides by the fail policy alone: the request could not be read.</summary>
    public void Fail(EdgeExchange exchange)
    {
        exchange.Name(new(edge.Options.Instance, start, Interlocked.Increment(ref sequence)));
        FailPolicies.Apply(exchange, Model, DecisionCause.Failure);
    }

    /// <summary>Shows the decisions that are kept in memory, a few at a time, so that no request waits for long.</summary>
    /// <param name="visit">Is given those whose inputs were read, while nobody else uses them.</param>
    public void VisitRecent(Action<EdgeExchange> visit)
    {
        const int Step = 16;
        for (int from = 0; from < recent.Length; from += Step)
            lock (turn)
                foreach (EdgeExchange? exchange in recent.AsSpan(from, Math.Min(Step, recent.Length - from)))
                    if (exchange is { HasInputs: true })
                        visit(exchange);
    }

    /// <summary>Takes in how a request was answered in the end.</summary>
    public FeedbackOutcome Answered(ReadOnlySpan<char> id, in ResponseFacts response)
    {
        if (
            !DecisionId.TryParse(id, out DecisionId asked)
            || (asked.Edge, asked.Start) != (edge.Options.Instance, start)
            || asked.Sequence < 1
        )
            return FeedbackOutcome.NotFound;
        lock (turn)
        {
            if (recent[asked.Sequence % recent.Length] is not { } exchange || exchange.Id != asked)
                return FeedbackOutcome.NotFound;
            if (exchange.IsAnswered)
                return FeedbackOutcome.Duplicate;
            exchange.IsAnswered = true;
            if (!exchange.HasInputs)
                return FeedbackOutcome.Taken;
            alerts.Reset();
            engine!.Answered(exchange.Inputs, response, alerts);
            sink.TakeResponse(exchange, response, alerts);
            return FeedbackOutcome.Taken;
        }
    }

    private void Judge(EdgeExchange exchange, long started)
    {
        if (engine is null)
        {
            FailPolicies.Apply(exchange, model, DecisionCause.Failure);
            return;
        }
        try
        {
            startedOfTurn = started;
            engine.Decide(exchange.Request, exchange.Inputs, exchange.Decision, late ??= IsLate);
            (exchange.Model, exchange.HasInputs) = (model, true);
        }
        catch (Exception error) // a defect of ours must not cost the client its answer
        {
            EdgeEvents.EngineFailed(logger, tenant.Value, error.GetType().Name, error.StackTrace);
            FailPolicies.Apply(exchange, model, DecisionCause.Failure);
        }
    }

    private bool IsLate() => clock.GetElapsedTime(startedOfTurn) >= edge.Budget;

    private EdgeExchange? Remember(EdgeExchange exchange)
    {
        exchange.Hold();
        ref EdgeExchange? place = ref recent[exchange.Id.Sequence % recent.Length];
        EdgeExchange? old = place;
        place = exchange;
        return old is not null && old.Release() ? old : null;
    }
}
