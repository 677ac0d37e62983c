using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Throughline.Cli.Tests.RealData;

/// <summary>The columns that matter of one web event as Snowplow's tracker exports it. An absent value is empty.</summary>
internal sealed record SnowplowRow(
    string EventId,
    DateTimeOffset Time,
    string UserId,
    string Cookie,
    string Source,
    string Medium,
    string Campaign,
    string OrderId,
    decimal? Total
)
{
    public bool IsConversion => Total > 0;

    /// <summary>A page view that a marketing source led to.</summary>
    public bool IsTouch => Source.Length > 0;

    /// <summary>The channel names of the published expectations.</summary>
    public string Channel =>
        (Source, Medium) switch
        {
            ("(direct)", "(none)") => "Direct",
            (_, "organic") => "Organic_Search",
            (_, "cpc") => "Paid_Search_Other",
            ("youtube.com", "referral") => "Video",
            (_, "referral") => "Referral",
            _ => "Unmatched_Channel",
        };

    public static List<SnowplowRow> ReadAll(string file)
    {
        using var csv = Open(file);
        csv.Read();
        csv.ReadHeader();
        List<SnowplowRow> rows = [];
        while (csv.Read())
        {
            string total = csv["tr_total"]!;
            rows.Add(
                new(
                    csv["event_id"]!,
                    DateTimeOffset.Parse(
                        csv["derived_tstamp"]!,
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal
                    ),
                    csv["user_id"]!,
                    csv["domain_userid"]!,
                    csv["mkt_source"]!,
                    csv["mkt_medium"]!,
                    csv["mkt_campaign"]!,
                    csv["tr_orderid"]!,
                    total.Length == 0 ? null : decimal.Parse(total, CultureInfo.InvariantCulture)
                )
            );
        }
        return rows;
    }

    /// <summary>Opens one of the set's CSV files.</summary>
    public static CsvReader Open(string file) =>
        new(new StreamReader(file), new CsvConfiguration(CultureInfo.InvariantCulture));
}
