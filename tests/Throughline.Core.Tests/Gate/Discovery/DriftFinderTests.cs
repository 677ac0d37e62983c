using Throughline.Core.Gate.Discovery;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Tests.Gate.Discovery;

public sealed class DriftFinderTests
{
    private const long Day = 86_400_000;

    [Fact]
    public void Find_PathThatTriples_NamesItWithItsRates()
    {
        SiteTraffic traffic = Traffic((day, visitor) => visitor < (day < 6 ? 10 : 30) ? "/sale" : "/p/1");

        Drift drift = Assert.Single(Find(traffic), x => x.Kind == "path");

        Assert.Equal(("/sale", 10.0, 30.0), (drift.Value, drift.Before, drift.After));
        Assert.True(drift.PValue <= 0.01);
    }

    [Fact]
    public void Find_NothingChanges_IsEmpty() =>
        Assert.Empty(Find(Traffic((_, visitor) => visitor < 10 ? "/sale" : "/p/1")));

    // A rise on one day of three is a burst: days differ more than chance would have them.
    [Fact]
    public void Find_BurstOfOneDay_IsNoDrift() =>
        Assert.Empty(Find(Traffic((day, visitor) => visitor < (day == 7 ? 40 : 5) ? "/sale" : "/p/1")));

    [Fact]
    public void Find_NewEventName_NamesIt()
    {
        EventNames names = new();
        for (int day = 0; day < 9; day++)
        for (int i = 0; i < 40; i++)
            names.Add(day >= 6 && i < 20 ? "video_play" : "push_open", day * Day + i);

        Drift drift = Assert.Single(Find(Traffic((_, _) => "/"), names));

        Assert.Equal(("event name", "video_play", 0.0, 20.0), (drift.Kind, drift.Value, drift.Before, drift.After));
    }

    private static IReadOnlyList<Drift> Find(SiteTraffic traffic, EventNames? names = null) =>
        DriftFinder.Find(traffic, DaySplit.Of(traffic), names ?? new());

    // Nine days of a hundred visitors, each from another network.
    private static SiteTraffic Traffic(Func<int, int, string> pathOf)
    {
        TrafficSurvey survey = new();
        for (int day = 0; day < 9; day++)
        for (int visitor = 0; visitor < 100; visitor++)
            survey.Add(
                new RequestFeatures
                {
                    Time = day * Day + visitor * 1_000,
                    Method = "GET",
                    Path = pathOf(day, visitor),
                    Session = $"{day}-{visitor}",
                },
                default
            );
        return survey.Finish();
    }
}
