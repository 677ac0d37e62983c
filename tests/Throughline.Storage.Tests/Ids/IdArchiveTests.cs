using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Storage.Ids;
using Throughline.Testing;

namespace Throughline.Storage.Tests.Ids;

public sealed class IdArchiveTests : IDisposable
{
    private static readonly DateOnly Day = new(2026, 10, 1);
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static IdEntry[] Entries(int seed, int count, long firstPosition = 0)
    {
        Random random = new(seed);
        IdEntry[] entries =
        [
            .. Enumerable.Range(0, count).Select(i => new IdEntry(new(Bits(random), Bits(random)), firstPosition + i)),
        ];
        Array.Sort(entries);
        return entries;
    }

    private static ulong Bits(Random random) => (ulong)random.NextInt64() << 32 ^ (ulong)random.NextInt64();

    private static List<long> Find(IdArchive archive, Token id, long before = long.MaxValue)
    {
        List<long> positions = [];
        archive.Find(id, before, positions);
        return positions;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(20_000)]
    public void Find_SealedIds_GivesEveryPosition(int count)
    {
        IdEntry[] entries = Entries(count, count);
        using IdArchive archive = IdArchive.Open(folder.Path);
        archive.Seal(Day, entries);
        Assert.All(entries, x => Assert.Equal([x.Position], Find(archive, x.Id)));
        Assert.Equal(count, archive.Count);
    }

    [Fact]
    public void Find_Reopened_GivesEveryPosition()
    {
        IdEntry[] entries = Entries(1, 1000);
        using (IdArchive archive = IdArchive.Open(folder.Path))
            archive.Seal(Day, entries);
        using IdArchive again = IdArchive.Open(folder.Path);
        Assert.All(entries, x => Assert.Equal([x.Position], Find(again, x.Id)));
        again.ReleaseIdle();
        Assert.All(entries, x => Assert.Equal([x.Position], Find(again, x.Id)));
    }

    [Fact]
    public void Find_FiltersBeyondTheMemoryBound_AreReadFromTheFile()
    {
        IdEntry[] old = Entries(1, 1000);
        IdEntry[] young = Entries(2, 1000);
        using IdArchive archive = IdArchive.Open(folder.Path, filterMemoryBytes: 1);
        archive.Seal(Day, old);
        archive.Seal(Day.AddDays(1), young);
        Assert.All(old.Concat(young), x => Assert.Equal([x.Position], Find(archive, x.Id)));
        Assert.All(Entries(3, 1000), x => Assert.Empty(Find(archive, x.Id)));
    }

    [Fact]
    public void Find_PositionAtOrAfterBefore_IsNotFound()
    {
        using IdArchive archive = IdArchive.Open(folder.Path);
        archive.Seal(Day, [new(new(5, 5), 100)]);
        Assert.Empty(Find(archive, new(5, 5), before: 100));
        Assert.Equal([100], Find(archive, new(5, 5), before: 101));
    }

    [Fact]
    public void Find_SameHighHalfAcrossPages_GivesTheRightOne()
    {
        IdEntry[] entries = [.. Enumerable.Range(0, 1000).Select(i => new IdEntry(new(42, (ulong)i), i))];
        using IdArchive archive = IdArchive.Open(folder.Path);
        archive.Seal(Day, entries);
        Assert.All(entries, x => Assert.Equal([x.Position], Find(archive, x.Id)));
        Assert.Empty(Find(archive, new(42, 1000)));
        Assert.Empty(Find(archive, new(41, 0)));
    }

    [Fact]
    public void Find_OneIdAtManyPositionsAcrossAPage_GivesThemAll()
    {
        IdEntry[] entries = [.. Enumerable.Range(0, 600).Select(i => new IdEntry(new(1, 1), i))];
        using IdArchive archive = IdArchive.Open(folder.Path);
        archive.Seal(Day, entries);
        Assert.Equal(Enumerable.Range(0, 600).Select(i => (long)i), Find(archive, new(1, 1)));
    }

    [Fact]
    public void Filter_AbsentIds_PassRarely()
    {
        BlockedFilter filter = new(BlockedFilter.BlocksFor(100_000));
        foreach (IdEntry entry in Entries(1, 100_000))
            filter.Add(entry.Id);
        int passed = Entries(2, 100_000).Count(x => filter.MayContain(new(x.Id)));
        Assert.InRange(passed, 1, 300);
        Assert.True(filter.Bytes.Length <= 2 * 100_000 + 64);
    }

    [Fact]
    public void Summary_ManyIds_HoldsThemAllInTwoBytesEach()
    {
        IdSummary summary = new();
        IdEntry[] entries = Entries(1, 300_000);
        foreach (IdEntry entry in entries)
            summary.Add(entry.Id);
        Assert.All(entries, x => Assert.True(summary.MayContain(new(x.Id))));
        Assert.InRange(Entries(2, 100_000).Count(x => summary.MayContain(new(x.Id))), 1, 600);
        long bytes = summary.Bytes;
        foreach (IdEntry entry in entries)
            summary.Add(entry.Id);
        Assert.Equal(bytes, summary.Bytes);
    }

    [Fact]
    public void Seal_ManyTimes_KeepsThreeFilesAndEveryId()
    {
        Random random = new(11);
        List<IdEntry> all = [];
        using IdArchive archive = IdArchive.Open(folder.Path);
        for (int seal = 0; seal < 40; seal++)
        {
            IdEntry[] entries = Entries(1000 + seal, random.Next(1, 400), all.Count);
            archive.Seal(Day, entries);
            all.AddRange(entries);
            Assert.InRange(Directory.GetFiles(folder.Path, "ids-*").Length, 1, 3);
            Assert.Equal(all.Count, archive.Count);
        }
        Assert.All(all, x => Assert.Equal([x.Position], Find(archive, x.Id)));
    }

    [Fact]
    public void Seal_SameEntriesAgain_AreKeptOnceAfterAMerge()
    {
        IdEntry[] entries = Entries(1, 500);
        using IdArchive archive = IdArchive.Open(folder.Path);
        for (int i = 0; i < 4; i++)
            archive.Seal(Day, entries);
        Assert.Equal(500, archive.Count);
        Assert.All(entries, x => Assert.Equal([x.Position], Find(archive, x.Id)));
    }

    [Fact]
    public void Open_PartsOfAMergedFileLeft_AreDeleted()
    {
        using (IdArchive archive = IdArchive.Open(folder.Path))
        {
            for (int i = 0; i < 3; i++)
                archive.Seal(Day, Entries(i, 100));
            Assert.True(File.Exists(folder["ids-2026-10-01-3-3.tlids"]));
            string[] parts = Directory.GetFiles(folder.Path);
            foreach (string part in parts)
                File.Copy(part, part + ".copy");
            archive.Seal(Day, Entries(3, 100));
            Assert.True(File.Exists(folder["ids-2026-10-01-1-4.tlids"]));
            foreach (string part in parts)
                File.Move(part + ".copy", part, overwrite: true);
            File.WriteAllText(folder["ids-2026-10-01-5-5.tlids.tmp"], "draft");
        }
        using IdArchive again = IdArchive.Open(folder.Path);
        Assert.Equal([folder["ids-2026-10-01-1-4.tlids"]], Directory.GetFiles(folder.Path));
        Assert.Equal(400, again.Count);
    }

    [Fact]
    public void Seal_NotAscending_Throws()
    {
        using IdArchive archive = IdArchive.Open(folder.Path);
        Assert.Throws<InvalidOperationException>(() => archive.Seal(Day, [new(new(2, 2), 1), new(new(1, 1), 2)]));
        Assert.Empty(Find(archive, new(2, 2)));
    }

    [Fact]
    public void Find_AnyByteDamaged_SaysSoOrIsNotConcerned()
    {
        IdEntry[] entries = Entries(1, 40);
        using (IdArchive archive = IdArchive.Open(folder.Path))
            archive.Seal(Day, entries);
        string path = Directory.GetFiles(folder.Path).Single();
        byte[] sound = File.ReadAllBytes(path);
        int found = 0;
        for (int at = 0; at < sound.Length; at++)
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            using IdArchive archive = IdArchive.Open(folder.Path);
            try
            {
                foreach (IdEntry entry in entries)
                    Assert.Equal([entry.Position], Find(archive, entry.Id));
                Assert.InRange(at, 40, 63); // the zeros after the header
            }
            catch (StoreDamagedException e)
            {
                Assert.Equal(path, e.File);
                found++;
            }
        }
        Assert.Equal(sound.Length - 24, found);
    }

    [Fact]
    public void Find_FileCutShort_NamesIt()
    {
        using (IdArchive archive = IdArchive.Open(folder.Path))
            archive.Seal(Day, Entries(1, 1000));
        string path = Directory.GetFiles(folder.Path).Single();
        byte[] sound = File.ReadAllBytes(path);
        foreach (int length in (int[])[0, 10, 64, 1000, sound.Length - 1])
        {
            File.WriteAllBytes(path, sound[..length]);
            using IdArchive archive = IdArchive.Open(folder.Path);
            StoreDamagedException e = Assert.Throws<StoreDamagedException>(() => Find(archive, new(1, 1)));
            Assert.Equal(path, e.File);
        }
    }

    [Fact]
    public void Find_NewerForm_SaysSo()
    {
        using (IdArchive archive = IdArchive.Open(folder.Path))
            archive.Seal(Day, Entries(1, 10));
        string path = Directory.GetFiles(folder.Path).Single();
        byte[] bytes = File.ReadAllBytes(path);
        bytes[8] = 2;
        File.WriteAllBytes(path, bytes);
        using IdArchive again = IdArchive.Open(folder.Path);
        StoreDamagedException e = Assert.Throws<StoreDamagedException>(() => Find(again, new(1, 1)));
        Assert.Equal(StoreProblem.NewerFormat, e.Problem);
    }
}
