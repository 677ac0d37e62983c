using Throughline.Core.Gate.Rules;
using Throughline.Core.Tests.Kit;

namespace Throughline.Core.Tests.Gate.Rules;

/// <summary>What is refused in a document, where, and in which words.</summary>
public sealed class GateModelTests
{
    [Fact]
    public void Create_GoodDocument_IsAModelThatKnowsWhatItReads()
    {
        GateModel model = GateKit.Model(GateKit.Rule("a", "counter.hits > 3 && request.path == '/a'"));
        Assert.Equal(["counter.hits", "request.path"], model.ReadsOf(0));
        Assert.True(model.CostOf(0)!.Value.Max > 0);
        Assert.Equal(1, model.Version);
        Assert.Equal(0, model.IndexOf("a"));
        Assert.Equal(-1, model.IndexOf("b"));
    }

    [Theory]
    [InlineData("counter.hitz > 3", "/rules/0/when", "1:1: there is no counter 'hitz'; did you mean 'hits'?")]
    [InlineData("list.worse", "/rules/0/when", "1:1: there is no list 'worse'")]
    [InlineData("request.pth == '/'", "/rules/0/when", "did you mean 'path'?")]
    [InlineData("true &&", "/rules/0/when", "1:8: ")]
    [InlineData("request.path", "/rules/0/when", "1:1: the expression is of type string, not bool")]
    [InlineData(
        "response.status == 404",
        "/rules/0/when",
        "1:1: response.status is known only once the request is answered"
    )]
    [InlineData("has(response.status)", "/rules/0/when", "response.status is known only once")]
    [InlineData("", "/rules/0/when", "an expression is missing")]
    [InlineData(
        "request.headers.exists(a, request.headers.exists(b, request.headers.exists(c, a.value + b.value == c.value)))",
        "/rules/0/when",
        "250,000 are the limit"
    )]
    public void Create_WrongExpression_IsNamedWithItsPlace(string when, string path, string message)
    {
        GateIssue issue = Assert.Single(IssuesOf(GateKit.Document(GateKit.Rule("a", when))));
        Assert.Equal(path, issue.Path);
        Assert.Contains(message, issue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_WrongExpression_ShowsTheLineWithACaret()
    {
        GateIssue issue = Assert.Single(IssuesOf(GateKit.Document(GateKit.Rule("a", "true &&\n  request.pth == ''"))));
        Assert.StartsWith("2:11: ", issue.Message, StringComparison.Ordinal);
        Assert.EndsWith("\n  |   request.pth == ''\n  |           ^", issue.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, GateDocument> WrongDocuments()
    {
        GateDocument good = GateKit.Document(GateKit.Rule("a", "true"));
        RuleDocument rule = good.Rules[0];
        CounterDocument counter = good.Counters[0];
        RouteDocument route = good.Routes[0];
        return new()
        {
            { "/rules/1/id", good with { Rules = [rule, rule] } },
            { "/rules/0/id", good with { Rules = [rule with { Id = "No Id" }] } },
            { "/rules/0/canaryPercent", good with { Rules = [rule with { CanaryPercent = 101 }] } },
            { "/rules/0/canaryPercent", good with { Rules = [rule with { CanaryPercent = double.NaN }] } },
            { "/rules/0/canaryPercent", good with { Rules = [rule with { Mode = RuleMode.Canary }] } },
            { "/rules/0/expiresAt", good with { Rules = [rule with { ExpiresAt = 0 }] } },
            { "/rules/0/routes/0", good with { Rules = [rule with { Routes = ["shoq"] }] } },
            { "/rules/0/score", good with { Rules = [rule with { Action = RuleAction.Score }] } },
            { "/rules/0/tag", good with { Rules = [rule with { Tag = "" }] } },
            { "/rules/0/denial", good with { Rules = [rule with { Denial = new() }] } },
            { "/rules/0/action", good with { Rules = [rule with { Action = (RuleAction)9 }] } },
            { "/rules/0/mode", good with { Rules = [rule with { Mode = (RuleMode)9 }] } },
            { "/rules/0/quietMs", good with { Rules = [rule with { QuietMs = -1 }] } },
            { "/rules/0/addToList", good with { Rules = [rule with { AddToList = "bat" }] } },
            { "/rules/0/addToList", good with { Rules = [rule with { AddToList = "offices" }] } },
            { "/rules/0/listForMs", good with { Rules = [rule with { AddToList = "bad", ListForMs = 1 }] } },
            {
                "/rules/0/action",
                good with
                {
                    Rules = [rule with { Phase = RulePhase.Response, Action = RuleAction.Deny }],
                }
            },
            {
                "/rules/0/denial/status",
                good with
                {
                    Rules = [rule with { Action = RuleAction.Deny, Denial = new(200) }],
                }
            },
            { "/counters/1/name", good with { Counters = [counter, counter] } },
            { "/counters/0/name", good with { Counters = [counter with { Name = "in" }] } },
            { "/counters/0/name", good with { Counters = [counter with { Name = "Hits" }] } },
            { "/counters/0/windowMs", good with { Counters = [counter with { WindowMs = 999 }] } },
            { "/counters/0/windowMs", good with { Counters = [counter with { WindowMs = 2_592_000_001 }] } },
            { "/counters/0/where", good with { Counters = [counter with { Kind = CounterKind.Ratio }] } },
            { "/counters/0/of", good with { Counters = [counter with { Kind = CounterKind.Distinct }] } },
            { "/counters/0/of", good with { Counters = [counter with { Of = "request.path" }] } },
            {
                "/counters/0/of",
                good with
                {
                    Counters = [counter with { Kind = CounterKind.Sum, Of = "request.path" }],
                }
            },
            { "/counters/0/key/0", good with { Counters = [counter with { Key = ["request.headers"] }] } },
            { "/counters/0/key/1", good with { Counters = [counter with { Key = ["request.ip", "counter.hits"] }] } },
            {
                "/counters/0/key/0",
                good with
                {
                    Counters = [counter with { Phase = RulePhase.Response, Key = ["response.status"] }],
                }
            },
            { "/counters/0/where", good with { Counters = [counter with { Where = "list.bad" }] } },
            { "/counters/0/where", good with { Counters = [counter with { Where = "response.status == 404" }] } },
            {
                "/counters/0/key",
                good with
                {
                    Counters = [counter with { Key = [.. Enumerable.Repeat("request.ip", 9)] }],
                }
            },
            { "/counters/0/leakMs", good with { Counters = [counter with { Kind = CounterKind.Bucket, LeakMs = 0 }] } },
            { "/lists/2/name", good with { Lists = [.. good.Lists, good.Lists[0]] } },
            { "/lists/2/of", good with { Lists = [.. good.Lists, new() { Name = "x", Kind = ListKind.Text }] } },
            {
                "/lists/2/entries/1/value",
                good with
                {
                    Lists = [.. good.Lists, new() { Name = "x", Entries = [new("192.0.2.0/24"), new("192.0.2.300")] }],
                }
            },
            { "/routes/1/id", good with { Routes = [route, route] } },
            { "/routes/0/hosts/0", good with { Routes = [route with { Hosts = ["a b"] }] } },
            { "/routes/0/pathPrefixes/0", good with { Routes = [route with { PathPrefixes = ["a"] }] } },
            { "/routes/0/challengeScore", good with { Routes = [route with { ChallengeScore = 10 }] } },
            { "/routes/0/challengeUrl", good with { Routes = [route with { ChallengeUrl = "javascript:1" }] } },
            { "/routes/0/denial/delayMs", good with { Routes = [route with { Denial = new() { DelayMs = 10_001 } }] } },
        };
    }

    [Theory]
    [MemberData(nameof(WrongDocuments), DisableDiscoveryEnumeration = true)]
    public void Create_WrongDocument_NamesThePlace(string path, GateDocument document)
    {
        Assert.Contains(IssuesOf(document), x => x.Path == path);
    }

    [Fact]
    public void Create_SeveralIssues_AllAreNamed()
    {
        GateDocument document = GateKit.Document(
            GateKit.Rule("a", "nothing"),
            GateKit.Rule("a", "true") with
            {
                Routes = ["nowhere"],
            }
        );
        Assert.Equal(
            ["/rules/0/when", "/rules/1/id", "/rules/1/routes/0"],
            IssuesOf(document).Select(x => x.Path).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("/rules")]
    [InlineData("/counters")]
    [InlineData("/lists")]
    [InlineData("/routes")]
    public void Create_TooManyParts_IsRefused(string path)
    {
        GateDocument document = GateKit.Document(GateKit.Rule("a", "true"), GateKit.Rule("b", "true"));
        GateLimits limits = path switch
        {
            "/rules" => new() { RulesMax = 1 },
            "/counters" => new() { CountersMax = 1 },
            "/lists" => new() { ListsMax = 1 },
            _ => new() { RoutesMax = 0 },
        };
        Assert.Null(GateModel.Create(document, 1, out IReadOnlyList<GateIssue> issues, limits));
        Assert.Equal(path, Assert.Single(issues).Path);
    }

    [Fact]
    public void Create_RetiredRule_IsNotCheckedAgainstNamesThatAreGone()
    {
        GateModel model = GateKit.Model(GateKit.Rule("old", "list.gone") with { Mode = RuleMode.Retired });
        Assert.Null(model.CostOf(0));
    }

    private static IReadOnlyList<GateIssue> IssuesOf(GateDocument document)
    {
        Assert.Null(GateModel.Create(document, 1, out IReadOnlyList<GateIssue> issues));
        Assert.NotEmpty(issues);
        return issues;
    }
}
