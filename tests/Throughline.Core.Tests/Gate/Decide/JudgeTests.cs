using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Decide;

/// <summary>Decisions from inputs alone: what decides, what only watches, and that nothing else matters.</summary>
public sealed class JudgeTests
{
    [Fact]
    public void Decide_RandomRulesAndRequests_IsWhatTheContractSays()
    {
        Random random = Seeds.Random();
        GateDecision decision = new();
        for (int i = 0; i < 300; i++)
        {
            GateModel model = GateKit.Model(GateKit.RandomRules(random));
            for (int j = 0; j < 10; j++)
            {
                GateInputs inputs = GateKit.RandomInputs(random);
                GateEngine.Decide(model, inputs, decision);
                string expected = ReferenceJudge.Decide(
                    model,
                    inputs,
                    rule => IsEnforced(rule, inputs) // which share is tested apart
                );
                Assert.Equal(expected, ReferenceJudge.FullText(model, decision));
            }
        }
    }

    [Fact]
    public void Decide_WithoutShadowDraftAndRetiredRules_IsTheSame()
    {
        Random random = Seeds.Random();
        GateDecision with = new();
        GateDecision without = new();
        int differentIfEnforced = 0;
        for (int i = 0; i < 300; i++)
        {
            RuleDocument[] rules = GateKit.RandomRules(random);
            GateModel all = GateKit.Model(rules);
            GateModel live = GateKit.Model([.. rules.Where(x => x.Mode is RuleMode.Enforce or RuleMode.Canary)]);
            GateModel enforced = GateKit.Model([.. rules.Select(x => x with { Mode = RuleMode.Enforce })]);
            for (int j = 0; j < 10; j++)
            {
                GateInputs inputs = GateKit.RandomInputs(random);
                GateEngine.Decide(all, inputs, with);
                GateEngine.Decide(live, inputs, without);
                string expected = ReferenceJudge.Text(live, without);
                Assert.Equal(expected, ReferenceJudge.Text(all, with));
                GateEngine.Decide(enforced, inputs, with);
                if (expected != ReferenceJudge.Text(enforced, with))
                    differentIfEnforced++;
            }
        }
        Assert.True(differentIfEnforced > 500, $"only {differentIfEnforced} cases in which the rules matter");
    }

    [Fact]
    public void Decide_RulesInAnyOrder_IsTheSame()
    {
        Random random = Seeds.Random();
        GateDecision decision = new();
        GateDecision shuffled = new();
        for (int i = 0; i < 200; i++)
        {
            // Of equal priorities the first goes first: only there the order may matter.
            RuleDocument[] rules =
            [
                .. GateKit.RandomRules(random).Select((x, n) => x with { Priority = n, Tag = null }),
            ];
            GateModel model = GateKit.Model(rules);
            RuleDocument[] other = [.. rules];
            random.Shuffle(other);
            GateModel otherModel = GateKit.Model(other);
            for (int j = 0; j < 10; j++)
            {
                GateInputs inputs = GateKit.RandomInputs(random);
                GateEngine.Decide(model, inputs, decision);
                GateEngine.Decide(otherModel, inputs, shuffled);
                Assert.Equal(ReferenceJudge.Text(model, decision), ReferenceJudge.Text(otherModel, shuffled));
                Assert.Equal(decision.Matches.Count, shuffled.Matches.Count);
            }
        }
    }

    [Theory]
    [InlineData("1 / (counter.hits - 1) > 0", MatchOutcome.Error, "division by zero")]
    [InlineData("request.country == 'NL'", MatchOutcome.Unknown, "no such field: request.country is not set")]
    [InlineData("customer.age > 5", MatchOutcome.Unknown, "no such field: customer.age is not set")]
    [InlineData("{'a': true}['b']", MatchOutcome.Error, "no such key: \"b\"")]
    public void Decide_RuleThatFails_IsItsResultAndTheDecisionStands(string when, MatchOutcome outcome, string error)
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("failing", when, RuleAction.Deny) with
            {
                Priority = 9,
            },
            GateKit.Rule("welcome", "true", RuleAction.Allow)
        );
        GateDecision decision = new();
        GateEngine.Decide(model, GateKit.Inputs(), decision);
        Assert.Equal(DecisionAction.Allow, decision.Action);
        Assert.Equal(1, decision.DecidingRule);
        Assert.Equal(new RuleMatch(0, outcome, true, error), decision.Matches[0]);
    }

    [Fact]
    public void Decide_RuleThatThrows_IsItsResultAndTheDecisionStands()
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("throwing", "request.headers.exists(h, h.name == 'a')", RuleAction.Deny),
            GateKit.Rule("tagged", "true") with
            {
                Tag = "seen",
            }
        );
        GateDecision decision = new();
        // More headers than there are: reading them throws.
        GateEngine.Decide(model, GateKit.Inputs(x => x.Request.HeaderCount = 3), decision);
        Assert.Equal(DecisionAction.Tag, decision.Action);
        Assert.Equal(MatchOutcome.Error, decision.Matches[0].Outcome);
        Assert.Equal(nameof(ArgumentOutOfRangeException), decision.Matches[0].Error);
    }

    [Theory]
    [InlineData(4, DecisionAction.Allow)]
    [InlineData(5, DecisionAction.Challenge)]
    [InlineData(10, DecisionAction.Deny)]
    public void Decide_Score_IsHeldAgainstTheThresholdsOfTheRoute(int score, DecisionAction expected)
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("a", "true", RuleAction.Score) with
            {
                Score = score - 1,
            },
            GateKit.Rule("b", "true", RuleAction.Score) with
            {
                Score = 1,
            }
        );
        GateDecision decision = new();
        GateEngine.Decide(model, GateKit.Inputs(), decision);
        Assert.Equal(expected, decision.Action);
        Assert.Equal(expected == DecisionAction.Allow ? DecisionCause.NoMatch : DecisionCause.Score, decision.Cause);
        Assert.Equal(expected == DecisionAction.Deny ? new DenialDocument(429, "slow down") : null, decision.Denial);
        GateEngine.Decide(model, GateKit.Inputs(x => x.Request.Host = "elsewhere.test"), decision);
        Assert.Equal(DecisionAction.Allow, decision.Action);
    }

    [Fact]
    public void Decide_Canary_IsEnforcedForItsShareOfVisitorsAndStaysSo()
    {
        GateModel model = GateKit.Model(
            GateKit.Rule("canary", "true", RuleAction.Deny) with
            {
                Mode = RuleMode.Canary,
                CanaryPercent = 5,
            }
        );
        GateDecision decision = new();
        int denied = 0;
        const int visitors = 20_000;
        for (int i = 0; i < visitors; i++)
        {
            GateInputs inputs = GateKit.Inputs(x => x.Request.Session = $"s{i}");
            GateEngine.Decide(model, inputs, decision);
            DecisionAction first = decision.Action;
            Assert.Equal(first == DecisionAction.Deny, decision.Matches[0].Enforced);
            inputs.Request.Path = inputs.Request.Target = "/a/other";
            inputs.Request.Address = GateKit.Ip("198.51.100.1");
            GateEngine.Decide(model, inputs, decision);
            Assert.Equal(first, decision.Action);
            denied += first == DecisionAction.Deny ? 1 : 0;
        }
        // Binomial: 1000 expected, standard deviation 31.
        Assert.InRange(denied, 1000 - 160, 1000 + 160);
    }

    [Theory]
    [InlineData(FailPolicy.Open, DecisionAction.Allow)]
    [InlineData(FailPolicy.Challenge, DecisionAction.Challenge)]
    [InlineData(FailPolicy.Closed, DecisionAction.Deny)]
    public void Decide_BudgetRunsOut_TheFailPolicyHoldsAndTheRestIsSkipped(FailPolicy policy, DecisionAction expected)
    {
        // Too costly to be evaluated all at once.
        const string costly = "request.headers.exists(h, h.value.matches('a.*b.*c.*d')) || true";
        RuleDocument[] rules =
        [
            .. Enumerable.Range(0, 40).Select(x => GateKit.Rule($"r{x}", costly, RuleAction.Allow)),
        ];
        GateDocument document = GateKit.Document(rules);
        document = document with { Routes = [document.Routes[0] with { OnFailure = policy }] };
        GateModel model = GateKit.Model(document);
        int alone = model.Parts.RequestRules.Deciding.Alone.Length;
        Assert.InRange(alone, 17, 40);
        GateDecision decision = new();
        int looks = 0;
        GateEngine.Decide(model, GateKit.Inputs(), decision, () => ++looks == 2);
        Assert.Equal(expected, decision.Action);
        Assert.Equal(DecisionCause.BudgetExceeded, decision.Cause);
        Assert.Equal(40 - alone + 16, decision.Matches.Count(x => x.Outcome == MatchOutcome.Matched));
        Assert.Equal(alone - 16, decision.Matches.Count(x => x.Outcome == MatchOutcome.Skipped));
    }

    [Fact]
    public void Decide_RuleThatCostsMoreThanWasExpected_IsStoppedAndTheDecisionStands()
    {
        GateModel model = GateKit.Model(
            GateKit.Rule(
                "pairs",
                "request.headers.exists(a, a.name != '' && a.value.matches('x.*y.*z'))",
                RuleAction.Deny
            ),
            GateKit.Rule("welcome", "true", RuleAction.Allow)
        );
        // Headers a thousand times as large as a proxy would pass on.
        HeaderField[] headers = [.. Enumerable.Repeat(new HeaderField("a", new string('x', 1_000_000)), 100)];
        GateInputs inputs = GateKit.Inputs(x => (x.Request.Headers, x.Request.HeaderCount) = (headers, headers.Length));
        GateDecision decision = new();
        GateEngine.Decide(model, inputs, decision);
        Assert.Equal(DecisionAction.Allow, decision.Action);
        Assert.Equal(MatchOutcome.Error, decision.Matches[0].Outcome);
        Assert.Contains("cost", decision.Matches[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_BudgetRunsOutAmongShadowRules_TheDecisionStands()
    {
        RuleDocument[] shadows =
        [
            .. Enumerable.Range(0, 40).Select(x => GateKit.Rule($"r{x}", "true") with { Mode = RuleMode.Shadow }),
        ];
        GateModel model = GateKit.Model([.. shadows, GateKit.Rule("deny", "true", RuleAction.Deny)]);
        GateDecision decision = new();
        int looks = 0;
        GateEngine.Decide(model, GateKit.Inputs(), decision, () => ++looks > 1);
        Assert.Equal(DecisionAction.Deny, decision.Action);
        Assert.Equal(DecisionCause.Rule, decision.Cause);
        Assert.Equal(40, decision.Matches.Count(x => x.Outcome == MatchOutcome.Skipped));
    }

    [Fact]
    public void Decide_NoRulesAndNoTime_IsTheFailPolicy()
    {
        GateDecision decision = new();
        GateEngine.Decide(GateKit.Model(), GateKit.Inputs(), decision, () => true);
        Assert.Equal(DecisionCause.BudgetExceeded, decision.Cause);
        Assert.Equal(DecisionAction.Deny, decision.Action);
    }

    [Theory]
    [InlineData("www.example", "/a/x", "shop")]
    [InlineData("WWW.Example:8443", "/a", "shop")]
    [InlineData("example", "/a", "default")]
    [InlineData("www.example", "/b", "default")]
    public void Decide_Route_IsTheFirstThatFits(string host, string target, string expected)
    {
        GateDecision decision = new();
        GateInputs inputs = GateKit.Inputs(x => (x.Request.Host, x.Request.Target) = (host, target));
        GateEngine.Decide(GateKit.Model(), inputs, decision);
        Assert.Equal(expected, decision.Route.Id);
    }

    private static bool IsEnforced(RuleDocument rule, GateInputs inputs)
    {
        GateModel alone = GateKit.Model(rule with { When = "true", ExpiresAt = null, Routes = [] });
        GateDecision decision = new();
        GateEngine.Decide(alone, inputs, decision);
        return decision.Matches[0].Enforced;
    }
}
