using System.Text.RegularExpressions;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Rules;

/// <summary>The published schema takes what the product takes, name by name, and the product's own files.</summary>
public sealed partial class RuleSchemaTests
{
    // Every member that there is, each once at least.
    private const string Everything = """
        include: [default, other.yaml]
        lists:
          - name: banned
            kind: text
            of: ua.text
            entries:
              - a
              - { value: b, expires: 2026-12-31, source: feed, reason: x }
        counters:
          - name: probing
            key: [request.ip]
            kind: distinctBucket
            window: 1h30m
            where: "true"
            of: request.path
            phase: response
            leak: 10s
            capacity: 10
        routes:
          - id: shop
            hosts: "*.example.com"
            paths: [/cart]
            onFailure: closed
            record: sync
            challengeScore: 5
            denyScore: 10
            challengeUrl: /prove
            challengeDifficulty: 18
            denial: { status: 429, body: no, contentType: text/plain, delay: 2s }
        rules:
          - id: r-1
            when: true
            phase: request
            action: deny
            score: 5
            holdout: 10%
            tag: t
            priority: 5
            mode: canary
            canary: 0.5%
            owner: ann
            reason: because
            expires: 2026-12-31T18:00:00Z
            routes: shop
            denial: { status: 403 }
            difficulty: 12
            addToList: banned
            listFor: 10m
            quiet: 0
            bot: true
        cases:
          - name: c
            starts: 2026-01-01
            address: 192.0.2.1
            host: h
            headers: { user-agent: x, dnt: 1 }
            session: s
            ja3: a
            ja4: b
            asn: 64500
            country: DE
            bot: verified
            customer: { age: 2d, conversions: 1, addressIdentifiers: 2 }
            clearance: valid
            challenges: { issued: 3, solved: 1, failed: 2 }
            signature: unknown_key
            requests:
              - request: POST /x?y=1
                at: 1s
                repeat: 2
                every: 500ms
                status: 401
                loginFailed: true
                address: "2001:db8::1"
                host: h
                headers: { user-agent: x }
                session: s
                ja3: a
                ja4: b
                asn: 64500
                country: DE
                bot: unverified
                customer: { age: 2d }
                clearance: { state: expired, difficulty: 12, age: 5m, id: c }
                challenges: { issued: 1 }
                signature: { state: valid, agent: a, origin: o }
                expect: { action: deny, score: 5, flagged: true, matched: r-1, notMatched: [b], tags: t }
              - { request: /x, expect: deny }
        """;

    private readonly RuleSchema schema = new();

    [Fact]
    public void Schema_FileOfEveryMember_IsRightForBoth()
    {
        Assert.Empty(GateYaml.Read(Everything, "f").Issues);
        Assert.Empty(schema.FaultsOf(Everything));
    }

    [Fact]
    public void Schema_EachOfItsMembers_StandsInThatFile()
    {
        (string Name, IReadOnlyList<string> Members)[] objects = [.. schema.Objects()];
        Assert.True(objects.Length > 9);
        Assert.All(
            objects,
            x => Assert.All(x.Members, member => Assert.Matches($@"(^|[ {{]){member}:", Everything.Replace('\n', ' ')))
        );
    }

    [Fact]
    public void Schema_MembersOfOneObjectAlone_AreNotTakenElsewhere()
    {
        // The reader refuses what the schema does not list, and takes what it lists, object by object.
        foreach ((string name, IReadOnlyList<string> members) in schema.Objects())
        foreach (string member in schema.Objects().SelectMany(x => x.Members).Distinct())
        {
            bool isTaken = !GateYaml
                .Read(Around(name, $"{member}: x"), "f")
                .Issues.Any(issue => issue.Message.StartsWith($"unknown member '{member}'", StringComparison.Ordinal));
            Assert.True(isTaken == members.Contains(member), $"{name}: {member} is taken: {isTaken}");
        }
    }

    [Fact]
    public void Schema_DefaultPack_IsRight()
    {
        using StreamReader pack = new(
            typeof(GateYaml).Assembly.GetManifestResourceStream(GateYamlLoader.DefaultPack + ".yaml")!
        );
        Assert.Empty(schema.FaultsOf(pack.ReadToEnd()));
    }

    [Fact]
    public void Schema_WhateverTheWriterWrites_HasItsForm()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 200; i++)
        {
            string written = GateYamlWriter.Write(new RandomDocuments(random).Next());
            // The writer judges no names, numbers and times, which here are anything; members and words are the schema's.
            Assert.DoesNotContain(schema.FaultsOf(written), IsOfForm);
        }
    }

    [Theory]
    [InlineData("rules:\n  - id: a\n    whem: x\n    when: y", "3:5: unknown member 'whem'")]
    [InlineData("rules:\n  - id: a", "2:5: 'when' is missing")]
    [InlineData("rules:\n  - id: A b\n    when: y", "2:9: 'A b' does not fit")]
    [InlineData("rules:\n  - id: a\n    when: x\n    action: denny", "4:13: 'denny' is not one of")]
    [InlineData("counters:\n  - name: a\n    window: 60", "3:13: is not")]
    [InlineData("rules:\n  - id: a\n    when: x\n    denial: { status: 200 }", "4:23: is too small")]
    [InlineData("cases:\n  - name: a\n    requests: []", "3:15: has too few items")]
    public void Schema_Mistake_IsAFault(string yaml, string expected) =>
        Assert.Contains(schema.FaultsOf(yaml), x => x.StartsWith(expected, StringComparison.Ordinal));

    [Fact]
    public void Guide_Example_FitsTheSchemaAndPassesItsOwnCases()
    {
        string guide = File.ReadAllText(Repository.PathOf("docs/guide/gate-rules.md"));
        string example = Example().Match(guide).Groups[1].Value;
        Assert.Empty(schema.FaultsOf(example));
        GateYamlSet set = GateYamlLoader.Load("guide.yaml", _ => example);
        GateModel? model = set.Compile(version: 0, out IReadOnlyList<YamlIssue> issues);
        Assert.Empty(issues);
        Assert.Equal(3, set.Cases.Count);
        GateCaseRunner runner = new(model!);
        Assert.All(set.Cases, x => Assert.Empty(runner.Run("guide.yaml", x).Failures));
    }

    private static bool IsOfForm(string fault) =>
        fault.Contains("unknown member", StringComparison.Ordinal)
        || fault.Contains("is missing", StringComparison.Ordinal)
        || fault.Contains("is not one of", StringComparison.Ordinal);

    private static string Around(string name, string member) =>
        name switch
        {
            "" => member,
            "rule" => $"rules:\n  - {member}",
            "denial" => $"rules:\n  - denial:\n      {member}",
            "counter" => $"counters:\n  - {member}",
            "list" => $"lists:\n  - {member}",
            "entry" => $"lists:\n  - entries:\n      - {member}",
            "route" => $"routes:\n  - {member}",
            "case" => $"cases:\n  - {member}",
            "request" => $"cases:\n  - requests:\n      - {member}",
            "expectation" => $"cases:\n  - requests:\n      - expect:\n          {member}",
            "customer" or "clearance" or "challenges" or "signature" => $"cases:\n  - {name}:\n      {member}",
            _ => throw new NotSupportedException(name),
        };

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
