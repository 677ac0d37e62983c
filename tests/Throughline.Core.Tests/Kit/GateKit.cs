using System.Globalization;
using Throughline.Cel.Library;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Tests.Kit;

/// <summary>Rule sets and requests for tests of the gate: fixed ones, and random ones from a generator.</summary>
internal static class GateKit
{
    public const long Noon = 1_750_000_000_000;

    /// <summary>Conditions of all outcomes: true, false, failing, and in want of features.</summary>
    public static readonly string[] Conditions =
    [
        "true",
        "false",
        "request.method == 'POST'",
        "request.path.startsWith('/a')",
        "request.path == '/a/b' || ua.headless",
        "request.query.contains('x=1') && !ua.bot",
        "ua.bot",
        "counter.hits > 3",
        "counter.hits >= 2 && list.bad",
        "counter.share > 0.5",
        "list.bad",
        "!list.bad && request.method != 'GET'",
        "check.score > 1",
        "customer.conversions == 0",
        "1 / counter.hits > 0",
        "request.asn == 64500",
        "request.ip.family() == 4",
        "request.headers.exists(h, h.name == 'x-a' && h.value == '1')",
        "request.host.endsWith('.example')",
        "request.target.matches('a.*b')",
    ];

    private static readonly string[] Paths = ["/", "/a", "/a/b", "/b?x", "/admin"];

    public static GateDocument Document(params RuleDocument[] rules) =>
        new()
        {
            Rules = rules,
            Counters =
            [
                new() { Name = "hits", Key = ["request.ip"] },
                new()
                {
                    Name = "share",
                    Key = ["request.ip"],
                    Kind = CounterKind.Ratio,
                    Where = "request.method == 'POST'",
                },
            ],
            Lists =
            [
                new() { Name = "bad" },
                new()
                {
                    Name = "offices",
                    Kind = ListKind.Number,
                    Of = "request.asn",
                },
            ],
            Routes =
            [
                new()
                {
                    Id = "shop",
                    Hosts = ["*.example"],
                    PathPrefixes = ["/a"],
                    ChallengeScore = 5,
                    DenyScore = 10,
                    OnFailure = FailPolicy.Closed,
                    Denial = new(429, "slow down"),
                },
            ],
        };

    public static RuleDocument Rule(string id, string when, RuleAction action = RuleAction.Tag) =>
        new()
        {
            Id = id,
            When = when,
            Action = action,
        };

    public static GateModel Model(GateDocument document, long version = 1)
    {
        GateModel? model = GateModel.Create(document, version, out IReadOnlyList<GateIssue> issues);
        Assert.True(model is not null, string.Join('\n', issues));
        return model;
    }

    public static GateModel Model(params RuleDocument[] rules) => Model(Document(rules));

    public static IpAddress Ip(string text) =>
        IpAddress.TryParse(text, out IpAddress address, out string error) ? address : throw new FormatException(error);

    /// <summary>Inputs of <see cref="Document"/>: a plain GET of /a/b, all features known, nothing counted.</summary>
    public static GateInputs Inputs(Action<GateInputs>? change = null)
    {
        GateInputs inputs = new() { Counters = [1, 0], Lists = [Membership.Out, Membership.Out] };
        RequestFeatures request = inputs.Request;
        request.Time = Noon;
        request.Knowledge =
            RequestKnowledge.Headers
            | RequestKnowledge.HeaderOrder
            | RequestKnowledge.Cookies
            | RequestKnowledge.Agent
            | RequestKnowledge.Host;
        request.Address = Ip("203.0.113.7");
        request.Network = "203.0.113.0/24";
        request.Method = "GET";
        request.Host = "www.example";
        (request.Path, request.Target) = ("/a/b", "/a/b");
        request.Agent.Text = "Mozilla/5.0";
        request.Agent.Class = AgentClasses.Browser;
        request.Asn = 64500;
        change?.Invoke(inputs);
        return inputs;
    }

    public static GateInputs RandomInputs(Random random) =>
        Inputs(x =>
        {
            RequestFeatures request = x.Request;
            if (random.Next(4) == 0)
                request.Knowledge = RequestKnowledge.Basic;
            request.Method = random.Next(2) == 0 ? "GET" : "POST";
            request.Path = request.Target = Paths[random.Next(Paths.Length)];
            request.Host = random.Next(2) == 0 ? "www.example" : "other.test";
            request.Query = random.Next(2) == 0 ? "x=1" : "";
            request.Address = random.Next(8) == 0 ? null : Ip($"203.0.113.{random.Next(1, 20)}");
            request.Asn = random.Next(2) == 0 ? null : 64500;
            request.Agent.IsBot = random.Next(3) == 0;
            request.Agent.IsHeadless = random.Next(3) == 0;
            request.Agent.Text = "agent " + random.Next(5).ToString(CultureInfo.InvariantCulture);
            request.Session = random.Next(2) == 0 ? null : random.Next(30).ToString(CultureInfo.InvariantCulture);
            request.Consistency.Score = random.Next(4);
            request.Headers = [new("x-a", random.Next(2) == 0 ? "1" : "2")];
            request.HeaderCount = random.Next(2);
            x.Counters = [random.Next(6) == 0 ? double.NaN : random.Next(6), random.NextDouble()];
            x.Lists = [(Membership)random.Next(3), (Membership)random.Next(3)];
            x.Customer = random.Next(2) == 0 ? default : new(true, 1000, random.Next(2), 1);
        });

    public static RuleDocument RandomRule(Random random, int number)
    {
        RuleAction action = (RuleAction)random.Next(5);
        return new()
        {
            Id = "rule-" + number.ToString(CultureInfo.InvariantCulture),
            When = Conditions[random.Next(Conditions.Length)],
            Action = action,
            Score =
                action == RuleAction.Score ? random.Next(1, 6)
                : random.Next(3) == 0 ? random.Next(-2, 3)
                : 0,
            Tag = random.Next(3) == 0 ? "tag-" + random.Next(4).ToString(CultureInfo.InvariantCulture) : null,
            Priority = random.Next(4),
            Mode = (RuleMode)random.Next(5),
            CanaryPercent = random.Next(1, 100),
            ExpiresAt = random.Next(4) == 0 ? Noon + random.Next(-1, 2) : null,
            Routes = random.Next(4) switch
            {
                0 => ["shop"],
                1 => ["default"],
                _ => [],
            },
            Denial = action == RuleAction.Deny && random.Next(2) == 0 ? new(404) : null,
            Bot = random.Next(5) == 0,
        };
    }

    public static RuleDocument[] RandomRules(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 40)).Select(x => RandomRule(random, x))];
}
