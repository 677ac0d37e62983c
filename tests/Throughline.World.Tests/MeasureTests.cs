using Throughline.Core.Events;
using Throughline.Testing;
using Throughline.World.Measures;
using Throughline.World.Truth;

namespace Throughline.World.Tests;

public sealed class MeasureTests
{
    [Fact]
    public void Gate_CountsRequestsTouchesAndConversions_AndNothingElse()
    {
        GateScore score = new();
        score.Add(Event(EventType.Request, ActorKind.Bot, BotFamily.Scraper), Verdict.Bot);
        score.Add(Event(EventType.Click, ActorKind.Bot, BotFamily.ClickFraud), Verdict.Human);
        score.Add(Event(EventType.Request, ActorKind.GoodBot, BotFamily.DeclaredCrawler), Verdict.GoodBot);
        score.Add(Event(EventType.Conversion, ActorKind.Human, BotFamily.None, actor: 1), Verdict.GoodBot);
        score.Add(Event(EventType.Nurture, ActorKind.Human, BotFamily.None, actor: 2), Verdict.Unknown);
        score.Add(Event(EventType.Identify, ActorKind.Human, BotFamily.None, actor: 3), Verdict.Bot);
        score.Add(Event(EventType.Refund, ActorKind.Human, BotFamily.None, actor: 4), Verdict.Bot);
        Assert.Equal(new GateCounts(2, 1, 1, 1), score.Counts);
        Assert.Equal((2.0 / 3, 2.0 / 3, 0.5), (score.Counts.Precision, score.Counts.Recall, score.AccusedPeople));
        Assert.Equal((1.0, 0.0), (score.RecallOf(BotFamily.Scraper), score.RecallOf(BotFamily.ClickFraud)));
    }

    [Fact]
    public void Pairs_OnePersonSplitInTwo()
    {
        PairScore score = PairScore.Of([Owned(1), Owned(1), Owned(1), Owned(2)], [7, 7, 8, 9]);
        Assert.Equal(new PairScore(1, 1, 3, 3), score);
        Assert.Equal((1, 1.0 / 3, 0.5), (score.Precision, score.Recall, score.F1));
    }

    [Fact]
    public void Pairs_SharedDevice_IsTrueWithEachOfItsPeople()
    {
        TrueIdentifier[] truth = [Owned(1), Owned(1), Owned(1, 2), Owned(2)];
        // One customer: the pairs across the two people are wrong, those with the device are right.
        Assert.Equal(new PairScore(4, 6, 4, 3), PairScore.Of(truth, [5, 5, 5, 5]));
        // A customer per person, the device with the one who has more: all that a partition can have.
        PairScore best = PairScore.Of(truth, PairScore.OneCustomerPerPerson(truth));
        Assert.Equal(new PairScore(3, 3, 4, 3), best);
        Assert.Equal(1, best.ReachableF1);
        Assert.Equal(6.0 / 7, best.F1);
    }

    [Fact]
    public void Pairs_TwoIdentifiersOfTheSameTwoPeople_AreOnePair() =>
        Assert.Equal(new PairScore(1, 1, 1, 1), PairScore.Of([Owned(1, 2), Owned(1, 2)], [3, 3]));

    [Fact]
    public void Pairs_ThroughJunk_AreWrong()
    {
        TrueIdentifier junk = new("email", "noreply", IdentifierClass.Junk, []);
        Assert.Equal(new PairScore(1, 3, 1, 1), PairScore.Of([Owned(1), Owned(1), junk], [0, 0, 0]));
        Assert.Equal(new PairScore(1, 1, 1, 1), PairScore.Of([Owned(1), Owned(1), junk], [0, 0, 1]));
    }

    [Fact]
    public void Pairs_OfBots_CountOnlyWhereTheyTouchPeople()
    {
        TrueIdentifier bot = new("cookie", "c", IdentifierClass.Bot, []);
        Assert.Equal(new PairScore(0, 0, 0, 0), PairScore.Of([bot, bot], [0, 0]));
        Assert.Equal(new PairScore(0, 2, 0, 0), PairScore.Of([bot, bot, Owned(1)], [0, 0, 0]));
        Assert.Equal(1, PairScore.Of([bot, bot], [0, 0]).F1);
    }

    [Fact]
    public void Pairs_NegativeCustomers_AreAlone() =>
        Assert.Equal(new PairScore(0, 0, 1, 1), PairScore.Of([Owned(1), Owned(1)], [-1, -1]));

    [Fact]
    public void Pairs_AnyPartition_EqualsCountingOneByOne()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < LongTests.Rounds(500, 20_000); round++)
        {
            TrueIdentifier[] truth = [.. Enumerable.Range(0, random.Next(12)).Select(_ => Any(random))];
            int[] customers = [.. truth.Select(_ => random.Next(-1, 4))];
            (long correct, long predicted, long actual) = (0, 0, 0);
            for (int a = 0; a < truth.Length; a++)
            for (int b = a + 1; b < truth.Length; b++)
            {
                bool bots = truth[a].Class == IdentifierClass.Bot && truth[b].Class == IdentifierClass.Bot;
                bool same = customers[a] >= 0 && customers[a] == customers[b] && !bots;
                bool truly = truth[a]
                    .Owners.Select(owner => owner.Person)
                    .Intersect(truth[b].Owners.Select(owner => owner.Person))
                    .Any();
                correct += same && truly ? 1 : 0;
                predicted += same ? 1 : 0;
                actual += truly ? 1 : 0;
            }
            PairScore score = PairScore.Of(truth, customers);
            Assert.Equal((correct, predicted, actual), (score.Correct, score.Predicted, score.Actual));
            Assert.True(score.Reachable <= score.Actual);
        }
    }

    [Fact]
    public void Pairs_OfOneHugeCustomer_AreCountedAtOnce()
    {
        TrueIdentifier[] truth = [.. Enumerable.Range(0, 200_000).Select(i => Owned(i / 2))];
        PairScore score = PairScore.Of(truth, new int[truth.Length]);
        Assert.Equal((100_000, 200_000L * 199_999 / 2), (score.Correct, score.Predicted));
    }

    [Fact]
    public void Credit_EqualAsSets_IsExact()
    {
        Recording run = new(new() { People = 150, Days = 20 });
        CreditScore score = new(run.Truth);
        TrueConversion linear = run.Truth.Conversions.First(one => one.Credits.Count(credit => credit.Minor > 0) > 1);
        Assert.True(score.Add(linear.Id, linear.Credits.Reverse().Append(new TrueCredit(99, 0)), 0));
        Assert.False(score.Add(linear.Id, linear.Credits, 0)); // a second answer is none
        Assert.Equal(1.0 / run.Truth.Conversions.Count, score.ExactShare);
        Assert.Equal(1, score.ExactOf(ConversionStatus.Credited));
    }

    [Fact]
    public void Credit_OneCentOff_OtherTouch_OrAnotherRest_IsAMiss()
    {
        Recording run = new(new() { People = 150, Days = 20 });
        TrueConversion[] credited = [.. run.Truth.Conversions.Where(one => one.Credits.Count > 0).Take(3)];
        CreditScore score = new(run.Truth);
        TrueCredit first = credited[0].Credits[0];
        Assert.False(
            score.Add(credited[0].Id, [first with { Minor = first.Minor - 1 }, .. credited[0].Credits.Skip(1)], 1)
        );
        Assert.False(
            score.Add(credited[1].Id, credited[1].Credits.Select(credit => credit with { Touch = credit.Touch + 1 }), 0)
        );
        Assert.False(score.Add(credited[2].Id, credited[2].Credits, 1));
        Assert.False(score.Add(12345, [], 0));
        Assert.Equal(0, score.Exact);
        Assert.Equal(credited.Select(one => one.Id), score.Misses.Select(one => one.Id));
    }

    private static EventTruth Event(EventType type, ActorKind kind, BotFamily family, int actor = 0) =>
        new(1, type, kind, family, actor);

    private static TrueIdentifier Owned(params int[] people) =>
        new("cookie", "c", IdentifierClass.Person, [.. people.Select(person => new IdentifierOwner(person, 0))]);

    private static TrueIdentifier Any(Random random) =>
        random.Next(10) switch
        {
            0 => new("email", "noreply", IdentifierClass.Junk, []),
            1 or 2 => new("cookie", "b", IdentifierClass.Bot, []),
            _ => Owned([.. Enumerable.Range(0, 4).Where(_ => random.Next(3) == 0).DefaultIfEmpty(random.Next(4))]),
        };
}
