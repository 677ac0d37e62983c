using System.Globalization;
using System.Text.RegularExpressions;
using Throughline.Cli.CommandLine;
using Throughline.Core.Attribution.Models;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>
/// Web events to sessions and paths with the settings of Snowplow's fractribution tests: the first page view of a session is the
/// touch, 30 days back by calendar date (a session later on the conversion's day counts), repeats of a neighbour dropped.
/// </summary>
internal sealed partial class WebPaths
{
    private const int LookbackDays = 30;
    private const string Host = "poplindata.com";
    private readonly List<(string Customer, DateTime Start, string Channel)> sessions = [];
    private readonly List<(
        string Customer,
        DateTime? Conversion,
        Rational Revenue,
        IReadOnlyList<string> Path
    )> paths = [];

    public WebPaths(Table events, DateOnly from, DateOnly to)
    {
        var rows = events.Rows.Select(row => new Event(events, row)).OrderBy(x => x.Time).ToList();
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (Event e in rows)
            if (
                e.IsPageView
                && e.Host == Host
                && seen.Add(e.Session)
                && IsWithin(e.Time, from.AddDays(-LookbackDays), to)
            )
                sessions.Add((e.Customer, e.Time, e.Channel));
        HashSet<string> converted = new(StringComparer.Ordinal);
        foreach (Event e in rows)
            if (e.Total.Sign > 0 && IsWithin(e.Time, from, to))
            {
                converted.Add(e.Customer);
                Add(e.Customer, e.Time, e.Time, e.Total);
            }
        foreach (var customer in sessions.GroupBy(x => x.Customer))
            if (!converted.Contains(customer.Key))
                Add(customer.Key, null, customer.Max(x => x.Start), Rational.Zero);
    }

    public IReadOnlyList<string> SessionRows() =>
        [
            .. sessions.Select(x =>
                $"{x.Customer} | {x.Start.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} | {x.Channel}"
            ),
        ];

    public IReadOnlyList<string> PathRows(bool converted) =>
        [
            .. paths
                .Where(x => x.Conversion.HasValue == converted)
                .Select(x =>
                    $"{x.Customer} | {string.Join(CountedPath.Separator, x.Path)} | {string.Join(CountedPath.Separator, PathTransform.Exposure(x.Path))}"
                ),
        ];

    public List<CountedPath> Summary() =>
        [
            .. paths
                .GroupBy(x => string.Join(CountedPath.Separator, PathTransform.Exposure(x.Path)))
                .Select(same =>
                    CountedPath.Parse(
                        same.Key,
                        same.Count(x => x.Conversion.HasValue),
                        same.Count(x => !x.Conversion.HasValue),
                        same.Aggregate(Rational.Zero, (sum, x) => sum + x.Revenue)
                    )
                ),
        ];

    private void Add(string customer, DateTime? conversion, DateTime end, Rational revenue)
    {
        List<string> path =
        [
            .. sessions
                .Where(x => x.Customer == customer && (end.Date - x.Start.Date).Days is >= 0 and <= LookbackDays)
                .Select(x => x.Channel),
        ];
        if (path.Count > 0)
            paths.Add((customer, conversion, revenue, path));
    }

    private static bool IsWithin(DateTime time, DateOnly from, DateOnly to) =>
        DateOnly.FromDateTime(time) >= from && DateOnly.FromDateTime(time) <= to;

    private sealed class Event(Table table, IReadOnlyList<string> row)
    {
        public DateTime Time { get; } =
            DateTime.TryParse(
                table.Get(row, "derived_tstamp"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
                out DateTime time
            )
                ? time
                : throw CommandException.BadInput(
                    "bad_case",
                    $"{table.File}: '{table.Get(row, "derived_tstamp")}' is no time."
                );

        public bool IsPageView => Of("event_name") == "page_view";
        public string Host => Of("page_urlhost");
        public string Session => Of("domain_sessionid");
        public string Customer => Of("user_id").Length > 0 ? "u" + Of("user_id") : "f" + Of("domain_userid");
        public Rational Total => Rational.TryParse(Of("tr_total"), out Rational total) ? total : Rational.Zero;

        public string Channel
        {
            get
            {
                string medium = Of("mkt_medium").ToLowerInvariant();
                string campaign = Of("mkt_campaign").ToLowerInvariant();
                string source = Of("mkt_source");
                bool isSearch = medium is "cpc" or "ppc";
                bool isDisplay = medium is "display" or "cpm" or "banner";
                bool prospects = campaign.Contains("prospect", StringComparison.Ordinal);
                bool retargets = Retargeting().IsMatch(campaign);
                return isSearch && campaign.Contains("brand", StringComparison.Ordinal) ? "Paid_Search_Brand"
                    : isSearch && campaign.Contains("generic", StringComparison.Ordinal) ? "Paid_Search_Generic"
                    : isSearch ? "Paid_Search_Other"
                    : medium == "organic" ? "Organic_Search"
                    : isDisplay && prospects ? "Display_Prospecting"
                    : isDisplay && retargets ? "Display_Retargeting"
                    : isDisplay ? "Display_Other"
                    : Video().IsMatch(campaign) || Video().IsMatch(source.ToLowerInvariant()) ? "Video"
                    : medium == "social" && prospects ? "Paid_Social_Prospecting"
                    : medium == "social" && retargets ? "Paid_Social_Retargeting"
                    : medium == "social" ? "Paid_Social_Other"
                    : source == "(direct)" ? "Direct"
                    : medium == "referral" ? "Referral"
                    : medium == "email" ? "Email"
                    : medium is "cpv" or "cpa" or "affiliates" ? "Other_Advertising"
                    : "Unmatched_Channel";
            }
        }

        private string Of(string column) => table.Get(row, column).Trim();
    }

    [GeneratedRegex("re-?targeting|re-?marketing")]
    private static partial Regex Retargeting();

    [GeneratedRegex("video|youtube")]
    private static partial Regex Video();
}
