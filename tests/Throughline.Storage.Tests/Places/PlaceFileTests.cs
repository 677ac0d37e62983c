using Throughline.Core.Events;
using Throughline.Storage.Places;
using Throughline.Testing;

namespace Throughline.Storage.Tests.Places;

/// <summary>A file gives the records whose tokens have the same leading bits, whether it was written at once or is made of others.</summary>
public sealed class PlaceFileTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    // So many entries that the firsts of their pages take pages, and the firsts of those another: a page of each is read.
    [Fact]
    public void TryFind_AnyOfMany_GivesWhatALookAtAllGives()
    {
        Random random = Seeds.Random();
        Stretch whole = new(1 << 20, 1 << 20);
        ulong[] entries = new ulong[PlaceFile.PageEntries * PlaceFile.PageEntries + 1 + random.Next(100_000)];
        ulong[] some = [.. Enumerable.Range(0, 20).Select(_ => NextPrefix(random))]; // that fill pages
        for (int i = 0; i < entries.Length; i++)
            entries[i] = whole.EntryOf(
                random.Next(10) == 0 ? some[random.Next(some.Length)] : NextPrefix(random),
                whole.First + random.Next(1 << 20)
            );
        Array.Sort(entries);
        using PlaceFile file = Write(whole, entries);

        Assert.Equal(3, Levels(file.EntryPages));
        ulong[] asked = [.. some, .. random.GetItems(entries, 200).Select(whole.PrefixOf), NextPrefix(random)];
        foreach (ulong prefix in asked)
            Assert.Equal(
                entries.Where(entry => whole.PrefixOf(entry) == prefix).Select(whole.NumberOf).Distinct(),
                Find(file, new(prefix << 20, 0))
            );
    }

    // Of tokens whose leading bits are the same in the whole and not in the parts, too.
    [Fact]
    public void TryWrite_AnyParts_HoldsWhatTheyHold()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 12; round++)
        {
            int part = 1 + random.Next(40);
            int fan = random.Next(2, 6);
            Stretch whole = new((long)part * fan * random.Next(1_000), part * fan);
            ulong most = 1UL << random.Next(5, 16);
            List<(Token Token, long Number)> shown =
            [
                .. Enumerable
                    .Range(0, random.Next(4_000))
                    .Select(_ =>
                        (
                            new Token((ulong)random.NextInt64((long)most), 0),
                            whole.First + random.Next((int)whole.Records)
                        )
                    ),
            ];
            PlaceFile[] parts =
            [
                .. Enumerable
                    .Range(0, fan)
                    .Select(i => new Stretch(whole.First + i * part, part))
                    .Select(own =>
                        Write(
                            own,
                            [
                                .. shown
                                    .Where(x => x.Number >= own.First && x.Number < own.End)
                                    .Select(x => own.EntryOf(own.PrefixOf(x.Token), x.Number))
                                    .Order(),
                            ]
                        )
                    ),
            ];
            string path = whole.PathIn(folder.Path, "x");
            using (PlaceWriter writer = new(path, whole))
            {
                Assert.True(PlaceMerge.TryWrite(parts, whole, writer, default));
                writer.Complete(new(1, 2));
                writer.Publish();
            }
            Array.ForEach(parts, x => x.Dispose());

            using PlaceFile merged = PlaceFile.TryOpen(path, whole)!;
            Assert.Equal(new Token(1, 2), merged.LastId);
            for (ulong high = 0; high < most; high += 1 + (ulong)random.Next(30))
                Assert.Equal(
                    shown
                        .Where(x => whole.PrefixOf(x.Token) == whole.PrefixOf(new Token(high, 0)))
                        .Select(x => x.Number)
                        .Distinct()
                        .Order(),
                    Find(merged, new(high, 0))
                );
        }
    }

    [Fact]
    public void TryWrite_PartDamaged_SaysWhich()
    {
        Random random = Seeds.Random();
        Stretch[] stretches = [new(0, 1 << 16), new(1 << 16, 1 << 16), new(2 << 16, 1 << 16)];
        foreach (Stretch own in stretches)
            Write(own, [.. Enumerable.Range(0, 100_000).Select(i => own.EntryOf((ulong)i, own.First + i % 1_000))])
                .Dispose();
        string damaged = stretches[1].PathIn(folder.Path, "x");
        byte[] bytes = File.ReadAllBytes(damaged);
        bytes[PlaceFile.HeadBytes + random.Next(100_000 * 8)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(damaged, bytes);
        PlaceFile[] parts = [.. stretches.Select(own => PlaceFile.TryOpen(own.PathIn(folder.Path, "x"), own)!)];
        Stretch whole = new(0, 3 << 16);
        using PlaceWriter writer = new(whole.PathIn(folder.Path, "x"), whole);

        Assert.False(PlaceMerge.TryWrite(parts, whole, writer, default));

        Assert.Equal([false, true, false], parts.Select(x => x.IsDamaged));
        Array.ForEach(parts, x => x.Dispose());
    }

    [Fact]
    public void Dispose_Unpublished_LeavesNothing()
    {
        Stretch own = new(0, 1 << 16);
        using (PlaceWriter writer = new(own.PathIn(folder.Path, "x"), own))
            writer.Add(own.EntryOf(1, 1));

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private PlaceFile Write(Stretch own, ulong[] entries)
    {
        string path = own.PathIn(folder.Path, "x");
        using (PlaceWriter writer = new(path, own))
        {
            Array.ForEach(entries, writer.Add);
            writer.Complete(default);
            writer.Publish();
        }
        return PlaceFile.TryOpen(path, own)!;
    }

    private static int Levels(long pages) =>
        pages <= 1 ? 1 : 1 + Levels((pages + PlaceFile.PageEntries - 1) / PlaceFile.PageEntries);

    private static IEnumerable<long> Find(PlaceFile file, Token token)
    {
        List<long> numbers = [];
        Assert.True(file.TryFind(token, numbers));
        return numbers.Distinct().Order();
    }

    private static ulong NextPrefix(Random random) => (ulong)random.NextInt64() >> 20;
}
