using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Tests.Gate.Counters;

/// <summary>Which values survive a publication.</summary>
public sealed class CounterBindTests
{
    private const long Start = 1_700_000_000_000;
    private static readonly CounterShape One = new(1, CounterKind.Count, 60_000, 0, 0);
    private static readonly CounterShape Two = new(2, CounterKind.Count, 60_000, 0, 0);

    [Fact]
    public void Bind_SameShapeInAnotherOrder_KeepsValues()
    {
        CounterBank bank = new(new());
        int[] before = Bind(bank, One, Two);
        bank.Add(before[0], 7, Start);
        int[] after = Bind(bank, Two, One);

        Assert.Equal(1, bank.Read(after[1], 7, Start));
        Assert.Equal(0, bank.Read(after[0], 7, Start));
    }

    [Fact]
    public void Bind_AnotherWindowOrKind_BeginsAnew()
    {
        CounterBank bank = new(new());
        bank.Add(Bind(bank, One)[0], 7, Start);

        Assert.Equal(0, bank.Read(Bind(bank, One with { WindowMs = 61_000 })[0], 7, Start));
        Assert.Equal(0, bank.Read(Bind(bank, One with { Kind = CounterKind.Distinct })[0], 7, Start));
        Assert.Equal(1, bank.Read(Bind(bank, One)[0], 7, Start)); // a rollback finds what there was
    }

    [Fact]
    public void Bind_AnotherCapacity_KeepsTheLevel()
    {
        CounterBank bank = new(new());
        CounterShape bucket = new(1, CounterKind.Bucket, 0, 10_000, 5);
        int place = Bind(bank, bucket)[0];
        for (int i = 0; i < 4; i++)
            bank.Add(place, 7, Start);
        place = Bind(bank, bucket with { Capacity = 2 })[0];

        Assert.Equal(3, bank.Read(place, 7, Start));
        Assert.Equal(3, bank.Add(place, 7, Start));
    }

    [Fact]
    public void Bind_EqualShapesInOneVersion_CountApart()
    {
        CounterBank bank = new(new());
        int[] places = Bind(bank, One, One);
        bank.Add(places[0], 7, Start);

        Assert.NotEqual(places[0], places[1]);
        Assert.Equal(0, bank.Read(places[1], 7, Start));
        Assert.Equal(places, Bind(bank, One, One));
    }

    [Fact]
    public void Bind_CounterIsGone_ItsValuesGoWithTheirWindow()
    {
        CounterBank bank = new(new());
        int gone = Bind(bank, One)[0];
        for (int i = 0; i < 100; i++)
            bank.Add(gone, (UInt128)i, Start);
        int place = Bind(bank, Two)[0];
        bank.Add(place, 7, Start + 30_000);
        Assert.Equal(101, bank.Use.Keys);
        for (int i = 0; i < 400; i++)
            bank.Add(place, (UInt128)(1000 + i), Start + 70_000);

        Assert.Equal(401, bank.Use.Keys);
        Assert.Equal(0, bank.Use.Evicted);
        Assert.Equal(gone, Bind(bank, Two, new CounterShape(3, CounterKind.Sum, 1000, 0, 0))[1]); // the place is free again
    }

    [Fact]
    public void Bind_MoreCountersThanPlaces_TakesThoseNotBound()
    {
        CounterBank bank = new(new());
        for (int version = 0; version < 2000; version++)
        {
            int place = Bind(bank, new CounterShape((UInt128)version, CounterKind.Count, 60_000, 0, 0))[0];
            Assert.Equal(1, bank.Add(place, 7, Start));
        }
        Assert.Equal(CounterBank.CountersMax, bank.Use.Keys);
    }

    [Fact]
    public void Bind_OutsideLimits_ThrowsAndChangesNothing()
    {
        CounterBank bank = new(new());
        int place = Bind(bank, One)[0];
        bank.Add(place, 7, Start);

        Assert.Throws<ArgumentException>(() => Bind(bank, One with { WindowMs = 999 }));
        Assert.Throws<ArgumentException>(() => Bind(bank, One with { WindowMs = 30L * 86_400_000 + 1 }));
        Assert.Throws<ArgumentException>(() => Bind(bank, new CounterShape(1, CounterKind.Bucket, 0, 0, 5)));
        Assert.Equal(1, bank.Read(place, 7, Start));
    }

    private static int[] Bind(CounterBank bank, params CounterShape[] shapes)
    {
        int[] places = new int[shapes.Length];
        bank.Bind(shapes, places);
        return places;
    }
}
