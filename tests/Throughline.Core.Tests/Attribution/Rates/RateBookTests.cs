using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Events;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Attribution.Rates;

/// <summary>Which rate holds for a conversion.</summary>
public sealed class RateBookTests
{
    private const long Day = 86_400_000;
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly Currency Usd = Currency.Parse("USD");

    [Fact]
    public void TryFind_ADayWithoutRate_TakesTheNearestBeforeSoFarAsTheFallbackReaches()
    {
        RateBook book = new();
        book.Add(Table(1, (100, "USD", "EUR", "0.9")), 1, default);
        Assert.Equal("0.9 of 100, table 1", Text(book, 100));
        Assert.Equal("0.9 of 100, table 1", Text(book, 107));
        Assert.Equal("", Text(book, 108));
        Assert.Equal("", Text(book, 99));
        book.Add(Table(2, []) with { FallbackDays = 0 }, 2, default);
        Assert.Equal("", Text(book, 101));
        Assert.Equal("0.9 of 100, table 1", Text(book, 100));
    }

    [Fact]
    public void TryFind_OnlyTheReversePair_DividesByIt()
    {
        RateBook book = new();
        book.Add(
            Table(1, (100, "EUR", "USD", "1.1"), (101, "USD", "EUR", "0.9"), (101, "EUR", "USD", "2")),
            1,
            default
        );
        Assert.Equal("inverse 1.1 of 100, table 1", Text(book, 100));
        Assert.Equal("0.9 of 101, table 1", Text(book, 102)); // the very pair goes first
    }

    [Fact]
    public void Add_TheSameRateAgain_IsNoChangeAndKeepsItsTable()
    {
        RateBook book = new();
        book.Add(Table(1, (100, "USD", "EUR", "0.9")), 1, default);
        RateChange change = book.Add(Table(2, (100, "USD", "EUR", "0.90")), 2, default);
        Assert.False(change.Affects(100 * Day, Usd, Eur));
        Assert.Equal("0.9 of 100, table 1", Text(book, 100));
        change = book.Add(Table(3, (100, "USD", "EUR", "none")), 3, default);
        Assert.True(change.Affects(100 * Day, Usd, Eur));
        Assert.True(change.Affects(107 * Day, Usd, Eur)); // it fell back on it
        Assert.False(change.Affects(108 * Day, Usd, Eur));
        Assert.False(change.Affects(100 * Day, Usd, Currency.Parse("JPY")));
        Assert.Equal("", Text(book, 100));
    }

    [Fact]
    public void TryFind_APublicationAfterAConversionWasFinal_IsNotAsked()
    {
        RateBook book = new(new Finality(10 * Day));
        book.Add(Table(1, (100, "USD", "EUR", "0.9")), 105 * Day, default);
        book.Add(Table(2, (100, "USD", "EUR", "0.8")), 111 * Day, default);
        Assert.Equal("0.9 of 100, table 1", Text(book, 100));
        Assert.Equal("0.8 of 100, table 2", Text(book, 102));
    }

    [Fact]
    public void Add_InAnyOrder_GivesTheSameRates()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 300; round++)
        {
            long start = 200 * Day;
            (RateTable Table, long Time)[] tables =
            [
                .. Enumerable
                    .Range(1, 6)
                    .Select(i => (new RandomRates(random, start, 60).Next(i), (long)random.Next(3) + i)),
            ];
            string expected = All(tables);
            random.Shuffle(tables);
            Assert.Equal(expected, All(tables));
        }

        static string All(IEnumerable<(RateTable Table, long Time)> tables)
        {
            RateBook book = new();
            foreach ((RateTable table, long time) in tables)
                book.Add(table, time, Fact.TokenOf("event", $"{table.Version}"));
            return string.Join('|', Enumerable.Range(195, 20).Select(day => Text(book, day)));
        }
    }

    private static string Text(RateBook book, int day) =>
        book.TryFind(day * Day + 5, Usd, Eur, out RateUse use)
            ? $"{(use.IsInverse ? "inverse " : "")}{use.Rate} of {use.Day}, table {use.Version}"
            : "";

    private static RateTable Table(int version, params (int Day, string From, string To, string Rate)[] rows) =>
        new(
            [
                .. rows.Select(x => new RateRow(
                    x.Day,
                    Currency.Parse(x.From),
                    Currency.Parse(x.To),
                    ExchangeRate.TryParse(x.Rate, out ExchangeRate rate) ? rate : null
                )),
            ],
            Version: version
        );
}
