using System.Globalization;
using System.Text.Json;
using Throughline.Testing;
using Throughline.World.Marketing;
using Throughline.World.Measures;
using Throughline.World.Truth;

namespace Throughline.World.Tests;

public sealed class TruthTests
{
    private const long Day = 86_400_000;

    private static readonly Campaign[] Campaigns =
    [
        new(0, "last-7", Channel.Search, 7, CreditModel.LastTouch),
        new(1, "linear-7", Channel.Display, 7, CreditModel.Linear),
        new(2, "linear-1", Channel.Social, 1, CreditModel.Linear),
    ];

    [Fact]
    public void Credit_NoTouchInWindow_IsNone() =>
        Assert.Equal(-1, TruthRule.Credit([new(1, 0, 0, true)], 7 * Day + 1, 100, Campaigns).Campaign);

    [Fact]
    public void Credit_TouchAtTheWindowsEdge_Counts() =>
        Assert.Equal([new TrueCredit(1, 100)], TruthRule.Credit([new(1, 0, 0, true)], 7 * Day, 100, Campaigns).Credits);

    [Fact]
    public void Credit_TouchAfterTheConversion_DoesNotCount() =>
        Assert.Empty(TruthRule.Credit([new(1, 11, 0, true)], 10, 100, Campaigns).Credits);

    [Fact]
    public void Credit_EarlierClick_BeatsALaterView() =>
        Assert.Equal(
            [new TrueCredit(1, 100)],
            TruthRule.Credit([new(1, 10, 0, true), new(2, 20, 1, false)], 30, 100, Campaigns).Credits
        );

    [Fact]
    public void Credit_WithoutClicks_TheLatestWins_AndSharesAmongItsOwn() =>
        Assert.Equal(
            [new TrueCredit(1, 34), new TrueCredit(3, 33), new TrueCredit(4, 33)],
            TruthRule
                .Credit(
                    [new(1, 10, 1, false), new(2, 15, 0, false), new(3, 20, 1, false), new(4, 25, 1, false)],
                    30,
                    100,
                    Campaigns
                )
                .Credits
        );

    [Fact]
    public void Credit_LastTouch_GoesToTheWinnersLatestOfAnyKind() =>
        Assert.Equal(
            [new TrueCredit(2, 100)],
            TruthRule.Credit([new(1, 10, 0, true), new(2, 20, 0, false)], 30, 100, Campaigns).Credits
        );

    [Fact]
    public void Refund_InParts_IsDividedOverWhatIsLeft_AndCutAtZero()
    {
        TrueConversion sale = Sale(10).WithCredits(1, [new(1, 4), new(2, 3), new(3, 3)]);
        sale.Refund(5); // 2.0, 1.5, 1.5: the earlier of the equal remainders takes the odd cent
        Assert.Equal([2, 1, 2], sale.CreditsLeft);
        sale.Refund(100);
        Assert.Equal([0, 0, 0], sale.CreditsLeft);
        Assert.Equal(10, sale.Refunded);
    }

    [Fact]
    public void Refund_OfAnUnattributedConversion_TakesFromTheRest()
    {
        TrueConversion sale = Sale(10);
        sale.Refund(4);
        Assert.Equal((6, 4, 10), (sale.UnattributedLeft, sale.Refunded, sale.Unattributed));
    }

    [Fact]
    public void Conversions_CreditsAndRest_AddUpToTheValue()
    {
        int seed = Seeds.Next();
        Recording run = new(
            new()
            {
                People = 600,
                Days = 30,
                Seed = (ulong)seed,
            }
        );
        Assert.NotEmpty(run.Truth.Conversions);
        foreach (TrueConversion one in run.Truth.Conversions)
        {
            long value = one.Status == ConversionStatus.DuplicateOrder ? 0 : one.Minor;
            Assert.Equal(value, one.Credits.Sum(credit => credit.Minor) + one.Unattributed);
            Assert.Equal(value, one.CreditsLeft.Sum() + one.UnattributedLeft + one.Refunded);
            Assert.All(one.CreditsLeft, left => Assert.True(left >= 0));
            if (one.Status != ConversionStatus.Credited)
                Assert.Empty(one.Credits);
        }
    }

    /// <summary>
    /// The streaming ledger against a naive one that knows nothing but the lines as they arrived, late and twice, and who
    /// truly acted.
    /// </summary>
    [Fact]
    public void Credits_OfSmallWorlds_EqualANaiveReadingOfTheLines()
    {
        int seed = Seeds.Next();
        for (int round = 0; round < LongTests.Rounds(12, 200); round++)
        {
            Recording run = new(
                new()
                {
                    People = 60,
                    Days = 30,
                    Seed = (ulong)(seed + round),
                    LatePerMille = 200,
                }
            );
            NaiveTruth naive = new(run);
            CreditScore score = new(run.Truth);
            foreach ((ulong id, List<TrueCredit> credits, long rest) in naive.Credits())
                score.Add(id, credits, rest);
            Assert.True(
                score.Exact == run.Truth.Conversions.Count,
                $"{score.Misses.Count} conversions differ in the world of seed {seed + round}"
            );
            Assert.Equal(
                naive.Left(),
                run.Truth.Conversions.ToDictionary(one => one.Id, one => one.CreditsLeft.Sum() + one.UnattributedLeft)
            );
        }
    }

    private static TrueConversion Sale(long minor) => new(9, 0, ActorKind.Human, 0, "EUR", minor);

    private sealed class NaiveTruth(Recording run)
    {
        private readonly Dictionary<string, (long WindowMs, bool Linear)> rules = run.World.Campaigns.ToDictionary(
            campaign => campaign.Id,
            campaign =>
            {
                JsonElement document = JsonDocument.Parse(campaign.Document).RootElement;
                long days = long.Parse(document.GetProperty("window").GetString()![..^1], CultureInfo.InvariantCulture);
                return (days * Day, document.GetProperty("model").GetString() == "linear");
            }
        );

        private readonly List<Recording.Entry> events =
        [
            .. run.Entries.DistinctBy(entry => entry.Truth.Id).OrderBy(entry => entry.Time),
        ];

        public IEnumerable<(ulong Id, List<TrueCredit> Credits, long Unattributed)> Credits()
        {
            foreach (Recording.Entry sale in events.Where(IsSale))
            {
                List<TrueCredit> credits = Counts(sale) ? CreditsOf(sale) : [];
                yield return (sale.Truth.Id, credits, ValueOf(sale) - credits.Sum(credit => credit.Minor));
            }
        }

        /// <summary>What refunds left of each conversion: of a repeated order, of the first report alone.</summary>
        public Dictionary<ulong, long> Left()
        {
            Dictionary<ulong, long> left = events.Where(IsSale).ToDictionary(sale => sale.Truth.Id, ValueOf);
            foreach (
                Recording.Entry refund in events.Where(entry => Recording.Entry.Text(entry.Json, "type") == "refund")
            )
            {
                JsonElement of = refund.Json.GetProperty("refund");
                ulong sale = of.TryGetProperty("conversion", out JsonElement id)
                    ? events.First(entry => entry.Truth.EventId == id.GetString()).Truth.Id
                    : events.First(entry => OrderOf(entry) == of.GetProperty("orderId").GetString()).Truth.Id;
                left[sale] -= Math.Min(left[sale], Minor(of.GetProperty("value")));
            }
            return left;
        }

        private bool Counts(Recording.Entry sale) => sale.Truth.Kind == ActorKind.Human && !IsRepeated(sale);

        private bool IsRepeated(Recording.Entry sale) =>
            OrderOf(sale) is { } order && events.First(entry => OrderOf(entry) == order).Truth.Id != sale.Truth.Id;

        private long ValueOf(Recording.Entry sale) => IsRepeated(sale) ? 0 : MinorOf(sale);

        private List<TrueCredit> CreditsOf(Recording.Entry sale)
        {
            var eligible = events
                .Where(entry =>
                    entry.Truth.Kind == ActorKind.Human
                    && entry.Truth.Person == sale.Truth.Person
                    && entry.Json.TryGetProperty("campaign", out JsonElement campaign)
                    && entry.Time <= sale.Time
                    && sale.Time - entry.Time <= rules[campaign.GetString()!].WindowMs
                )
                .Select(entry =>
                    (
                        entry.Truth.Id,
                        entry.Time,
                        Campaign: Recording.Entry.Text(entry.Json, "campaign"),
                        Click: Recording.Entry.Text(entry.Json, "type") == "click"
                    )
                )
                .ToList();
            if (eligible.Count == 0)
                return [];
            string winner = eligible.Any(touch => touch.Click)
                ? eligible.Where(touch => touch.Click).MaxBy(touch => touch.Time).Campaign
                : eligible.MaxBy(touch => touch.Time).Campaign;
            var own = eligible.Where(touch => touch.Campaign == winner).ToList();
            if (!rules[winner].Linear)
                return [new(own[^1].Id, MinorOf(sale))];
            long[] shares = new long[own.Count];
            for (long cent = 0; cent < MinorOf(sale); cent++)
                shares[cent % own.Count]++;
            return [.. own.Select((touch, i) => new TrueCredit(touch.Id, shares[i]))];
        }

        private static bool IsSale(Recording.Entry entry) => Recording.Entry.Text(entry.Json, "type") == "conversion";

        private static string? OrderOf(Recording.Entry entry) =>
            entry.Json.TryGetProperty("conversion", out JsonElement conversion)
            && conversion.TryGetProperty("orderId", out JsonElement order)
                ? order.GetString()
                : null;

        private static long MinorOf(Recording.Entry sale) =>
            Minor(sale.Json.GetProperty("conversion").GetProperty("value"));

        private static long Minor(JsonElement value)
        {
            if (value.TryGetProperty("minor", out JsonElement minor))
                return minor.GetInt64();
            decimal amount = decimal.Parse(Recording.Entry.Text(value, "amount"), CultureInfo.InvariantCulture);
            return (long)(Recording.Entry.Text(value, "currency") == "JPY" ? amount : amount * 100);
        }
    }
}
