using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;
using Throughline.Testing;

namespace Throughline.Core.Tests.Attribution.Timeline;

/// <summary>One worked example for each member of a rule, with times in days.</summary>
[Collection(nameof(Alone))]
public sealed class TimelineKernelTests
{
    private const long Day = 86_400_000;

    private static AttributionRule Rule(string json)
    {
        AttributionRule? rule = AttributionRuleJson.Read(JsonDocument.Parse(json).RootElement, out var issues);
        Assert.True(rule is not null, string.Join('\n', issues));
        return rule;
    }

    private static Met Touch(
        string id,
        double day,
        string kind = "click",
        string campaign = "a",
        string channel = ""
    ) => new(id, (long)(day * Day), kind, campaign, channel);

    private static Won Sale(string id, double day, long minor = 100) => new(id, (long)(day * Day), minor);

    [Fact]
    public void Evaluate_TouchExactlyAsOldAsItsWindow_IsEligible()
    {
        AttributionRule rule = Rule("""{"windows": {"click": "30d", "view": "1d", "*": "none"}, "model": "linear"}""");
        TimelineCase run = new(
            [rule],
            [
                Touch("a", 0),
                Touch("b", 29, "view"),
                Touch("c", 29, "email_open"),
                Touch("d", 30),
                new("e", (30 * Day) + 1, "click", "a"),
                new("z", -1, "click", "a"),
            ],
            [Sale("s", 30)]
        );
        Assert.Equal("a credited 34, b credited 33, c no_window, d credited 33", run.Touches("s"));
    }

    [Fact]
    public void Evaluate_TouchOutsideItsKindsWindow_HasItsReason()
    {
        AttributionRule rule = Rule("""{"windows": {"click": "7d", "view": "36h"}}""");
        TimelineCase run = new([rule], [Touch("a", 1, "view"), Touch("b", 2), Touch("c", 8.5, "view")], [Sale("s", 8)]);
        Assert.Equal("a outside_window, b credited 100", run.Touches("s"));
    }

    [Fact]
    public void Evaluate_WeakerMatch_HasAnotherWindow()
    {
        AttributionRule rule = Rule(
            """{"windows": {"click": {"within": "30d", "tiers": {"2": "7d", "4": "none"}}}, "model": "linear"}"""
        );
        TimelineCase run = new(
            [rule],
            [
                Touch("a", 1) with
                {
                    Tier = 0,
                },
                Touch("b", 1) with
                {
                    Tier = 1,
                },
                Touch("c", 1) with
                {
                    Tier = 2,
                },
                Touch("d", 5) with
                {
                    Tier = 3,
                },
                Touch("e", 9) with
                {
                    Tier = 4,
                },
            ],
            [Sale("s", 10)]
        );
        Assert.Equal("a credited 34, b credited 33, c outside_window, d credited 33, e no_window", run.Touches("s"));
    }

    [Fact]
    public void Evaluate_CalendarDays_CountsMidnights()
    {
        AttributionRule rule = Rule("""{"windows": {"click": "1d"}, "calendarDays": "+02:00", "model": "linear"}""");
        long noon = (10 * Day) + (Day / 2);
        long hour = Day / 24;
        TimelineCase run = new(
            [rule],
            [new("a", (9 * Day) - (2 * hour), "click", "a"), new("b", (9 * Day) - (2 * hour) - 1, "click", "a")],
            [new("s", noon, 10)]
        );
        Assert.Equal("b outside_window, a credited 10", run.Touches("s"));
    }

    [Fact]
    public void Evaluate_EligibilityExpression_DecidesOverTouchConversionAndCustomer()
    {
        AttributionRule rule = Rule(
            """
            {"windows": {"*": "30d"}, "model": "linear",
             "eligible": "touch.channel != 'direct' && conversion.minor >= 100 && customer.earlier_conversions == 0"}
            """
        );
        TimelineCase run = new(
            [rule],
            [Touch("a", 1, channel: "direct"), Touch("b", 2, channel: "search"), Touch("c", 3)],
            [Sale("s", 10), Sale("t", 11)]
        );
        Assert.Equal("a not_eligible, b credited 100, c eligibility_error", run.Touches("s"));
        Assert.Equal("a not_eligible, b not_eligible, c not_eligible", run.Touches("t"));
    }

    [Fact]
    public void Evaluate_PriorityThenClickThenLatest_DecidesTheGroup()
    {
        AttributionRule a = Rule("""{"campaign": "a", "windows": {"*": "30d"}, "priority": {"view": 5, "*": 0}}""");
        AttributionRule b = Rule("""{"campaign": "b", "windows": {"*": "30d"}}""");
        TimelineCase high = new([a, b], [Touch("a", 1, "view"), Touch("b", 2, campaign: "b")], [Sale("s", 3)]);
        Assert.Equal("a credited 100, b lost_exclusivity", high.Touches("s"));
        Assert.Equal([1, 2], high.Candidates("s").Select(x => x.Rank));
        TimelineCase click = new(
            [b with { Campaign = "a" }, b],
            [Touch("a", 1), Touch("b", 2, "view", campaign: "b")],
            [Sale("s", 3)]
        );
        Assert.Equal("a credited 100, b lost_exclusivity", click.Touches("s"));
        TimelineCase late = new(
            [b with { Campaign = "a", ClickBeforeView = false }, b with { ClickBeforeView = false }],
            [Touch("a", 1), Touch("b", 2, "view", campaign: "b")],
            [Sale("s", 3)]
        );
        Assert.Equal("a lost_exclusivity, b credited 100", late.Touches("s"));
    }

    [Fact]
    public void Evaluate_DisplaceLower_LeavesTheGreatestClassAlone()
    {
        AttributionRule rule = Rule("""{"windows": {"*": "30d"}, "displaceLower": true}""");
        Met[] touches = [Touch("a", 1), Touch("b", 2, "view")];
        Assert.Equal(
            "a credited 100, b lower_priority",
            new TimelineCase([rule], touches, [Sale("s", 3)]).Touches("s")
        );
        AttributionRule all = rule with { DisplaceLower = false };
        Assert.Equal("a not_last, b credited 100", new TimelineCase([all], touches, [Sale("s", 3)]).Touches("s"));
    }

    [Theory]
    [InlineData("latest", "a touch_cap, b credited 50, c credited 50")]
    [InlineData("earliest", "a credited 50, b credited 50, c touch_cap")]
    [InlineData("priority", "a credited 50, b touch_cap, c credited 50")]
    public void Evaluate_TouchesPerConversion_KeepsWhatTheRuleSays(string keep, string expected)
    {
        AttributionRule rule = Rule(
            $$"""{"windows": {"*": "30d"}, "model": "linear", "caps": {"touchesPerConversion": 2, "keep": "{{keep}}" } }"""
        );
        TimelineCase run = new([rule], [Touch("a", 1), Touch("b", 2, "view"), Touch("c", 3, "view")], [Sale("s", 4)]);
        Assert.Equal(expected, run.Touches("s"));
    }

    [Fact]
    public void Evaluate_ConversionsPerTouch_AreCountedByCreditGiven()
    {
        AttributionRule rule = Rule("""{"windows": {"*": "30d"}, "caps": {"conversionsPerTouch": 2}}""");
        TimelineCase run = new(
            [rule],
            [Touch("a", 1), Touch("b", 2)],
            [Sale("s", 3), Sale("t", 4), Sale("u", 5), Sale("v", 6), Sale("w", 7)]
        );
        Assert.Equal("a not_last, b credited 100", run.Touches("t"));
        Assert.Equal("a credited 100, b conversion_cap", run.Touches("u"));
        Assert.Equal("a credited 100, b conversion_cap", run.Touches("v"));
        Assert.Equal("a conversion_cap, b conversion_cap", run.Touches("w"));
    }

    [Theory]
    [InlineData("once", "a credited 100, b used")]
    [InlineData("cycle", "a before_cycle, b before_cycle")]
    [InlineData("every", "a not_last, b credited 100")]
    public void Evaluate_TouchReuse_SaysWhichTouchesAreLeft(string reuse, string expected)
    {
        AttributionRule rule = Rule($$"""{"windows": {"*": "30d"}, "reuse": "{{reuse}}"}""");
        TimelineCase run = new([rule], [Touch("a", 1), Touch("b", 2)], [Sale("s", 3), Sale("t", 4)]);
        Assert.Equal(expected, run.Touches("t"));
    }

    [Fact]
    public void Evaluate_OnePerTouch_CountsEachKindOnce()
    {
        AttributionRule rule = Rule("""{"windows": {"*": "30d"}, "counting": "one_per_touch"}""");
        TimelineCase run = new(
            [rule],
            [Touch("a", 1)],
            [Sale("s", 2), Sale("t", 3), Sale("u", 4) with { Kind = "signup" }]
        );
        Assert.Equal("a counted_once", run.Touches("t"));
        Assert.Equal("a credited 100", run.Touches("u"));
    }

    [Fact]
    public void Evaluate_Cooldown_IsHalfOpen()
    {
        AttributionRule rule = Rule("""{"windows": {"*": "30d"}, "cooldown": "2d"}""");
        TimelineCase run = new([rule], [Touch("a", 1)], [Sale("s", 2), Sale("t", 3.9), Sale("u", 4)]);
        Assert.Equal("a cooldown", run.Touches("t"));
        Assert.Equal("a credited 100", run.Touches("u"));
    }

    [Fact]
    public void Evaluate_DedupByKey_HasItsOwnWindow()
    {
        AttributionRule order = Rule("""{"windows": {"*": "30d"}, "dedup": {"key": "order", "within": "2d"}}""");
        Won[] sales =
        [
            Sale("s", 2) with
            {
                Order = "o",
            },
            Sale("t", 3) with
            {
                Order = "p",
            },
            Sale("u", 3.5) with
            {
                Order = "o",
            },
            Sale("v", 4) with
            {
                Order = "o",
            },
        ];
        TimelineCase run = new([order], [Touch("a", 1)], sales);
        Assert.Equal("a credited 100", run.Touches("t"));
        Assert.Equal("a duplicate_key", run.Touches("u"));
        Assert.Equal("a credited 100", run.Touches("v"));
        AttributionRule key = Rule(
            """{"windows": {"*": "30d"}, "dedup": {"key": "expression", "expression": "conversion.kind", "within": "2d"}}"""
        );
        TimelineCase byKind = new([key], [Touch("a", 1)], sales);
        Assert.Equal("a duplicate_key", byKind.Touches("t"));
        Assert.Equal("a credited 100", byKind.Touches("v"));
    }

    [Fact]
    public void Evaluate_LostExclusivity_UsesNothingUp()
    {
        AttributionRule a = Rule("""{"campaign": "a", "windows": {"*": "30d"}, "reuse": "once"}""");
        AttributionRule b = Rule("""{"campaign": "b", "windows": {"*": "30d"}, "priority": 1, "reuse": "once"}""");
        TimelineCase run = new([a, b], [Touch("a", 1), Touch("b", 2, campaign: "b")], [Sale("s", 3), Sale("t", 4)]);
        Assert.Equal("a lost_exclusivity, b credited 100", run.Touches("s"));
        Assert.Equal("a credited 100, b used", run.Touches("t"));
    }

    [Fact]
    public void Evaluate_SharedGroup_IsOnePathOfAllThatShare()
    {
        AttributionRule a = Rule(
            """{"campaign": "a", "windows": {"*": "30d"}, "exclusivity": "shared", "model": "linear"}"""
        );
        TimelineCase run = new(
            [a, a with { Campaign = "b" }, a with { Campaign = "c", Exclusivity = Exclusivity.OneWinner }],
            [Touch("a", 1), Touch("c", 1.5, campaign: "c"), Touch("b", 2, campaign: "b")],
            [Sale("s", 3)]
        );
        Assert.Equal("a credited 50, c lost_exclusivity, b credited 50", run.Touches("s"));
    }

    [Fact]
    public void Evaluate_TwoGroups_EachShareTheWholeValue()
    {
        AttributionRule a = Rule("""{"campaign": "a", "windows": {"*": "30d"}, "group": "brand"}""");
        AttributionRule b = Rule("""{"campaign": "b", "windows": {"*": "1d"}, "group": "retail"}""");
        TimelineCase run = new([a, b], [Touch("a", 1), Touch("b", 1, campaign: "b")], [Sale("s", 3)]);
        Assert.Equal("a credited 100, b outside_window", run.Touches("s"));
        Assert.Equal([0L, 100L], run.Groups("s").Select(x => x.Unattributed));
        Assert.Equal(ConversionStatus.Attributed, run.Credit("s").Status);
    }

    [Fact]
    public void Evaluate_BotsAndMachineOpens_AreExcludedUnlessTheRuleSaysNot()
    {
        AttributionRule rule = Rule("""{"windows": {"*": "30d"}, "model": "linear"}""");
        Met[] touches =
        [
            Touch("a", 1) with
            {
                Bot = true,
            },
            Touch("b", 2, "email_open") with
            {
                Machine = true,
            },
            Touch("c", 3),
        ];
        Assert.Equal(
            "a bot, b machine_open, c credited 100",
            new TimelineCase([rule], touches, [Sale("s", 4)]).Touches("s")
        );
        AttributionRule all = Rule(
            """{"windows": {"*": "30d"}, "model": "linear", "exclude": {"bots": false, "machineOpens": false}}"""
        );
        Assert.Equal(
            "a credited 34, b credited 33, c credited 33",
            new TimelineCase([all], touches, [Sale("s", 4)]).Touches("s")
        );
    }

    [Fact]
    public void Evaluate_ValueExpression_IsWhatIsShared()
    {
        AttributionRule rule = Rule(
            """{"windows": {"*": "30d"}, "value": "conversion.minor * 3 / 10", "model": "linear"}"""
        );
        TimelineCase run = new([rule], [Touch("a", 1), Touch("b", 2)], [Sale("s", 3) with { Refunds = [50, 50, 7] }]);
        Assert.Equal("a credited 15, b credited 15", run.Touches("s"));
        Assert.Equal([0L, 0L], run.Candidates("s").Select(x => x.Net));
        Assert.Equal(0, run.Groups("s")[0].NetValue);
        Assert.Equal(100, run.Credit("s").Refunded);
        AttributionRule negative = rule with { Value = "-1" };
        Assert.Equal("a value_error", new TimelineCase([negative], [Touch("a", 1)], [Sale("s", 3)]).Touches("s"));
    }

    [Fact]
    public void Evaluate_AnotherCurrencyWithoutRate_EarnsNothing()
    {
        AttributionRule rule = Rule("""{"windows": {"*": "30d"}, "currency": "USD"}""");
        Assert.Equal("a no_rate", new TimelineCase([rule], [Touch("a", 1)], [Sale("s", 3)]).Touches("s"));
        Assert.Equal(
            "a credited 100",
            new TimelineCase([rule], [Touch("a", 1)], [Sale("s", 3) with { Currency = "USD" }]).Touches("s")
        );
    }

    [Fact]
    public void Evaluate_ViewShare_LeavesTheRestUnattributed()
    {
        AttributionRule rule = Rule("""{"windows": {"*": "30d"}, "viewSharePercent": 30, "model": "linear"}""");
        TimelineCase run = new([rule], [Touch("a", 1, "view"), Touch("b", 2)], [Sale("s", 3, 101)]);
        Assert.Equal("a credited 15, b credited 50", run.Touches("s"));
        Assert.Equal(36, run.Groups("s")[0].Unattributed);
        AttributionRule none = rule with { ViewShare = 0 };
        Assert.Equal(
            "a view_share, b credited 50",
            new TimelineCase([none], [Touch("a", 1, "view"), Touch("b", 2)], [Sale("s", 3)]).Touches("s")
        );
    }

    [Theory]
    [InlineData("\"last\"", "0 0 0 0 100")]
    [InlineData("\"first\"", "100 0 0 0 0")]
    [InlineData("\"last_non_direct\"", "0 0 0 100 0")]
    [InlineData("\"same_touch\"", "0 0 0 0 0")]
    [InlineData("\"linear\"", "20 20 20 20 20")]
    [InlineData("\"unique_linear\"", "34 33 0 0 33")]
    [InlineData("\"participation\"", "0 0 0 0 0")]
    [InlineData("\"u_shaped\"", "40 7 7 6 40")]
    [InlineData("\"j_shaped\"", "20 7 7 6 60")]
    [InlineData("\"inverse_j\"", "60 7 7 6 20")]
    [InlineData("{\"name\": \"custom\", \"starter\": 0.5, \"player\": 0.3, \"closer\": 0.2}", "50 10 10 10 20")]
    [InlineData("{\"name\": \"time_decay\", \"halfLife\": \"1d\"}", "3 6 13 26 52")]
    [InlineData("{\"name\": \"credit_vector\", \"credit\": [0.7, 0.2, 0.1]}", "0 0 10 20 70")]
    [InlineData("{\"name\": \"w_shaped\", \"lead\": \"lead\", \"opportunity\": \"deal\"}", "30 30 30 5 5")]
    [InlineData("{\"name\": \"data_driven\", \"table\": \"markov@2\"}", "60 10 10 10 10")]
    public void Evaluate_EachModel_SharesAsItsFormulaSays(string model, string expected)
    {
        AttributionRule rule = Rule($$"""{"windows": {"*": "30d"}, "clickBeforeView": false, "model": {{model}}}""");
        WeightTable table = new("markov", 2, new Dictionary<string, long> { ["search"] = 6 }, 1);
        TimelineCase run = new(
            [rule],
            [
                Touch("a", 1, channel: "search"),
                Touch("b", 2, "lead", channel: "email"),
                Touch("c", 3, "deal", channel: "email"),
                Touch("d", 4, "view", channel: "email"),
                Touch("e", 5, "view", channel: "direct"),
            ],
            [Sale("s", 6)],
            [table]
        );
        Assert.Equal(expected, string.Join(' ', run.Candidates("s").Select(x => x.Minor)));
        Assert.Equal(100, run.Candidates("s").Sum(x => x.Minor) + run.Groups("s")[0].Unattributed);
    }

    [Fact]
    public void Evaluate_Versions_TheHighestThatHoldsAtTheConversionCounts()
    {
        AttributionRule one = Rule("""{"windows": {"*": "30d"}, "restate": true}""");
        AttributionRule two = one with { Version = 2, Restate = false, Model = AttributionModel.Linear };
        PublishedRule[] rules = [new(one, 5 * Day), new(two, 5 * Day)];
        TimelineCase run = new(rules, [Touch("a", 1), Touch("b", 2)], [Sale("s", 4.9), Sale("t", 5)]);
        Assert.Equal("a not_last, b credited 100", run.Touches("s"));
        Assert.Equal("a credited 50, b credited 50", run.Touches("t"));
    }

    [Fact]
    public void Evaluate_MostSpecificRule_Counts()
    {
        AttributionRule any = Rule("""{"windows": {"*": "1d"}}""");
        AttributionRule campaign = Rule("""{"campaign": "a", "windows": {"*": "2d"}}""");
        AttributionRule kind = Rule("""{"conversion": "signup", "windows": {"*": "3d"}}""");
        AttributionRule both = Rule("""{"campaign": "a", "conversion": "signup", "windows": {"*": "4d"}}""");
        TimelineCase run = new(
            [any, campaign, kind, both],
            [Touch("a", 1), Touch("b", 1, campaign: "b")],
            [Sale("s", 2), Sale("t", 2) with { Kind = "signup" }]
        );
        string[] windows =
        [
            .. new[] { "s", "t" }
                .SelectMany(x => run.Candidates(x))
                .Select(x => $"{run.Rules.Rules[x.Rule].Rule.LongestWindowMs / Day}"),
        ];
        Assert.Equal(["2", "1", "4", "3"], windows);
    }

    [Fact]
    public void Evaluate_WithExplanations_NotesEveryFailedTest()
    {
        AttributionRule rule = Rule(
            """{"windows": {"click": "1d", "*": "9d"}, "eligible": "touch.kind == 'view'", "cooldown": "9d"}"""
        );
        TimelineCase run = new(
            [rule],
            [Touch("a", 1) with { Bot = true }, Touch("v", 1, "view")],
            [Sale("s", 1.5), Sale("t", 3)],
            explains: true
        );
        CandidateCredit first = run.Candidates("t")[0];
        Assert.Equal(TouchReason.Bot, first.Reason);
        TouchReason[] failed =
        [
            TouchReason.Bot,
            TouchReason.OutsideWindow,
            TouchReason.NotEligible,
            TouchReason.Cooldown,
        ];
        Assert.Equal(failed.Aggregate(0u, (bits, x) => bits | 1u << (int)x), first.Failed);
    }

    [Fact]
    public void Evaluate_WarmKernel_AllocatesNothing()
    {
        AttributionRule rule = Rule("""{"windows": {"*": "30d"}, "model": "time_decay", "reuse": "once"}""");
        CompiledRules rules = new([new(rule)], [], new RuleNames(["a"], ["click"], ["purchase"], [""]));
        TimelineKernel kernel = new(rules);
        TimelineTouch[] touches = [.. Enumerable.Range(0, 40).Select(i => new TimelineTouch { Time = i * Day / 2 })];
        TimelineConversion[] sales = [new() { Time = 15 * Day, Minor = 1_000 }, new() { Time = 20 * Day, Minor = 999 }];
        Assert.Equal(0, ActionCost.AllocatedBytes(() => kernel.Evaluate(new(touches, sales)), calls: 100));
        Assert.Equal(1_000, kernel.Candidates[..31].ToArray().Sum(x => x.Minor));
    }
}
