namespace Throughline.World.Tests;

public sealed class ArrivalTests(Month month) : IClassFixture<Month>
{
    private const long DayMs = 86_400_000;

    private readonly Recording run = month.Observed;

    [Fact]
    public void Arrival_FivePercent_ComeLate()
    {
        long youngest = long.MinValue;
        int late = 0;
        foreach (Recording.Entry entry in run.Once)
        {
            late += entry.Time < youngest - 60_000 ? 1 : 0;
            youngest = Math.Max(youngest, entry.Time);
        }
        Assert.InRange(late / (double)run.Once.Count, 0.045, 0.055);
    }

    [Fact]
    public void Arrival_LatenessReachesDays_AndStaysWithinTheHorizon()
    {
        long most = run.Entries.Max(entry => entry.Arrival - entry.Time);
        Assert.InRange(most, 2 * DayMs, 10 * DayMs);
    }

    [Fact]
    public void Arrival_OnTimeEvents_AreLocallyReordered()
    {
        List<Recording.Entry> onTime = [.. run.Once.Where(entry => entry.Arrival - entry.Time < 60_000)];
        double swapped =
            onTime.Zip(onTime.Skip(1)).Count(pair => pair.Second.Time < pair.First.Time) / (double)onTime.Count;
        Assert.True(swapped > 0.02, $"{swapped:p2}");
    }

    [Fact]
    public void Arrival_NeverGoesBack_AndNeverPrecedesTheEvent()
    {
        Assert.All(
            run.Entries.Zip(run.Entries.Skip(1)),
            pair => Assert.True(pair.First.Arrival <= pair.Second.Arrival)
        );
        Assert.All(run.Entries, entry => Assert.True(entry.Time <= entry.Arrival));
    }

    [Fact]
    public void Resends_AreOnePercent_AndTheSameBytes()
    {
        Dictionary<ulong, byte[]> first = [];
        int resent = 0;
        foreach (Recording.Entry entry in run.Entries)
        {
            if (first.TryAdd(entry.Truth.Id, entry.Line))
                continue;
            resent++;
            Assert.Equal(first[entry.Truth.Id], entry.Line);
        }
        Assert.InRange(resent / (double)first.Count, 0.008, 0.012);
    }

    [Fact]
    public void Times_AreUnique_AndWithinTheRun()
    {
        long start = run.World.Options.Start.ToUnixTimeMilliseconds();
        long end = start + run.World.Options.Days * DayMs;
        Assert.Equal(run.Once.Count, run.Once.Select(entry => entry.Time).Distinct().Count());
        Assert.All(run.Once, entry => Assert.InRange(entry.Time, start, end + 1_000));
    }

    [Fact]
    public void Run_WithoutLatenessAndResends_ComesOnce()
    {
        Recording calm = new(
            new()
            {
                People = 200,
                Days = 4,
                LatePerMille = 0,
                DuplicatePerMille = 0,
            }
        );
        Assert.Equal(calm.Once.Count, calm.Entries.Count);
        Assert.All(calm.Entries, entry => Assert.True(entry.Arrival - entry.Time <= 40_000));
    }
}
