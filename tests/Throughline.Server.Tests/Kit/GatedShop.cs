using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Impact;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Reports;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.World;
using Throughline.World.Doors;
using Throughline.World.Truth;

namespace Throughline.Server.Tests.Kit;

/// <summary>
/// A simulated shop whose door is a gate of ours: whom it denies leaves and buys nothing. What the gate does goes into an impact tally, what
/// people do into a machine; the world tells what would have been. Everybody has an account of theirs and shows it with all they do
/// (<see cref="Rendering.GivenTruth"/>), so that nobody changes sides.
/// </summary>
internal sealed class GatedShop : IShopDoor, IGateFacts
{
    private readonly ScratchKeys keys = new();
    private readonly MemoryTenant tenant;
    private readonly EventEncoder encoder;
    private readonly GateEngine engine;
    private readonly GateModel model;
    private readonly FeatureReader features = new(new AgentTable());
    private readonly EdgeRequest request = new();
    private readonly GateInputs inputs = new();
    private readonly GateDecision decision = new();
    private readonly ImpactTally tally;
    private readonly ImpactOptions options;
    private readonly List<(string Type, Token Token)> shown = [];
    private readonly SimulatedWorld world;
    private Token customer;
    private long decisions;

    /// <param name="opensAfter">Days without rules at the beginning: the shop gets to know its people.</param>
    public GatedShop(WorldOptions world, int opensAfter, params RuleDocument[] rules)
    {
        this.world = new(world);
        long start = world.Start.ToUnixTimeMilliseconds();
        options = new(start + opensAfter * 86_400_000L, start + world.Days * 86_400_000L, ImpactOptions.WindowMax);
        tally = new(options);
        encoder = new(keys);
        tenant = new(new("shop"), keys, keepsResults: true);
        model = GateModel.Create(new() { Rules = rules }, 1, out _)!;
        engine = new(model, new CounterBank(new CounterLimits()), new ListBook(), this, hashKey: 7);
    }

    /// <summary>Sales and sign-ups that people would have made, had they not been denied: in the window, each order once.</summary>
    public IReadOnlyList<PreventedConversion> Prevented { get; private set; } = [];

    /// <summary>Lives through the world; gives the report.</summary>
    public ImpactReport Run()
    {
        WorldRun run = world.Run(Rendering.GivenTruth, keepTruth: false, door: this);
        RawEvent parsed = new();
        RecordBuffer record = new();
        while (run.MoveNext())
        {
            if (!EventJson.TryParse(run.Line, IdentifierRules.Default, parsed, out Rejection rejection))
                throw new InvalidDataException($"the world wrote an event that is none: {rejection}");
            record.Clear();
            encoder.Encode(parsed, backfill: false, record);
            tenant.Apply(record[0]);
            if (parsed.Time >= options.From - ImpactTally.SessionMs)
                tally.AddSighting(EventRecord.FromTrusted(record[0]));
        }
        Prevented = [.. run.Prevented];
        Rehearsal rehearsal = new(tenant.Machine, position => tenant.Read(position).ToArray(), tenant.ReadResult);
        rehearsal.Begin();
        TenantMachine machine = tenant.Machine;
        Dictionary<Token, Token> customers = [];
        foreach (Token identifier in tally.Identifiers())
            if (machine.Reader.Resolve(identifier) is { } found)
                customers.Add(identifier, found.Customer);
        Dictionary<Token, Token> current = [];
        foreach (Token customer in tally.Customers())
            if (machine.CurrentCustomer(customer) is { } found)
                current.Add(customer, found);
        return tally.Finish(
            "stored",
            decisions,
            customers,
            current,
            ConversionSurvey.Read(rehearsal, options.From, options.To + options.WindowMs),
            options.To,
            credit: null
        );
    }

    public bool Admits(ReadOnlySpan<byte> line, in EventTruth truth)
    {
        Utf8JsonReader reader = new(line);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement root = document.RootElement;
        long time = root.GetProperty("time").GetDateTimeOffset().ToUnixTimeMilliseconds();
        if (time < options.From || !root.TryGetProperty("context", out JsonElement context))
            return true;
        Read(time, root, context);
        if (tenant.Machine.Reader.Sight([.. shown.Select(x => x.Token)], null, time) is not { } sight)
            return true; // somebody new: the gate of this shop judges those whom it knows
        customer = sight.Customer;
        features.Read(request, inputs.Request);
        engine.Decide(request, inputs, decision);
        decisions++;
        Take(time);
        return decision.Action != Core.Events.DecisionAction.Deny;
    }

    BotIdentity IGateFacts.Identify(RequestFeatures request) => BotIdentity.None;

    CustomerFacts IGateFacts.Customer(EdgeRequest request) => default;

    HoldoutUnit? IGateFacts.Unit(EdgeRequest request, UInt128 hashKey) => HoldoutUnit.OfCustomer(customer);

    private void Read(long time, JsonElement root, JsonElement context)
    {
        request.Reset();
        request.Time = time;
        request.Knowledge = RequestKnowledge.Agent;
        string address = context.GetProperty("address").GetString()!;
        request.Address = IpAddress.TryParse(address, out IpAddress parsed, out _) ? parsed : null;
        request.UserAgent = context.TryGetProperty("userAgent", out JsonElement agent) ? agent.GetString() : null;
        request.Method = "GET";
        request.Path = "/";
        shown.Clear();
        if (!root.TryGetProperty("identifiers", out JsonElement identifiers))
            return;
        // What a request shows at an edge: cookies and the app's device, no account.
        foreach (JsonElement identifier in identifiers.EnumerateArray())
            if (identifier.GetProperty("type").GetString() is { } type && (type is "device" or "cookie"))
                shown.Add(
                    (type, keys.Tokenise(type, Encoding.UTF8.GetBytes(identifier.GetProperty("value").GetString()!)))
                );
    }

    private void Take(long time)
    {
        if (request.Address is not { } address)
            return;
        Token token = keys.Tokenise("address", Encoding.ASCII.GetBytes(address.Text));
        ulong client = ReportTally.ClientOf(token, Encoding.UTF8.GetBytes(request.UserAgent ?? ""));
        bool isHit = false;
        foreach (RuleMatch match in decision.Matches)
        {
            ImpactHit hit = new(time, client, 1, inputs.Unit, match.Enforced, match.HeldOut);
            tally.AddHit(model.Document.Rules[match.Rule], hit);
            if (!isHit)
                tally.AddHitByAny(hit);
            isHit = true;
        }
    }

    /// <summary>How many decisions there were, for the test's output.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{decisions} decisions");
}
