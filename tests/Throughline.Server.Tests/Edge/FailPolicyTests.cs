using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge;

/// <summary>What customers get when the rules cannot judge: the route's policy, at once, and a record of it.</summary>
public sealed class FailPolicyTests
{
    private static readonly GateDocument ThreeRoutes = EdgeKit.Rules with
    {
        Routes =
        [
            new()
            {
                Id = "pay",
                PathPrefixes = ["/pay"],
                OnFailure = FailPolicy.Closed,
            },
            new()
            {
                Id = "log-in",
                PathPrefixes = ["/log-in"],
                OnFailure = FailPolicy.Challenge,
            },
        ],
    };

    [Fact]
    public async Task Decide_NoRulesPublished_IsABypass()
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(rules: null, options: null, sink);
        Answer answer = await AskAsync(service, "/");
        Assert.Equal((200, "allow"), (answer.Status, answer.Header("x-throughline-action")));
        Assert.Equal((DecisionCause.Failure, true, 0), (sink.Last.Cause, sink.Last.IsBypass, sink.Last.Version));
    }

    [Theory]
    [InlineData("/shop", 200, DecisionAction.Allow)]
    [InlineData("/log-in", 302, DecisionAction.Challenge)]
    [InlineData("/pay/now", 403, DecisionAction.Deny)]
    public async Task Decide_EngineBusyForLongerThanTheBudget_FollowsTheRoute(
        string path,
        int status,
        DecisionAction action
    )
    {
        RecordingSink sink = new();
        using HoldingFacts facts = new();
        FakeTimeProvider clock = new(TestService.Now);
        await using TestService service = await StartAsync(facts, sink, clock);
        Task<Answer> holder = AskAsync(service, HoldingFacts.Path);
        await facts.Held.Task.SoonAsync();
        Task<Answer> asked = AskAsync(service, path);
        await Waiting.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            return Task.FromResult(asked.IsCompleted);
        });
        Assert.Equal(status, (await asked).Status);
        Assert.Equal((action, DecisionCause.BudgetExceeded), (sink.Last.Action, sink.Last.Cause));
        Assert.True(sink.Last.IsBypass);
        facts.Release.Set();
        Assert.Equal(200, (await holder).Status);
    }

    [Fact]
    public async Task Decide_EngineBusyForAMoment_JudgesAllThatWaited()
    {
        const int Waiters = 100;
        RecordingSink sink = new();
        using HoldingFacts facts = new();
        await using TestService service = await StartAsync(facts, sink, new(TestService.Now));
        Task<Answer> holder = AskAsync(service, HoldingFacts.Path);
        await facts.Held.Task.SoonAsync();
        Task<Answer>[] waiting = [.. Enumerable.Range(0, Waiters).Select(_ => AskAsync(service, "/deny"))];
        await Waiting.UntilAsync(() => Task.FromResult(service.Server.Edge.Find(EdgeKit.Alpha)!.WaitingNow == Waiters));
        Assert.Empty(sink.Decisions);
        facts.Release.Set();
        foreach (Answer answer in await Task.WhenAll(waiting))
            Assert.Equal(429, answer.Status);
        Assert.Equal(200, (await holder).Status);
        Assert.DoesNotContain(sink.Decisions, one => one.IsBypass);
        Assert.Equal(Waiters + 1, sink.Decisions.Select(one => one.Sequence).Distinct().Count());
    }

    [Theory]
    [InlineData("/shop", 200)]
    [InlineData("/pay", 403)]
    public async Task Decide_EngineFails_FollowsTheRoute(string path, int status)
    {
        RecordingSink sink = new();
        await using TestService service = await TestService.StartAsync(
            new ServeOptions
            {
                Edge = EdgeKit.Options,
                Decisions = sink,
                GateFacts = new BrokenFacts(),
            }
        );
        service.Server.PublishRules(EdgeKit.Alpha, EdgeKit.Model(ThreeRoutes));
        Assert.Equal(status, (await AskAsync(service, path)).Status);
        Assert.Equal((DecisionCause.Failure, 1), (sink.Last.Cause, sink.Last.Version));
    }

    [Fact]
    public async Task Decide_ClockPassesTheBudgetInsideTheEngine_StopsIt()
    {
        FakeTimeProvider clock = new(TestService.Now);
        RecordingSink sink = new();
        SlowFacts facts = new(clock);
        await using TestService service = await TestService.StartAsync(
            new ServeOptions
            {
                Edge = EdgeKit.Options,
                Decisions = sink,
                GateFacts = facts,
            },
            clock: clock
        );
        service.Server.PublishRules(EdgeKit.Alpha, EdgeKit.Model(ThreeRoutes));
        facts.Takes = TimeSpan.FromMilliseconds(49);
        Assert.Equal(429, (await AskAsync(service, "/deny")).Status);
        Assert.False(sink.Last.IsBypass);
        facts.Takes = TimeSpan.FromMilliseconds(51);
        Assert.Equal(200, (await AskAsync(service, "/deny")).Status);
        Assert.Equal(DecisionCause.BudgetExceeded, sink.Last.Cause);
    }

    [Fact]
    public async Task Decide_SinkThrows_AnswersAllTheSame()
    {
        await using TestService service = await EdgeKit.StartAsync(sink: new() { Throws = true });
        Assert.Equal(429, (await AskAsync(service, "/deny")).Status);
        Assert.Equal(200, (await AskAsync(service, "/")).Status);
    }

    [Fact]
    public async Task Decide_DurableSink_AnswersAfterTheRecord()
    {
        TaskCompletionSource durable = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RecordingSink sink = new() { Durable = durable.Task };
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        Task<Answer> asked = AskAsync(service, "/");
        await Waiting.UntilAsync(() => Task.FromResult(sink.Decisions.Count == 1));
        Assert.False(asked.IsCompleted);
        durable.SetResult();
        Assert.Equal(200, (await asked).Status);
    }

    [Fact]
    public async Task Publish_UnderLoad_DropsNothingAndEachIsJudgedByOneVersion()
    {
        const int Requests = 10_000;
        const int Publishes = 100;
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        GateModel[] models = [.. Enumerable.Range(2, Publishes).Select(version => VersionOf(version))];
        int published = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = 16,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (number, _) =>
            {
                if (number % (Requests / Publishes) == 0)
                    service.Server.PublishRules(EdgeKit.Alpha, models[Interlocked.Increment(ref published) - 1]);
                Answer answer = await AskAsync(service, "/versioned");
                Assert.Equal(200, answer.Status);
            }
        );
        Assert.Equal(Publishes, published);
        IReadOnlyList<Recorded> all = sink.Decisions;
        Assert.Equal(Requests, all.Count);
        Assert.Equal(Enumerable.Range(1, Requests).Select(i => (long)i), all.Select(one => one.Sequence).Order());
        Assert.All(all, one => Assert.Equal((DecisionCause.NoMatch, false), (one.Cause, one.IsBypass)));
        Assert.True(all.Select(one => one.Version).Distinct().Count() > Publishes / 2);
        Assert.DoesNotContain(all, one => one.Version is < 1 or > Publishes + 1);
    }

    private static async Task<TestService> StartAsync(IGateFacts facts, RecordingSink sink, FakeTimeProvider clock)
    {
        TestService service = await TestService.StartAsync(
            new ServeOptions
            {
                Edge = EdgeKit.Options,
                Decisions = sink,
                GateFacts = facts,
            },
            clock: clock
        );
        service.Server.PublishRules(EdgeKit.Alpha, EdgeKit.Model(ThreeRoutes));
        return service;
    }

    private static GateModel VersionOf(int version) =>
        EdgeKit.Model(
            new()
            {
                Rules =
                [
                    new()
                    {
                        Id = "version",
                        When = "request.path == '/versioned'",
                        Tag = $"v{version}",
                        Score = version,
                        Mode = RuleMode.Shadow,
                    },
                ],
            },
            version
        );

    private static Task<Answer> AskAsync(TestService service, string path) =>
        service.SendAsync(HttpMethod.Get, $"/v1/edge/ext-authz{path}", null, "", ("X-Forwarded-For", "203.0.113.5"));

    /// <summary>Keeps the engine's turn for as long as a test wants.</summary>
    private sealed class HoldingFacts : IGateFacts, IDisposable
    {
        public const string Path = "/hold";

        public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public ManualResetEventSlim Release { get; } = new();

        public BotIdentity Identify(RequestFeatures request)
        {
            if (request.Path == Path)
            {
                Held.SetResult();
                Release.Wait(Waiting.Deadline, TestContext.Current.CancellationToken);
            }
            return BotIdentity.None;
        }

        public CustomerFacts Customer(EdgeRequest request) => default;

        public void Dispose() => Release.Dispose();
    }

    private sealed class BrokenFacts : IGateFacts
    {
        public BotIdentity Identify(RequestFeatures request) => throw new InvalidOperationException();

        public CustomerFacts Customer(EdgeRequest request) => default;
    }

    private sealed class SlowFacts(FakeTimeProvider clock) : IGateFacts
    {
        public TimeSpan Takes { get; set; }

        public BotIdentity Identify(RequestFeatures request)
        {
            clock.Advance(Takes);
            return BotIdentity.None;
        }

        public CustomerFacts Customer(EdgeRequest request) => default;
    }
}
