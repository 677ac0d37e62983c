using System.Net;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Tests.Service;

public sealed class EventSenderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>More than any of these tests waits for; a sender that does not stop fails instead of hanging.</summary>
    private const int Endless = 1_000_000;

    /// <summary>Gives batches of one line each: the number of the batch.</summary>
    private static Func<TestBatch?> Numbers(int count)
    {
        int next = 0;
        return () => next < count ? new TestBatch($"{next++}") : null;
    }

    [Fact]
    public async Task Send_ManyBatches_SettlesEachOnceAndNeverTwoAtOnce()
    {
        using var service = new FakeService((_, body) => FakeService.Accept(body));
        int accepted = 0;
        int inside = 0;

        await new EventSender(service.Client(), connections: 4, backfill: false).SendAsync(
            Numbers(500),
            (_, answer) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                accepted += answer.Accepted;
                Interlocked.Decrement(ref inside);
            },
            Cancellation
        );

        Assert.Equal(500, accepted);
        Assert.Equal(Enumerable.Range(0, 500), service.Bodies.Select(body => int.Parse(body, null)).Order());
    }

    [Fact]
    public async Task Send_EmptyBatch_IsSettledWithoutBeingSent()
    {
        using var service = new FakeService((_, body) => FakeService.Accept(body));
        Queue<TestBatch> batches = new([new TestBatch()]);
        int settled = 0;

        await new EventSender(service.Client(), connections: 2, backfill: false).SendAsync(
            () => batches.TryDequeue(out TestBatch? batch) ? batch : null,
            (_, _) => settled++,
            Cancellation
        );

        Assert.Equal(1, settled);
        Assert.Empty(service.Bodies);
    }

    [Fact]
    public async Task Send_ServiceFails_StopsAndSaysWhy()
    {
        int calls = 0;
        using var service = new FakeService(
            (_, body) =>
                Interlocked.Increment(ref calls) == 10
                    ? FakeService.Json(HttpStatusCode.Unauthorized, """{"reason":"unauthorized","title":"No."}""")
                    : FakeService.Accept(body)
        );

        CommandException error = await Assert.ThrowsAsync<CommandException>(() =>
            new EventSender(service.Client(), connections: 4, backfill: false).SendAsync(
                Numbers(Endless),
                (_, _) => { },
                Cancellation
            )
        );

        Assert.Equal("unauthorized", error.Code);
    }

    [Fact]
    public async Task Send_SourceFails_StopsAndSaysWhy()
    {
        using var service = new FakeService((_, body) => FakeService.Accept(body));
        int made = 0;

        CommandException error = await Assert.ThrowsAsync<CommandException>(() =>
            new EventSender(service.Client(), connections: 4, backfill: false).SendAsync(
                () => ++made < 20 ? new TestBatch("x") : throw CommandException.BadInput("file_damaged", "Cut."),
                (_, _) => { },
                Cancellation
            )
        );

        Assert.Equal("file_damaged", error.Code);
    }

    [Fact]
    public async Task Send_Cancelled_Stops()
    {
        using var interrupt = new CancellationTokenSource();
        using var service = new FakeService((_, body) => FakeService.Accept(body));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new EventSender(service.Client(), connections: 4, backfill: false).SendAsync(
                Numbers(Endless),
                (_, _) => interrupt.Cancel(),
                interrupt.Token
            )
        );
    }
}
