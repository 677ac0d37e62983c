using System.Buffers;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Decide;

/// <summary>Who is held out of a rule, for how long, and that it is recorded and derived again.</summary>
public sealed class HoldoutTests
{
    private static readonly RuleDocument Blocks = GateKit.Rule("blocks", "true", RuleAction.Deny) with
    {
        HoldoutPercent = 10,
    };

    [Fact]
    public void Decide_HoldOut_IsItsShareOfUnitsWhateverElseTheirRequestsAre()
    {
        GateModel model = GateKit.Model(Blocks);
        GateDecision decision = new();
        int held = 0;
        const int units = 20_000;
        for (int i = 0; i < units; i++)
        {
            GateInputs inputs = GateKit.Inputs(x => x.Unit = UnitOf(i));
            GateEngine.Decide(model, inputs, decision);
            bool isHeld = decision.Action == DecisionAction.Allow;
            Assert.Equal((!isHeld, isHeld), (decision.Matches[0].Enforced, decision.Matches[0].HeldOut));
            inputs.Request.Path = inputs.Request.Target = "/other";
            inputs.Request.Session = "another";
            inputs.Request.Address = GateKit.Ip("198.51.100.1");
            GateEngine.Decide(model, inputs, decision);
            Assert.Equal(isHeld, decision.Matches[0].HeldOut);
            held += isHeld ? 1 : 0;
        }
        // Binomial: 2000 expected, standard deviation 42.
        Assert.InRange(held, 2000 - 215, 2000 + 215);
    }

    [Fact]
    public void Decide_LargerShare_HoldsOutTheSameUnitsAndMore()
    {
        HashSet<int> ten = HeldOut(Blocks);
        HashSet<int> twenty = HeldOut(Blocks with { HoldoutPercent = 20 });
        Assert.True(ten.IsSubsetOf(twenty));
        Assert.InRange(twenty.Count, ten.Count + 300, ten.Count + 700);
    }

    [Fact]
    public void Decide_RuleThatMatchesOrDoesSomethingElse_DrawsAnew()
    {
        HashSet<int> before = HeldOut(Blocks);
        Assert.Equal(before, HeldOut(Blocks with { Priority = 7, Reason = "other words", Owner = "ann" }));
        foreach (
            RuleDocument other in new[]
            {
                Blocks with
                {
                    When = "1 == 1",
                },
                Blocks with
                {
                    Id = "others",
                },
                Blocks with
                {
                    Action = RuleAction.Challenge,
                },
            }
        )
        {
            HashSet<int> now = HeldOut(other);
            // Independent draws of 10 % each share about 50 of 5000.
            Assert.InRange(now.Intersect(before).Count(), 10, 110);
        }
    }

    [Fact]
    public void Decide_CanaryWithAHoldOut_HoldsOutNobodyBeyondItsShare()
    {
        GateModel canary = GateKit.Model(
            Blocks with
            {
                Mode = RuleMode.Canary,
                CanaryPercent = 30,
                HoldoutPercent = 50,
            }
        );
        GateDecision decision = new();
        int[] arms = new int[3];
        for (int i = 0; i < 6_000; i++)
        {
            int visitor = i;
            GateEngine.Decide(
                canary,
                GateKit.Inputs(x =>
                {
                    x.Request.Session = $"s{visitor}";
                    x.Unit = UnitOf(visitor);
                }),
                decision
            );
            RuleMatch match = decision.Matches[0];
            arms[
                match.Enforced ? 1
                : match.HeldOut ? 2
                : 0
            ]++;
        }
        Assert.InRange(arms[0], 4200 - 200, 4200 + 200);
        Assert.InRange(arms[1], 900 - 150, 900 + 150);
        Assert.InRange(arms[2], 900 - 150, 900 + 150);
    }

    [Fact]
    public void Decide_HeldOut_AddsNoScoreAndListsNobody()
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("adds", "true", RuleAction.Score) with
            {
                Score = 3,
                HoldoutPercent = 50,
                Tag = "seen",
            }
        );
        GateDecision decision = new();
        bool[] met = new bool[2];
        for (int i = 0; i < 50; i++)
        {
            GateEngine.Decide(model, GateKit.Inputs(x => x.Unit = UnitOf(i)), decision);
            bool isHeld = decision.Matches[0].HeldOut;
            Assert.Equal((isHeld ? 0 : 3, isHeld ? 0 : 1), (decision.Score, decision.Tags.Count));
            met[isHeld ? 1 : 0] = true;
        }
        Assert.Equal([true, true], met);
    }

    [Fact]
    public void Derive_RandomRulesWithHoldOuts_IsIdenticalFromTheRecordAlone()
    {
        Random random = Seeds.Random();
        int held = 0;
        for (int i = 0; i < 200; i++)
        {
            RuleDocument[] rules =
            [
                .. GateKit
                    .RandomRules(random)
                    .Select(x =>
                        x.Action is RuleAction.Deny or RuleAction.Challenge || x.Score > 0
                            ? x with
                            {
                                HoldoutPercent = 40,
                            }
                            : x
                    ),
            ];
            GateModel model = GateKit.Model(rules);
            GateInputs inputs = GateKit.RandomInputs(random);
            inputs.Unit = random.Next(4) == 0 ? HoldoutUnit.OfClient(inputs.Request, 5) : UnitOf(random.Next());
            GateDecision decision = new();
            GateEngine.Decide(model, inputs, decision);
            ArrayBufferWriter<byte> bytes = new();
            DecisionRecord.Write(bytes, RecordKind.Decision, new(7, 1, 1), model, inputs, decision, 1);
            Assert.True(DecisionRecord.TryRead(bytes.WrittenSpan, out DecisionRecord? record));
            Assert.Equal(decision.Matches, record.Matches);
            Derivation derivation = record.Derive(model);
            Assert.True(derivation.IsIdentical, string.Join('\n', derivation.Differences));
            held += record.Matches.Count(x => x.HeldOut);
        }
        Assert.True(held > 50, $"only {held} matches were held out");
    }

    [Fact]
    public void Write_VersionWithoutHoldOuts_RecordsNoUnit()
    {
        GateInputs inputs = GateKit.Inputs(x => x.Unit = UnitOf(1));
        GateModel model = GateKit.Model(GateKit.Rule("plain", "true", RuleAction.Deny));
        GateDecision decision = new();
        GateEngine.Decide(model, inputs, decision);
        ArrayBufferWriter<byte> bytes = new();
        DecisionRecord.Write(bytes, RecordKind.Decision, new(7, 1, 1), model, inputs, decision, 1);
        Assert.True(DecisionRecord.TryRead(bytes.WrittenSpan, out DecisionRecord? record));
        Assert.Null(record.Inputs.Unit);
    }

    [Theory]
    [InlineData(RuleAction.Allow, RulePhase.Request, 0, 10, false)]
    [InlineData(RuleAction.Tag, RulePhase.Request, 0, 10, false)]
    [InlineData(RuleAction.Tag, RulePhase.Request, 1, 10, true)]
    [InlineData(RuleAction.Tag, RulePhase.Response, 1, 10, false)]
    [InlineData(RuleAction.Deny, RulePhase.Request, 0, 50, true)]
    [InlineData(RuleAction.Deny, RulePhase.Request, 0, 50.1, false)]
    [InlineData(RuleAction.Deny, RulePhase.Request, 0, -1, false)]
    [InlineData(RuleAction.Deny, RulePhase.Request, 0, double.NaN, false)]
    public void Create_HoldOut_OnlyOfRulesThatHarmAndAtMostHalf(
        RuleAction action,
        RulePhase phase,
        int score,
        double percent,
        bool isValid
    )
    {
        RuleDocument rule = GateKit.Rule("r", "true", action) with
        {
            Phase = phase,
            Score = score,
            HoldoutPercent = percent,
        };
        GateModel? model = GateModel.Create(GateKit.Document(rule), 1, out IReadOnlyList<GateIssue> issues);
        Assert.Equal(isValid, model is not null);
        Assert.All(issues, x => Assert.Equal("/rules/0/holdoutPercent", x.Path));
    }

    private static HashSet<int> HeldOut(RuleDocument rule)
    {
        GateModel model = GateKit.Model(rule);
        GateDecision decision = new();
        HashSet<int> held = [];
        for (int i = 0; i < 5_000; i++)
        {
            GateEngine.Decide(model, GateKit.Inputs(x => x.Unit = UnitOf(i)), decision);
            if (decision.Matches[0].HeldOut)
                held.Add(i);
        }
        return held;
    }

    private static HoldoutUnit UnitOf(int number) => HoldoutUnit.OfDevice("cookie", $"c{number}", 99);
}
