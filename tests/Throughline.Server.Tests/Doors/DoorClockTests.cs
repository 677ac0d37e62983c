using Throughline.Server.Doors;

namespace Throughline.Server.Tests.Doors;

public sealed class DoorClockTests
{
    private const long Received = 1_780_315_200_000;

    [Theory]
    // Segment's and Snowplow's formula where the clock is off: an hour fast, an hour slow, and sent a day after it happened.
    [InlineData(3_600_000, 3_590_000, 60_000, -10_000)]
    [InlineData(-3_600_000, -3_610_000, 60_000, -10_000)]
    [InlineData(-3_600_000, -90_000_000, 60_000, -86_400_000)]
    // A clock that is right, but for the way of the message, is believed.
    [InlineData(-50, -1_000, 60_000, -1_000)]
    [InlineData(-50, -86_400_000, 60_000, -86_400_000)]
    [InlineData(-60_000, -61_000, 60_000, -61_000)]
    [InlineData(-60_001, -61_001, 60_000, -1_000)]
    // Without tolerance the formula always holds.
    [InlineData(-50, -1_000, 0, -950)]
    // Sent long before it happened: another clock.
    [InlineData(-800_000_000_000, -5_000, 60_000, -5_000)]
    public void Correct_Clocks_AreSetRight(long sent, long created, int toleranceMs, long expected) =>
        Assert.Equal(
            Received + expected,
            DoorClock.Correct(Received + created, Received + sent, Received, toleranceMs)
        );

    [Fact]
    public void Correct_WithoutSentAt_BelievesTheSender() =>
        Assert.Equal(Received - 7_200_000, DoorClock.Correct(Received - 7_200_000, null, Received, 0));
}
