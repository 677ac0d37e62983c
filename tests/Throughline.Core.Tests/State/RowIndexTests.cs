using Throughline.Core.State;
using Throughline.Storage.Pages;
using Throughline.Testing;

namespace Throughline.Core.Tests.State;

/// <summary>The index against a dictionary: random hashes, and hashes that are not spread.</summary>
public sealed class RowIndexTests
{
    private readonly struct Keys(List<ulong> keys) : IRowKeys
    {
        public ulong HashOf(int row) => keys[row];

        public void Prefetch(int row) => Assert.InRange(row, 0, keys.Count - 1);
    }

    private readonly struct KeyProbe(List<ulong> keys, ulong key) : IRowProbe
    {
        public bool Matches(int row) => keys[row] == key;
    }

    [Theory]
    [InlineData(200_000, 0)]
    [InlineData(60_000, 4)]
    [InlineData(30_000, 20)]
    [InlineData(30_000, 30)]
    public void Find_AfterRandomInsertions_EqualsADictionary(int count, int equalHighBits)
    {
        Random random = Seeds.Random();
        List<ulong> keys = [];
        Dictionary<ulong, int> model = [];
        RowIndex<Keys> index = new(new(keys));
        for (int i = 0; i < count; i++)
        {
            ulong key = (ulong)random.NextInt64() << 1 >> equalHighBits;
            Assert.Equal(model.GetValueOrDefault(key, -1), index.Find(key, new KeyProbe(keys, key)));
            if (!model.TryAdd(key, keys.Count))
                continue;
            keys.Add(key);
            index.Insert(key, keys.Count - 1);
        }
        foreach ((ulong key, int row) in model)
        {
            Assert.Equal(row, index.Find(key, new KeyProbe(keys, key)));
            Assert.Equal(model.GetValueOrDefault(key + 2, -1), index.Find(key + 2, new KeyProbe(keys, key + 2)));
        }
        Assert.True(index.Bytes < 16L * count + (1 << 16), $"{index.Bytes} bytes for {count} rows");
    }

    private readonly struct RowKeys(PagedArray<ulong> rows) : IRowKeys
    {
        public ulong HashOf(int row) => rows[row];

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct RowProbe(PagedArray<ulong> rows, ulong key) : IRowProbe
    {
        public bool Matches(int row) => rows[row] == key;
    }

    [Theory]
    [InlineData(null)]
    [InlineData(StatePages.Memory)]
    [InlineData(StatePages.Mapped)]
    public void Find_OfRowsInPages_EqualsADictionary(StatePages? kind)
    {
        Random random = Seeds.Random();
        using TestPages pages = new(kind);
        PagedArray<ulong> rows = new("keys");
        rows.Use(pages.Source);
        Dictionary<ulong, int> model = [];
        IndexMemory? memory = IndexMemory.From(pages.Source);
        RowIndex<RowKeys> index = new(new(rows));
        index.Use(memory);
        for (int i = 0; i < 150_000; i++)
        {
            ulong key = (ulong)random.NextInt64() >> 44 << 44 | (uint)random.Next(100_000);
            Assert.Equal(model.GetValueOrDefault(key, -1), index.Find(key, new RowProbe(rows, key)));
            if (model.TryAdd(key, rows.Count))
                index.Insert(key, rows.Add(key));
        }
        RowIndex<RowKeys> filled = new(new(rows), memory: memory);
        filled.Fill(rows.Count);
        foreach ((ulong key, int row) in model)
        {
            Assert.Equal(row, index.Find(key, new RowProbe(rows, key)));
            Assert.Equal(row, filled.Find(key, new RowProbe(rows, key)));
        }
        int used = (int)((rows.Bytes + index.Bytes + filled.Bytes) / IPageSource.PageBytes);
        Assert.Equal(kind is null ? 0 : used, kind is null ? pages.Used : Math.Min(pages.Used, used));
        rows.Release();
        memory?.Release();
        Assert.Equal(0, pages.Used);
    }

    [Theory]
    [InlineData(StatePages.Memory)]
    [InlineData(StatePages.Mapped)]
    public void Release_OfAFullIndex_LeavesItsMemoryToTheNext(StatePages kind)
    {
        using TestPages pages = new(kind);
        IndexMemory memory = IndexMemory.From(pages.Source)!;
        List<ulong> keys = [.. Enumerable.Range(0, 60_000).Select(i => Mix.Two((ulong)i, 7))];
        long used = 0;
        for (int round = 0; round < 4; round++)
        {
            RowIndex<Keys> index = new(new(keys), expected: keys.Count, memory);
            for (int row = 0; row < keys.Count; row++)
                index.Insert(keys[row], row);
            Assert.All(keys.Index(), x => Assert.Equal(x.Index, index.Find(x.Item, new KeyProbe(keys, x.Item))));
            Assert.InRange(used, round == 0 ? 0 : pages.Used, round == 0 ? 0 : pages.Used);
            used = pages.Used;
            index.Release();
            Assert.Equal(-1, index.Find(keys[0], new KeyProbe(keys, keys[0])));
        }
        Assert.True(used > 3);
        memory.Release();
        Assert.Equal(0, pages.Used);
    }

    [Fact]
    public void Use_OfAnIndexThatHasRows_Throws()
    {
        List<ulong> keys = [1];
        RowIndex<Keys> index = new(new(keys));
        index.Insert(1, 0);
        Assert.Throws<InvalidOperationException>(() => index.Use(null));
    }

    private readonly struct CountedKeys(ulong[] keys, long[] asked) : IRowKeys
    {
        public ulong HashOf(int row)
        {
            asked[0]++;
            return keys[row];
        }

        public void Prefetch(int row) => Assert.InRange(row, 0, keys.Length - 1);
    }

    private readonly struct CountedProbe(ulong[] keys, ulong key, long[] looks) : IRowProbe
    {
        public bool Matches(int row)
        {
            looks[0]++;
            return keys[row] == key;
        }
    }

    [Fact]
    public void Find_OfMoreRowsThanTheFirstSlotsHold_FindsEachAndLooksAtFewInVain()
    {
        const int Count = (1 << 20) + 200_000;
        Random random = Seeds.Random();
        ulong[] keys = [.. Enumerable.Range(0, Count + Count / 10).Select(_ => (ulong)random.NextInt64())];
        long[] asked = [0];
        RowIndex<CountedKeys> index = new(new(keys, asked));
        for (int row = 0; row < Count; row++)
            index.Insert(keys[row], row);
        Assert.True(asked[0] < 2L * Count, $"{asked[0]} hashes were asked for to move {Count} rows"); // all rows move 5 times and more
        Assert.True(index.Bytes < 8L * Count, $"{index.Bytes} bytes for {Count} rows");
        long[] looks = [0];
        for (int row = 0; row < Count; row++)
            Assert.Equal(row, index.Find(keys[row], new CountedProbe(keys, keys[row], looks)));
        for (int other = Count; other < keys.Length; other++)
            Assert.Equal(-1, index.Find(keys[other], new CountedProbe(keys, keys[other], looks)));
        Assert.True(looks[0] < Count * 5L / 4, $"{looks[0]} rows were looked at for {Count} that are there");
    }

    [Fact]
    public void Find_OfEqualHashes_LetsTheProbeDecide()
    {
        List<ulong> keys = [];
        List<ulong> hashes = [.. Enumerable.Repeat(42UL, 500)];
        RowIndex<Keys> index = new(new(hashes));
        for (ulong key = 0; key < 500; key++)
        {
            keys.Add(key);
            index.Insert(42, (int)key);
        }
        for (ulong key = 0; key < 500; key++)
            Assert.Equal((int)key, index.Find(42, new KeyProbe(keys, key)));
        Assert.Equal(-1, index.Find(42, new KeyProbe(keys, 500)));
    }
}
