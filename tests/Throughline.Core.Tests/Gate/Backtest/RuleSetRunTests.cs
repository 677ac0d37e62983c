using System.Buffers;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Backtest;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Backtest;

/// <summary>Drafts on stored decisions: what the records hold is used, what they lack is named, counters begin anew.</summary>
public sealed class RuleSetRunTests
{
    private readonly FeatureReader features = new(new AgentTable());

    [Fact]
    public void Judge_DraftReadsWhatRecordsHold_DecidesAsOnTheRequest()
    {
        GateModel live = Model("request.path == '/a' && request.query == ''");
        RuleSetRun run = new(Model("request.file == 'a' && ua.library && request.network == '198.51.100.0/24'"));
        Run(run, live, [Request("/a")]);
        Assert.Equal((DecisionAction.Deny, 0), (run.Decision.Action, run.Lacking.Count));
    }

    [Theory]
    [InlineData("request.ja4 == 'x'", "request.ja4")]
    [InlineData("has(request.session)", "request.session")]
    [InlineData("request.query == ''", "request.query")]
    [InlineData("request.file == 'a'", "request.file")]
    [InlineData("check.score > 0", "check.score")]
    [InlineData("!has(customer.age)", "customer.age")]
    [InlineData("request.headers.exists(h, h.name == 'x')", "request.headers")]
    [InlineData("counter.c > 0", "counter.c (request.session)")]
    [InlineData("list.l", "list.l (its entries then)")]
    public void Judge_DraftReadsWhatRecordsLack_IsNamedAndNeverTried(string when, string name)
    {
        GateModel live = Model("request.path == '/a'");
        GateModel draft = Model(when, new() { Name = "c", Key = ["request.session"] }, new ListDocument { Name = "l" });
        RuleSetRun run = new(draft);
        Run(run, live, [Request("/a")]);
        Assert.Equal([new LackingRule(0, name)], run.Lacking);
        Assert.Empty(run.Matches);
    }

    [Fact]
    public void Judge_BypassThatReadNothing_LacksThePath()
    {
        GateModel live = Model("request.path == '/a'");
        RuleSetRun run = new(Model("request.path == ''"));
        GateInputs nothing = new() { Route = 0 };
        DecisionRecord record = Store(
            NoRules,
            nothing,
            new() { Cause = DecisionCause.Failure, Version = live.Version },
            RecordKind.Decision
        );
        run.Judge(record, live, new());
        Assert.Equal("request.path", run.Lacking[0].Name);
    }

    [Fact]
    public void Judge_NewCounterOfTheDraft_IsBuiltFromTheRecords()
    {
        GateModel live = Model("request.path == '/a'");
        RuleSetRun run = new(Model("counter.c > 2", new() { Name = "c", Key = ["request.ip"] }));
        Run(run, live, [Request("/a", 0), Request("/b", 1_000)]);
        Assert.Equal(DecisionAction.Allow, run.Decision.Action);
        Run(run, live, [Request("/c", 2_000)]);
        Assert.Equal(DecisionAction.Deny, run.Decision.Action);
        Assert.Contains("counter.c (3)", RuleExplanation.Of(run.Tried, run.Decision.Matches[0], run.Inputs).Sentence);
    }

    [Fact]
    public void Judge_ListFromOutside_IsWhatTheRecordSays()
    {
        ListDocument list = new() { Name = "l" };
        GateModel live = Model("list.l", list: list);
        ListBook book = new();
        GateEngine engine = new(live, new(new()), book, new NoFacts());
        book.Find("l")!.Add(IpAddress.Of(0xC633_6407, isV6: false), null, "feed");
        RuleSetRun run = new(Model("list.l && request.ip == ip('198.51.100.7')", list: list));
        Run(run, live, [Request("/a")], engine);
        Assert.Equal(DecisionAction.Deny, run.Decision.Action);
    }

    [Fact]
    public void Judge_StoredAnswer_TriesRulesOfTheResponsePhase()
    {
        GateModel live = Model("request.path == '/a'");
        RuleSetRun run = new(
            GateModel.Create(
                new()
                {
                    Rules =
                    [
                        new()
                        {
                            Id = "r",
                            When = "response.status == 404",
                            Phase = RulePhase.Response,
                            Bot = true,
                        },
                    ],
                },
                2,
                out _
            )!
        );
        GateInputs inputs = Inputs(Request("/a"), live, null);
        inputs.Response = new(404);
        run.Judge(Store(live, inputs, new(), RecordKind.Answer), live, inputs.Request);
        Assert.True(run.IsFlagged);
        Assert.Equal(
            "response.status (404) == 404",
            RuleExplanation.Of(run.Tried, run.Alerts.Matches[0], run.Inputs).Sentence
        );
    }

    /// <summary>
    /// The rules that judged, tried again on their own records, decide the same: whatever they count and read. A shadow rule makes
    /// records hold what only counters read.
    /// </summary>
    [Fact]
    public void Judge_SameRulesOnTheirOwnRecords_DecideTheSame()
    {
        Random random = Seeds.Random();
        GateModel live = Model(
            "counter.c > 3 && request.file != 'b' || counter.d > 2",
            new()
            {
                Name = "c",
                Key = ["request.ip"],
                Where = "request.path != '/c'",
                WindowMs = 10_000,
            },
            counter2: new()
            {
                Name = "d",
                Key = ["has(request.session) ? request.session : ''"],
                Kind = CounterKind.Distinct,
                Of = "request.path",
                WindowMs = 10_000,
            },
            keep: "request.path == '' || has(request.session)"
        );
        GateEngine engine = new(live, new(new()), new(), new NoFacts());
        RuleSetRun run = new(live);
        long time = 0;
        int denied = 0;
        for (int i = 0; i < 2_000; i++)
        {
            EdgeRequest request = Request(
                "/" + (char)('a' + random.Next(4)),
                time += random.Next(3_000),
                random.Next(5)
            );
            request.Session = random.Next(3) == 0 ? null : $"s{random.Next(5)}";
            GateDecision decision = new();
            GateInputs inputs = Inputs(request, live, engine, decision);
            run.Judge(Store(live, inputs, decision, RecordKind.Decision), live, inputs.Request);
            Assert.True(
                decision.Action == run.Decision.Action,
                $"{i}: {request.Path} {request.Session}: {string.Join(' ', inputs.Counters)} / {string.Join(' ', run.Inputs.Counters)} {string.Join(' ', run.Lacking)}"
            );
            Assert.Equal(decision.Matches, run.Decision.Matches);
            denied += decision.Action == DecisionAction.Deny ? 1 : 0;
        }
        Assert.InRange(denied, 1, 1_999);
    }

    private static GateModel NoRules => GateModel.Create(new(), 0, out _)!;

    private void Run(RuleSetRun run, GateModel live, EdgeRequest[] requests, GateEngine? engine = null)
    {
        engine ??= new(live, new CounterBank(new()), new(), new NoFacts());
        foreach (EdgeRequest request in requests)
        {
            GateDecision decision = new();
            GateInputs inputs = Inputs(request, live, engine, decision);
            run.Judge(Store(live, inputs, decision, RecordKind.Decision), live, inputs.Request);
        }
    }

    private GateInputs Inputs(EdgeRequest request, GateModel live, GateEngine? engine, GateDecision? decision = null)
    {
        GateInputs inputs = new();
        features.Read(request, inputs.Request);
        (engine ?? new(live, new CounterBank(new()), new(), new NoFacts())).Decide(request, inputs, decision ?? new());
        return inputs;
    }

    private static DecisionRecord Store(GateModel live, GateInputs inputs, GateDecision decision, RecordKind kind)
    {
        ArrayBufferWriter<byte> bytes = new();
        DecisionRecord.Write(bytes, kind, new(1, 1, 1), live, inputs, decision, 5);
        Assert.True(DecisionRecord.TryRead(bytes.WrittenSpan, out DecisionRecord? record));
        return record;
    }

    private static EdgeRequest Request(string path, long time = 0, int host = 7) =>
        new()
        {
            Time = 1_780_315_200_000 + time,
            Method = "GET",
            Path = path,
            Address = IpAddress.Of(0xC633_6400 + (uint)host, isV6: false),
            UserAgent = "curl/8.5.0",
            Knowledge = RequestKnowledge.Agent,
        };

    private static GateModel Model(
        string when,
        CounterDocument? counter = null,
        ListDocument? list = null,
        CounterDocument? counter2 = null,
        string keep = "request.path == ''"
    )
    {
        GateDocument document = new()
        {
            Rules =
            [
                new()
                {
                    Id = "r",
                    When = when,
                    Action = RuleAction.Deny,
                },
                new()
                {
                    Id = "keep",
                    When = keep,
                    Mode = RuleMode.Shadow,
                },
            ],
            Counters = [.. new[] { counter, counter2 }.OfType<CounterDocument>()],
            Lists = list is null ? [] : [list],
        };
        GateModel? model = GateModel.Create(document, 1, out IReadOnlyList<GateIssue> issues);
        Assert.True(model is not null, string.Join('\n', issues));
        return model;
    }

    private sealed class NoFacts : IGateFacts
    {
        public BotIdentity Identify(RequestFeatures request) => BotIdentity.None;

        public CustomerFacts Customer(EdgeRequest request) => default;
    }
}
