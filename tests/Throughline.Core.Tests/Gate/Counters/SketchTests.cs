using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Tests.Gate.Counters;

/// <summary>Distinct counts beyond 64: how far the estimates are off, in windows that slide.</summary>
public sealed class SketchTests
{
    private const long Start = 1_700_000_000_000;
    private const double StandardError = 0.01625;

    [Theory]
    [InlineData(65, 100)]
    [InlineData(1_000, 100)]
    [InlineData(10_000, 100)]
    [InlineData(25_000, 60)]
    [InlineData(200_000, 12)]
    public void Add_ManyValues_HasTheStatedStandardError(int values, int runs)
    {
        Random random = new(values); // always the same: of others, chance passes the bound now and then
        double squares = 0;
        for (int run = 0; run < runs; run++)
        {
            CounterBank bank = Bank(3_600_000, out int place);
            double value = 0;
            ulong seed = (ulong)random.NextInt64();
            for (int i = 0; i < values; i++)
                value = bank.Add(place, 1, Start + i * 3_000_000L / values, item: seed + (ulong)i * 0x9e3779b97f4a7c15);
            double error = value / values - 1;
            Assert.True(Math.Abs(error) < 5 * StandardError, $"{value} for {values}");
            squares += error * error;
        }
        double deviation = Math.Sqrt(squares / runs);
        // The deviation of so few runs is itself uncertain.
        Assert.InRange(deviation, 0, StandardError * (1 + 3 / Math.Sqrt(2 * runs)));
    }

    [Fact]
    public void Read_WindowThatSlides_ForgetsWhatIsOld()
    {
        Random random = new(1);
        const long window = 60_000;
        CounterBank bank = Bank(window, out int place);
        Queue<(long Time, ulong Item)> seen = new();
        long now = Start;
        for (int i = 0; i < 60_000; i++)
        {
            // Fast and slow by turns: 200 to 20,000 values in a window.
            now +=
                i / 10_000 % 2 == 0 ? random.Next(6)
                : random.Next(2) == 0 && random.Next(300) == 0 ? 2000
                : 0;
            ulong item = (ulong)random.NextInt64();
            double value = bank.Add(place, 1, now, item: item);
            seen.Enqueue((now, item));
            while (now - seen.Peek().Time >= window + window / 50)
                seen.Dequeue();
            if (i % 97 != 0)
                continue;
            int least = seen.Count(x => now - x.Time < window);
            Assert.InRange(value, least * (1 - 5 * StandardError) - 1, seen.Count * (1 + 5 * StandardError) + 1);
        }
        Assert.Equal(0, bank.Read(place, 1, now + window + window / 50));
    }

    [Fact]
    public void Add_SameValuesAgain_ChangesNothing()
    {
        CounterBank bank = Bank(60_000, out int place);
        double first = 0;
        for (int round = 0; round < 3; round++)
        {
            double last = 0;
            for (ulong item = 0; item < 500; item++)
                last = bank.Add(place, 1, Start + round, item: item * 0x9e3779b97f4a7c15);
            first = round == 0 ? last : first;
            Assert.Equal(first, last);
        }
    }

    [Fact]
    public void Read_LaterAndEarlier_LeavesTheSketchAsItWas()
    {
        CounterBank bank = Bank(60_000, out int place);
        for (ulong item = 0; item < 5000; item++)
            bank.Add(place, 1, Start + (long)item * 10, item: item * 0x9e3779b97f4a7c15);
        double now = bank.Read(place, 1, Start + 50_000);

        Assert.InRange(bank.Read(place, 1, Start + 85_000), 2200, 2900);
        Assert.Equal(0, bank.Read(place, 1, Start + 200_000));
        Assert.Equal(now, bank.Read(place, 1, Start + 50_000));
    }

    private static CounterBank Bank(long window, out int place)
    {
        CounterBank bank = new(new());
        int[] places = new int[1];
        bank.Bind([new(1, CounterKind.Distinct, window, 0, 0)], places);
        place = places[0];
        return bank;
    }
}
