using System.Buffers;
using System.Text;
using Throughline.Cel;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Decide;

/// <summary>Records hold what decided, no more of the request than that, and give the decision again.</summary>
public sealed class DecisionRecordTests
{
    private const string Costly = "request.headers.exists(h, h.value.matches('a.*b.*c.*d')) || true";
    private static readonly DecisionId Id = new(7, GateKit.Noon, 42);

    [Fact]
    public void Derive_RandomRulesAndRequests_IsIdentical()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 300; i++)
        {
            GateModel model = GateKit.Model(GateKit.RandomRules(random));
            for (int j = 0; j < 10; j++)
            {
                DecisionRecord record = RecordOf(model, GateKit.RandomInputs(random), out GateDecision decision);
                Assert.Equal(decision.Matches, record.Matches);
                Derivation derivation = record.Derive(model);
                Assert.True(derivation.IsIdentical, string.Join('\n', derivation.Differences));
                Assert.Equal(
                    ReferenceJudge.FullText(model, decision),
                    ReferenceJudge.FullText(model, derivation.Decision)
                );
            }
        }
    }

    [Fact]
    public void Derive_WhatDiffers_IsNamed()
    {
        GateModel model = GateKit.Model(GateKit.Rule("posts", "request.method == 'POST'", RuleAction.Deny));
        DecisionRecord record = RecordOf(model, GateKit.Inputs(x => x.Request.Method = "POST"), out _);
        GateModel other = GateKit.Model(
            GateKit.Document(GateKit.Rule("posts", "request.method == 'PUT'", RuleAction.Deny)),
            version: 2
        );
        Assert.Equal(
            [
                "version 1 decided, this is version 2",
                "the cause was Rule, now it is NoMatch",
                "the deciding rule was posts, now it is -1",
                "the action was Deny, now it is Allow",
                "rule posts matched (enforced), now it did not match",
            ],
            record.Derive(other).Differences
        );
    }

    [Fact]
    public void Derive_BudgetExceeded_ComparesTheFailPolicyAndTheRulesThatHadTheirTurn()
    {
        RuleDocument[] rules =
        [
            .. Enumerable.Range(0, 40).Select(x => GateKit.Rule($"r{x}", Costly, RuleAction.Allow)),
        ];
        GateModel model = GateKit.Model(rules);
        int looks = 0;
        DecisionRecord record = RecordOf(model, GateKit.Inputs(), out GateDecision decision, () => ++looks == 2);
        Assert.Contains(decision.Matches, x => x.Outcome == MatchOutcome.Matched);
        Assert.Contains(decision.Matches, x => x.Outcome == MatchOutcome.Skipped);
        Assert.Equal((DecisionAction.Deny, DecisionCause.BudgetExceeded), (decision.Action, decision.Cause));
        Assert.Empty(record.Derive(model).Differences);
    }

    [Fact]
    public void Derive_FeatureThatWasCut_IsNamedIfTheDecisionDiffers()
    {
        GateModel model = GateKit.Model(GateKit.Rule("long", "request.query.endsWith('z')", RuleAction.Deny));
        GateInputs inputs = GateKit.Inputs(x => x.Request.Query = new string('a', 2_000) + "z");
        DecisionRecord record = RecordOf(model, inputs, out _);
        Assert.Equal(["request.query"], record.Cut);
        Assert.Contains("request.query was too long to be kept whole", record.Derive(model).Differences);
    }

    [Fact]
    public void Write_HoldsOnlyWhatRulesRead()
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("a", "request.path == '/a/b' && counter.hits > 0", RuleAction.Deny),
            GateKit.Rule("old", "ua.text == 'x'") with
            {
                Mode = RuleMode.Retired,
            }
        );
        GateInputs inputs = GateKit.Inputs(x =>
        {
            x.Request.Agent.Text = "secret-agent";
            x.Request.Referrer = "secret-referrer";
            x.Request.Session = "secret-session";
            x.Counters = [5, 0.75];
        });
        byte[] bytes = BytesOf(model, inputs, new());
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Contains("/a/b", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.True(DecisionRecord.TryRead(bytes, out DecisionRecord? record));
        Assert.Null(record.Inputs.Request.Address);
        Assert.Equal([5, 0], record.Inputs.Counters);
    }

    [Fact]
    public void Explain_MatchedRule_IsASentenceWithValues()
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("a", "counter.hits > 3 && request.method == 'POST'", RuleAction.Deny)
        );
        GateInputs inputs = GateKit.Inputs(x => (x.Request.Method, x.Counters) = ("POST", [17, 0]));
        RuleExplanation explanation = Assert.Single(RecordOf(model, inputs, out _).Explain(model));
        Assert.Equal("counter.hits (17) > 3 and request.method (\"POST\") == \"POST\"", explanation.Sentence);
        Assert.Equal("a", explanation.Rule.Id);
    }

    [Fact]
    public void Write_Answer_HoldsTheResponse()
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("missing", "response.status == 404") with
            {
                Phase = RulePhase.Response,
                Tag = "missing",
            }
        );
        GateInputs inputs = GateKit.Inputs(x => x.Response = new ResponseFacts(404, 12, false));
        DecisionRecord record = RecordOf(model, inputs, out _, kind: RecordKind.Answer);
        Assert.Equal(new ResponseFacts(404, 12, false), record.Inputs.Response);
        Assert.Equal(DecisionAction.Tag, record.Action);
        Assert.True(record.Derive(model).IsIdentical);
    }

    // Bytes of the first version: they must be read for as long as there are records.
    private const string Golden =
        "0101070000000000000000DC2074970100002A0000000000000003010100020000A01F80F086C2EE653E0088776655443322"
        + "11990000000000000004020122000402020003082F612F622300000400100212446E6F2073756368206669656C643A206C69"
        + "73742E626164206973206E6F7420736574";

    [Fact]
    public void TryRead_GoldenBytes_AreReadAsTheyWereWritten()
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("a", "request.path == '/a/b' && counter.hits > 3 && ua.headless", RuleAction.Deny),
            GateKit.Rule("b", "request.country == 'NL' || list.bad")
        );
        GateInputs inputs = GateKit.Inputs(x =>
        {
            x.Request.Agent.IsHeadless = true;
            x.Counters = [17, 0.5];
            x.Lists = [Membership.Unknown, Membership.In];
            (x.Route, x.Visitor, x.AddressKey) = (0, 0x1122334455667788, 0x99);
        });
        byte[] bytes = BytesOf(model, inputs, new());
        string written = Convert.ToHexString(bytes);
        Assert.True(written == Golden, $"was {written}");
        Assert.True(DecisionRecord.TryRead(Convert.FromHexString(Golden), out DecisionRecord? record));
        Assert.Equal((Id, DecisionAction.Deny, 2_000), (record.Id, record.Action, record.LatencyUs));
        Assert.True(record.Derive(model).IsIdentical);
    }

    [Fact]
    public void TryRead_DamagedBytes_NeverThrows()
    {
        Random random = Seeds.Random();
        GateModel model = GateKit.Model(GateKit.RandomRules(random));
        byte[] bytes = BytesOf(model, GateKit.RandomInputs(random), new());
        for (int i = 0; i < bytes.Length; i++)
        {
            Assert.False(DecisionRecord.TryRead(bytes.AsSpan(0, i), out _));
            for (int j = 0; j < 20; j++)
            {
                byte[] damaged = [.. bytes];
                damaged[i] = (byte)random.Next(256);
                DecisionRecord.TryRead(damaged, out _);
            }
        }
        Assert.True(DecisionRecord.TryRead(bytes, out _));
    }

    [Fact]
    public void FeatureTable_HoldsEveryNameOfTheSchema()
    {
        CelEnvironment environment = GateSchema.Create().Extend(GateSchema.Base);
        HashSet<string> held = [.. FeatureTable.All.SelectMany(x => x.Paths)];
        foreach (string root in (string[])["request", "ua", "check"])
        foreach (string field in environment.Types.FieldsOf("Gate." + root))
            Assert.Contains($"{root}.{field}", held);
        Assert.Equal(FeatureTable.All.Length, FeatureTable.All.DistinctBy(x => x.Id).Count());
        Assert.All(FeatureTable.All, x => Assert.InRange(x.Id, 1, 127));
    }

    [Fact]
    public void TryParse_IdAsText_IsTheId()
    {
        Assert.Equal("7-1977420dc00-2a", Id.ToString());
        Assert.True(DecisionId.TryParse(Id.ToString(), out DecisionId parsed));
        Assert.Equal(Id, parsed);
        Assert.False(DecisionId.TryParse("7-1", out _));
        Assert.False(DecisionId.TryParse("7-1-x", out _));
    }

    private static DecisionRecord RecordOf(
        GateModel model,
        GateInputs inputs,
        out GateDecision decision,
        Func<bool>? late = null,
        RecordKind kind = RecordKind.Decision
    )
    {
        decision = new();
        byte[] bytes = BytesOf(model, inputs, decision, late, kind);
        Assert.True(DecisionRecord.TryRead(bytes, out DecisionRecord? record));
        Assert.Equal((Id, kind, 2_000), (record.Id, record.Kind, record.LatencyUs));
        return record;
    }

    private static byte[] BytesOf(
        GateModel model,
        GateInputs inputs,
        GateDecision decision,
        Func<bool>? late = null,
        RecordKind kind = RecordKind.Decision
    )
    {
        GateEngine.Decide(model, inputs, decision, late);
        ArrayBufferWriter<byte> target = new();
        DecisionRecord.Write(target, kind, Id, model, inputs, decision, latencyUs: 2_000);
        return target.WrittenSpan.ToArray();
    }
}
