using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Challenges;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge;

/// <summary>Over which contract a decision was asked for.</summary>
internal enum EdgeContract : byte
{
    ExtAuthzHttp = 0,
    ExtAuthzGrpc = 1,
    AuthRequest = 2,
    ForwardAuth = 3,
    Api = 4,
}

/// <summary>
/// One request at the edge, from the question to its record. Kept for as long as its response may be fed back, then used for another:
/// <see cref="IDecisionSink"/> must not hold on to it.
/// </summary>
internal sealed class EdgeExchange
{
    private string? idText;
    private int holders;

    public EdgeRequest Request { get; } = new();
    public GateInputs Inputs { get; } = new();
    public GateDecision Decision { get; } = new();
    public EdgeContract Contract { get; set; }

    /// <summary>Null: nobody's.</summary>
    public TenantId? Tenant { get; set; }

    public DecisionId Id { get; private set; }

    /// <summary>The version that judged; null if none did.</summary>
    public GateModel? Model { get; set; }

    /// <summary>The features of <see cref="Inputs"/> are this request's.</summary>
    public bool HasFeatures { get; set; }

    /// <summary>The engine has read the rest of <see cref="Inputs"/>, too: a bypass may have none.</summary>
    public bool HasInputs { get; set; }

    /// <summary>From the question being understood to the decision.</summary>
    public TimeSpan Latency { get; set; }

    public string IdText => idText ??= Id.ToString();

    /// <summary>The fail policy decided, not the rules.</summary>
    public bool IsBypass => Decision.Cause is DecisionCause.BudgetExceeded or DecisionCause.Failure;

    /// <summary>The rule that decided, if one did.</summary>
    public RuleDocument? Rule =>
        Decision.DecidingRule >= 0 && Model is not null ? Model.Document.Rules[Decision.DecidingRule] : null;

    /// <summary>Where a challenged client is to go; null if nobody says.</summary>
    public string? ChallengeUrl { get; set; }

    /// <summary>A decision, or a client's proof.</summary>
    public RecordKind Kind { get; set; }

    /// <summary>Of a proof: the decision that asked for it, if its task is genuine.</summary>
    public DecisionId? Asked { get; set; }

    /// <summary>Of a proof: since its task was handed out.</summary>
    public TimeSpan? SolvedIn { get; set; }

    /// <summary>The task that a challenged client was given.</summary>
    public string? Ticket { get; set; }

    /// <summary>What the gate itself answers to a challenged client, or to a proof.</summary>
    public ChallengeReply? Reply { get; set; }

    /// <summary>Nobody's decision is nobody's loss: it has no place in a tenant's numbers.</summary>
    public bool IsNobodys => Id.Edge == 0;

    public void Name(DecisionId id) => (Id, idText) = (id, null);

    /// <summary>The client was told its id: whoever keeps the exchange needs no text of it.</summary>
    public void ForgetText() => idText = null;

    /// <summary>One more keeps it from being used again.</summary>
    public void Hold() => Interlocked.Increment(ref holders);

    /// <summary>One less; true if that was the last.</summary>
    public bool Release() => Interlocked.Decrement(ref holders) == 0;

    /// <summary>Makes it as new.</summary>
    public void Reset(EdgeContract contract)
    {
        Request.Reset();
        Inputs.Response = null;
        Decision.Reset();
        (Contract, Tenant, Model, Latency) = (contract, null, null, default);
        (HasFeatures, HasInputs, ChallengeUrl) = (false, false, null);
        (Kind, Asked, SolvedIn, Ticket, Reply) = (RecordKind.Decision, null, null, null, null);
        Name(default);
        holders = 1;
    }
}
