using System.Buffers;
using System.Text.Json;
using Throughline.Cli.Gate;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Core.Events;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.World;

namespace Throughline.Cli.Demo;

/// <summary>
/// The simulated shop's edge: it sees every request when it happens, whenever the event of it arrives, and judges it by the default rules.
/// It refuses whom they flag, good bots excepted, and tells of each refusal by an event. It knows nothing of the truth.
/// </summary>
internal sealed class WorldGate
{
    // Without late ones events come within 40 seconds: by then all that happened before is here.
    private const long LongestDelayMs = 40_000;

    private static readonly string[] Visitor = ["time", "identifiers", "context"];

    private readonly WorldRun run;
    private readonly PriorityQueue<byte[], (long Time, long Order)> waiting = new();
    private readonly RequestLines lines = new(LineForm.Ndjson);
    private readonly FeatureReader features = new(new AgentTable());
    private readonly EdgeRequest request = new();
    private readonly GateInputs inputs = new();
    private readonly GateDecision decision = new();
    private readonly GateDecision alerts = new();
    private readonly GateEngine engine;
    private long seen;
    private bool isAtEnd;

    public WorldGate(SimulatedWorld world)
    {
        run = new SimulatedWorld(world.Options with { LatePerMille = 0, DuplicatePerMille = 0 }).Run(keepTruth: false);
        engine = new(
            RuleFiles.Open("default"),
            new CounterBank(new CounterLimits()),
            new ListBook(),
            new ReplayFacts(KnownBots.Open([]))
        );
    }

    /// <summary>Judges all that happened until then (ms) and writes its refusals as lines; gives how many.</summary>
    public int Judge(long until, IBufferWriter<byte> target)
    {
        int refused = 0;
        while (Next(until) is { } line)
        {
            if (lines.Read(line, request, out ResponseFacts response) != LineOutcome.Request)
                continue;
            features.Read(request, inputs.Request);
            engine.Decide(request, inputs, decision);
            engine.Answered(inputs, response, alerts);
            bool isWelcome = decision is { DecidingRule: >= 0, Action: DecisionAction.Allow };
            if (isWelcome || !(decision.IsFlagged || alerts.IsFlagged))
                continue;
            Refuse(line, target);
            refused++;
        }
        return refused;
    }

    // In the order in which requests happened.
    private byte[]? Next(long until)
    {
        while (!isAtEnd && run.Arrival - LongestDelayMs <= until)
        {
            isAtEnd = !run.MoveNext();
            if (!isAtEnd)
                waiting.Enqueue(run.Line.ToArray(), (run.Time, seen++));
        }
        return waiting.TryPeek(out _, out (long Time, long Order) first) && first.Time <= until
            ? waiting.Dequeue()
            : null;
    }

    // Of the same visitor at the same moment.
    private static void Refuse(byte[] line, IBufferWriter<byte> target)
    {
        using JsonDocument refused = JsonDocument.Parse(line);
        string id = refused.RootElement.GetProperty("id").GetString()!;
        using (Utf8JsonWriter json = new(target))
        {
            json.WriteStartObject();
            json.WriteString("id", "d" + id);
            json.WriteString("type", "decision");
            foreach (string member in Visitor)
                if (refused.RootElement.TryGetProperty(member, out JsonElement value))
                {
                    json.WritePropertyName(member);
                    value.WriteTo(json);
                }
            json.WriteStartObject("decision");
            json.WriteString("request", id);
            json.WriteString("action", "deny");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        target.Write("\n"u8);
    }
}
