using System.Buffers;
using Throughline.Core.Events;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Decide;

/// <summary>A clearance answers challenges, and nothing else.</summary>
public sealed class ClearanceJudgeTests
{
    private static readonly DecisionId Id = new(1, GateKit.Noon, 5);

    [Theory]
    [InlineData(ClearanceState.Valid, DecisionAction.Allow)]
    [InlineData(ClearanceState.PassedOn, DecisionAction.Allow)]
    [InlineData(ClearanceState.None, DecisionAction.Challenge)]
    [InlineData(ClearanceState.Expired, DecisionAction.Challenge)]
    [InlineData(ClearanceState.OtherAddress, DecisionAction.Challenge)]
    [InlineData(ClearanceState.OtherAgent, DecisionAction.Challenge)]
    [InlineData(ClearanceState.Forged, DecisionAction.Challenge)]
    public void Decide_ChallengeRule_GoesByTheClearance(ClearanceState state, DecisionAction action)
    {
        GateModel model = GateKit.Model(GateKit.Rule("prove", "true", RuleAction.Challenge));
        GateDecision decision = Decide(model, new(state, 8));
        Assert.Equal(action, decision.Action);
        Assert.Equal(action == DecisionAction.Allow ? DecisionCause.Cleared : DecisionCause.Rule, decision.Cause);
        Assert.Equal((0, action != DecisionAction.Allow), (decision.DecidingRule, decision.IsFlagged));
    }

    [Theory]
    [InlineData(7, DecisionAction.Challenge)]
    [InlineData(8, DecisionAction.Allow)]
    public void Decide_RuleThatAsksForMore_IsNotAnsweredByLess(int difficulty, DecisionAction action)
    {
        RuleDocument rule = GateKit.Rule("prove", "true", RuleAction.Challenge) with { Difficulty = 8 };
        Assert.Equal(action, Decide(GateKit.Model(rule), new(ClearanceState.Valid, difficulty)).Action);
    }

    /// <summary>Random rules: with a clearance a challenge becomes a pass and everything else stays as it was; and both are derived again.</summary>
    [Fact]
    public void Decide_RandomRules_OnlyChallengesChange()
    {
        Random random = Seeds.Random();
        int cleared = 0;
        for (int i = 0; i < 2000; i++)
        {
            GateModel model = GateKit.Model(GateKit.RandomRules(random));
            GateInputs inputs = GateKit.RandomInputs(random);
            inputs.Request.Clearance = default;
            GateDecision without = new();
            GateEngine.Decide(model, inputs, without);
            inputs.Request.Clearance = new(ClearanceState.Valid, ProofOfWork.DifficultyMax, 5, "x");
            GateDecision with = new();
            GateEngine.Decide(model, inputs, with);
            if (without.Action == DecisionAction.Challenge)
            {
                cleared++;
                Assert.Equal(with.Tags.Count > 0 ? DecisionAction.Tag : DecisionAction.Allow, with.Action);
                Assert.Equal((DecisionCause.Cleared, without.DecidingRule), (with.Cause, with.DecidingRule));
            }
            else
            {
                Assert.Equal(ReferenceJudge.FullText(model, without), ReferenceJudge.FullText(model, with));
            }
            ArrayBufferWriter<byte> bytes = new();
            DecisionRecord.Write(bytes, RecordKind.Decision, Id, model, inputs, with, 1);
            Assert.True(DecisionRecord.TryRead(bytes.WrittenSpan, out DecisionRecord? record));
            Assert.Empty(record.Derive(model).Differences);
        }
        Assert.True(cleared > 50, $"only {cleared} challenges");
    }

    [Fact]
    public void Decide_DenialOfHigherPriority_StandsAgainstAClearance()
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("prove", "true", RuleAction.Challenge),
            GateKit.Rule("never", "true", RuleAction.Deny) with
            {
                Priority = 1,
            }
        );
        Assert.Equal(DecisionAction.Deny, Decide(model, new(ClearanceState.Valid, 8)).Action);
    }

    [Fact]
    public void Decide_FactsOfClearances_AreWhatTheyAre()
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("a", "clearance.valid && clearance.state == 'valid' && clearance.difficulty == 9"),
            GateKit.Rule("b", "clearance.age == 61 && clearance.id == '1-2-3'"),
            GateKit.Rule("c", "challenge.issued == 4 && challenge.solved == 2 && challenge.failed == 1")
        );
        GateInputs inputs = GateKit.Inputs(x =>
        {
            x.Request.Knowledge |= RequestKnowledge.Cookies;
            x.Request.Clearance = new(ClearanceState.Valid, 9, 61_999, "1-2-3");
            x.Request.Challenges = new ChallengeCounts(4, 2, 1);
        });
        GateDecision decision = new();
        GateEngine.Decide(model, inputs, decision);
        Assert.All(decision.Matches, match => Assert.Equal(MatchOutcome.Matched, match.Outcome));
        Assert.Equal(3, decision.Matches.Count);
        ArrayBufferWriter<byte> bytes = new();
        decision.Challenge = ChallengeOutcome.Replayed;
        decision.Fault = ChallengeFault.OtherAgent;
        DecisionRecord.Write(bytes, RecordKind.Proof, Id, model, inputs, decision, 1);
        Assert.True(DecisionRecord.TryRead(bytes.WrittenSpan, out DecisionRecord? record));
        Assert.Equal(inputs.Request.Clearance with { AgeMs = 61_999 }, record.Inputs.Request.Clearance);
        Assert.Equal(inputs.Request.Challenges, record.Inputs.Request.Challenges);
        Assert.Equal(
            (RecordKind.Proof, ChallengeOutcome.Replayed, ChallengeFault.OtherAgent),
            (record.Kind, record.Challenge, record.Fault)
        );
    }

    [Fact]
    public void Decide_NothingKnownOfCookies_RulesOverThemAreUnknown()
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("a", "!clearance.valid"),
            GateKit.Rule("b", "challenge.failed > 1")
        );
        GateInputs inputs = GateKit.Inputs(x =>
        {
            x.Request.Knowledge &= ~RequestKnowledge.Cookies;
            x.Request.Challenges = null;
        });
        GateDecision decision = new();
        GateEngine.Decide(model, inputs, decision);
        Assert.Equal([MatchOutcome.Unknown, MatchOutcome.Unknown], decision.Matches.Select(match => match.Outcome));
    }

    private static GateDecision Decide(GateModel model, ClearanceFacts clearance)
    {
        GateDecision decision = new();
        GateEngine.Decide(model, GateKit.Inputs(x => x.Request.Clearance = clearance), decision);
        return decision;
    }
}
