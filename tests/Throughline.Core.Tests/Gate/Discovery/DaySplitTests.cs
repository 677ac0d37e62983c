using Throughline.Core.Gate.Discovery;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Tests.Gate.Discovery;

public sealed class DaySplitTests
{
    private const long Hour = 3_600_000;

    [Theory]
    [InlineData(24, 14, "day", 9, 5)]
    [InlineData(24, 2, "day", 1, 1)]
    [InlineData(1, 6, "hour", 4, 2)]
    public void Of_SeveralSpans_HoldsOutTheLastThird(int hours, int spans, string unit, int training, int heldOut)
    {
        DaySplit split = DaySplit.Of(Every(hours * Hour, spans))!;

        Assert.Equal((unit, training, heldOut, training), (split.Unit, split.Training, split.HeldOut, split.Place));
        Assert.Equal(training * hours * Hour, split.Time);
    }

    [Fact]
    public void Of_OneHour_IsNone() => Assert.Null(DaySplit.Of(Every(1_000, 100)));

    private static SiteTraffic Every(long ms, int count)
    {
        TrafficSurvey survey = new();
        for (int i = 0; i < count; i++)
            survey.Add(
                new RequestFeatures
                {
                    Time = i * ms,
                    Method = "GET",
                    Path = "/",
                },
                default
            );
        return survey.Finish();
    }
}
