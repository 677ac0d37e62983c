using Throughline.Server.Attribution.Reports;

namespace Throughline.Server.Tests.Attribution.Reports;

public sealed class ReportTurnsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2_000)]
    public async Task Work_Pieces_EachIsDoneOnce(int pieces)
    {
        ReportTurns turns = new(2);
        await turns.WaitAsync(CancellationToken.None);

        IReadOnlyList<List<int>> done = turns.Work<List<int>>(
            pieces,
            () => [],
            (own, piece) => own.Add(piece),
            CancellationToken.None
        );

        Assert.InRange(done.Count, 1, 2);
        Assert.Equal(Enumerable.Range(0, pieces), done.SelectMany(x => x).Order());
        AssertFree(turns, 1);
    }

    [Fact]
    public async Task Work_OnePieceFails_SaysSoOnceNothingIsAtWork()
    {
        ReportTurns turns = new(2);
        await turns.WaitAsync(CancellationToken.None);
        int working = 0;

        Assert.Throws<InvalidDataException>(() =>
            turns.Work(
                1_000,
                () => 0,
                (_, piece) =>
                {
                    Interlocked.Increment(ref working);
                    try
                    {
                        if (piece == 500)
                            throw new InvalidDataException();
                    }
                    finally
                    {
                        Interlocked.Decrement(ref working);
                    }
                },
                CancellationToken.None
            )
        );

        Assert.Equal(0, Volatile.Read(ref working));
        AssertFree(turns, 1);
    }

    [Fact]
    public async Task Work_Cancelled_StopsBetweenPieces()
    {
        ReportTurns turns = new(2);
        await turns.WaitAsync(CancellationToken.None);
        using CancellationTokenSource gone = new();
        int done = 0;

        Assert.ThrowsAny<OperationCanceledException>(() =>
            turns.Work(
                1_000_000,
                () => 0,
                (_, _) =>
                {
                    if (Interlocked.Increment(ref done) >= 10)
                        gone.Cancel();
                },
                gone.Token
            )
        );

        Assert.InRange(done, 10, 11); // the other thread may be in a piece
        AssertFree(turns, 1);
    }

    [Fact]
    public async Task Work_NoOtherTurnIsFree_IsDoneByOneThread()
    {
        ReportTurns turns = new(2);
        await turns.WaitAsync(CancellationToken.None);
        await turns.WaitAsync(CancellationToken.None);

        int own = Assert.Single(
            turns.Work(100, () => Environment.CurrentManagedThreadId, (_, _) => { }, CancellationToken.None)
        );

        Assert.Equal(Environment.CurrentManagedThreadId, own);
        AssertFree(turns, 0);
    }

    private static void AssertFree(ReportTurns turns, int expected)
    {
        int free = 0;
        while (turns.WaitAsync(CancellationToken.None).IsCompletedSuccessfully && free <= expected)
            free++;
        Assert.Equal(expected, free);
    }
}
