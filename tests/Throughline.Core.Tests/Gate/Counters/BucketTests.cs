using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Counters;

/// <summary>Leaky buckets, plain and distinct.</summary>
public sealed class BucketTests
{
    private const long Start = 1_700_000_000_000;

    [Fact]
    public void Add_OneAfterAnother_LeaksEvenlyAndOverflowsAboveTheCapacity()
    {
        CounterBank bank = Bank(CounterKind.Bucket, 10_000, 2, out int place);

        Assert.Equal(1, bank.Add(place, 1, Start));
        Assert.Equal(2, bank.Add(place, 1, Start));
        Assert.Equal(2, bank.Add(place, 1, Start + 10_000)); // one has leaked: no overflow
        Assert.Equal(3, bank.Add(place, 1, Start + 19_999)); // 2.0001 is above 2
        Assert.Equal(3, bank.Add(place, 1, Start + 19_999)); // no higher than the capacity + 1
        Assert.Equal(1, bank.Read(place, 1, Start + 19_999 + 29_999));
        Assert.Equal(0, bank.Read(place, 1, Start + 19_999 + 30_000));
    }

    [Fact]
    public void Add_RandomTimes_EqualsALevelInExactNumbers()
    {
        Random random = Seeds.Random();
        for (int run = 0; run < 50; run++)
        {
            long leak = random.Next(1, 5000);
            int capacity = random.Next(1, 12);
            CounterBank bank = Bank(CounterKind.Bucket, leak, capacity, out int place);
            Int128 level = 0; // in parts of 1 / leak
            long latest = 0;
            long now = Start;
            for (int i = 0; i < 300; i++)
            {
                now += random.NextInt64(leak * 2);
                long time = now - (random.Next(5) == 0 ? random.NextInt64(leak) : 0);
                long end = Math.Max(time, latest);
                level = Int128.Max(0, level - (end - latest));
                level = Int128.Min(level + leak, (capacity + 1) * (Int128)leak);
                latest = end;
                Assert.Equal((double)((level + leak - 1) / leak), bank.Add(place, 1, time));
            }
        }
    }

    [Fact]
    public void Add_DistinctValues_PoursEachOnceWhileNotEmpty()
    {
        CounterBank bank = Bank(CounterKind.DistinctBucket, 10_000, 5, out int place);

        Assert.Equal(1, bank.Add(place, 1, Start, item: 1));
        Assert.Equal(1, bank.Add(place, 1, Start, item: 1));
        Assert.Equal(2, bank.Add(place, 1, Start, item: 2));
        Assert.Equal(1, bank.Add(place, 1, Start + 15_000, item: 1)); // leaks, but is not empty: known
        Assert.Equal(1, bank.Add(place, 1, Start + 20_000, item: 1)); // empty since then: a new one
        Assert.Equal(2, bank.Add(place, 1, Start + 20_000, item: 2));
    }

    [Fact]
    public void Add_RandomDistinctValues_EqualsASetThatEmptiesWithTheBucket()
    {
        Random random = Seeds.Random();
        for (int run = 0; run < 20; run++)
        {
            long leak = random.Next(1, 5000);
            int capacity = random.Next(1, 400);
            int items = random.Next(2, 700);
            CounterBank bank = Bank(CounterKind.DistinctBucket, leak, capacity, out int place);
            HashSet<ulong> poured = [];
            long emptyAt = 0;
            long now = Start;
            for (int i = 0; i < 3000; i++)
            {
                now += random.Next(1000) == 0 ? leak * 500 : random.NextInt64(leak / 2 + 1);
                if (emptyAt <= now)
                    poured.Clear();
                ulong item = (ulong)random.Next(items);
                if (poured.Add(item))
                    emptyAt = Math.Min(Math.Max(emptyAt, now) + leak, now + (capacity + 1) * leak);
                Assert.Equal((emptyAt - now + leak - 1) / leak, bank.Add(place, 1, now, item: item));
            }
        }
    }

    private static CounterBank Bank(CounterKind kind, long leak, int capacity, out int place)
    {
        CounterBank bank = new(new());
        int[] places = new int[1];
        bank.Bind([new(1, kind, 0, leak, capacity)], places);
        place = places[0];
        return bank;
    }
}
