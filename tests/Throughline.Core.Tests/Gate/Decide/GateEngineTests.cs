using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Decide;

/// <summary>The engine with its counters and lists: what is read before rules run, and what matches set off.</summary>
public sealed class GateEngineTests
{
    private static readonly CounterDocument Hits = new() { Name = "hits", Key = ["request.ip"] };

    [Fact]
    public void Decide_Counter_CountsThisRequestFirst()
    {
        EngineKit kit = Kit([Hits], GateKit.Rule("third", "counter.hits >= 3", RuleAction.Deny));
        Assert.Equal(
            [DecisionAction.Allow, DecisionAction.Allow, DecisionAction.Deny],
            Enumerable.Range(0, 3).Select(x => kit.Decide(EngineKit.Request()).Action).ToArray()
        );
        Assert.Equal(DecisionAction.Allow, kit.Decide(EngineKit.Request(address: "203.0.113.8")).Action);
    }

    [Fact]
    public void Decide_CountersOfOneDefinition_CountOnce()
    {
        EngineKit kit = Kit([Hits, Hits with { Name = "again", Key = [" request.ip "] }]);
        kit.Decide(EngineKit.Request());
        kit.Decide(EngineKit.Request());
        Assert.Equal([2, 2], kit.Inputs.Counters);
    }

    [Fact]
    public void Decide_CounterWhoseConditionDoesNotHold_IsReadAndNotCounted()
    {
        EngineKit kit = Kit([
            Hits with
            {
                Where = "request.path == '/a'",
            },
            Hits with
            {
                Name = "share",
                Kind = CounterKind.Ratio,
                Where = "request.path == '/a'",
            },
            Hits with
            {
                Name = "paths",
                Kind = CounterKind.Distinct,
                Of = "request.path",
            },
            Hits with
            {
                Name = "length",
                Kind = CounterKind.Sum,
                Of = "size(request.path)",
            },
        ]);
        kit.Decide(EngineKit.Request("/a"));
        kit.Decide(EngineKit.Request("/bcd"));
        kit.Decide(EngineKit.Request("/bcd"));
        kit.Decide(EngineKit.Request("/bcd"));
        Assert.Equal([1, 0.25, 2, 14], kit.Inputs.Counters);
    }

    [Fact]
    public void Decide_CounterWithoutItsFeature_IsUnknownToTheRule()
    {
        EngineKit kit = Kit(
            [Hits with { Key = ["request.asn"] }],
            GateKit.Rule("a", "counter.hits > 0", RuleAction.Deny)
        );
        GateDecision decision = kit.Decide(EngineKit.Request());
        Assert.Equal(DecisionAction.Allow, decision.Action);
        Assert.Equal(MatchOutcome.Unknown, Assert.Single(decision.Matches).Outcome);
        EdgeRequest known = EngineKit.Request();
        known.Asn = 64500;
        Assert.Equal(DecisionAction.Deny, kit.Decide(known).Action);
    }

    [Fact]
    public void Decide_RandomRequests_IsWhatThePureDecisionGives()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 50; i++)
        {
            EngineKit kit = new(GateKit.Model(GateKit.RandomRules(random)));
            GateDecision again = new();
            for (int j = 0; j < 50; j++)
            {
                EdgeRequest request = EngineKit.Request(
                    random.Next(2) == 0 ? "/a/b" : "/c",
                    $"203.0.113.{random.Next(1, 4)}",
                    GateKit.Noon + j * 100
                );
                kit.Facts = new(random.Next(2) == 0, 1, 0, 0);
                kit.Decide(request);
                GateEngine.Decide(kit.Engine.Model, kit.Inputs, again);
                Assert.Equal(
                    ReferenceJudge.FullText(kit.Engine.Model, kit.Decision),
                    ReferenceJudge.FullText(kit.Engine.Model, again)
                );
            }
        }
    }

    [Fact]
    public void Model_PublishedAgainWithOtherRules_KeepsCounters()
    {
        EngineKit kit = Kit([Hits]);
        kit.Decide(EngineKit.Request());
        kit.Decide(EngineKit.Request());
        CounterDocument other = Hits with { Name = "posts", Where = "request.method == 'POST'" };
        kit.Engine.Model = Model([other, Hits with { Name = "renamed" }], GateKit.Rule("a", "counter.renamed == 3"));
        kit.Decide(EngineKit.Request());
        Assert.Equal([0, 3], kit.Inputs.Counters);
        Assert.Equal(MatchOutcome.Matched, Assert.Single(kit.Decision.Matches).Outcome);
    }

    [Fact]
    public async Task Decide_DuringPublishes_EachRequestIsJudgedByExactlyOneVersion()
    {
        const int publishes = 100;
        const int requests = 10_000;
        GateModel[] versions =
        [
            .. Enumerable
                .Range(1, publishes + 1)
                .Select(x => GateKit.Model(Document([Hits], Tagged($"first-{x}"), Tagged($"second-{x}")), x)),
        ];
        EngineKit kit = new(versions[0]);
        Lock gate = new();
        int judged = 0;
        int published = 0;
        long seen = 0;
        int different = 0;
        Task requesting = Task.Run(
            () =>
            {
                for (int i = 0; i < requests; i++)
                {
                    // Neither side runs away from the other: publications fall among the requests, wherever.
                    while (i / (requests / publishes) > Volatile.Read(ref published))
                        Thread.Yield();
                    lock (gate)
                    {
                        GateDecision decision = kit.Decide(EngineKit.Request());
                        Assert.Equal([$"first-{decision.Version}", $"second-{decision.Version}"], decision.Tags);
                        Assert.True(decision.Version >= seen, "a version came back");
                        different += decision.Version == seen ? 0 : 1;
                        seen = decision.Version;
                    }
                    Volatile.Write(ref judged, i + 1);
                }
            },
            TestContext.Current.CancellationToken
        );
        for (int i = 1; i <= publishes; i++)
        {
            while (Volatile.Read(ref judged) < (i - 1) * (requests / publishes) && !requesting.IsCompleted)
                Thread.Yield();
            lock (gate)
                kit.Engine.Model = versions[i];
            Volatile.Write(ref published, i);
        }
        await requesting;
        Assert.Equal(requests, kit.Inputs.Counters[0]);
        Assert.Equal(publishes + 1, kit.Engine.Model.Version);
        Assert.InRange(different, publishes / 2, publishes + 1); // else they did not meet
    }

    [Fact]
    public void Answered_ResponseRule_ListsTheClientThatIsDeniedFromThenOn()
    {
        EngineKit kit = new(
            GateKit.Model(
                new GateDocument
                {
                    Lists = [new() { Name = "banned" }],
                    Counters =
                    [
                        new()
                        {
                            Name = "missing",
                            Key = ["request.ip"],
                            Kind = CounterKind.Bucket,
                            LeakMs = 10_000,
                            Where = "response.status == 404",
                            Phase = RulePhase.Response,
                        },
                    ],
                    Rules =
                    [
                        GateKit.Rule("probing", "counter.missing > 2") with
                        {
                            Phase = RulePhase.Response,
                            AddToList = "banned",
                            ListForMs = 60_000,
                            Bot = true,
                        },
                        GateKit.Rule("banned", "list.banned", RuleAction.Deny),
                    ],
                }
            )
        );
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(DecisionAction.Allow, kit.Decide(EngineKit.Request($"/{i}", at: GateKit.Noon + i)).Action);
            Assert.Equal(i == 2, kit.Answer(404).IsFlagged);
        }
        Assert.Equal(DecisionAction.Deny, kit.Decide(EngineKit.Request(at: GateKit.Noon + 60_001)).Action);
        Assert.Equal(DecisionAction.Allow, kit.Decide(EngineKit.Request(at: GateKit.Noon + 60_003)).Action);
    }

    [Fact]
    public void Decide_ShadowRuleThatLists_ListsNobody()
    {
        GateDocument document = new()
        {
            Lists = [new() { Name = "banned" }],
            Rules = [GateKit.Rule("shadow", "true") with { Mode = RuleMode.Shadow, AddToList = "banned" }],
        };
        EngineKit kit = new(GateKit.Model(document));
        kit.Decide(EngineKit.Request());
        Assert.Equal(0, kit.Lists.Find("banned")!.Count);
        kit.Engine.Model = GateKit.Model(
            document with
            {
                Rules = [document.Rules[0] with { Mode = RuleMode.Enforce }],
            }
        );
        kit.Decide(EngineKit.Request());
        Assert.Equal(1, kit.Lists.Find("banned")!.Count);
    }

    [Fact]
    public void Decide_QuietRule_IsReportedOncePerAddressAndTime()
    {
        EngineKit kit = new(GateKit.Model(GateKit.Document(GateKit.Rule("a", "true") with { QuietMs = 60_000 })));
        Assert.False(kit.Decide(EngineKit.Request()).Matches[0].Quiet);
        Assert.True(kit.Decide(EngineKit.Request(at: GateKit.Noon + 59_999)).Matches[0].Quiet);
        Assert.False(kit.Decide(EngineKit.Request(address: "203.0.113.8")).Matches[0].Quiet);
        Assert.False(kit.Decide(EngineKit.Request(at: GateKit.Noon + 60_000)).Matches[0].Quiet);
    }

    [Fact]
    public void Answered_AfterAPublish_IsJudgedByTheNewVersion()
    {
        EngineKit kit = Kit([Hits]);
        kit.Decide(EngineKit.Request());
        CounterDocument errors = Hits with
        {
            Name = "errors",
            Phase = RulePhase.Response,
            Where = "response.status >= 400",
        };
        kit.Engine.Model = Model(
            [errors, Hits],
            GateKit.Rule("a", "counter.errors == 1 && counter.hits == 1") with
            {
                Phase = RulePhase.Response,
            }
        );
        Assert.Equal(MatchOutcome.Matched, Assert.Single(kit.Answer(500).Matches).Outcome);
    }

    [Fact]
    public void Model_ListOfAnotherKind_IsRefusedAndTheOldVersionStays()
    {
        ListBook lists = new();
        Assert.True(lists.Declare("bad", ListKind.Text));
        EngineKit kit = new(Model([]), lists);
        GateModel conflicting = GateKit.Model(new GateDocument { Lists = [new() { Name = "bad" }] }, version: 2);
        Assert.Equal("/lists/0/kind", Assert.Single(kit.Engine.Conflicts(conflicting)).Path);
        Assert.Throws<ArgumentException>(() => kit.Engine.Model = conflicting);
        Assert.Equal(1, kit.Engine.Model.Version);
    }

    [Fact]
    public void Model_EntriesOfTheDocument_ReplaceThoseOfTheVersionBefore()
    {
        GateDocument Listing(params string[] values) =>
            new()
            {
                Lists = [new() { Name = "bad", Entries = [.. values.Select(x => new ListEntryDocument(x))] }],
                Rules = [GateKit.Rule("reader", "list.bad")],
            };
        EngineKit kit = new(GateKit.Model(Listing("203.0.113.0/24", "198.51.100.1")));
        GateList list = kit.Lists.Find("bad")!;
        list.Add(GateKit.Ip("192.0.2.1"), null, "analyst");
        kit.Decide(EngineKit.Request());
        Assert.Equal([Membership.In], kit.Inputs.Lists);
        kit.Engine.Model = GateKit.Model(Listing("198.51.100.1"), version: 2);
        kit.Decide(EngineKit.Request());
        Assert.Equal([Membership.Out], kit.Inputs.Lists);
        Assert.Equal(2, list.Count);
    }

    [Fact]
    public void Decide_ListThatNoRuleReads_IsNotLookedUp()
    {
        ListDocument Listing(string name) => new() { Name = name, Entries = [new("203.0.113.0/24")] };
        EngineKit kit = new(
            GateKit.Model(
                new GateDocument
                {
                    Lists = [Listing("unread"), Listing("read")],
                    Rules = [GateKit.Rule("reader", "list.read")],
                }
            )
        );
        kit.Decide(EngineKit.Request());
        Assert.Equal([Membership.Out, Membership.In], kit.Inputs.Lists);
    }

    [Fact]
    public void Decide_LargeVersionInSteadyState_AllocatesNothing()
    {
        EngineKit kit = new(GateKit.Model(EngineKit.Large(rules: 200, counters: 20)));
        EdgeRequest[] requests =
        [
            .. Enumerable.Range(0, 64).Select(i => EngineKit.Request($"/page/{i % 8}", $"203.0.113.{i % 16}")),
        ];
        long time = GateKit.Noon;
        int next = 0;
        void Decide()
        {
            EdgeRequest request = requests[next++ % requests.Length];
            request.Time = time += 10;
            kit.Decide(request);
        }
        Assert.Equal(0, ActionCost.AllocatedBytes(Decide, calls: 10_000, warm: 20_000));
        Assert.Equal(DecisionAction.Allow, kit.Decision.Action);
    }

    private static RuleDocument Tagged(string id) => GateKit.Rule(id, "true") with { Tag = id };

    private static GateDocument Document(CounterDocument[] counters, params RuleDocument[] rules) =>
        new() { Counters = counters, Rules = rules };

    private static GateModel Model(CounterDocument[] counters, params RuleDocument[] rules) =>
        GateKit.Model(Document(counters, rules));

    private static EngineKit Kit(CounterDocument[] counters, params RuleDocument[] rules) =>
        new(Model(counters, rules));
}
