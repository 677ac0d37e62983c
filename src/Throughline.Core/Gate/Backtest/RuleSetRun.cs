using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Backtest;

/// <summary>
/// One rule set on requests of the past, in the order of their times: with counters and lists of its own, which are built anew as
/// the requests come. Not for two threads.
/// </summary>
public sealed class RuleSetRun : IGateFacts
{
    private static readonly EdgeRequest Nobody = new();

    private readonly GateEngine engine;
    private readonly Dictionary<(long Version, bool HasFeatures), PartialModel> parts = [];
    private BotIdentity bot;
    private CustomerFacts customer;
    private HoldoutUnit? unit;

    /// <summary>Begins with nothing counted and nothing listed but what the rule set itself lists.</summary>
    /// <param name="model">The rule set.</param>
    /// <param name="memory">What its counters may take.</param>
    public RuleSetRun(GateModel model, CounterLimits? memory = null)
    {
        Model = model;
        engine = new(model, new CounterBank(memory ?? new()), new ListBook(), this);
    }

    /// <summary>All of the rule set; places of rules in matches are its.</summary>
    public GateModel Model { get; }

    /// <summary>What of it could be tried on the last request: to explain with, its rules have the same places.</summary>
    public GateModel Tried => engine.Model;
    public GateInputs Inputs { get; } = new();

    /// <summary>Of the last request; as new if the last was an answer.</summary>
    public GateDecision Decision { get; } = new();

    /// <summary>What rules of the response phase found; as new if there was no answer.</summary>
    public GateDecision Alerts { get; } = new();

    /// <summary>Rules that could not be tried on the last request, because its record lacks what they read.</summary>
    public IReadOnlyList<LackingRule> Lacking { get; private set; } = [];

    /// <summary>Matches of both phases, each rule once.</summary>
    public IEnumerable<RuleMatch> Matches => Decision.Matches.Concat(Alerts.Matches);

    public bool IsFlagged => Decision.IsFlagged || Alerts.IsFlagged;

    /// <summary>Judges a request whose features were read into <see cref="Inputs"/>, then its answer.</summary>
    public void Judge(EdgeRequest request, in ResponseFacts response)
    {
        engine.Decide(request, Inputs, Decision);
        engine.Answered(Inputs, response, Alerts);
    }

    /// <summary>Judges a stored request, or takes in a stored answer.</summary>
    /// <param name="recordedBy">The version that judged then; one without rules if there was none.</param>
    /// <param name="derived">All features of a request made of what the record and its event hold.</param>
    public void Judge(DecisionRecord record, GateModel recordedBy, RequestFeatures derived)
    {
        PartialModel part = PartOf(record, recordedBy);
        if (!ReferenceEquals(engine.Model, part.Model))
            engine.Model = part.Model;
        Lacking = part.Lacking;
        Decision.Reset();
        Alerts.Reset();
        Restore(record, part, derived);
        (bot, customer, unit) = (record.Inputs.Bot, record.Inputs.Customer, record.Inputs.Unit);
        Inputs.KnownLists = KnownLists(record, part);
        if (record.Kind != RecordKind.Answer)
            engine.Decide(Nobody, Inputs, Decision);
        else
            (Inputs.Visitor, Inputs.AddressKey, Inputs.Bot, Inputs.Customer) = (
                ValueHash.Visitor(Inputs.Request, default),
                ValueHash.Address(Inputs.Request, default),
                bot,
                customer
            );
        if (record.Inputs.Response is { } response)
            engine.Answered(Inputs, response, Alerts);
    }

    BotIdentity IGateFacts.Identify(RequestFeatures request) => bot;

    CustomerFacts IGateFacts.Customer(EdgeRequest request) => customer;

    HoldoutUnit? IGateFacts.Unit(EdgeRequest request, UInt128 hashKey) => unit;

    private PartialModel PartOf(DecisionRecord record, GateModel recordedBy)
    {
        // What was given up before it was read holds no features, whatever the version would have read.
        bool wasRead =
            record.Kind != RecordKind.Decision
            || record.Cause is not (DecisionCause.BudgetExceeded or DecisionCause.Failure)
            || record.Inputs.Counters.Length == recordedBy.Document.Counters.Count
                && record.Inputs.Lists.Length == recordedBy.Document.Lists.Count
                && (record.Inputs.Request.Method.Length > 0 || record.Inputs.Request.Path.Length > 0);
        if (!parts.TryGetValue((recordedBy.Version, wasRead), out PartialModel? part))
            parts.Add((recordedBy.Version, wasRead), part = PartialModel.Of(Model, recordedBy, wasRead));
        return part;
    }

    private void Restore(DecisionRecord record, PartialModel part, RequestFeatures derived)
    {
        FeatureCopy.Of(record.Inputs.Request, Inputs.Request);
        part.Names.Complete(Inputs.Request, derived);
        Inputs.Response = null;
        Inputs.ReadFor = null;
        Inputs.Route = null;
    }

    private static Membership?[]? KnownLists(DecisionRecord record, PartialModel part)
    {
        if (part.RecordedLists.Length == 0)
            return null;
        Membership?[] known = new Membership?[part.RecordedLists.Length];
        for (int i = 0; i < known.Length; i++)
            if (part.RecordedLists[i] is { } place && place < record.Inputs.Lists.Length)
                known[i] = record.Inputs.Lists[place];
        return known;
    }
}
