using Throughline.Testing;

namespace Throughline.Architecture.Tests;

/// <summary>The clock of the test kit, which every test of timing rests on.</summary>
public sealed class FakeTimeProviderTests
{
    private readonly FakeTimeProvider time = new();
    private readonly List<TimeSpan> fired = [];
    private readonly DateTimeOffset start;

    public FakeTimeProviderTests() => start = time.GetUtcNow();

    [Fact]
    public void Advance_PastAPeriodicTimer_FiresAtEachDueTime()
    {
        using ITimer timer = Timer(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(fired);
        time.Advance(TimeSpan.FromSeconds(8));

        Assert.Equal([2, 5, 8], fired.Select(at => at.TotalSeconds));
        Assert.Equal(start.AddSeconds(9), time.GetUtcNow());
    }

    [Fact]
    public void Advance_PastSeveralTimers_FiresInOrderOfDueTime()
    {
        using ITimer late = Timer(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        using ITimer early = Timer(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        ITimer disposed = Timer(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        disposed.Dispose();

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([1, 2], fired.Select(at => at.TotalSeconds));
    }

    [Fact]
    public void Delay_OfATask_EndsWhenTheClockIsMoved()
    {
        Task delay = Task.Delay(TimeSpan.FromMinutes(1), time, TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(delay.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(delay.IsCompleted);
    }

    private ITimer Timer(TimeSpan due, TimeSpan period) =>
        time.CreateTimer(_ => fired.Add(time.GetUtcNow() - start), null, due, period);
}
