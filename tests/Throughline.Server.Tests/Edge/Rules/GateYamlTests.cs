using System.Globalization;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Rules;

/// <summary>What people write becomes documents, mistakes are named with their places, and what is written is read back the same.</summary>
public sealed class GateYamlTests
{
    private const string Example = """
        lists:
          - name: banned
            entries:
              - 192.0.2.0/24
              - { value: 198.51.100.7, expires: 2026-12-31, reason: "scans, often" }
        counters:
          - name: logins_1m
            key: request.ip
            window: 1m30s
            where: request.method == 'POST' && request.path == '/login'
          - name: probing
            kind: distinctBucket
            key: [request.ip]
            of: request.path
            leak: 10s
            capacity: 10
            phase: response
        routes:
          - id: shop
            paths: [/cart, /checkout]
            onFailure: challenge
            challengeScore: 50
            denial: { status: 429, body: slow down, delay: 2s }
        rules:
          - id: brute-force
            reason: Many log-ins
            when: |
              counter.logins_1m > 10
                && !list.banned
            action: deny
            mode: canary
            canary: 5%
            expires: 2026-12-31T18:30:00Z
            routes: shop
            quiet: 5m
        """;

    [Fact]
    public void Read_Example_IsTheDocument()
    {
        GateYamlFile file = GateYaml.Read(Example, "rules.yaml");
        Assert.Empty(file.Issues);
        GateDocument document = file.Document;
        RuleDocument rule = Assert.Single(document.Rules);
        Assert.Equal("counter.logins_1m > 10\n  && !list.banned\n", rule.When);
        Assert.Equal((RuleAction.Deny, RuleMode.Canary, 5), (rule.Action, rule.Mode, rule.CanaryPercent));
        Assert.Equal(
            DateTimeOffset.Parse("2026-12-31T18:30Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(),
            rule.ExpiresAt
        );
        Assert.Equal(["shop"], rule.Routes);
        Assert.Equal(300_000, rule.QuietMs);
        Assert.Equal((90_000, "request.ip"), (document.Counters[0].WindowMs, document.Counters[0].Key[0]));
        CounterDocument bucket = document.Counters[1];
        Assert.Equal((CounterKind.DistinctBucket, 10_000, 10), (bucket.Kind, bucket.LeakMs, bucket.Capacity));
        Assert.Equal("192.0.2.0/24", document.Lists[0].Entries[0].Value);
        Assert.Equal("scans, often", document.Lists[0].Entries[1].Reason);
        Assert.Equal(new DenialDocument(429, "slow down", null, 2_000), document.Routes[0].Denial);
        Assert.NotNull(GateModel.Create(document, 1, out _));
    }

    [Theory]
    [InlineData("rules:\n  - id: a\n    whem: x\n    when: y", "f:3:5: unknown member 'whem'; did you mean 'when'?")]
    [InlineData("rulez: []", "f:1:1: unknown member 'rulez'; did you mean 'rules'?")]
    [InlineData("rules:\n  - id: a", "f:2:5: 'when' is missing")]
    [InlineData(
        "rules:\n  - id: a\n    when: x\n    action: denny",
        "f:4:13: 'denny' is not one of allow, tag, score, challenge, deny; did you mean 'deny'?"
    )]
    [InlineData(
        "counters:\n  - name: a\n    window: 60",
        "f:3:13: '60' is not a duration such as 500ms, 10s, 1m, 2h or 30d"
    )]
    [InlineData("rules:\n  - id: a\n    when: x\n    canary: 5", "f:4:13: '5' is not a share such as 5%")]
    [InlineData(
        "rules:\n  - id: a\n    when: x\n    expires: 31.12.2026",
        "f:4:14: '31.12.2026' is not a date such as 2026-12-31 or 2026-12-31T18:00:00Z"
    )]
    [InlineData("rules:\n  - id: a\n    id: b", "f:3:5: 'id' stands here twice")]
    [InlineData(
        "rules:\n  - &x { id: a, when: b }\n  - *x",
        "f:2:5: anchors and aliases are not supported: write it out"
    )]
    [InlineData("rules:\n  - !!str a", "f:2:5: tags are not supported: tag:yaml.org,2002:str")]
    [InlineData("rules:\n  a: b", "f:2:3: rules are written as a list: - ...")]
    [InlineData("rules: [a", "f:2:1: While parsing a flow sequence")]
    [InlineData("rules: []\n\0rules: [a]", "f:2:1: a character NUL stands here: is the file damaged?")]
    [InlineData("cases:\n  - name: a", "f:2:5: a case has at least one request")]
    [InlineData("cases:\n  - name: a\n    requests: [{ request: /, status: x }]", "f:3:38: 'x' is not a whole number")]
    public void Read_Mistake_IsNamedWithItsPlace(string yaml, string expected)
    {
        Assert.Contains(
            GateYaml.Read(yaml, "f").Issues,
            x => x.ToString().StartsWith(expected, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("rules:\n  - id: a\n    when: request.pth == ''", 3, 19)]
    [InlineData("rules:\n  - id: a\n    when: |\n      true &&\n        request.pth == ''", 5, 17)]
    [InlineData("rules:\n  - id: a\n    when: 'request.pth == 1'", 3, 11)]
    [InlineData("rules:\n  - id: a\n    when: 'true'\n    routes: [b]", 4, 14)]
    [InlineData("counters:\n  - name: a\n    window: 31d", 3, 13)]
    public void Locate_IssueOfTheModel_IsThePlaceInTheFile(string yaml, int line, int column)
    {
        GateYamlFile file = GateYaml.Read(yaml, "f");
        Assert.Empty(file.Issues);
        Assert.Null(GateModel.Create(file.Document, 1, out IReadOnlyList<GateIssue> issues));
        Assert.Equal(new YamlPlace(line, column), file.Locate(Assert.Single(issues)).Place);
    }

    [Fact]
    public void Read_Cases_TakeWhatTheCaseSaysUnlessTheySayOtherwise()
    {
        GateYamlFile file = GateYaml.Read(
            """
            cases:
              - name: probing
                address: 198.51.100.2
                headers: { User-Agent: curl/8.0 }
                requests:
                  - request: POST /login?a=1
                    status: 401
                    loginFailed: true
                    repeat: 5
                    every: 2s
                  - { request: /x, at: 1m, address: "2001:db8::1", bot: impostor, customer: { age: 2d }, expect: deny }
                  - request: /y
                    expect: { action: tag, score: 3, matched: a, notMatched: [b, c], tags: [t], flagged: true }
            """,
            "f"
        );
        Assert.Empty(file.Issues);
        GateCaseDocument test = Assert.Single(file.Cases);
        (GateCaseRequest first, GateCaseRequest second, GateCaseRequest third) = (
            test.Requests[0],
            test.Requests[1],
            test.Requests[2]
        );
        Assert.Equal(("POST", "/login?a=1", 5, 2_000), (first.Method, first.Path, first.Repeat, first.EveryMs));
        Assert.Equal(new ResponseFacts(401, -1, true), first.Response);
        Assert.Equal("198.51.100.2", first.Address);
        Assert.Equal(new HeaderField("user-agent", "curl/8.0"), Assert.Single(second.Headers!));
        Assert.Equal((60_000, "2001:db8::1", BotIdentity.Impostor), (second.AtMs, second.Address, second.Bot));
        Assert.Equal(new CustomerFacts(true, 172_800_000, 0, 1), second.Customer);
        Assert.Equal(DecisionAction.Deny, second.Expect!.Action);
        Assert.Null(second.Response);
        Assert.Equal((DecisionAction.Tag, 3, true), (third.Expect!.Action, third.Expect.Score, third.Expect.Flagged));
        Assert.Equal(["b", "c"], third.Expect.NotMatched);
    }

    [Fact]
    public void Write_RandomDocuments_AreReadBackTheSame()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 300; i++)
        {
            GateDocument document = new RandomDocuments(random).Next();
            string yaml = GateYamlWriter.Write(document);
            GateYamlFile file = GateYaml.Read(yaml, "f");
            Assert.True(file.Issues.Count == 0, string.Join('\n', file.Issues) + "\n" + yaml);
            Assert.Equivalent(document, file.Document, strict: true);
            Assert.Equal(yaml, GateYamlWriter.Write(file.Document));
        }
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1ms")]
    [InlineData(90_000, "90s")]
    [InlineData(3_600_000, "1h")]
    [InlineData(2_592_000_000, "30d")]
    public void Duration_Text_IsTheLargestWholeUnit(long ms, string expected)
    {
        Assert.Equal(expected, YamlForms.Duration(ms));
        Assert.True(YamlForms.TryDuration(expected, out long read));
        Assert.Equal(ms, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5w")]
    [InlineData("s")]
    [InlineData("99999999999999999999s")]
    [InlineData("9223372036854775807d")]
    public void TryDuration_WhatIsNone_IsRefused(string text)
    {
        Assert.False(YamlForms.TryDuration(text, out _));
    }

    [Fact]
    public void Load_IncludesAreReadOnceAndBefore()
    {
        Dictionary<string, string> files = new()
        {
            ["dir/a.yaml"] = "include: [b.yaml, c.yaml]\nrules: [{ id: a, when: list.x }]",
            ["dir/b.yaml"] = "include: c.yaml\nrules: [{ id: b, when: 'true' }]",
            ["dir/c.yaml"] = "lists: [{ name: x }]\nrules: [{ id: c, when: nothing }]",
        };
        GateYamlSet set = GateYamlLoader.Load("dir/a.yaml", x => files[x.Replace('\\', '/')]);
        Assert.Empty(set.Issues);
        Assert.Equal(["c", "b", "a"], set.Document.Rules.Select(x => x.Id));
        Assert.Null(set.Compile(1, out IReadOnlyList<YamlIssue> issues));
        Assert.StartsWith("dir/c.yaml:2:24: 1:1: ", Assert.Single(issues).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_CircleOrMissingFile_IsNamedWhereItIsIncluded()
    {
        Dictionary<string, string> files = new() { ["a"] = "include: [b, c]", ["b"] = "include: a" };
        GateYamlSet set = GateYamlLoader.Load(
            "a",
            x => files.TryGetValue(x, out string? text) ? text : throw new FileNotFoundException("no such file")
        );
        Assert.Equal(
            ["b:1:10: a includes itself", "a:1:14: cannot read c: no such file"],
            set.Issues.Select(x => x.ToString())
        );
    }
}
