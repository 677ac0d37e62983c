using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Storage.InMemory;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Faults;

/// <summary>What the writer owes to those that wait for it, whatever fails.</summary>
public sealed class TenantWriterTests
{
    private const long Time = FactGenerator.Start;

    [Fact]
    public async Task Ask_QuestionFails_OthersOfItsBatchAreAnswered()
    {
        FaultyDisk disk = new(0, CommitFault.Before, forGood: false);
        await using WriterRun run = new(disk.Open);
        using ManualResetEventSlim gate = new();
        Task<bool> first = run.AskAsync(_ => gate.Wait(Waiting.Deadline)); // what follows becomes one batch

        Task<bool> question = run.AskAsync<bool>(_ => throw new NotSupportedException("a bug of a question"));
        Task<IReadOnlyList<ApplyStatus>> events = run.SubmitAsync(Click("e1"));
        gate.Set();

        Assert.True(await first);
        await Assert.ThrowsAsync<NotSupportedException>(() => question);
        Assert.Equal([ApplyStatus.Accepted], await events);
        Assert.Equal(1, disk.Opened);
    }

    [Fact]
    public async Task Tick_SenderTookItsId_LogAndMachineStayTogether()
    {
        TestEventKeys keys = new();
        InMemoryTenantLog.Medium medium = new();
        await using WriterRun run = new(() => new InMemoryTenantLog(medium), keys);
        // Ids that ticks once had, or might have: by the position that the tick gets.
        await run.SubmitAsync(Enumerable.Range(2000, 2000).Select(i => TickId(keys, $"tick-{i}")));
        await run.SubmitAsync(Backlog());
        await run.SettleAsync();

        (long machine, long log, long ticks) = await run.AskAsync(store =>
            (store.Machine.NextPosition, store.Log.NextPosition, Ticks(store))
        );

        Assert.True(ticks > 0, "the load must leave a backlog");
        Assert.Equal(machine, log);
    }

    [Fact]
    public async Task Submit_DiskFailsForGood_StoreIsNotReplayedForEveryJob()
    {
        FaultyDisk disk = new(1, CommitFault.Before, forGood: true);
        await using WriterRun run = new(disk.Open);

        for (int i = 0; i < 50; i++)
            await Assert.ThrowsAsync<CellClosedException>(() => run.SubmitAsync(Click($"e{i}")));

        Assert.Equal(2, disk.Opened); // at the start, and once after the first failure
        run.Clock.Advance(TenantWriter.ReopenPause);
        disk.Heal();
        Assert.Equal([ApplyStatus.Accepted], await run.SubmitAsync(Click("e0")));
        Assert.Equal(3, disk.Opened);
    }

    [Fact]
    public async Task Settle_DiskFailsForGood_WriterComesToRest()
    {
        FaultyDisk disk = new(2, CommitFault.Before, forGood: true);
        await using WriterRun run = new(disk.Open);
        await run.SubmitAsync(Backlog()); // its ticks are what fails

        // The commits: of the events, of their ticks, and of those again by the store that was opened anew.
        await Waiting.UntilAsync(() => Task.FromResult(run.Writer.Reader is null && disk.Commits == 3));

        Assert.Equal(2, disk.Opened);
        disk.Heal(); // first: the writer may still be about to look at the clock
        run.Clock.Advance(TenantWriter.ReopenPause);
        await run.SettleAsync();
    }

    [Fact]
    public async Task Dispose_JobsWait_EachIsAnswered()
    {
        FaultyDisk disk = new(0, CommitFault.Before, forGood: false);
        await using WriterRun run = new(disk.Open);
        using ManualResetEventSlim gate = new();
        Task<bool> first = run.AskAsync(_ => gate.Wait(Waiting.Deadline));
        Task<IReadOnlyList<ApplyStatus>>[] waiting =
        [
            .. Enumerable.Range(0, 100).Select(i => run.SubmitAsync(Click($"e{i}"))),
        ];

        Task closing = run.Writer.DisposeAsync().AsTask();
        Assert.Throws<CellClosedException>(() => run.Writer.Post(new AskJob<bool>(_ => true)));
        gate.Set();
        await closing.SoonAsync();

        Assert.True(await first);
        foreach (Task<IReadOnlyList<ApplyStatus>> job in waiting)
            Assert.Equal([ApplyStatus.Accepted], await job);
    }

    [Fact]
    public async Task Dispose_BacklogIsLeft_StopsSoonAndTheNextStartGoesOn()
    {
        InMemoryTenantLog.Medium medium = new();
        using ManualResetEventSlim gate = new();
        await using (WriterRun run = new(() => new InMemoryTenantLog(medium)))
        {
            Task<bool> first = run.AskAsync(_ => gate.Wait(Waiting.Deadline));
            Task<IReadOnlyList<ApplyStatus>> events = run.SubmitAsync(Backlog());
            Task closing = run.Writer.DisposeAsync().AsTask();
            gate.Set();
            await closing.SoonAsync();
            Assert.True(await first);
            Assert.All(await events, status => Assert.Equal(ApplyStatus.Accepted, status));
        }
        InMemoryTenantLog left = new(medium);
        long stopped = left.NextPosition;
        Assert.Equal(Backlog().Count(), stopped); // no tick: all that was asked for, and no more

        await using WriterRun next = new(() => new InMemoryTenantLog(medium));
        await Waiting.UntilAsync(() => Task.FromResult(left.NextPosition > stopped)); // nobody asks for anything
    }

    [Fact]
    public async Task Settle_BacklogIsLeft_AnswersWhenNoneIs()
    {
        await using WriterRun run = new(() => new InMemoryTenantLog());
        using ManualResetEventSlim gate = new();
        Task<bool> first = run.AskAsync(_ => gate.Wait(Waiting.Deadline)); // else the backlog may be gone before it is asked for
        Task<IReadOnlyList<ApplyStatus>> events = run.SubmitAsync(Backlog());
        Task<bool> before = run.AskAsync(store => store.Machine.HasBacklog);
        Task settled = run.SettleAsync();
        gate.Set();

        Assert.True(await first);
        Assert.True(await before, "the load must leave a backlog");
        await events;
        await settled;

        Assert.False(await run.AskAsync(store => store.Machine.HasBacklog));
    }

    [Fact]
    public async Task Settle_StoreFailsMeanwhile_IsTold()
    {
        FaultyDisk disk = new(2, CommitFault.Before, forGood: true); // the first commit of ticks
        await using WriterRun run = new(disk.Open);
        Task<IReadOnlyList<ApplyStatus>> events = run.SubmitAsync(Backlog());
        await events;

        await Assert.ThrowsAsync<CellClosedException>(run.SettleAsync);
    }

    [Fact]
    public async Task Settle_CellClosesMeanwhile_IsTold()
    {
        using ManualResetEventSlim gate = new();
        WriterRun run = new(() => new InMemoryTenantLog());
        Task<bool> first = run.AskAsync(_ => gate.Wait(Waiting.Deadline));
        Task<IReadOnlyList<ApplyStatus>> events = run.SubmitAsync(Backlog());
        Task settled = run.SettleAsync();

        Task closing = run.DisposeAsync().AsTask();
        gate.Set();

        await closing;
        Assert.True(await first);
        Assert.All(await events, status => Assert.Equal(ApplyStatus.Accepted, status));
        await Assert.ThrowsAsync<CellClosedException>(() => settled);
    }

    [Fact]
    public async Task Post_QueueIsFull_RefusedAndTheRestAnswered()
    {
        await using WriterRun run = new(() => new InMemoryTenantLog());
        using ManualResetEventSlim gate = new();
        using ManualResetEventSlim begun = new();
        Task<bool> first = run.AskAsync(_ =>
        {
            begun.Set();
            return gate.Wait(Waiting.Deadline);
        });
        begun.Wait(Waiting.Deadline, TestContext.Current.CancellationToken);
        Task<bool>[] waiting = [.. Enumerable.Range(0, TenantWriter.MaxWaiting).Select(_ => run.AskAsync(_ => true))];

        Assert.Throws<CellBusyException>(() => run.Writer.Post(new AskJob<bool>(_ => true)));
        gate.Set();

        Assert.True(await first);
        Assert.All(await Task.WhenAll(waiting), Assert.True);
    }

    private static byte[] Click(string id) =>
        new Fact(id, EventType.Click, Time) { Campaign = "a", Identifiers = [("user", id)] }.Encode();

    private static byte[] TickId(TestEventKeys keys, string id)
    {
        RecordBuffer buffer = new();
        new EventEncoder(keys).Encode(
            EventSamples.Parse($$"""{"id":"{{id}}","type":"hello","time":{{Time}}}"""),
            backfill: false,
            buffer
        );
        return buffer[0].ToArray();
    }

    // Many conversions of one customer, then a rule for all of them: more work than one event may do.
    private static IEnumerable<byte[]> Backlog()
    {
        (string, string)[] who = [("user", "u")];
        yield return new Fact("touch", EventType.Click, Time) { Campaign = "a", Identifiers = who }.Encode();
        for (int i = 0; i < 20 * TenantMachine.WorkPerEvent; i++)
            yield return new Fact($"c{i}", EventType.Conversion, Time + i) { Minor = 100, Identifiers = who }.Encode();
        CampaignRule rule = new(
            "a",
            1,
            60_000,
            CreditModel.LastTouch,
            0,
            CampaignRule.DefaultGroup,
            0,
            long.MaxValue,
            true,
            0,
            0
        );
        yield return new Fact("rule", EventType.Control, Time) { Document = ControlDocument.Campaign(rule) }.Encode();
    }

    private static long Ticks(TenantStore store)
    {
        long ticks = 0;
        store.Log.Scan(
            0,
            (_, bytes) =>
            {
                ticks += EventRecord.FromTrusted(bytes).Type == EventType.Tick ? 1 : 0;
                return true;
            }
        );
        return ticks;
    }
}
