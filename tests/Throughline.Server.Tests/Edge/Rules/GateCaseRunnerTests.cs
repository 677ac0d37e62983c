using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;

namespace Throughline.Server.Tests.Edge.Rules;

/// <summary>Cases of rule files: each with counters, lists and a clock of its own, and a failure that says what differs and why.</summary>
public sealed class GateCaseRunnerTests
{
    private const string Rules = """
        counters:
          - { name: hits, key: request.ip, window: 1m }
          - { name: refused, key: request.ip, window: 1m, phase: response, where: response.status == 401 }
        lists:
          - { name: caught }
        rules:
          - { id: caught, when: list.caught, action: deny, priority: 9 }
          - { id: busy, when: counter.hits > 3, action: deny, tag: busy, score: 5 }
          - { id: guessing, when: counter.refused >= 3, phase: response, bot: true, tag: guess, addToList: caught, listFor: 10s }
          - { id: watched, when: request.path == '/watched', action: deny, mode: shadow }
          - { id: later, when: request.path == '/watched', action: deny, mode: draft }
          - { id: gone, when: request.path == '/watched', action: deny, expires: 2020-01-01 }
          - { id: old-customer, when: customer.age > 86400, action: allow, priority: 5 }
          - { id: impostor, when: bot.impostor, action: deny }
          - { id: curl, when: ua.library, action: challenge, difficulty: 12 }
          - { id: elsewhere, when: clearance.state == 'other_address', action: deny }
          - { id: tried, when: challenge.failed > 2, action: deny }
          - { id: agent, when: bot.signed && bot.agent == 'shop', action: allow, tag: agent, priority: 7 }
        cases:
          - name: c
            requests:
        """;

    [Theory]
    [InlineData("- { request: /, repeat: 3, expect: allow }")]
    [InlineData("- { request: /, repeat: 4, expect: { action: deny, score: 5, matched: busy, tags: busy } }")]
    [InlineData("- { request: /, repeat: 3 }\n- { request: /, expect: deny }")] // one counter over the requests of a case
    [InlineData("- { request: /, repeat: 3 }\n- { request: /, at: 2m, expect: allow }")] // and time goes on
    [InlineData("- { request: /, repeat: 9, every: 30s, expect: allow }")]
    [InlineData("- { request: /, repeat: 3 }\n- { request: /, address: 192.0.2.9, expect: allow }")]
    [InlineData(
        "- { request: /, status: 401, repeat: 3, every: 0, expect: { flagged: true, matched: guessing, tags: guess } }"
    )]
    [InlineData(
        "- { request: /, status: 401, repeat: 3, every: 0 }\n- { request: /, at: 9s, expect: { matched: caught } }"
    )]
    [InlineData(
        "- { request: /, status: 401, repeat: 3, every: 0 }\n- { request: /, at: 11s, expect: { notMatched: caught } }"
    )]
    [InlineData(
        "- { request: /watched, expect: { action: allow, matched: watched, notMatched: [later, gone], flagged: false } }"
    )]
    [InlineData("- { request: /, repeat: 9, customer: { age: 2d }, expect: { action: allow, matched: old-customer } }")]
    [InlineData("- { request: /, bot: impostor, expect: deny }")]
    [InlineData("- { request: /, bot: unverified, expect: { action: allow, notMatched: impostor } }")]
    [InlineData("- { request: /, headers: { user-agent: curl/8 }, expect: challenge }")]
    [InlineData("- { request: /, headers: { user-agent: curl/8 }, clearance: valid, expect: { action: allow } }")]
    [InlineData("- { request: /, headers: { user-agent: curl/8 }, clearance: expired, expect: challenge }")]
    [InlineData(
        "- { request: /, headers: { user-agent: curl/8 }, clearance: { difficulty: 11 }, expect: challenge }" // too easy a proof
    )]
    [InlineData("- { request: /, clearance: other_address, expect: { action: deny, matched: elsewhere } }")]
    [InlineData("- { request: /, challenges: { issued: 4, failed: 3 }, expect: { matched: tried } }")]
    [InlineData("- { request: /, challenges: { failed: 2 }, expect: { notMatched: tried } }")]
    [InlineData("- { request: /, signature: { state: valid, agent: shop }, expect: { tags: agent } }")]
    [InlineData("- { request: /, signature: { state: replayed, agent: shop }, expect: { notMatched: agent } }")]
    public void Run_WhatIsExpectedHolds_Passes(string requests) => Assert.Empty(Run(requests));

    [Theory]
    [InlineData(
        "- { request: /, repeat: 4, expect: allow }",
        "f:22:9: expected allow, was deny (rule busy)\n    rule busy matches: ",
        "counter.hits (4) > 3"
    )]
    [InlineData("- { request: /, expect: deny }", "f:22:9: expected deny, was allow (no rule decided)", "")]
    [InlineData(
        "- { request: /, repeat: 4, expect: { score: 7 } }",
        "f:22:9: expected score 7, was 5",
        "rule busy matches"
    )]
    [InlineData(
        "- { request: /, expect: { matched: busy } }",
        "f:22:9: expected rule busy to match: ",
        "counter.hits (1) > 3 is false"
    )]
    [InlineData(
        "- { request: /, repeat: 4, expect: { notMatched: busy } }",
        "f:22:9: expected rule busy not to match: ",
        "4"
    )]
    [InlineData(
        "- { request: /watched, expect: { matched: later } }",
        "f:22:9: expected rule later to match: it is draft",
        ""
    )]
    [InlineData(
        "- { request: /watched, expect: { matched: gone } }",
        "f:22:9: expected rule gone to match: it has expired",
        ""
    )]
    [InlineData(
        "- { request: /, expect: { matched: bussy } }",
        "f:22:9: there is no rule 'bussy'",
        "did you mean 'busy'?"
    )]
    [InlineData(
        "- { request: /, expect: { matched: guessing } }",
        "f:22:9: rule guessing is evaluated when the answer is known: give the request a status",
        ""
    )]
    [InlineData("- { request: /, expect: { tags: x } }", "f:22:9: expected tag 'x', there is none", "")]
    [InlineData("- { request: /, repeat: 4, expect: { tags: x } }", "f:22:9: expected tag 'x', was busy", "")]
    [InlineData("- { request: /, expect: { flagged: true } }", "f:22:9: expected to be flagged as a bot, was not", "")]
    [InlineData(
        "- { request: /, bot: unverified, expect: { matched: impostor } }",
        "f:22:9: expected rule impostor to match: ",
        "bot.impostor"
    )]
    public void Run_WhatIsExpectedDoesNotHold_SaysWhereWhatAndWhy(string requests, string begins, string holds)
    {
        string failure = Assert.Single(Run(requests));
        Assert.StartsWith(begins, failure, StringComparison.Ordinal);
        Assert.Contains(holds, failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_SeveralFaultsOfACase_AreAllTold() =>
        Assert.Equal(
            ["f:22:9", "f:23:9"],
            Run("- { request: /, expect: deny }\n- { request: /, expect: challenge }").Select(x => x[..6])
        );

    [Fact]
    public void Run_TwoCases_ShareNothing()
    {
        GateYamlSet set = Load(
            "- { request: /, repeat: 9 }\n  - name: d\n    requests:\n      - { request: /, expect: allow }"
        );
        GateCaseRunner runner = new(Compile(set));
        Assert.Equal(2, set.Cases.Count);
        Assert.All(set.Cases, x => Assert.Empty(runner.Run("f", x).Failures));
    }

    [Theory]
    [InlineData("- { request: / , repeat: 0 }", "f:22:32: '0' is not a whole number from 1 to 1000000")]
    [InlineData("- { request: /, status: 42 }", "f:22:31: '42' is not a whole number from 100 to 599")]
    [InlineData("- { request: GET }", "f:22:20: a request is written as: GET /path?query")]
    [InlineData(
        "- { request: /, expect: { mached: busy } }",
        "f:22:33: unknown member 'mached'; did you mean 'matched'?"
    )]
    [InlineData("- { request: /, address: 1.2.3 }", "f:22:32: '1.2.3' is no address")]
    [InlineData(
        "- { request: /, at: 9s }\n- { request: /, at: 8s }",
        "f:23:9: begins 1s before the last of the requests above it: they stand in the order of time"
    )]
    [InlineData("- { request: /, repeat: 5 }\n- { request: /, at: 3s }", "f:23:9: begins 1s before the last")]
    public void Load_WrongCase_IsRefusedWithItsPlace(string requests, string expected)
    {
        YamlIssue issue = Assert.Single(Load(requests).Issues);
        Assert.StartsWith(expected, issue.ToString(), StringComparison.Ordinal);
    }

    private static string[] Run(string requests)
    {
        GateYamlSet set = Load(requests);
        GateCaseRunner runner = new(Compile(set));
        return [.. runner.Run("f", set.Cases.Single()).Failures.Select(x => x.ToString())];
    }

    private static GateModel Compile(GateYamlSet set)
    {
        GateModel? model = set.Compile(version: 0, out IReadOnlyList<YamlIssue> issues);
        Assert.True(model is not null, string.Join('\n', issues));
        return model;
    }

    private static GateYamlSet Load(string requests)
    {
        string indented = "\n      " + requests.Replace("\n-", "\n      -", StringComparison.Ordinal);
        return GateYamlLoader.Load("f", _ => Rules + indented);
    }
}
