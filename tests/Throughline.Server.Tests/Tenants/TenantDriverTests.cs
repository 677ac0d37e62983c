using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;
using Throughline.Storage.Pages;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Tenants;

/// <summary>
/// The same facts through every driver: in memory, and through a cell in batches of any size, with restarts and snapshots
/// anywhere. The results are the same; the same log gives the same pages.
/// </summary>
public sealed class TenantDriverTests
{
    private static readonly TenantSettings Settings = new("test");

    [Theory]
    [InlineData(1, 300, StatePages.Memory)]
    [InlineData(7, 700, StatePages.Memory)]
    [InlineData(1000, 3000, StatePages.Memory)]
    [InlineData(1000, 6000, StatePages.Mapped)]
    public async Task Submit_InBatchesWithRestarts_EqualsTheMachineInMemory(int size, int count, StatePages kind)
    {
        int seed = Seeds.Next();
        Random random = new(seed);
        List<byte[]> facts = new FactGenerator(seed) { Values = 20, Minutes = 200 }
            .Generate(count)
            .ConvertAll(fact => fact.Encode());
        MemoryTenant memory = new(Settings, new ScratchKeys());
        foreach (byte[] fact in facts)
            memory.Apply(fact);
        memory.Settle();

        using TempFolder folder = new();
        TenantCell cell = Open(folder, kind);
        int restarts = 0;
        for (int first = 0; first < facts.Count; first += size)
        {
            Assert.All(
                await SubmitAsync(cell, facts.Skip(first).Take(size)),
                status => Assert.Equal(ApplyStatus.Accepted, status)
            );
            if (random.Next(facts.Count / size + 1) < 8)
            {
                if (random.Next(2) == 0)
                    await cell.SnapshotAsync();
                Assert.All(
                    await SubmitAsync(cell, facts.Skip(first).Take(size)),
                    status => Assert.Equal(ApplyStatus.Duplicate, status)
                );
                (Token pages, Token digest) = await HashesAsync(cell);
                await cell.DisposeAsync();
                cell = Open(folder, kind);
                restarts++;
                Assert.Equal((pages, digest), await HashesAsync(cell));
            }
        }
        await cell.SettleAsync(TestContext.Current.CancellationToken);
        (Token Pages, Token Digest) expected = await HashesAsync(cell);
        Assert.Equal(memory.Machine.ResultsDigest(), expected.Digest);
        Token replayed = await cell.AskAsync(
            store => LogReplay.Run(store.Log, long.MaxValue, Settings, ReplayOrder.Log).Machine.PageHash(),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(expected.Pages, replayed);
        Token byTime = await cell.AskAsync(
            store => LogReplay.Run(store.Log, long.MaxValue, Settings, ReplayOrder.Time).Machine.ResultsDigest(),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(expected.Digest, byTime);
        await cell.SnapshotAsync();
        await cell.DisposeAsync();

        cell = Open(folder, kind);
        Assert.Equal(0, cell.Recovery.Replayed);
        Assert.Equal(expected, await HashesAsync(cell));
        await cell.DisposeAsync();
        string[] snapshots = Directory.GetFiles(folder.Path, "snapshot-*", SearchOption.AllDirectories);
        Assert.NotEmpty(snapshots);
        Array.ForEach(snapshots, File.Delete);
        cell = Open(folder, kind); // the log alone
        Assert.Equal(0, cell.Recovery.SnapshotPosition);
        Assert.InRange(cell.Recovery.Replayed, facts.Count, int.MaxValue);
        Assert.Equal(expected, await HashesAsync(cell));
        await cell.DisposeAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{restarts} restarts");
    }

    // The clock stands: a watch that looks after a minute would have its own say in the log.
    private static TenantCell Open(TempFolder folder, StatePages kind = StatePages.Memory) =>
        TenantCell.Open(folder.Path, Settings, new FakeTimeProvider(), NullLogger.Instance, kind);

    private static async Task<IReadOnlyList<ApplyStatus>> SubmitAsync(TenantCell cell, IEnumerable<byte[]> facts)
    {
        RecordBuffer buffer = new();
        foreach (byte[] fact in facts)
            buffer.Append(fact);
        return (await cell.SubmitAsync(buffer, TestContext.Current.CancellationToken)).Statuses;
    }

    // Settled first: while a backlog is left, ticks move the pages between two questions.
    private static async Task<(Token Pages, Token Digest)> HashesAsync(TenantCell cell)
    {
        await cell.SettleAsync(TestContext.Current.CancellationToken);
        return await cell.AskAsync(
            store => (store.Machine.PageHash(), store.Machine.ResultsDigest()),
            TestContext.Current.CancellationToken
        );
    }
}
