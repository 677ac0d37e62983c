using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Throughline.Core.Gate.Brake;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Challenges;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

#pragma warning disable MA0022, RCS1210 // null: there is nothing to wait for

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
/// One tenant at this edge: its engine, which one request at a time may use, and the decisions of late. A request that finds the engine
/// in use holds no thread: it waits in a line, and whoever has the engine serves that line. Whoever waits longer than the budget is
/// served by the fail policy.
/// </summary>
internal sealed class TenantEdge(
    TenantId tenant,
    long start,
    EdgeModel edge,
    IGateFacts facts,
    IDecisionSink sink,
    Action<EdgeExchange> forget,
    TimeProvider clock,
    ILogger logger
)
{
    /// <summary>Whoever has the engine serves so many others before it answers its own client.</summary>
    private const int ServedMax = 16;

    // About ten microseconds in all.
    private const int Looks = 16;
    private const int SpinsBetweenLooks = 20;

    // Of the first decisions all are kept with what was read for them, later one in so many, where responses do not need them.
    private const int AllKept = 1_024;
    private const int SampleEvery = 8;

    private readonly Lock turn = new();
    private readonly ConcurrentQueue<Ticket> line = new();

    private readonly BrakeWatch brake = new();
    private readonly RecentDecisions recent = new(edge.Options.RecentMax, forget);
    private readonly GateDecision alerts = new();
    private CounterBank counters = new(new());

    // Until the tenant's own is read.
    private UInt128 hashKey = BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16));
    private GateEngine? engine;
    private GateModel? model;
    private bool readsResponses;
    private Func<bool>? late;
    private long startedOfTurn;
    private long sequence;
    private long counted;

    public TenantId Tenant => tenant;

    public ListBook Lists { get; } = new();

    /// <summary>Tasks, proofs and clearances.</summary>
    public ChallengeDesk Challenges { get; } =
        new(
            edge.Challenge,
            tenant,
            start,
            BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16))
        );

    /// <summary>Whether proofs are answered here.</summary>
    public bool TakesProofs => edge.Options.Challenge.Page;

    /// <summary>The version in force; null before the first publication.</summary>
    public GateModel? Model => Volatile.Read(ref model);

    /// <summary>Requests that wait for the engine.</summary>
    public int WaitingNow => line.Count;

    /// <summary>Puts a version in force: requests that have the engine are judged by the old one, all later ones by this.</summary>
    /// <exception cref="ArgumentException">The version conflicts with lists that exist.</exception>
    public void Publish(GateModel version)
    {
        EngineWarmth.Run(version);
        turn.Enter();
        try
        {
            if (engine is null)
                engine = new(version, counters, Lists, facts, hashKey);
            else
                engine.Model = version;
            readsResponses = ReadsResponses(version);
            brake.Arm(version);
            Volatile.Write(ref model, version);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Told, while the engine is held, of a rule that went too far; must not wait. Set before the first request.</summary>
    public Action<TenantEdge, BrakeTrip>? Braked { get; set; }

    /// <summary>When rules go too far.</summary>
    public void Watch(BrakeSettings settings) => InTurn(() => brake.Settings = settings);

    /// <summary>What the counters take.</summary>
    public CounterUse CounterUse
    {
        get
        {
            CounterUse use = default;
            InTurn(() => use = counters.Use);
            return use;
        }
    }

    /// <summary>How many requests and answers the counters have seen: it tells whether they changed.</summary>
    public long Counted => Volatile.Read(ref counted);

    /// <summary>
    /// Takes over what an earlier run of this edge left: before the first version, unless somebody published over the log's head; what was
    /// counted until then under another secret is of no use and goes.
    /// </summary>
    /// <param name="secret">The tenant's own.</param>
    /// <param name="image">Of the counters; empty: there is none.</param>
    /// <returns>False if the image is none of this version; the counters are empty then.</returns>
    public bool Restore(UInt128 secret, byte[] image)
    {
        CounterBank restored = new(new());
        bool isTaken = image.Length == 0 || restored.Load(new(image));
        Challenges.Use(secret);
        InTurn(() =>
        {
            (hashKey, counters) = (secret, restored);
            if (model is not null)
                engine = new(model, counters, Lists, facts, hashKey);
        });
        return isTaken;
    }

    /// <summary>The image of the counters in slices, each copied while requests wait; between two they go on. The memory of a slice is used
    /// again for the next.</summary>
    /// <exception cref="CountersChangedException">Thrown between slices: a publication made the image worthless.</exception>
    public IEnumerable<ReadOnlyMemory<byte>> CounterSlices()
    {
        ArrayBufferWriter<byte> slice = new(1 << 20);
        BankSave? save = null;
        try
        {
            for (bool goesOn = true; goesOn; )
            {
                slice.ResetWrittenCount();
                InTurn(() => goesOn = (save ??= counters.BeginSave()).Write(slice));
                if (save!.IsSpoiled)
                    throw new CountersChangedException();
                yield return slice.WrittenMemory;
            }
        }
        finally
        {
            InTurn(() => save?.Spoil());
        }
    }

    /// <summary>Judges a request, whose features were read before: always ends with a decision, and within the budget.</summary>
    /// <param name="started">The clock's timestamp at which the budget began.</param>
    /// <returns>Null if the decision is there; else what ends when it is.</returns>
    public Task? Decide(EdgeExchange exchange, long started)
    {
        exchange.Name(new(edge.Options.Instance, start, Interlocked.Increment(ref sequence)));
        if (!turn.TryEnter() && !TryEnterSoon())
            return WaitAsync(exchange, started);
        try
        {
            Judge(exchange, started);
        }
        finally
        {
            Leave();
        }
        return null;
    }

    /// <summary>Decides by the fail policy alone: the request could not be read.</summary>
    public void Fail(EdgeExchange exchange)
    {
        exchange.Name(new(edge.Options.Instance, start, Interlocked.Increment(ref sequence)));
        FailPolicies.Apply(exchange, Model, DecisionCause.Failure);
    }

    /// <summary>Takes a client's proof; judges nothing else.</summary>
    public void Prove(EdgeExchange exchange)
    {
        exchange.Name(new(edge.Options.Instance, start, Interlocked.Increment(ref sequence)));
        Challenges.Prove(exchange, Model);
    }

    /// <summary>Shows the decisions that are kept in memory, a few at a time, so that no request waits for long.</summary>
    /// <param name="visit">Is given those whose inputs were read, while nobody else uses them.</param>
    public void VisitRecent(Action<EdgeExchange> visit)
    {
        const int Step = 16;
        for (int from = 0; from < recent.Places; from += Step)
        {
            turn.Enter();
            try
            {
                for (int place = from; place < Math.Min(from + Step, recent.Places); place++)
                    if (recent.At(place) is { HasInputs: true } exchange)
                        visit(exchange);
            }
            finally
            {
                Leave();
            }
        }
    }

    /// <summary>Takes in how a request was answered in the end.</summary>
    public FeedbackOutcome Answered(ReadOnlySpan<char> id, in ResponseFacts response)
    {
        if (
            !DecisionId.TryParse(id, out DecisionId asked)
            || (asked.Edge, asked.Start) != (edge.Options.Instance, start)
        )
            return FeedbackOutcome.NotFound;
        turn.Enter();
        try
        {
            return Answer(asked, response);
        }
        finally
        {
            Leave();
        }
    }

    private FeedbackOutcome Answer(DecisionId asked, in ResponseFacts response)
    {
        FeedbackOutcome outcome = recent.Answer(asked, out EdgeExchange? exchange);
        if (exchange is null)
            return outcome;
        alerts.Reset();
        counted++;
        engine!.Answered(exchange.Inputs, response, alerts);
        if (alerts.Listings.Count > 0)
            sink.TakeListings(tenant, alerts.Listings);
        sink.TakeResponse(exchange, response, model!, alerts);
        return outcome;
    }

    // A decision takes some microseconds, a place in the line costs as many: where nobody is in it, it pays to look again a few times.
    private bool TryEnterSoon()
    {
        for (int look = 0; look < Looks && Environment.ProcessorCount > 1 && line.IsEmpty; look++)
        {
            Thread.SpinWait(SpinsBetweenLooks);
            if (turn.TryEnter())
                return true;
        }
        return false;
    }

    private async Task WaitAsync(EdgeExchange exchange, long started)
    {
        Ticket ticket = new(exchange, started);
        line.Enqueue(ticket);
        ServeLine(); // whoever had the engine may have left before it could see the ticket
        TimeSpan left = edge.Budget - clock.GetElapsedTime(started);
        try
        {
            await ticket.Task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
        }
        catch (TimeoutException)
        {
            if (ticket.TryTake())
                FailPolicies.Apply(exchange, Model, DecisionCause.BudgetExceeded);
            else
                await ticket.Task; // it has the engine right now, which keeps the budget itself
        }
    }

    private void InTurn(Action action)
    {
        turn.Enter();
        try
        {
            action();
        }
        finally
        {
            Leave();
        }
    }

    private void Leave()
    {
        turn.Exit();
        ServeLine();
    }

    // Whoever enqueues calls this after it, whoever leaves calls it after that: so nobody is left in the line with a free engine.
    private void ServeLine()
    {
        for (int served = 0; !line.IsEmpty && turn.TryEnter(); )
        {
            try
            {
                while (served < ServedMax && line.TryDequeue(out Ticket? next))
                {
                    if (!next.TryTake())
                        continue;
                    Judge(next.Exchange, next.Started);
                    next.SetResult();
                    served++;
                }
            }
            finally
            {
                turn.Exit();
            }
            if (served < ServedMax)
                continue;
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.ServeLine(), this, preferLocal: false);
            return;
        }
    }

    private void Judge(EdgeExchange exchange, long started)
    {
        Decide(exchange, started, Model);
        recent.Add(exchange, whole: exchange.HasInputs && (readsResponses || IsSampled(exchange.Id.Sequence)));
    }

    private void Decide(EdgeExchange exchange, long started, GateModel? model)
    {
        if (engine is null)
        {
            FailPolicies.Apply(exchange, model, DecisionCause.Failure);
            return;
        }
        try
        {
            startedOfTurn = started;
            counted++;
            engine.Decide(exchange.Request, exchange.Inputs, exchange.Decision, late ??= IsLate);
            (exchange.Model, exchange.HasInputs) = (model, true);
            if (exchange.Decision.Listings.Count > 0)
                sink.TakeListings(tenant, exchange.Decision.Listings);
            if (brake.Add(exchange.Inputs, exchange.Decision) is { } trip)
                Braked?.Invoke(this, trip);
        }
        catch (Exception error) // a defect of ours must not cost the client its answer
        {
            EdgeEvents.EngineFailed(logger, tenant.Value, error.GetType().Name, error.StackTrace);
            FailPolicies.Apply(exchange, model, DecisionCause.Failure);
        }
    }

    // To keep all would cost memory and time; for the share that a new rule would match, a sample is enough.
    private static bool IsSampled(long sequence) => sequence <= AllKept || sequence % SampleEvery == 0;

    private bool IsLate() => clock.GetElapsedTime(startedOfTurn) >= edge.Budget;

    private static bool ReadsResponses(GateModel version) =>
        version.Document.Rules.Any(rule => rule.Phase == RulePhase.Response)
        || version.Document.Counters.Any(counter => counter.Phase == RulePhase.Response);

    /// <summary>A request's place in the line. Whoever takes it, the engine or the fail policy, decides.</summary>
    private sealed class Ticket(EdgeExchange exchange, long started)
        : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private int taken;

        public EdgeExchange Exchange => exchange;

        public long Started => started;

        public bool TryTake() => Interlocked.Exchange(ref taken, 1) == 0;
    }
}
