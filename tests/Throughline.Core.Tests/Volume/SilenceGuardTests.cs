using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Core.Volume;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Volume;

/// <summary>A tenant that goes wholly silent is missed, by the time that is given; one that never sent then is not.</summary>
public sealed class SilenceGuardTests
{
    private const long Hour = 3_600_000;
    private const long Start = 1_767_225_600_000; // 2026-01-01T00:00:00Z, a Thursday
    private const int Week = 168;

    [Fact]
    public void Judge_TenantGoesSilent_IsMissedAfterItsHoursAndUntilNothingIsUsualAnyMore()
    {
        const int Weeks = 6;
        VolumeView view = View(Weeks * Week, _ => 2);
        long end = Start + Weeks * Week * Hour;
        for (int hour = 0; hour < 3 * Week; hour++)
        {
            Silence? silence = SilenceGuard.Judge(view, 24, end + hour * Hour);
            // The last event is of the hour before the end, and an hour is left for what comes late.
            if (hour < 25)
                Assert.Null(silence);
            else
                Assert.Equal((24, 48.0), (silence!.Hours, silence.Expected));
        }
        // Of the eight weeks before, most are silent by then.
        Assert.Null(SilenceGuard.Judge(view, 24, end + 6 * Week * Hour));
    }

    // Who waits until then and looks finds it, and nobody who looks before does.
    [Fact]
    public void DueAt_AnyTraffic_IsTheFirstHourAtWhichItIsMissed()
    {
        Random random = Seeds.Random();
        int found = 0;
        for (int round = 0; round < 40; round++)
        {
            int[] days = [.. Enumerable.Range(0, 7).Select(_ => random.Next(4))];
            VolumeView view = View(random.Next(1, 7 * Week), hour => days[hour / 24 % 7] * random.Next(2));
            if (view.Watermark is not { } last)
                continue;
            int hours = random.Next(1, Week + 1);
            long now = last + random.NextInt64(2 * Week * Hour);
            long[] times = [now, .. Enumerable.Range(1, 11 * Week).Select(i => (now / Hour + i) * Hour)];
            long missed = Array.Find(times, time => SilenceGuard.Judge(view, hours, time) is not null);
            Assert.Equal(missed == 0 ? null : missed, SilenceGuard.DueAt(view, hours, now));
            found += missed == 0 ? 0 : 1;
        }
        Assert.InRange(found, 1, 39);
    }

    [Fact]
    public void Judge_AnEventComes_IsMissedNoMore()
    {
        List<Fact> facts = Facts(6 * Week, _ => 2);
        long now = Start + 6 * Week * Hour + 40 * Hour;
        Assert.NotNull(SilenceGuard.Judge(ViewOf(facts), 24, now));
        facts.Add(new("late", EventType.Click, now - 2 * Hour));
        Assert.Null(SilenceGuard.Judge(ViewOf(facts), 24, now));
    }

    [Fact]
    public void Judge_SenderRestsEveryWeekend_IsNotMissedThen()
    {
        // Nobody works on the third and fourth day of a week; the sixth week goes on until its second day is over.
        static bool Rests(int hour) => hour / 24 % 7 is 2 or 3;
        VolumeView view = View(5 * Week + 48, hour => Rests(hour) ? 0 : 5);
        for (int hour = 0; hour <= 48; hour++)
            Assert.Null(SilenceGuard.Judge(view, 12, Start + (5 * Week + 48 + hour) * Hour));
        // Twelve hours and one more after work should have begun.
        Assert.NotNull(SilenceGuard.Judge(view, 12, Start + (5 * Week + 48 + 48 + 13) * Hour));
    }

    [Theory]
    [InlineData(2, 2)] // weeks: too few to know what is usual
    [InlineData(6, 0)] // an event every other hour: too few to be missed
    public void Judge_TooLittleIsKnown_SaysNothing(int weeks, int perHour)
    {
        VolumeView view = View(weeks * Week, hour => perHour > 0 ? perHour : 1 - hour % 2);
        for (int hour = 0; hour < Week / 2; hour++)
            Assert.Null(SilenceGuard.Judge(view, 24, Start + (weeks * Week + hour) * Hour));
    }

    [Fact]
    public void Judge_HistoryOfLongAgo_IsNoSilence()
    {
        VolumeView view = View(10 * Week, _ => 5);
        Assert.Null(SilenceGuard.Judge(view, 24, Start + 200 * Week * Hour));
        Assert.Null(SilenceGuard.Judge(View(0, _ => 0), 24, Start));
    }

    [Fact]
    public void Judge_OrderOfEvents_ChangesNothing()
    {
        List<Fact> facts = Facts(5 * Week, hour => hour % 3);
        long now = Start + 5 * Week * Hour + 30 * Hour;
        Silence? expected = SilenceGuard.Judge(ViewOf(facts), 24, now);
        Assert.NotNull(expected);
        Random random = Seeds.Random();
        Assert.Equal(expected, SilenceGuard.Judge(ViewOf(facts.OrderBy(_ => random.Next())), 24, now));
    }

    [Fact]
    public void NewNames_NameAfterAWeekOfOthers_IsNewForADay()
    {
        List<Fact> facts = Facts(2 * Week, _ => 1);
        Assert.Empty(NewNames.Judge(ViewOf(facts))); // all of a tenant's first names are no news
        facts.Add(
            new("n", EventType.Nurture, Start + 2 * Week * Hour - Hour / 2)
            {
                Name = "webinar",
                Identifiers = [("user", "u")],
            }
        );
        NewName name = Assert.Single(NewNames.Judge(ViewOf(facts)));
        Assert.Equal(("webinar", 1L), (name.Name, name.Count));
        facts.Add(new("later", EventType.Click, Start + (2 * Week + 24) * Hour));
        Assert.Empty(NewNames.Judge(ViewOf(facts)));
    }

    private static List<Fact> Facts(int hours, Func<int, int> count)
    {
        List<Fact> facts = [];
        for (int hour = 0; hour < hours; hour++)
        for (int i = 0; i < count(hour); i++)
            facts.Add(
                new($"e{facts.Count}", EventType.Click, Start + hour * Hour + i * 1_000)
                {
                    Identifiers = [("user", $"u{i}")],
                }
            );
        return facts;
    }

    private static VolumeView View(int hours, Func<int, int> count) => ViewOf(Facts(hours, count));

    private static VolumeView ViewOf(IEnumerable<Fact> facts)
    {
        MemoryHistory history = new();
        TenantMachine machine = new(new("test", long.MaxValue / 4), history);
        foreach (Fact fact in facts)
            history.Apply(machine, fact.Encode());
        return new(machine);
    }
}
