using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Storage;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Faults;

/// <summary>A store over files that are damaged or gone: what can be rebuilt is, what cannot is named and left as it is.</summary>
public sealed class StoreDamageTests : IDisposable
{
    private static readonly TenantSettings Settings = new("demo");

    private readonly TempFolder folder = new();
    private readonly FakeTimeProvider clock = new();
    private readonly byte[][] records = [.. new FactGenerator(7).Generate(600).Select(fact => fact.Encode())];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Open_SnapshotDamaged_PassedOverAndRebuilt()
    {
        Token pages = Write(snapshotsAt: [200, 400]);
        Flip(Snapshots()[^1], 0.5);

        using TenantStore store = Open();

        Assert.Equal(200, store.Recovery.SnapshotPosition);
        Assert.Contains(Snapshots()[^1], Assert.Single(store.Recovery.PassedOver), StringComparison.Ordinal);
        Assert.Equal(pages, store.Machine.PageHash());
    }

    [Fact]
    public void Open_EverySnapshotDamaged_LogRebuilds()
    {
        Token pages = Write(snapshotsAt: [200, 400]);
        foreach (string snapshot in Snapshots())
            Flip(snapshot, 0.3);

        using TenantStore store = Open();

        Assert.Equal(0, store.Recovery.SnapshotPosition);
        Assert.Equal(2, store.Recovery.PassedOver.Count);
        Assert.Equal(pages, store.Machine.PageHash());
    }

    [Fact]
    public void Open_AnyByteOfSnapshotFlipped_SameState()
    {
        Token pages = Write(snapshotsAt: [400]);
        string snapshot = Snapshots()[0];
        byte[] sound = File.ReadAllBytes(snapshot);
        Random random = Seeds.Random();
        for (int round = 0; round < LongTests.Rounds(normal: 40, full: 2000); round++)
        {
            int at = random.Next(sound.Length);
            byte[] bad = [.. sound];
            bad[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(snapshot, bad);

            using TenantStore store = Open();

            Assert.True(
                store.Machine.PageHash() == pages,
                $"byte {at} of a snapshot is flipped, and the state differs"
            );
            Assert.Equal(0, store.Recovery.SnapshotPosition);
        }
    }

    [Fact]
    public void Open_NoSnapshot_LogRebuilds()
    {
        Token pages = Write(snapshotsAt: [400]);
        File.Delete(Snapshots()[0]);

        using TenantStore store = Open();

        Assert.Equal((0, records.Length), (store.Recovery.SnapshotPosition, store.Recovery.Replayed));
        Assert.Equal(pages, store.Machine.PageHash());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Open_LogDamaged_NamedAndNothingOverwritten(bool inHeader)
    {
        Write(snapshotsAt: []);
        string log = Directory.GetFiles(folder.Path, "log-*.db").Single();
        byte[] before = File.ReadAllBytes(log);
        int at = inHeader ? 0 : before.AsSpan().IndexOf(records[300]) + 20;
        before[at] ^= 0x10;
        File.WriteAllBytes(log, before);

        StoreDamagedException error = Assert.Throws<StoreDamagedException>(Open);

        Assert.Equal(StoreProblem.Corrupt, error.Problem);
        Assert.Contains(log, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(log));
        Assert.Throws<StoreDamagedException>(Open); // the folder was let go, and the answer stays the same
    }

    [Fact]
    public void Open_LogCutShort_NamedAndNothingOverwritten()
    {
        Write(snapshotsAt: [400]);
        string log = Directory.GetFiles(folder.Path, "log-*.db").Single();
        byte[] half = File.ReadAllBytes(log)[..^16384];
        File.WriteAllBytes(log, half);

        StoreDamagedException error = Assert.Throws<StoreDamagedException>(Open);

        Assert.Contains(log, error.Message, StringComparison.Ordinal);
        Assert.Equal(half, File.ReadAllBytes(log));
    }

    [Fact]
    public async Task Open_KeysGoneButLogThere_RefusedAndNoNewKeysMade()
    {
        await using (TenantCell cell = TenantCell.Open(folder.Path, Settings, clock, NullLogger.Instance))
        {
            RecordBuffer buffer = new();
            buffer.Append(records[^1]);
            await cell.SubmitAsync(buffer, TestContext.Current.CancellationToken);
        }
        string key = folder["tenant.key"];
        Assert.True(File.Exists(key));
        File.Move(key, folder["elsewhere"]);

        Assert.Throws<StoreDamagedException>(() => TenantCell.Open(folder.Path, Settings, clock, NullLogger.Instance));

        Assert.False(File.Exists(key));
        File.Move(folder["elsewhere"], key);
        await using TenantCell again = TenantCell.Open(folder.Path, Settings, clock, NullLogger.Instance);
        Assert.Equal(1, again.Recovery.Replayed);
    }

    private TenantStore Open() => TenantStore.Open(folder.Path, Settings, clock);

    // All records, a few at a time, with snapshots at some positions; returns the state.
    private Token Write(int[] snapshotsAt)
    {
        using TenantStore store = Open();
        RecordBuffer events = new();
        RecordBuffer results = new();
        foreach (byte[] record in records)
        {
            events.Clear();
            results.Clear();
            store.History.Pending(events, store.Machine.NextPosition);
            events.Append(record);
            Assert.Equal(ApplyStatus.Accepted, store.Machine.Apply(record, results));
            store.Commit(events, results, new(2026, 6, 1));
            if (snapshotsAt.Contains((int)store.Machine.NextPosition))
                store.PrepareSnapshot()();
        }
        return store.Machine.PageHash();
    }

    private string[] Snapshots() => [.. Directory.GetFiles(folder.Path, "snapshot-*").Order(StringComparer.Ordinal)];

    private static void Flip(string path, double where)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[(int)(where * bytes.Length)] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }
}
