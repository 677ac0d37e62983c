using Throughline.Core.State;
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
