using System.Collections.Concurrent;
using Throughline.Core.Events;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge;
using Throughline.Server.Tenants;

namespace Throughline.Server.Tests.Kit;

/// <summary>A service whose tenant alpha has rules that tests can tell apart by path.</summary>
internal static class EdgeKit
{
    public const string ChallengePage = "https://challenge.example/page";

    public static readonly TenantId Alpha = TenantId.Parse("alpha");

    /// <summary>All hosts are alpha's, and what is denied, challenged and tagged goes by path.</summary>
    public static EdgeOptions Options { get; } =
        new()
        {
            Tenant = "alpha",
            Hosts = new Dictionary<string, string> { ["beta.example"] = "beta", ["*.none.example"] = "nobody" },
            SessionCookie = "sid",
            ChallengeUrl = ChallengePage,
        };

    public static GateDocument Rules { get; } =
        new()
        {
            Rules =
            [
                new()
                {
                    Id = "no-deny",
                    When = "request.path.startsWith('/deny')",
                    Action = RuleAction.Deny,
                    Denial = new(429, "Too many.", "text/plain"),
                },
                new()
                {
                    Id = "broken-site",
                    When = "request.path == '/broken'",
                    Action = RuleAction.Deny,
                    Denial = new(503),
                },
                new()
                {
                    Id = "prove",
                    When = "request.path.startsWith('/challenge')",
                    Action = RuleAction.Challenge,
                },
                new()
                {
                    Id = "odd-one",
                    When = "request.path == '/odd' || request.headers.exists(h, h.name == 'x-odd')",
                    Tag = "odd",
                    Score = 7,
                },
                new()
                {
                    Id = "listed-address",
                    When = "cidr('203.0.113.9/32').containsIP(request.ip)",
                    Action = RuleAction.Deny,
                },
                new()
                {
                    Id = "session-tag",
                    When = "request.session == 's-1'",
                    Tag = "known-session",
                },
                new()
                {
                    Id = "failed-log-in",
                    When = "response.login_failed",
                    Phase = RulePhase.Response,
                    Tag = "log-in-failed",
                },
            ],
        };

    /// <summary>Compiles a document that must be right.</summary>
    public static GateModel Model(GateDocument document, long version = 1)
    {
        GateModel? model = GateModel.Create(document, version, out IReadOnlyList<GateIssue> issues);
        Assert.True(model is not null, string.Join('\n', issues));
        return model;
    }

    public static Task<TestService> StartAsync(EdgeOptions? options = null, RecordingSink? sink = null) =>
        StartAsync(Rules, options, sink);

    public static async Task<TestService> StartAsync(
        GateDocument? rules,
        EdgeOptions? options,
        RecordingSink? sink = null
    )
    {
        TestService service = await TestService.StartAsync(
            new ServeOptions { Edge = options ?? Options, Decisions = sink ?? new() }
        );
        if (rules is not null)
            service.Server.PublishRules(Alpha, Model(rules));
        return service;
    }
}

/// <summary>What was recorded of a decision.</summary>
internal sealed record Recorded(
    string Id,
    long Sequence,
    string Tenant,
    EdgeContract Contract,
    DecisionAction Action,
    DecisionCause Cause,
    bool IsBypass,
    long Version,
    string Method,
    string? Host,
    string Path,
    string Query,
    string? Address,
    RequestKnowledge Knowledge,
    IReadOnlyList<HeaderField> Headers,
    RecordKind Kind,
    ChallengeOutcome Challenge,
    ChallengeFault Fault,
    string? Asked
);

/// <summary>Keeps what it is given; with <see cref="Durable"/> set, answers wait for that.</summary>
internal sealed class RecordingSink : IDecisionSink
{
    private readonly ConcurrentQueue<Recorded> decisions = new();

    public IReadOnlyList<Recorded> Decisions => [.. decisions];

    public ConcurrentQueue<(string Id, ResponseFacts Facts, string Tags)> Responses { get; } = new();

    public Task? Durable { get; init; }

    public bool Throws { get; init; }

    /// <summary>Called with each decision that is taken.</summary>
    public Action? OnTake { get; init; }

    public Recorded Last => decisions.Last();

    public Task? Take(EdgeExchange exchange)
    {
        if (Throws)
            throw new InvalidOperationException();
        OnTake?.Invoke();
        EdgeRequest request = exchange.Request;
        decisions.Enqueue(
            new(
                exchange.IdText,
                exchange.Id.Sequence,
                exchange.Tenant!.Value.Value,
                exchange.Contract,
                exchange.Decision.Action,
                exchange.Decision.Cause,
                exchange.IsBypass,
                exchange.Decision.Version,
                request.Method,
                request.Host,
                request.Path,
                request.Query,
                request.Address?.Text,
                request.Knowledge,
                [.. request.Headers],
                exchange.Kind,
                exchange.Decision.Challenge,
                exchange.Decision.Fault,
                exchange.Asked?.ToString()
            )
        );
        return Durable;
    }

    public void TakeResponse(EdgeExchange exchange, in ResponseFacts response, GateModel model, GateDecision alerts) =>
        Responses.Enqueue((exchange.IdText, response, string.Join(',', alerts.Tags)));

    public void TakeListings(TenantId tenant, IReadOnlyList<Listing> listings) { }
}
