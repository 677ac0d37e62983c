using Throughline.Cel.Library;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>
/// Judges requests of one tenant by one published version of its rules at a time. Everything is read into
/// <see cref="GateInputs"/> first (features, counters with this request counted, lists, bots, customer); then every rule of the
/// version is evaluated, shadow ones too; then the action follows. One caller at a time.
/// </summary>
public sealed class GateEngine
{
    private readonly CounterBank counters;
    private readonly ListBook lists;
    private readonly IGateFacts facts;
    private readonly UInt128 hashKey;
    private readonly InputReader reader;
    private readonly QuietBook quiet = new();
    private BoundModel bound;

    /// <summary>An engine over counters and lists that outlive its versions.</summary>
    /// <param name="hashKey">Secret of the tenant, the same after a restart: what strangers send is hashed with it.</param>
    public GateEngine(
        GateModel model,
        CounterBank counters,
        ListBook lists,
        IGateFacts facts,
        UInt128 hashKey = default
    )
    {
        this.counters = counters;
        this.lists = lists;
        this.facts = facts;
        this.hashKey = hashKey;
        reader = new(counters, hashKey);
        bound = BoundModel.Bind(model, counters, lists, before: null);
    }

    /// <summary>The version in force; set to publish another. Counters whose definition is the same keep their values.</summary>
    /// <exception cref="ArgumentException">The version conflicts with lists that exist: ask <see cref="Conflicts"/> first.</exception>
    public GateModel Model
    {
        get => bound.Model;
        set => bound = BoundModel.Bind(value, counters, lists, bound.Model);
    }

    /// <summary>What of a version does not go together with the lists that exist here; empty if it may be published.</summary>
    public IReadOnlyList<GateIssue> Conflicts(GateModel model) => BoundModel.Conflicts(model, lists);

    /// <summary>Judges a request whose features were read into <paramref name="inputs"/> before.</summary>
    /// <param name="request">As it came.</param>
    /// <param name="inputs">With the features of the request; receives all else that is read: keep it for <see cref="Answered"/> and
    /// for the record.</param>
    /// <param name="decision">Receives the answer.</param>
    /// <param name="late">Whether the decision's budget ran out: asked between stages, and every 16 of the rules that are too costly to be
    /// evaluated all at once (<see cref="RuleGroup"/>). Null: no budget.</param>
    public void Decide(EdgeRequest request, GateInputs inputs, GateDecision decision, Func<bool>? late = null)
    {
        BoundModel version = bound; // exactly one version judges a request
        inputs.Response = null;
        // A known agent's signature says more than an address or a name could.
        inputs.Bot =
            inputs.Request.Signature.State == SignatureState.Valid
                ? BotIdentity.Verified
                : facts.Identify(inputs.Request);
        inputs.Customer = facts.Customer(request);
        inputs.Visitor = ValueHash.Visitor(inputs.Request, hashKey);
        inputs.Unit = version.Model.Parts.Use.HoldsOut
            ? facts.Unit(request, hashKey) ?? HoldoutUnit.OfClient(inputs.Request, hashKey)
            : null;
        inputs.AddressKey = ValueHash.Address(inputs.Request, hashKey);
        inputs.Route = version.Model.RouteOf(inputs.Request);
        reader.ReadLists(version, inputs, RulePhase.Request);
        reader.ReadCounters(version, inputs, RulePhase.Request);
        inputs.ReadFor = version.Model;
        Judge.Run(version.Model, RulePhase.Request, inputs, decision, late);
        Follow(version, inputs, decision);
    }

    /// <summary>
    /// Takes in how a request was answered: counters of the response phase count it, rules of the response phase are evaluated. Gives
    /// their matches in <paramref name="alerts"/>; the decision stays what it was.
    /// </summary>
    public void Answered(GateInputs inputs, in ResponseFacts response, GateDecision alerts)
    {
        BoundModel version = bound;
        inputs.Response = response;
        if (!ReferenceEquals(inputs.ReadFor, version.Model))
            inputs.Route = version.Model.RouteOf(inputs.Request);
        reader.ReadLists(version, inputs, RulePhase.Response);
        reader.ReadCounters(version, inputs, RulePhase.Response);
        inputs.ReadFor = version.Model;
        Judge.Run(version.Model, RulePhase.Response, inputs, alerts);
        Follow(version, inputs, alerts);
    }

    /// <summary>Decides from inputs alone: the same code that
    /// <see cref="Decide(EdgeRequest, GateInputs, GateDecision, Func{bool})"/> runs last. Pure. With a response in the inputs: what
    /// <see cref="Answered"/> gives.</summary>
    public static void Decide(GateModel model, GateInputs inputs, GateDecision decision, Func<bool>? late = null) =>
        Judge.Run(model, inputs.Response is null ? RulePhase.Request : RulePhase.Response, inputs, decision, late);

    // What matches set off, once the decision stands.
    private void Follow(BoundModel version, GateInputs inputs, GateDecision decision)
    {
        if (decision.Cause == DecisionCause.BudgetExceeded)
            return;
        long time = inputs.Request.Time;
        for (int i = 0; i < decision.Matches.Count; i++)
        {
            RuleMatch match = decision.Matches[i];
            if (match.Outcome != MatchOutcome.Matched)
                continue;
            RuleDocument rule = version.Model.Document.Rules[match.Rule];
            if (match.Enforced && version.ListOfRule[match.Rule] is { } list && inputs.Request.Address is { } address)
                Put(list, address, time + rule.ListForMs, rule, version.Model.ListSourceOf(match.Rule), decision);
            if (rule.QuietMs == 0)
                continue;
            ulong key = inputs.AddressKey != 0 ? inputs.AddressKey : inputs.Visitor ?? 0;
            if (quiet.IsQuiet(version.Model.SaltOf(match.Rule), key, time, rule.QuietMs))
                decision.Matches[i] = match with { Quiet = true };
        }
    }

    private static void Put(
        GateList list,
        IpAddress address,
        long until,
        RuleDocument rule,
        string source,
        GateDecision decision
    )
    {
        bool isTaken = list.Add(address, until, source, rule.Reason);
        decision.Listings.Add(new(list, address, until, rule.ListForMs, source, rule.Reason, isTaken));
    }
}

/// <summary>What the gate asks of the rest of the platform, from memory, at once.</summary>
public interface IGateFacts
{
    /// <summary>What is known of a client that calls itself a good bot (verified ranges, confirmed names).</summary>
    BotIdentity Identify(RequestFeatures request);

    /// <summary>What is known of the customer behind a request.</summary>
    CustomerFacts Customer(EdgeRequest request);

    /// <summary>The customer or device that a request belongs to in hold-outs; null: neither is known.</summary>
    /// <param name="hashKey">The tenant's, to hash a device's value with.</param>
    HoldoutUnit? Unit(EdgeRequest request, UInt128 hashKey) => null;
}
