using System.Buffers;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Counters;

/// <summary>Saving and loading, and what damaged bytes do: nothing.</summary>
public sealed class CounterImageTests
{
    private const long Start = 1_700_000_000_000;

    private static readonly CounterShape[] Shapes =
    [
        new(1, CounterKind.Count, 3_600_000, 0, 0),
        new(2, CounterKind.Distinct, 3_600_000, 0, 0),
        new(3, CounterKind.Sum, 3_600_000, 0, 0),
        new(4, CounterKind.Ratio, 3_600_000, 0, 0),
        new(5, CounterKind.Bucket, 0, 10_000, 10),
        new(6, CounterKind.DistinctBucket, 0, 60_000, 300),
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_SavedBank_GivesTheSameValuesNowAndLater(bool bindFirst)
    {
        Random random = Seeds.Random();
        CounterBank bank = new(new());
        int[] places = Bind(bank);
        long now = Fill(bank, places, random, 20_000);
        byte[] image = Save(bank);

        CounterBank loaded = new(new());
        int[] again = bindFirst ? Bind(loaded) : [];
        Assert.True(loaded.Load(new(image)));
        again = bindFirst ? again : Bind(loaded);

        // Only what is over already is not taken over.
        Assert.InRange(loaded.Use.Keys, bank.Use.Keys * 2 / 3, bank.Use.Keys);
        Assert.Equal(0, loaded.Use.Evicted);
        for (int i = 0; i < 20_000; i++)
        {
            now += random.Next(100);
            int counter = random.Next(Shapes.Length);
            UInt128 key = (UInt128)random.Next(200);
            (bool holds, ulong item) = (random.Next(2) == 0, (ulong)random.NextInt64(5000) * 0x9e3779b97f4a7c15);
            double value = bank.Add(places[counter], key, now, holds, item, 1);
            double same = loaded.Add(again[counter], key, now, holds, item, 1);
            Assert.True(value == same, $"{value} became {same} of {Shapes[counter]}, key {key}, event {i}");
        }
    }

    [Fact]
    public void Load_SmallerLimit_KeepsTheNewest()
    {
        CounterBank bank = new(new());
        int[] places = Bind(bank);
        for (int i = 0; i < 100_000; i++)
            bank.Add(places[0], (UInt128)i, Start + i);
        CounterBank small = new(new(CounterLimits.BytesMin));
        int[] again = Bind(small);

        Assert.True(small.Load(new(Save(bank))));
        Assert.InRange(small.Use.Bytes, 1, CounterLimits.BytesMin);
        Assert.Equal(1, small.Read(again[0], 99_999, Start + 100_000));
        Assert.Equal(0, small.Read(again[0], 0, Start + 100_000));
    }

    [Fact]
    public void Load_EveryTruncation_GivesFalseAndChangesNothing()
    {
        CounterBank bank = new(new());
        int[] places = Bind(bank);
        Fill(bank, places, new Random(1), 300);
        byte[] image = Save(bank);
        CounterBank other = new(new());
        int[] others = Bind(other);
        other.Add(others[0], 7, Start);
        byte[] before = Save(other);

        for (int length = 0; length < image.Length; length += length < 2000 ? 1 : 97)
            Assert.False(other.Load(new(image, 0, length)));
        Assert.False(other.Load(new([.. image, 0])));
        Assert.Equal(before, Save(other));
    }

    [Fact]
    public void Load_RandomDamage_NeverThrowsAndLeavesAUsableBank()
    {
        Random random = Seeds.Random();
        CounterBank bank = new(new());
        int[] places = Bind(bank);
        long now = Fill(bank, places, random, 4000);
        byte[] image = Save(bank);
        int refused = 0;
        for (int run = 0; run < 300; run++)
        {
            byte[] damaged = [.. image];
            for (int i = random.Next(1, 40); i > 0; i--)
                damaged[random.Next(run % 2 == 0 ? damaged.Length : 2000)] = (byte)random.Next(256);
            CounterBank loaded = new(new(CounterLimits.BytesMin));
            int[] again = Bind(loaded);
            if (!loaded.Load(new(damaged)))
            {
                refused++;
                Assert.Equal(0, loaded.Use.Keys);
            }
            Fill(loaded, again, random, 200);
            for (int i = 0; i < 200; i++)
                foreach (int place in again)
                    Assert.True(double.IsFinite(loaded.Read(place, (UInt128)i, now)));
        }
        Assert.InRange(refused, 50, 300);
    }

    [Fact]
    public void Load_NoiseAndOtherVersions_GivesFalse()
    {
        Random random = Seeds.Random();
        CounterBank bank = new(new());
        byte[] image = Save(bank);
        Assert.True(bank.Load(new(image)));
        image[4]++;
        Assert.False(bank.Load(new(image)));
        for (int run = 0; run < 200; run++)
        {
            byte[] noise = new byte[random.Next(300)];
            random.NextBytes(noise);
            Assert.False(bank.Load(new(noise)));
        }
    }

    [Fact]
    public void BeginSave_CountingBetweenSlices_KeepsEveryKeyWithAValueOfBetween()
    {
        Random random = Seeds.Random();
        CounterBank bank = new(new());
        int[] places = Bind(bank);
        // Larger cells first: their pages are done early, and have room for keys that grow later.
        for (int i = 0; i < 60_000; i++)
        for (int n = i < 60 ? i : 1; n >= 0; n--)
            bank.Add(places[0], (UInt128)i, Start); // some 40 pages
        BankSave save = bank.BeginSave();
        ArrayBufferWriter<byte> image = new();
        int slices = 1;
        int[] counted = new int[60_000];
        for (; save.Write(image, pages: 1); slices++)
        {
            // Keys grow out of their cells and into others, some of pages that are done; others come.
            for (int i = 0; i < 300; i++)
            {
                int key = random.Next(60_000);
                for (int n = random.Next(60); n > 0; n--, counted[key]++)
                    bank.Add(places[0], (UInt128)key, Start + counted[key]);
                bank.Add(places[1], (UInt128)(1_000_000 + key), Start, item: 1);
            }
        }
        Assert.True(save.IsDone);
        Assert.InRange(slices, 35, 1000);
        Assert.Contains(counted, times => times > 16);

        CounterBank loaded = new(new());
        int[] again = Bind(loaded);
        Assert.True(loaded.Load(new(image.WrittenMemory)));
        for (int key = 0; key < 60_000; key++)
            Assert.InRange(
                loaded.Read(again[0], (UInt128)key, Start + 1000),
                1,
                Math.Max(2, key < 60 ? key + 1 : 0) + counted[key]
            );
    }

    [Fact]
    public void BeginSave_PlaceGivenToAnother_IsSpoiled()
    {
        CounterBank bank = new(new());
        int[] places = Bind(bank);
        bank.Add(places[0], 1, Start);
        BankSave first = bank.BeginSave();
        BankSave second = bank.BeginSave();
        ArrayBufferWriter<byte> image = new();
        Assert.False(first.Write(image));
        Assert.Equal((true, 0), (first.IsSpoiled, image.WrittenCount)); // one at a time
        CounterShape[] others =
        [
            .. Enumerable.Range(100, CounterBank.CountersMax).Select(i => Shapes[0] with { Identity = (UInt128)i }),
        ];
        bank.Bind(others, new int[others.Length]);
        Assert.False(second.Write(image));
        Assert.Equal((true, false), (second.IsSpoiled, second.IsDone));
        Assert.False(new CounterBank(new()).Load(new(image.WrittenMemory)));
    }

    private static long Fill(CounterBank bank, int[] places, Random random, int events)
    {
        long now = Start;
        for (int i = 0; i < events; i++)
        {
            now += random.Next(300);
            UInt128 key = (UInt128)(random.Next(3) == 0 ? random.Next(4) : random.Next(200));
            ulong item = (ulong)random.NextInt64(5000) * 0x9e3779b97f4a7c15;
            bank.Add(places[random.Next(places.Length)], key, now, random.Next(2) == 0, item, random.Next(9));
        }
        return now;
    }

    private static int[] Bind(CounterBank bank)
    {
        int[] places = new int[Shapes.Length];
        bank.Bind(Shapes, places);
        return places;
    }

    private static byte[] Save(CounterBank bank)
    {
        ArrayBufferWriter<byte> writer = new();
        bank.Save(writer);
        return writer.WrittenSpan.ToArray();
    }
}
