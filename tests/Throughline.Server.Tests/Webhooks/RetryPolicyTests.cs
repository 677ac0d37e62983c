using Throughline.Server.Webhooks;
using Throughline.Testing;

namespace Throughline.Server.Tests.Webhooks;

public sealed class RetryPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void PauseAfter_NthFailure_DoublesUpToAnHourLessUpToAHalf()
    {
        for (int n = 1; n <= 40; n++)
        {
            double whole = Math.Min(Math.Pow(2, n - 1), 3_600);
            for (int i = 0; i < 50; i++)
            {
                TimeSpan pause = RetryPolicy.PauseAfter($"msg_{i}", n, null, Now);
                Assert.InRange(pause.TotalSeconds, whole / 2, whole);
                Assert.Equal(pause, RetryPolicy.PauseAfter($"msg_{i}", n, null, Now));
            }
        }
    }

    [Fact]
    public void PauseAfter_ManyThatFailedTogether_DoNotComeAgainTogether()
    {
        double[] pauses =
        [
            .. Enumerable.Range(0, 1_000).Select(i => RetryPolicy.PauseAfter($"msg_{i}", 10, null, Now).TotalSeconds),
        ];
        // Uniform in 256 to 512 s: each tenth of that has its share.
        for (int tenth = 0; tenth < 10; tenth++)
            Assert.InRange(pauses.Count(x => x >= 256 + tenth * 25.6 && x < 256 + (tenth + 1) * 25.6), 50, 160);
    }

    [Theory]
    [InlineData(-5, 1)]
    [InlineData(0, 1)]
    [InlineData(120, 120)]
    [InlineData(1_000_000, 86_400)]
    public void PauseAfter_ReceiverSaysWhen_IsHeededWithinADay(int seconds, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), RetryPolicy.PauseAfter("msg_1", 7, Now.AddSeconds(seconds), Now));
}
