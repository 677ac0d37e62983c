using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Challenges;

/// <summary>What is remembered of challenges: no task counts twice, nobody goes round in circles, and memory has a bound.</summary>
public sealed class BookTests
{
    private const long Life = 600_000;
    private static readonly LoopGuard Guard = new(Rounds: 3, WithinMs: 60_000, PassMs: 30_000);

    /// <summary>Against a set that forgets nothing: however small the book, what counted once never counts again.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000_000)]
    public void Take_RandomTasks_NoneCountsTwice(int countMax)
    {
        Random random = Seeds.Random();
        SolvedBook book = new(countMax, floor: GateKit.Noon);
        HashSet<DecisionId> counted = [];
        List<(DecisionId Id, long IssuedAt)> seen = [];
        long now = GateKit.Noon;
        for (int i = 0; i < 5000; i++)
        {
            now += random.Next(2000) - (random.Next(50) == 0 ? 30_000 : 0);
            if (seen.Count == 0 || random.Next(3) > 0)
                seen.Add((new(1, 1, i), now - random.Next(20_000)));
            (DecisionId id, long issuedAt) = seen[^(1 + random.Next(Math.Min(seen.Count, 40)))];
            ChallengeOutcome outcome = book.Take(id, issuedAt, now, Life);
            bool isFirst = outcome != ChallengeOutcome.Solved || counted.Add(id);
            Assert.True(isFirst, $"{id} counted twice");
            Assert.InRange(book.Count, 0, countMax);
            if (countMax > 10_000 && issuedAt >= GateKit.Noon && outcome == ChallengeOutcome.Failed)
                Assert.Fail("a book that is not full refused a task");
        }
        Assert.True(counted.Count > (countMax > 10_000 ? 500 : 0), $"only {counted.Count} counted");
    }

    [Fact]
    public void Take_TaskOfAnEarlierRun_IsRefused()
    {
        SolvedBook book = new(10, floor: GateKit.Noon);
        Assert.Equal(ChallengeOutcome.Failed, book.Take(new(1, 1, 1), GateKit.Noon - 1, GateKit.Noon + 5, Life));
        Assert.Equal(ChallengeOutcome.Solved, book.Take(new(1, 1, 2), GateKit.Noon, GateKit.Noon + 5, Life));
        Assert.Equal(ChallengeOutcome.Replayed, book.Take(new(1, 1, 2), GateKit.Noon, GateKit.Noon + 9, Life));
    }

    [Fact]
    public void Solved_RoundsInVain_PassOnce()
    {
        AttemptBook book = new(Guard, 100);
        long now = GateKit.Noon;
        for (int round = 1; round <= 3; round++)
        {
            long issued = now += 1000;
            book.Issued(7, issued);
            Assert.Equal(0, book.PassOf(7, now));
            Assert.Equal(round == 3, book.Solved(7, issued, 10 - round, now += 500));
        }
        Assert.Equal(7, book.PassOf(7, now)); // the least that it did
        Assert.Equal(7, book.PassOf(7, now + 29_999));
        Assert.Equal(0, book.PassOf(7, now + 30_000));
        Assert.Equal(0, book.PassOf(8, now));
        Assert.Equal(new ChallengeCounts(3, 3, 0), book.CountsOf(7, now));
        Assert.Equal(default, book.CountsOf(7, now + 60_001));
    }

    /// <summary>Many tabs that were opened at once are one round.</summary>
    [Fact]
    public void Solved_ManyTabs_AreOneRound()
    {
        AttemptBook book = new(Guard, 100);
        for (int tab = 0; tab < 20; tab++)
            Assert.False(book.Solved(7, GateKit.Noon + tab, 8, GateKit.Noon + 1000 + 100 * tab));
        Assert.False(book.Solved(7, GateKit.Noon + 5000, 8, GateKit.Noon + 6000)); // the second
        Assert.True(book.Solved(7, GateKit.Noon + 7000, 8, GateKit.Noon + 8000)); // the third
    }

    [Fact]
    public void Solved_ClearanceWasShown_CountsAnew()
    {
        AttemptBook book = new(Guard, 100);
        for (int i = 1; i < 50; i++)
        {
            Assert.False(book.Solved(7, GateKit.Noon + 1000 * i, 8, GateKit.Noon + 1000 * i + 500));
            if (i % 2 == 0)
                book.Cleared(7);
        }
    }

    [Fact]
    public void Solved_SlowRounds_AreNoLoop()
    {
        AttemptBook book = new(Guard, 100);
        for (int i = 0; i < 50; i++)
            Assert.False(book.Solved(7, GateKit.Noon + 40_000L * i, 8, GateKit.Noon + 40_000L * i + 500));
    }

    [Fact]
    public void Solved_NoGuard_NeverPasses()
    {
        AttemptBook book = new(Guard with { Rounds = 0 }, 100);
        for (int i = 0; i < 50; i++)
            Assert.False(book.Solved(7, GateKit.Noon + 1000 * i, 8, GateKit.Noon + 1000 * i + 500));
        Assert.Equal(0, book.PassOf(7, GateKit.Noon + 50_000));
    }

    [Fact]
    public void Book_ManyClients_RemembersTheLastOnes()
    {
        AttemptBook book = new(Guard, 100);
        for (ulong client = 0; client < 10_000; client++)
        {
            book.Issued(client, GateKit.Noon);
            Assert.InRange(book.Count, 1, 101);
            Assert.Equal(1, book.CountsOf(client - Math.Min(client, 40), GateKit.Noon).Issued);
        }
        Assert.Equal(default, book.CountsOf(1, GateKit.Noon));
    }
}
