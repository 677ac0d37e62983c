using Throughline.Core.State;
using Throughline.Storage.Snapshots;
using Throughline.Testing;

namespace Throughline.Storage.Tests.Snapshots;

public sealed class SnapshotStoreTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly SnapshotStore store;

    public SnapshotStoreTests() => store = new(folder.Path, "demo");

    public void Dispose() => folder.Dispose();

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static StateSection Section(string name, byte[] bytes) => new(name, bytes.Length, x => x.Write(bytes));

    private static StateImage Image(long position, params (string Name, byte[] Bytes)[] sections) =>
        new(position, position * 10, [.. sections.Select(x => Section(x.Name, x.Bytes))]);

    private static StateImage Small(long position) => Image(position, ("a", Bytes((int)position, 100)), ("b", []));

    private string[] Names() => [.. Directory.GetFiles(folder.Path).Select(x => Path.GetFileName(x)).Order()];

    [Fact]
    public void Write_SectionsOfAllSizes_AreReadBack()
    {
        int[] sizes = [0, 1, 100, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000];
        (string, byte[])[] sections = [.. sizes.Select((size, i) => ($"section.{i}", Bytes(i, size)))];
        store.Write(Image(42, sections));
        using Snapshot? snapshot = store.TryOpenNewest(42, out IReadOnlyList<StoreDamagedException> passedOver);
        Assert.NotNull(snapshot);
        Assert.Empty(passedOver);
        Assert.Equal((42, 420), (snapshot.Position, snapshot.Result));
        foreach ((string name, byte[] bytes) in sections)
        {
            using Stream stream = snapshot.Open(name, out long length);
            byte[] read = new byte[length];
            stream.ReadExactly(read);
            Assert.Equal(-1, stream.ReadByte());
            Assert.Equal(bytes, read);
        }
        Assert.Throws<InvalidDataException>(() => snapshot.Open("more", out _));
    }

    [Fact]
    public void Open_AnotherSectionThanTheNext_IsRefused()
    {
        store.Write(Small(1));
        using Snapshot? snapshot = store.TryOpenNewest(1, out _);
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => snapshot!.Open("b", out _));
        Assert.Contains("section a in place of b", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Many_KeepsTheLastTwo()
    {
        for (int position = 1; position <= 5; position++)
            store.Write(Small(position));
        Assert.Equal(["snapshot-0000000000000004.tlsnap", "snapshot-0000000000000005.tlsnap"], Names());
    }

    [Fact]
    public async Task Write_WhileAnotherOfThePositionIsWritten_LeavesTheLaterOne()
    {
        for (int round = 1; round <= 20; round++)
        {
            byte[] first = Bytes(round, 300_000);
            byte[] later = Bytes(-round, 1_000);
            Task? second = null;
            StateSection begun = new(
                "a",
                first.Length,
                stream =>
                {
                    using ManualResetEventSlim there = new();
                    second = Task.Run(
                        () =>
                        {
                            there.Set();
                            store.Write(Image(round, ("a", later)));
                        },
                        TestContext.Current.CancellationToken
                    );
                    there.Wait(TestContext.Current.CancellationToken);
                    for (int i = 0; i < first.Length; i += 1_000)
                        stream.Write(first, i, 1_000);
                }
            );
            store.Write(new(round, 0, [begun]));
            await second!;

            using Snapshot snapshot = store.TryOpenNewest(round, out _)!;
            using Stream read = snapshot.Open("a", out long length);
            Assert.Equal(later.Length, length);
            byte[] bytes = new byte[length];
            read.ReadExactly(bytes);
            Assert.Equal(later, bytes);
        }
    }

    [Fact]
    public void Write_SourceFails_LeavesTheSnapshotsBefore()
    {
        store.Write(Small(1));
        string[] before = Names();
        StateImage failing = new(
            2,
            0,
            [Section("a", Bytes(1, 3_000_000)), new("b", 5, _ => throw new IOException("full"))]
        );
        Assert.Throws<IOException>(() => store.Write(failing));
        Assert.Equal(before, Names());
        using Snapshot? snapshot = store.TryOpenNewest(2, out _);
        Assert.Equal(1, snapshot!.Position);
    }

    [Fact]
    public void Write_SectionOfAnotherLengthThanStated_Throws()
    {
        StateImage wrong = new(2, 0, [new("a", 5, x => x.Write([1, 2, 3]))]);
        Assert.Throws<InvalidOperationException>(() => store.Write(wrong));
        Assert.Empty(Names());
    }

    [Fact]
    public void TryOpenNewest_NoneOrNoFolder_GivesNull()
    {
        Assert.Null(store.TryOpenNewest(9, out _));
        Assert.Null(new SnapshotStore(folder["missing"], "demo").TryOpenNewest(9, out _));
    }

    [Fact]
    public void TryOpenNewest_AnyByteOfTheNewestDamaged_GivesTheOneBeforeAndSaysWhy()
    {
        store.Write(Small(1));
        store.Write(Small(2));
        string newest = folder["snapshot-0000000000000002.tlsnap"];
        byte[] sound = File.ReadAllBytes(newest);
        for (int at = 0; at < sound.Length; at++)
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= 4;
            File.WriteAllBytes(newest, damaged);
            using Snapshot? snapshot = store.TryOpenNewest(2, out IReadOnlyList<StoreDamagedException> passedOver);
            Assert.Equal(1, snapshot?.Position);
            Assert.Equal(newest, Assert.Single(passedOver).File);
            Assert.Equal(damaged, File.ReadAllBytes(newest));
        }
    }

    [Fact]
    public void TryOpenNewest_CutAtAnyLength_GivesTheOneBefore()
    {
        store.Write(Small(1));
        store.Write(Small(2));
        string newest = folder["snapshot-0000000000000002.tlsnap"];
        byte[] sound = File.ReadAllBytes(newest);
        for (int length = 0; length < sound.Length; length++)
        {
            File.WriteAllBytes(newest, sound[..length]);
            using Snapshot? snapshot = store.TryOpenNewest(2, out IReadOnlyList<StoreDamagedException> passedOver);
            Assert.Equal(1, snapshot?.Position);
            Assert.Single(passedOver);
        }
    }

    [Fact]
    public void TryOpenNewest_NewerForm_SaysSoAndGivesTheOneBefore()
    {
        store.Write(Small(1));
        store.Write(Small(2));
        string newest = folder["snapshot-0000000000000002.tlsnap"];
        byte[] bytes = File.ReadAllBytes(newest);
        bytes[8] = 2;
        File.WriteAllBytes(newest, bytes);
        using Snapshot? snapshot = store.TryOpenNewest(2, out IReadOnlyList<StoreDamagedException> passedOver);
        Assert.Equal(1, snapshot?.Position);
        Assert.Equal(StoreProblem.NewerFormat, Assert.Single(passedOver).Problem);
    }

    [Fact]
    public void TryOpenNewest_OtherTenants_IsPassedOver()
    {
        store.Write(Small(1));
        Assert.Null(new SnapshotStore(folder.Path, "other").TryOpenNewest(1, out var passedOver));
        Assert.Equal(StoreProblem.WrongTenant, Assert.Single(passedOver).Problem);
    }

    [Fact]
    public void TryOpenNewest_RenamedToAnotherPosition_IsPassedOver()
    {
        store.Write(Small(1));
        File.Move(folder["snapshot-0000000000000001.tlsnap"], folder["snapshot-0000000000000003.tlsnap"]);
        Assert.Null(store.TryOpenNewest(9, out var passedOver));
        Assert.Equal(StoreProblem.Corrupt, Assert.Single(passedOver).Problem);
    }

    [Fact]
    public void TryOpenNewest_AheadOfTheLog_IsPutAsideForGood()
    {
        store.Write(Small(1));
        store.Write(Small(5));
        using (Snapshot? snapshot = store.TryOpenNewest(4, out var passedOver))
        {
            Assert.Equal(1, snapshot?.Position);
            Assert.Equal(StoreProblem.Gap, Assert.Single(passedOver).Problem);
        }
        using Snapshot? later = store.TryOpenNewest(9, out _);
        Assert.Equal(1, later?.Position);
    }

    [Fact]
    public void TryOpenNewest_DraftLeftByACrash_IsDeleted()
    {
        store.Write(Small(1));
        File.WriteAllText(folder["snapshot-0000000000000002.tlsnap.tmp"], "half");
        store.TryOpenNewest(9, out _)?.Dispose();
        Assert.Equal(["snapshot-0000000000000001.tlsnap"], Names());
    }
}
