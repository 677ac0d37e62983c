using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Counters;

/// <summary>Windows of every kind against a list of all events.</summary>
public sealed class CounterWindowTests
{
    private const long Start = 1_700_000_000_000;
    private const long Day = 86_400_000;

    [Theory]
    [InlineData(CounterKind.Count)]
    [InlineData(CounterKind.Sum)]
    [InlineData(CounterKind.Ratio)]
    [InlineData(CounterKind.Distinct)]
    public void Add_RandomEvents_StaysWithinTwoPercentOfTheWindow(CounterKind kind)
    {
        Random random = Seeds.Random();
        foreach (long window in new[] { 1000, 1001, 59_999, 60_000, 3_600_000, 30 * Day })
            for (int run = 0; run < 6; run++)
                Compare(random, new(1, kind, window, 0, 0));
    }

    [Fact]
    public void Add_SixteenEvents_IsExactToTheMillisecond()
    {
        CounterBank bank = Bank(new CounterShape(1, CounterKind.Count, 60_000, 0, 0), out int place);
        for (int i = 0; i < 16; i++)
            Assert.Equal(i + 1, bank.Add(place, 7, Start + i * 1000));

        Assert.Equal(16, bank.Read(place, 7, Start + 59_999));
        Assert.Equal(15, bank.Read(place, 7, Start + 60_000));
        Assert.Equal(1, bank.Read(place, 7, Start + 15_000 + 59_999));
        Assert.Equal(0, bank.Read(place, 7, Start + 15_000 + 60_000));
        Assert.Equal(0, bank.Read(place, 8, Start));
    }

    [Fact]
    public void Add_OlderThanLatest_CountsWhereItFallsAndNeverMovesTheWindowBack()
    {
        CounterBank bank = Bank(new CounterShape(1, CounterKind.Count, 10_000, 0, 0), out int place);
        bank.Add(place, 7, Start);

        Assert.Equal(2, bank.Add(place, 7, Start - 9_999));
        Assert.Equal(2, bank.Add(place, 7, Start - 10_000));
        Assert.Equal(1, bank.Read(place, 7, Start + 1));
        Assert.Equal(1, bank.Read(place, 7, Start + 9_999));
    }

    [Fact]
    public void Add_ConditionDoesNotHold_OnlyARatioCounts()
    {
        CounterBank bank = new(new());
        int[] places = new int[2];
        bank.Bind([new(1, CounterKind.Count, 60_000, 0, 0), new(2, CounterKind.Ratio, 60_000, 0, 0)], places);

        Assert.Equal(0, bank.Add(places[0], 7, Start, holds: false));
        Assert.Equal(1, bank.Add(places[0], 7, Start, holds: true));
        Assert.Equal(1, bank.Add(places[0], 7, Start, holds: false));
        Assert.Equal(0, bank.Add(places[1], 7, Start, holds: false));
        Assert.Equal(0.5, bank.Add(places[1], 7, Start, holds: true));
    }

    [Fact]
    public void Add_AmountThatIsNotFinite_AddsNothing()
    {
        CounterBank bank = Bank(new CounterShape(1, CounterKind.Sum, 60_000, 0, 0), out int place);
        bank.Add(place, 7, Start, amount: 2.5);

        Assert.Equal(2.5, bank.Add(place, 7, Start, amount: double.NaN));
        Assert.Equal(2.5, bank.Add(place, 7, Start, amount: double.PositiveInfinity));
        Assert.Equal(1.5, bank.Add(place, 7, Start, amount: -1));
    }

    private static void Compare(Random random, CounterShape shape)
    {
        CounterBank bank = Bank(shape, out int place);
        const int keys = 3;
        NaiveCounter[] naive = [.. Enumerable.Range(0, keys).Select(_ => new NaiveCounter(shape))];
        int items = random.Next(3) switch
        {
            0 => 10,
            1 => 60,
            _ => 2000,
        };
        long pause = shape.WindowMs / random.Next(3, 400);
        long now = Start + random.Next(1_000_000);
        for (int i = 0; i < 700; i++)
        {
            now +=
                random.Next(200) == 0 ? shape.WindowMs + random.NextInt64(shape.WindowMs) : random.NextInt64(pause + 1);
            long time = random.Next(10) == 0 ? now - random.NextInt64(shape.WindowMs / 10) : now;
            int key = random.Next(keys);
            (bool holds, ulong item, double amount) = (
                shape.Kind != CounterKind.Ratio || random.Next(3) == 0,
                (ulong)random.Next(items) * 0x9e3779b97f4a7c15,
                random.Next(100)
            );
            double added = bank.Add(place, (UInt128)key, time, holds, item, amount);
            naive[key].Add(time, holds, item, amount);
            Check(naive[key], time, added, shape);
            long later = now + random.NextInt64(shape.WindowMs * 5 / 4);
            Check(naive[key], later, bank.Read(place, (UInt128)key, later), shape);
        }
    }

    private static void Check(NaiveCounter naive, long time, double value, CounterShape shape)
    {
        (double least, double greatest) = naive.Read(time);
        Assert.True(
            value >= least - 1e-9 && value <= greatest + 1e-9,
            $"{shape} at {time}: {value} is not from {least} to {greatest}"
        );
    }

    private static CounterBank Bank(CounterShape shape, out int place)
    {
        CounterBank bank = new(new());
        int[] places = new int[1];
        bank.Bind([shape], places);
        place = places[0];
        return bank;
    }
}
