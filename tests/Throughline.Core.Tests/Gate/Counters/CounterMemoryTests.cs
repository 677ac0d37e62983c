using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Counters;

/// <summary>The limit of memory, what goes first, and what is allocated.</summary>
public sealed class CounterMemoryTests
{
    private const long Start = 1_700_000_000_000;
    private const long Hour = 3_600_000;

    private static readonly CounterShape[] Shapes =
    [
        new(1, CounterKind.Count, Hour, 0, 0),
        new(2, CounterKind.Distinct, Hour, 0, 0),
        new(3, CounterKind.Sum, 10 * 60_000, 0, 0),
        new(4, CounterKind.Ratio, 60_000, 0, 0),
        new(5, CounterKind.Bucket, 0, 10_000, 10),
        new(6, CounterKind.DistinctBucket, 0, 10_000, 10),
    ];

    [Fact]
    public void Add_FloodOfKeys_KeepsToTheLimitAndLosesTheLeastRecent()
    {
        CounterBank bank = Bank(CounterLimits.BytesMin, out int[] places);
        const int flood = 200_000;
        for (int i = 0; i < flood; i++)
        {
            long time = Start + i;
            bank.Add(places[0], (UInt128)(i + 1000), time);
            Assert.Equal(Math.Min(i + 1, 1e9), bank.Add(places[0], 1, time), i * 0.02 + 1); // counted all the time: it stays
            Assert.InRange(bank.Use.Bytes, 1, CounterLimits.BytesMin);
        }
        CounterUse use = bank.Use;
        Assert.Equal(flood + 1, use.Keys + use.Evicted);
        Assert.InRange(use.Keys, CounterLimits.BytesMin / 200, flood);
        // Exactly the newest are there.
        long newest = use.Keys - 1;
        for (int i = 0; i < flood; i++)
            Assert.Equal(i >= flood - newest ? 1 : 0, bank.Read(places[0], (UInt128)(i + 1000), Start + flood));
    }

    [Fact]
    public void Add_MemoryIsShort_ExpiredKeysGoFirst()
    {
        CounterBank bank = Bank(CounterLimits.BytesMin, out int[] places);
        for (int i = 0; i < 5_000; i++)
            bank.Add(places[0], (UInt128)(i + 1_000_000), Start);
        // Later, but of a window that is over when memory is short.
        for (int i = 0; i < 20_000; i++)
            bank.Add(places[3], (UInt128)i, Start + 1000);
        for (int i = 0; i < 20_000; i++)
            bank.Add(places[0], (UInt128)i, Start + 100_000);

        Assert.Equal(0, bank.Use.Evicted);
        for (int i = 0; i < 5_000; i++)
            Assert.Equal(1, bank.Read(places[0], (UInt128)(i + 1_000_000), Start + 100_000));
    }

    [Fact]
    public void Add_AllKindsAndSizesAtTheLimit_GivesWhatALargeBankGivesUnlessEvicted()
    {
        Random random = Seeds.Random();
        CounterBank small = Bank(CounterLimits.BytesMin, out int[] places);
        CounterBank large = Bank(256 << 20, out _);
        long now = Start;
        int agreed = 0;
        int gone = 0;
        for (int i = 0; i < 300_000; i++)
        {
            now += random.Next(3);
            int counter = random.Next(Shapes.Length);
            // A few keys grow large, most come once.
            UInt128 key = random.Next(3) == 0 ? (UInt128)random.Next(30) : (UInt128)random.NextInt64();
            ulong item = (ulong)random.NextInt64(20_000);
            double had = small.Read(places[counter], key, now);
            bool same = had == large.Read(places[counter], key, now);
            bool holds = random.Next(2) == 0;
            small.Add(places[counter], key, now, holds, item, 1);
            large.Add(places[counter], key, now, holds, item, 1);
            (agreed, gone) = same ? (agreed + 1, gone) : (agreed, gone + 1);
            if (i % 1000 == 0)
                Assert.InRange(small.Use.Bytes, 1, CounterLimits.BytesMin);
        }
        Assert.True(small.Use.Evicted > 10_000, $"{small.Use} was never short of memory");
        Assert.True(gone < agreed / 2, $"{gone} of {agreed + gone} lost");
    }

    [Fact]
    public void Add_SteadyState_AllocatesNothing()
    {
        CounterBank bank = Bank(CounterLimits.BytesMin, out int[] places);
        long time = Start;
        void RunAnHour(int events) => Run(bank, places, (time += Hour) - Hour, events);
        RunAnHour(100_000);
        RunAnHour(100_000);

        Assert.Equal(0, ActionCost.AllocatedBytes(() => RunAnHour(20_000), calls: 1, warm: 0));
        Assert.True(bank.Use.Evicted > 0);
    }

    [Fact]
    public void Seek_KeysThatComeGoAndMoveMeanwhile_ChangesNoValue()
    {
        Random chance = Seeds.Random();
        CounterBank sought = Bank(CounterLimits.BytesMin, out int[] places);
        CounterBank plain = Bank(CounterLimits.BytesMin, out _);
        CounterVisit[] visits = new CounterVisit[24];
        for (int turn = 0; turn < 20_000; turn++)
        {
            // Few keys grow, many crowd out one another: both free cells that were found before.
            for (int i = 0; i < visits.Length; i++)
                visits[i] = new() { Counter = places[chance.Next(places.Length)], Key = (UInt128)Skewed(chance) };
            sought.Seek(visits);
            foreach (CounterVisit visit in visits)
            {
                long time = Start + (turn * 40L) + chance.Next(20);
                (ulong item, bool holds) = ((ulong)chance.Next(200) << 40, chance.Next(4) > 0);
                Assert.Equal(
                    plain.Add(visit.Counter, visit.Key, time, holds, item, 1),
                    sought.Add(visit, time, holds, item, 1)
                );
                Assert.Equal(plain.Read(visit.Counter, visit.Key, time), sought.Read(visit, time));
            }
        }
        Assert.True(plain.Use.Evicted > 0);
        Assert.Equal(plain.Use, sought.Use);
    }

    private static long Skewed(Random chance) => chance.Next(2) == 0 ? chance.Next(30) : chance.Next(1_000_000) + 1000;

    [Theory]
    [InlineData(0)]
    [InlineData(CounterLimits.BytesMin - 1)]
    public void Constructor_TooLittleMemory_Throws(long bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CounterBank(new(bytes)));

    private static void Run(CounterBank bank, int[] places, long start, int events)
    {
        Span<CounterVisit> visits = stackalloc CounterVisit[Shapes.Length];
        for (int i = 0; i < events; i++)
        {
            ulong hash = (ulong)(start + i) * 0x9e3779b97f4a7c15;
            UInt128 key = i % 3 == 0 ? (UInt128)(hash >> 60) : hash;
            for (int of = 0; of < places.Length; of++)
                visits[of] = new() { Counter = places[of], Key = key };
            bank.Seek(visits);
            foreach (ref readonly CounterVisit visit in visits)
            {
                bank.Add(visit, start + i, i % 2 == 0, hash, 1);
                bank.Read(visit, start + i);
            }
        }
    }

    private static CounterBank Bank(long bytes, out int[] places)
    {
        CounterBank bank = new(new(bytes));
        places = new int[Shapes.Length];
        bank.Bind(Shapes, places);
        return bank;
    }
}
