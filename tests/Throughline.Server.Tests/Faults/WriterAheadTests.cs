using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.Server.Tenants;
using Throughline.Storage.Log;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Faults;

/// <summary>A batch is applied while the one before is committed: nobody may notice, least of all when that commit fails.</summary>
public sealed class WriterAheadTests
{
    private const long Time = FactGenerator.Start;

    [Fact]
    public async Task Submit_WhileTheBatchBeforeIsCommitted_IsAppliedAndNotAnswered()
    {
        using ManualResetEventSlim disk = new();
        await using WriterRun run = new(new FaultyDisk(0, CommitFault.Before, false) { Committing = Hold(disk) }.Open);
        (Task<IReadOnlyList<ApplyStatus>> first, Task<IReadOnlyList<ApplyStatus>> second) = await TwoAsync(run);

        await Waiting.UntilAsync(() => Task.FromResult(run.Writer.Reader!.Resolve(UserOf(second: true)) is not null));
        Assert.False(first.IsCompleted || second.IsCompleted);
        Assert.Equal(0, run.Writer.Committed);
        disk.Set();

        Assert.Equal(TenantWriter.MaxBatch, (await first).Count(status => status == ApplyStatus.Accepted));
        Assert.Equal([ApplyStatus.Accepted, ApplyStatus.Duplicate], await second);
        Assert.Equal(TenantWriter.MaxBatch + 1, run.Writer.Committed);
    }

    [Theory]
    [InlineData(CommitFault.Before)]
    [InlineData(CommitFault.After)]
    [InlineData(CommitFault.Lost)]
    public async Task Submit_WhenTheCommitBeforeItFails_FailsTooAndIsForgotten(CommitFault fault)
    {
        using ManualResetEventSlim gate = new();
        FaultyDisk disk = new(1, fault, forGood: false) { Committing = Hold(gate) };
        await using WriterRun run = new(disk.Open);
        (Task<IReadOnlyList<ApplyStatus>> first, Task<IReadOnlyList<ApplyStatus>> second) = await TwoAsync(run);
        await Waiting.UntilAsync(() => Task.FromResult(run.Writer.Reader!.Resolve(UserOf(second: true)) is not null));
        gate.Set();

        await Assert.ThrowsAsync<CellClosedException>(() => first);
        CellClosedException told = await Assert.ThrowsAsync<CellClosedException>(() => second);
        Assert.Contains(FaultyDisk.Message, told.Message, StringComparison.Ordinal);
        Assert.Null(run.Writer.Reader!.Resolve(UserOf(second: true)));
        Assert.Equal(2, disk.Opened);
        ApplyStatus before = fault == CommitFault.After ? ApplyStatus.Duplicate : ApplyStatus.Accepted;
        Assert.Equal([before, ApplyStatus.Accepted], await run.SubmitAsync(Click("a-0", "a"), Click("b", "b")));
        Assert.Equal(0, disk.Doubled);
    }

    [Fact]
    public async Task Ask_BehindABatchUnderWay_FindsMachineAndLogAtOnePosition()
    {
        using ManualResetEventSlim disk = new();
        await using WriterRun run = new(new FaultyDisk(0, CommitFault.Before, false) { Committing = Hold(disk) }.Open);
        (_, Task<IReadOnlyList<ApplyStatus>> second) = await TwoAsync(run);
        await Waiting.UntilAsync(() => Task.FromResult(run.Writer.Reader!.Resolve(UserOf(second: true)) is not null));
        Task<(long Machine, long Log)> asked = run.AskAsync(store =>
            (store.Machine.NextPosition, store.Log.NextPosition)
        );
        Task settled = run.SettleAsync();
        Assert.False(asked.IsCompleted || settled.IsCompleted);
        disk.Set();

        Assert.Equal((TenantWriter.MaxBatch + 1, TenantWriter.MaxBatch + 1), await asked);
        await settled;
        Assert.Equal([ApplyStatus.Accepted, ApplyStatus.Duplicate], await second); // whoever waits is woken a little later
    }

    [Theory]
    [InlineData(CommitFault.Before)]
    [InlineData(CommitFault.After)]
    [InlineData(CommitFault.Lost)]
    public async Task Ask_BehindABatchWhoseCommitFails_IsAnsweredByTheStoreThatIsOpenedAgain(CommitFault fault)
    {
        using ManualResetEventSlim disk = new();
        await using WriterRun run = new(new FaultyDisk(1, fault, forGood: false) { Committing = Hold(disk) }.Open);
        (Task<IReadOnlyList<ApplyStatus>> first, Task<IReadOnlyList<ApplyStatus>> second) = await TwoAsync(run);
        await Waiting.UntilAsync(() => Task.FromResult(run.Writer.Reader!.Resolve(UserOf(second: true)) is not null));
        Task<(long Machine, long Log)> asked = run.AskAsync(store =>
            (store.Machine.NextPosition, store.Log.NextPosition)
        );
        Task settled = run.SettleAsync();
        disk.Set();

        await Assert.ThrowsAsync<CellClosedException>(() => first);
        await Assert.ThrowsAsync<CellClosedException>(() => second);
        long durable = fault == CommitFault.After ? TenantWriter.MaxBatch : 0;
        Assert.Equal((durable, durable), await asked);
        await settled;
    }

    [Theory]
    [InlineData(CommitFault.Before)]
    [InlineData(CommitFault.After)]
    [InlineData(CommitFault.Lost)]
    public async Task Submit_ManyAtOnceWhileTheNthCommitFails_LosesNothingThatWasAnswered(CommitFault fault)
    {
        int seed = Seeds.Next();
        Random random = new(seed);
        byte[][] records =
        [
            .. new FactGenerator(seed) { Values = 500 }
                .Generate(12_000)
                .Select(fact => fact.Encode()),
        ];
        List<byte[][]> submissions = [];
        for (int from = 0; from < records.Length; from += submissions[^1].Length)
            submissions.Add([.. records.Skip(from).Take(random.Next(1, 1_500))]);
        for (int failAt = 1; ; failAt++)
        {
            FaultyDisk disk = new(failAt, fault, forGood: false);
            await using WriterRun run = new(disk.Open);
            Task<bool>[] all = [.. submissions.Select(submission => TryAsync(run, disk, submission))];
            bool[] done = await Task.WhenAll(all);
            disk.Heal();
            Assert.True(disk.Fired || !done.Contains(false)); // what failed may also have been queued work
            for (int i = 0; i < done.Length; i++)
                if (!done[i])
                    Assert.True(await TryAsync(run, disk, submissions[i]), "it was opened again");
            await run.SettleAsync();
            (Token digest, Token pages, ITenantLog log) = await run.AskAsync(store =>
                (store.Machine.ResultsDigest(), store.Machine.PageHash(), store.Log)
            );
            TenantMachine clean = LogReplay.Run(log, log.NextPosition, WriterRun.Settings, ReplayOrder.Log).Machine;
            Assert.Equal((clean.ResultsDigest(), clean.PageHash()), (digest, pages));
            Assert.Equal(0, disk.Doubled);
            Assert.All(records, record => Assert.True(disk.Holds(EventRecord.FromTrusted(record).Id)));
            if (!disk.Fired)
                break;
        }
    }

    private static async Task<bool> TryAsync(WriterRun run, FaultyDisk disk, byte[][] records)
    {
        try
        {
            await run.SubmitAsync(records);
            Assert.All(records, record => Assert.True(disk.Holds(EventRecord.FromTrusted(record).Id)));
            return true;
        }
        catch (CellClosedException told)
        {
            Assert.Contains(FaultyDisk.Message, told.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private static Action Hold(ManualResetEventSlim disk) =>
        () => Assert.True(disk.Wait(Waiting.Deadline), "nobody let the disk go on");

    // A whole batch, and one that waits behind it.
    private static async Task<(Task<IReadOnlyList<ApplyStatus>>, Task<IReadOnlyList<ApplyStatus>>)> TwoAsync(
        WriterRun run
    )
    {
        using ManualResetEventSlim gate = new();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool> held = run.AskAsync(_ =>
        {
            begun.SetResult();
            return gate.Wait(Waiting.Deadline);
        });
        await begun.Task.SoonAsync(); // a question in the batch itself would have its commit waited for
        var first = run.SubmitAsync(Enumerable.Range(0, TenantWriter.MaxBatch).Select(i => Click($"a-{i}", "a")));
        var second = run.SubmitAsync(Click("b", "b"), Click("a-1", "a"));
        gate.Set();
        Assert.True(await held);
        return (first, second);
    }

    private static Token UserOf(bool second) =>
        EventRecord.FromTrusted(second ? Click("b", "b") : Click("a-0", "a")).Identifier(0).Token;

    private static byte[] Click(string id, string user) =>
        new Fact(id, EventType.Click, Time) { Campaign = "a", Identifiers = [("user", user)] }.Encode();
}
