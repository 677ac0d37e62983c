using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;

namespace Throughline.Core.Tests.Attribution;

/// <summary>The order of tests, the edges of windows, exclusivity, and refunds, one by one.</summary>
public sealed class CreditPolicyTests
{
    private const long Time = 1_750_000_000_000;

    [Theory]
    [InlineData(0, TouchReason.Credited)]
    [InlineData(1000, TouchReason.Credited)]
    [InlineData(1001, TouchReason.OutsideWindow)]
    [InlineData(-1, TouchReason.OutsideWindow)]
    public void Decide_AtTheEdgesOfTheWindow_IncludesBoth(long age, TouchReason expected)
    {
        ConversionCase conversion = Case(100, Rule("a", window: 1000));
        Touch(conversion, "a", age);
        CreditPolicy.Decide(conversion);
        Assert.Equal(expected, conversion.Candidates[0].Reason);
        Assert.Equal(
            expected == TouchReason.Credited ? ConversionStatus.Attributed : ConversionStatus.Unattributed,
            conversion.Status
        );
    }

    [Fact]
    public void Decide_OfTwoFailures_NamesTheFirstInOrder()
    {
        ConversionCase conversion = Case(100, Rule("a", window: 1000));
        Touch(conversion, "none", 5000, rule: -1, bot: true);
        Touch(conversion, "a", 4000, bot: true);
        CreditPolicy.Decide(conversion);
        Assert.Equal([TouchReason.NoRule, TouchReason.Bot], conversion.Candidates.Select(c => c.Reason));
    }

    [Fact]
    public void Decide_HigherPriority_BeatsALaterClick()
    {
        ConversionCase conversion = Case(100, Rule("a", priority: 1), Rule("b"));
        Touch(conversion, "a", 900);
        Touch(conversion, "b", 10, rule: 1, click: true);
        Assert.Equal([100, 0], Credits(conversion));
        Assert.Equal(TouchReason.LostExclusivity, conversion.Candidates[1].Reason);
    }

    [Fact]
    public void Decide_OfEqualPriority_TakesTheClickBeforeALaterView()
    {
        ConversionCase conversion = Case(100, Rule("a"), Rule("b"));
        Touch(conversion, "a", 900, click: true);
        Touch(conversion, "b", 10, rule: 1);
        Assert.Equal([100, 0], Credits(conversion));
    }

    [Fact]
    public void Decide_OfEqualKinds_TakesTheLatest()
    {
        ConversionCase conversion = Case(100, Rule("a"), Rule("b"));
        Touch(conversion, "a", 10, click: true);
        Touch(conversion, "b", 10, rule: 1, click: true); // of one instant: the greater id, which comes later in the list
        Assert.Equal([0, 100], Credits(conversion));
    }

    [Fact]
    public void Decide_LastTouch_GivesAllToTheLastOfTheWinnerEvenIfAClickWonIt()
    {
        ConversionCase conversion = Case(100, Rule("a"), Rule("b"));
        Touch(conversion, "a", 30, click: true);
        Touch(conversion, "b", 20, rule: 1);
        Touch(conversion, "a", 10);
        Assert.Equal([0, 0, 100], Credits(conversion));
        Assert.Equal(
            [TouchReason.NotLast, TouchReason.LostExclusivity, TouchReason.Credited],
            conversion.Candidates.Select(c => c.Reason)
        );
    }

    [Fact]
    public void Decide_Linear_RoundsInFavourOfTheFirst()
    {
        ConversionCase conversion = Case(101, Rule("a", model: CreditModel.Linear));
        for (int i = 0; i < 3; i++)
            Touch(conversion, "a", 30 - i);
        Assert.Equal([34, 34, 33], Credits(conversion));
    }

    [Fact]
    public void Decide_TwoGroups_GiveTheWholeValueEach()
    {
        ConversionCase conversion = Case(100, Rule("a"), Rule("b", group: "other"));
        Touch(conversion, "a", 30);
        Touch(conversion, "b", 5000, rule: 1);
        Assert.Equal([100, 0], Credits(conversion));
        Assert.Equal([("default", 0, 0), ("other", 100, 100)], Left(conversion));
        Assert.All(conversion.Shares, share => Assert.Equal((100, 100), (share.Value, share.NetValue)));
    }

    [Fact]
    public void Decide_HundredRefundsOfOneCent_TakeAHundredAndNeverGoBelowZero()
    {
        ConversionCase conversion = Case(100, Rule("a", model: CreditModel.Linear));
        for (int i = 0; i < 7; i++)
            Touch(conversion, "a", 30 - i);
        for (int refunds = 1; refunds <= 120; refunds++)
        {
            Refund(conversion, 1);
            CreditPolicy.Decide(conversion);
            Assert.Equal(Math.Min(100, refunds), conversion.Refunded);
            Assert.Equal(100 - conversion.Refunded, conversion.Candidates.Sum(c => c.Net));
            Assert.All(conversion.Candidates, c => Assert.InRange(c.Net, 0, c.Minor));
        }
    }

    [Theory]
    [InlineData(ConversionStatus.Bot)]
    [InlineData(ConversionStatus.NoCustomer)]
    [InlineData(ConversionStatus.CustomerTooLarge)]
    public void Decide_RefundWithoutCredit_TakesFromWhatIsUnattributed(ConversionStatus status)
    {
        ConversionCase conversion = Case(100);
        conversion.IsBot = status == ConversionStatus.Bot;
        conversion.HasCustomer = status != ConversionStatus.NoCustomer;
        conversion.IsCustomerTooLarge = status == ConversionStatus.CustomerTooLarge;
        Refund(conversion, 30);
        CreditPolicy.Decide(conversion);
        Assert.Equal(status, conversion.Status);
        Assert.Equal([("default", 100, 70)], Left(conversion));
    }

    [Fact]
    public void Decide_RefundInAnotherCurrency_TakesNothing()
    {
        ConversionCase conversion = Case(100, Rule("a"));
        Touch(conversion, "a", 10);
        conversion.Refunds.Add(new(0, Time, default, 40, SameCurrency: false));
        CreditPolicy.Decide(conversion);
        Assert.Equal((0, 100), (conversion.Refunded, conversion.Candidates[0].Net));
    }

    [Fact]
    public void Decide_DuplicateOrder_HasNoValueOfItsOwn()
    {
        ConversionCase conversion = Case(100, Rule("a"));
        conversion.DuplicateOf = 3;
        Refund(conversion, 10);
        CreditPolicy.Decide(conversion);
        Assert.Equal(ConversionStatus.DuplicateOrder, conversion.Status);
        Assert.Empty(conversion.Shares);
        Assert.Equal(0, conversion.Refunded);
    }

    internal static CampaignRule Rule(
        string campaign,
        long window = 1000,
        CreditModel model = CreditModel.LastTouch,
        int priority = 0,
        string group = CampaignRule.DefaultGroup
    ) => new(campaign, 1, window, model, priority, group, 0, long.MaxValue, true, 0, 0);

    internal static CaseRule Named(CampaignRule rule) => CaseRule.Of(new PublishedRule(rule.ToRule(), rule.Published));

    private static List<(string Group, long Unattributed, long Net)> Left(ConversionCase conversion) =>
        [.. conversion.Shares.Select(share => (share.Group, share.Unattributed, share.NetUnattributed))];

    private static ConversionCase Case(long minor, params CampaignRule[] rules)
    {
        ConversionCase conversion = new()
        {
            Time = Time,
            Minor = minor,
            HasCustomer = true,
        };
        conversion.Rules.AddRange(rules.Select(Named));
        return conversion;
    }

    private static void Touch(
        ConversionCase conversion,
        string campaign,
        long age,
        int rule = 0,
        bool click = false,
        bool bot = false
    ) =>
        conversion.Candidates.Add(
            new()
            {
                Time = Time - age,
                Campaign = campaign,
                Kind = click ? "click" : "view",
                IsClick = click,
                IsBot = bot,
                Rule = rule,
            }
        );

    private static void Refund(ConversionCase conversion, long minor) =>
        conversion.Refunds.Add(
            new(
                0,
                Time + conversion.Refunds.Count,
                new Token(1, (ulong)conversion.Refunds.Count),
                minor,
                SameCurrency: true
            )
        );

    private static List<long> Credits(ConversionCase conversion)
    {
        CreditPolicy.Decide(conversion);
        return [.. conversion.Candidates.Select(c => c.Minor)];
    }
}
