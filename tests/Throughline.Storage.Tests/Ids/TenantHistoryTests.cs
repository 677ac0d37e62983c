using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Storage.Ids;
using Throughline.Storage.InMemory;
using Throughline.Testing;

namespace Throughline.Storage.Tests.Ids;

public sealed class TenantHistoryTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Day = new(2026, 10, 1);
    private readonly TempFolder folder = new();
    private readonly InMemoryTenantLog log = new();
    private readonly IdArchive archive;
    private readonly TenantHistory history;
    private readonly RecordBuffer batch = new();

    public TenantHistoryTests()
    {
        archive = IdArchive.Open(folder.Path);
        history = new(log, archive);
    }

    public void Dispose()
    {
        archive.Dispose();
        folder.Dispose();
    }

    private static Token Id(int number) => new((ulong)number << 40, (ulong)number);

    private void Commit(params int[] ids)
    {
        batch.Clear();
        foreach (int id in ids)
            TestEvents.Append(batch, Id(id), Start);
        log.Commit(new(batch, new(), Day));
        batch.Clear();
    }

    [Fact]
    public void Read_CommittedAndPending_GivesBoth()
    {
        Commit(1, 2);
        history.Pending(batch, log.NextPosition);
        TestEvents.Append(batch, Id(3), Start);
        Assert.Equal(Id(2), EventRecord.FromTrusted(history.Read(1)).Id);
        Assert.Equal(Id(3), EventRecord.FromTrusted(history.Read(2)).Id);
        Assert.Throws<ArgumentOutOfRangeException>(() => history.Read(3).Length);
    }

    [Fact]
    public void Read_WhileTheBatchBeforeIsCommitted_GivesBothWhicheverTheLogHolds()
    {
        Commit(1, 2);
        RecordBuffer before = new();
        TestEvents.Append(before, Id(3), Start);
        TestEvents.Append(before, Id(4), Start);
        history.Pending(batch, 4, before);
        TestEvents.Append(batch, Id(5), Start);
        for (int round = 0; round < 2; round++)
        {
            for (int position = 0; position < 5; position++)
                Assert.Equal(Id(position + 1), EventRecord.FromTrusted(history.Read(position)).Id);
            Assert.Throws<ArgumentOutOfRangeException>(() => history.Read(5).Length);
            if (round == 0)
                log.Commit(new(before, new(), Day));
        }
        log.Commit(new(batch, new(), Day));
        Assert.Equal(Id(5), EventRecord.FromTrusted(history.Read(4)).Id);
        history.Pending(new(), 5, batch);
        Assert.Throws<ArgumentOutOfRangeException>(() => history.Read(5).Length);
    }

    [Fact]
    public async Task TryFindId_SealedWhileAnotherThreadAsks_EveryIdOfBeforeIsFound()
    {
        Commit(1, 2);
        archive.Seal(Day, [new(Id(1), 0), new(Id(2), 1)]);
        Task sealing = Task.Run(
            () =>
            {
                for (int round = 1; round < 20; round++) // they are joined meanwhile
                    archive.Seal(
                        Day,
                        [.. Enumerable.Range(1, 20_000).Select(i => new IdEntry(Id(round * 100_000 + i), 9))]
                    );
            },
            TestContext.Current.CancellationToken
        );
        int asked = 0;
        do
        {
            archive.Foresee(Id(2));
            Assert.True(history.TryFindId(Id(1 + asked % 2), before: 2, out long position));
            Assert.Equal(asked++ % 2, position);
            Assert.False(history.TryFindId(Id(3), before: 2, out _));
        } while (!sealing.IsCompleted);
        await sealing;
        Assert.Equal(2 + 19 * 20_000, archive.Count);
        TestContext.Current.TestOutputHelper?.WriteLine($"{asked} questions");
    }

    [Fact]
    public void Read_PendingOfABatchBefore_IsAnError()
    {
        history.Pending(batch, 0);
        Commit(1, 2);
        TestEvents.Append(batch, Id(3), Start);
        Assert.Throws<InvalidOperationException>(() => history.Read(2).Length);
    }

    [Fact]
    public void TryFindId_SealedId_GivesItsPosition()
    {
        Commit(1, 2, 3);
        archive.Seal(Day, [new(Id(1), 0), new(Id(2), 1)]);
        Assert.True(history.TryFindId(Id(2), before: 3, out long position));
        Assert.Equal(1, position);
        Assert.False(history.TryFindId(Id(2), before: 1, out _));
        Assert.False(history.TryFindId(Id(3), before: 3, out _));
    }

    [Fact]
    public void TryFindId_EntriesOfEventsThatACrashUndid_AreNotFound()
    {
        Commit(1, 2, 3);
        IdEntry[] sealedOnes = [new(Id(7), 1), new(Id(8), 30), new(Id(9), 2), new(Id(3), 1), new(Id(3), 2)];
        Array.Sort(sealedOnes);
        archive.Seal(Day, sealedOnes);
        Assert.False(history.TryFindId(Id(7), long.MaxValue, out _));
        Assert.False(history.TryFindId(Id(8), long.MaxValue, out _));
        Assert.False(history.TryFindId(Id(9), long.MaxValue, out _));
        Assert.True(history.TryFindId(Id(3), long.MaxValue, out long position));
        Assert.Equal(2, position);
    }

    [Fact]
    public void Rebuild_DamagedFiles_EqualsTheLog()
    {
        for (int i = 0; i < 300; i++)
        {
            batch.Clear();
            for (int j = 0; j < 10; j++)
                TestEvents.Append(batch, Id(1 + i * 10 + j), Start.AddHours((i * 7 + j * 31) % 240));
            log.Commit(new(batch, new(), Day));
        }
        batch.Clear();
        File.WriteAllText(folder["ids-2026-10-01-1-1.tlids"], "damaged");
        using IdArchive damaged = IdArchive.Open(folder.Path);
        Assert.Throws<StoreDamagedException>(() => damaged.Find(Id(1), 10, []));
        damaged.Rebuild(log, before: 2990, day => day < Day.AddDays(5), batch: 100);
        TenantHistory rebuilt = new(log, damaged);
        int found = 0;
        log.Scan(
            0,
            (position, record) =>
            {
                EventRecord e = EventRecord.FromTrusted(record);
                bool expected = position < 2990 && e.Time < Start.AddDays(5).ToUnixTimeMilliseconds();
                Token id = e.Id;
                Assert.Equal(expected, rebuilt.TryFindId(id, long.MaxValue, out long at));
                Assert.Equal(expected ? position : -1, at);
                found += expected ? 1 : 0;
                return true;
            }
        );
        Assert.InRange(found, 1000, 2000);
    }

    [Fact]
    public void Find_RebuildInterrupted_SaysSo()
    {
        Commit(1, 2, 3);
        Assert.Throws<TimeoutException>(() => archive.Rebuild(log, 3, _ => throw new TimeoutException()));
        using IdArchive again = IdArchive.Open(folder.Path);
        Assert.Throws<StoreDamagedException>(() => again.Find(Id(1), 3, []));
        again.Rebuild(log, 3, _ => true);
        Assert.True(new TenantHistory(log, again).TryFindId(Id(3), 3, out _));
    }

    [Fact]
    public void OpenOrRebuild_PageDamagedInUse_IsRebuiltAtTheNextOpening()
    {
        Commit(1, 2, 3);
        archive.Seal(Day, [new(Id(1), 0), new(Id(2), 1), new(Id(3), 2)]);
        Assert.True(history.TryFindId(Id(1), 3, out _));
        string path = Directory.GetFiles(folder.Path, "*.tlids").Single();
        byte[] bytes = File.ReadAllBytes(path);
        bytes[70] ^= 1;
        File.WriteAllBytes(path, bytes);
        StoreDamagedException e = Assert.Throws<StoreDamagedException>(() => history.TryFindId(Id(1), 3, out _));
        Assert.Equal(path, e.File);
        using IdArchive again = IdArchive.OpenOrRebuild(folder.Path, log, out StoreDamagedException? damage);
        Assert.NotNull(damage);
        TenantHistory rebuilt = new(log, again);
        for (int id = 1; id <= 3; id++)
        {
            Assert.True(rebuilt.TryFindId(Id(id), 3, out long position));
            Assert.Equal(id - 1, position);
        }
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void OpenOrRebuild_SoundFiles_AreLeftAlone()
    {
        Commit(1, 2, 3);
        archive.Seal(Day, [new(Id(1), 0)]);
        using IdArchive again = IdArchive.OpenOrRebuild(folder.Path, log, out StoreDamagedException? damage);
        Assert.Null(damage);
        Assert.Equal(1, again.Count);
    }
}
