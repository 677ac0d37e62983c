using Throughline.Core.Events;
using Throughline.World.Truth;

namespace Throughline.World.Tests;

public sealed class BotTests(Month month) : IClassFixture<Month>
{
    private const long HourMs = 3_600_000;

    private readonly Recording run = month.Observed;

    [Theory]
    [InlineData(BotFamily.DeclaredCrawler)]
    [InlineData(BotFamily.Scraper)]
    [InlineData(BotFamily.CredentialStuffing)]
    [InlineData(BotFamily.ClickFraud)]
    [InlineData(BotFamily.LowAndSlow)]
    public void Families_AreAllThere_InTheSmallestWorld(BotFamily family)
    {
        Recording tiny = new(new() { People = 20, Days = 2 });
        Assert.Contains(tiny.Truth.Events, truth => truth.Family == family);
        Assert.InRange(
            Of(family).Count(entry => entry.Truth.Type == EventType.Request) / (double)run.Once.Count,
            0.002,
            0.08
        );
    }

    [Fact]
    public void Bots_SwitchedOff_AreNotThere()
    {
        Recording calm = new(
            new()
            {
                People = 300,
                Days = 5,
                Bots = false,
            }
        );
        Assert.NotEmpty(calm.Entries);
        Assert.All(calm.Entries, entry => Assert.Equal(ActorKind.Human, entry.Truth.Kind));
    }

    [Fact]
    public void DeclaredCrawlers_SayWhoTheyAre_FromOwnAddresses_AndReadRobots()
    {
        List<Recording.Entry> crawlers = Of(BotFamily.DeclaredCrawler);
        Assert.All(crawlers, entry => Assert.Equal(ActorKind.GoodBot, entry.Truth.Kind));
        Assert.All(crawlers, entry => Assert.StartsWith("251.", entry.Address));
        Assert.All(crawlers, entry => Assert.Matches("[Bb]ot", entry.Agent));
        Assert.Contains(crawlers, entry => entry.Path == "/robots.txt");
        Assert.DoesNotContain(
            run.Once.Except(crawlers),
            entry => entry.Address?.StartsWith("251.", StringComparison.Ordinal) == true
        );
    }

    [Fact]
    public void Scrapers_AreFast_FromDataCentres_MostlyAsBrowsers()
    {
        List<Recording.Entry> scrapers = Of(BotFamily.Scraper);
        Assert.All(scrapers, entry => Assert.StartsWith("250.", entry.Address));
        Assert.True(
            scrapers.Count(entry => entry.Agent!.Contains("Chrome/", StringComparison.Ordinal)) > scrapers.Count / 2
        );
        var gaps = scrapers
            .GroupBy(entry => entry.Address)
            .SelectMany(one => one.Order(ByTime).Zip(one.Order(ByTime).Skip(1), (a, b) => b.Time - a.Time))
            .Order()
            .ToList();
        Assert.InRange(gaps[gaps.Count / 2], 50, 2_000);
    }

    [Fact]
    public void CredentialStuffing_PostsToLogin_AndMostlyFails()
    {
        List<Recording.Entry> tries = Of(BotFamily.CredentialStuffing);
        Assert.All(tries, entry => Assert.Equal("/login", entry.Path));
        Assert.All(
            tries,
            entry => Assert.Equal("POST", entry.Json.GetProperty("request").GetProperty("method").GetString())
        );
        Assert.True(tries.Count(entry => Status(entry) == 401) > tries.Count * 9 / 10);
        Assert.Contains(tries, entry => entry.Agent!.StartsWith("python-requests", StringComparison.Ordinal));
        Assert.Contains(tries, entry => entry.Agent!.StartsWith("Mozilla/", StringComparison.Ordinal));
        // Stolen lists name real customers.
        HashSet<string> real =
        [
            .. run.Truth.Identifiers.Where(one => one.Type == "email" && one.Owners.Count > 0).Select(one => one.Value),
        ];
        Assert.Contains(tries, entry => entry.Identifiers.Any(one => one.Type == "email" && real.Contains(one.Value)));
    }

    [Fact]
    public void ClickFraud_ConvertsUnderFreshCookies_FromRotatingAddresses()
    {
        List<Recording.Entry> fraud = Of(BotFamily.ClickFraud);
        Assert.Contains(fraud, entry => entry.Truth.Type == EventType.Click);
        Assert.Contains(fraud, entry => entry.Truth.Type == EventType.Conversion);
        int clicks = fraud.Count(entry => entry.Truth.Type == EventType.Click);
        Assert.InRange(
            fraud.SelectMany(entry => entry.Identifiers).Where(one => one.Type == "cookie").Distinct().Count(),
            clicks * 95 / 100,
            clicks
        );
        Assert.True(fraud.Select(entry => entry.Address).Distinct().Count() > clicks * 9 / 10);
        Assert.All(fraud, entry => Assert.StartsWith("Mozilla/", entry.Agent));
    }

    [Fact]
    public void LowAndSlow_NeverAsksMoreThanTwelveTimesAnHour()
    {
        Recording longer = new(
            new()
            {
                People = 6_000,
                Days = 8,
                Seed = 3,
            }
        );
        foreach (
            var actor in longer
                .Once.Where(entry => entry.Truth.Family == BotFamily.LowAndSlow)
                .GroupBy(entry => entry.Truth.Actor)
        )
        {
            long[] times = [.. actor.Select(entry => entry.Time).Order()];
            for (int first = 0, last = 0; last < times.Length; last++)
            {
                while (times[last] - times[first] >= HourMs)
                    first++;
                Assert.True(last - first + 1 <= 12, $"bot {actor.Key} asked {last - first + 1} times within an hour");
            }
        }
    }

    [Fact]
    public void LowAndSlow_ComesFromAddresses_ThatPeopleUse()
    {
        HashSet<string?> people =
        [
            .. run.Once.Where(entry => entry.Truth.Kind == ActorKind.Human).Select(entry => entry.Address),
        ];
        List<Recording.Entry> slow = Of(BotFamily.LowAndSlow);
        Assert.True(slow.Count(entry => people.Contains(entry.Address)) > slow.Count * 7 / 10);
        Assert.All(slow, entry => Assert.StartsWith("Mozilla/", entry.Agent));
    }

    private static Comparer<Recording.Entry> ByTime =>
        Comparer<Recording.Entry>.Create((a, b) => a.Time.CompareTo(b.Time));

    private static int Status(Recording.Entry entry) =>
        entry.Json.GetProperty("request").GetProperty("status").GetInt32();

    private List<Recording.Entry> Of(BotFamily family) => [.. run.Once.Where(entry => entry.Truth.Family == family)];
}
