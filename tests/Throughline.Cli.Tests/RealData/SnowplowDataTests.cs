using System.Globalization;
using CsvHelper;
using Throughline.Testing;

namespace Throughline.Cli.Tests.RealData;

/// <summary>Holds the converter and the independent credit against the tables that the data set publishes.</summary>
public sealed class SnowplowDataTests
{
    private const string Folder = "attribution/snowplow-fractribution";

    private static List<SnowplowRow> Rows() => SnowplowRow.ReadAll(SharedData.Require($"{Folder}/events.csv"));

    private static List<T> Expected<T>(string table, Func<CsvReader, T> read)
    {
        using CsvReader csv = SnowplowRow.Open(
            SharedData.Require($"{Folder}/expected/snowplow_fractribution_{table}_expected.csv")
        );
        csv.Read();
        csv.ReadHeader();
        List<T> rows = [];
        while (csv.Read())
            rows.Add(read(csv));
        return rows;
    }

    // The published figures carry the noise of floating point: 234.4200000000000284.
    private static long CentsOf(string revenue) =>
        (long)Math.Round(100 * decimal.Parse(revenue, CultureInfo.InvariantCulture), MidpointRounding.ToEven);

    private static string Instant(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    [Fact]
    public void Rows_Conversions_AreThePublishedOnes()
    {
        var expected = Expected(
            "conversions_by_customer_id",
            csv =>
                (
                    csv["customer_id"]!,
                    csv["conversion_tstamp"]![..19],
                    decimal.Parse(csv["revenue"]!, CultureInfo.InvariantCulture)
                )
        );

        var found = Rows()
            .Where(row => row.IsConversion)
            .Select(row => ("f" + row.Cookie, Instant(row.Time), row.Total!.Value));

        Assert.Equal(6, expected.Count);
        Assert.Equal(expected.Order(), found.Order());
    }

    [Fact]
    public void Rows_TouchesAndChannels_AreThePublishedSessions()
    {
        var expected = Expected(
            "sessions_by_customer_id",
            csv => (csv["customer_id"]!, csv["visit_start_tstamp"]!, csv["channel"]!)
        );

        var found = Rows().Where(row => row.IsTouch).Select(row => ("f" + row.Cookie, Instant(row.Time), row.Channel));

        Assert.Equal(97, expected.Count);
        Assert.Equal(expected.Order(), found.Order());
    }

    [Fact]
    public void PathOf_EveryConversion_IsThePublishedPath()
    {
        List<SnowplowRow> rows = Rows();
        var expected = Expected("paths_to_conversion", csv => (csv["customer_id"]!, csv["path"]!));

        var found = rows.Where(row => row.IsConversion)
            .Select(row =>
                ("f" + row.Cookie, string.Join(" > ", SnowplowCredit.PathOf(row, rows).Select(touch => touch.Channel)))
            );

        Assert.Equal(expected.Order(), found.Order());
    }

    [Fact]
    public void ByChannel_LastTouch_IsThePublishedRevenue()
    {
        Dictionary<string, long> expected = Expected(
                "channel_attribution",
                csv => (Type: csv["ATTRIBUTION_TYPE"]!, Channel: csv["CHANNEL"]!, Revenue: csv["REVENUE"]!)
            )
            .Where(row => row.Type == "last_touch")
            .Select(row => (row.Channel, Cents: CentsOf(row.Revenue)))
            .Where(row => row.Cents > 0)
            .ToDictionary(row => row.Channel, row => row.Cents);

        Assert.Equal(expected, SnowplowCredit.ByChannel(Rows(), linear: false));
    }

    [Fact]
    public void ByChannel_AnyModel_GivesEveryCentOnce()
    {
        List<SnowplowRow> rows = Rows();

        Assert.Equal(50092, SnowplowCredit.ByChannel(rows, linear: false).Values.Sum());
        Assert.Equal(50092, SnowplowCredit.ByChannel(rows, linear: true).Values.Sum());
    }

    [Fact]
    public void Of_AllRows_GiveOneEventForEachTouchAndConversion()
    {
        var events = Rows().SelectMany(SnowplowEvents.Of).ToList();

        Assert.Equal(97 + 6, events.Count);
        Assert.Equal(events.Count, events.Select(e => e["id"]!.GetValue<string>()).Distinct().Count());
        Assert.Equal(6, events.Count(e => e["type"]!.GetValue<string>() == "conversion"));
    }
}
