using System.Globalization;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Tests.Kit;

/// <summary>An engine with all that it works with, and requests for it.</summary>
internal sealed class EngineKit : IGateFacts
{
    private readonly FeatureReader reader = new(new AgentTable());

    public EngineKit(GateModel model, ListBook? lists = null)
    {
        Lists = lists ?? new ListBook();
        Engine = new(model, new CounterBank(new CounterLimits()), Lists, this, hashKey: 12345);
    }

    public ListBook Lists { get; }
    public GateEngine Engine { get; }
    public GateInputs Inputs { get; } = new();
    public GateDecision Decision { get; } = new();
    public GateDecision Alerts { get; } = new();
    public BotIdentity Bot { get; set; }
    public CustomerFacts Facts { get; set; }

    public static EdgeRequest Request(string path = "/", string address = "203.0.113.7", long at = GateKit.Noon) =>
        new()
        {
            Time = at,
            Knowledge = RequestKnowledge.Agent | RequestKnowledge.Host,
            Address = GateKit.Ip(address),
            Method = "GET",
            Path = path,
            Host = "www.example",
            UserAgent = "Mozilla/5.0",
        };

    public GateDecision Decide(EdgeRequest request)
    {
        reader.Read(request, Inputs.Request);
        Engine.Decide(request, Inputs, Decision);
        return Decision;
    }

    public GateDecision Answer(int status)
    {
        Engine.Answered(Inputs, new ResponseFacts(status), Alerts);
        return Alerts;
    }

    public BotIdentity Identify(RequestFeatures request) => Bot;

    public CustomerFacts Customer(EdgeRequest request) => Facts;

    /// <summary>A version as large as they come: rules over all kinds of features, and counters of all kinds.</summary>
    public static GateDocument Large(int rules, int counters)
    {
        string[] keys = ["request.ip", "request.network", "ua.text", "request.host", "request.path"];
        CounterKind[] kinds = [CounterKind.Count, CounterKind.Ratio, CounterKind.Distinct, CounterKind.Bucket];
        return new()
        {
            Counters =
            [
                .. Enumerable
                    .Range(0, counters)
                    .Select(i =>
                    {
                        CounterKind kind = kinds[i / keys.Length % kinds.Length];
                        return new CounterDocument
                        {
                            Name = Text($"c{i}"),
                            Key = [keys[i % keys.Length]],
                            Kind = kind,
                            WindowMs = 60_000,
                            Where = i % 2 == 0 || kind == CounterKind.Ratio ? "request.method == 'GET'" : null,
                            Of = kind == CounterKind.Distinct ? "request.path" : null,
                        };
                    }),
            ],
            Lists = [new() { Name = "bad", Entries = [new("198.51.100.0/24")] }],
            Rules = [.. Enumerable.Range(0, rules).Select(i => LargeRule(i, counters))],
        };
    }

    private static RuleDocument LargeRule(int i, int counters) =>
        GateKit.Rule(
            Text($"r{i}"),
            (i % 8) switch
            {
                0 => Text($"request.path.startsWith('/area{i}/') && ua.bot"),
                1 => Text($"counter.c{i % counters} > {100_000 + i}{(IsDouble(i % counters) ? ".0" : "")}"),
                2 => Text($"request.target.contains('attack{i}')"),
                3 => Text($"ua.text.contains('Robot{i}') || ua.text.contains('crawl{i}')"),
                4 => Text($"request.method == 'PUT' && request.query.contains('q{i}=')"),
                5 => Text($"list.bad && request.host == 'host{i}.example'"),
                6 => Text($"ua.name == 'bot{i}' && !bot.verified"),
                _ => Text($"request.file == 'file{i}.php' && request.method != 'GET'"),
            },
            (i % 5) == 0 ? RuleAction.Deny : RuleAction.Tag
        ) with
        {
            Tag = "t",
            Mode = i % 10 == 9 ? RuleMode.Shadow : RuleMode.Enforce,
        };

    // The kinds of Large: counters 5 to 9 of each 20 are ratios.
    private static bool IsDouble(int counter) => counter / 5 % 4 == 1;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
