using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>
/// Cases of Android's form: sources and triggers of apps and of the web in, kinds of reports out. Redirects, installs, flexible
/// windows and derived sources of other networks are not followed: their cases fail.
/// </summary>
internal static class AraAndroid
{
    private const string App = "android-app://";
    private const int LeastBuckets = 5;

    private static readonly (string Name, string End)[] Kinds =
    [
        ("event_level_results", "attribution-reporting/report-event-attribution"),
        ("debug_event_level_results", "debug/report-event-attribution"),
        ("aggregatable_results", "attribution-reporting/report-aggregate-attribution"),
        ("debug_aggregatable_results", "debug/report-aggregate-attribution"),
        ("verbose_debug_reports", "debug/verbose"),
    ];

    /// <summary>What the case's reports should be and are, one to a line, in an order of their own.</summary>
    public static (string Expected, string Actual) Run(JsonElement document)
    {
        AraSettings settings = Settings(document);
        AraBrowser browser = new(settings);
        JsonElement input = document.GetProperty("input");
        var all = new[] { "sources", "web_sources", "triggers", "web_triggers" }
            .SelectMany(kind => AraParse.List(input, kind).Select(x => (Kind: kind, Registration: x)))
            .OrderBy(x => Time(x.Registration));
        foreach ((string kind, JsonElement registration) in all)
            Register(browser, registration, kind, settings);
        JsonElement output = document.GetProperty("output");
        List<string> expected = [];
        foreach ((string name, _) in Kinds)
            expected.AddRange(
                AraParse.List(output, name).Select(x => $"{name} {AraInterop.Canonical(AraInterop.Node(x))}")
            );
        IEnumerable<string> actual = browser.Finish().Select(Text);
        return (
            string.Join('\n', expected.Order(StringComparer.Ordinal)),
            string.Join('\n', actual.Order(StringComparer.Ordinal))
        );
    }

    private static void Register(AraBrowser browser, JsonElement registration, string kind, AraSettings settings)
    {
        bool isWeb = kind.StartsWith("web", StringComparison.Ordinal);
        bool isSource = kind.EndsWith("sources", StringComparison.Ordinal);
        JsonElement request = registration.GetProperty("registration_request");
        string member = isSource ? "source_origin" : "destination_origin";
        string origin = request.TryGetProperty(member, out JsonElement given)
            ? given.GetString()!
            : App + request.GetProperty("registrant").GetString();
        string site = isWeb ? Site(origin) : origin;
        bool isNavigation =
            request.TryGetProperty("source_type", out JsonElement type) && type.GetString() == "navigation";
        string permission = isWeb ? "debug_permission" : "has_ad_id_permission";
        foreach (JsonElement answer in AraParse.List(registration, "responses"))
        {
            bool permitted =
                answer.TryGetProperty(permission, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
            string reporter = new Uri(answer.GetProperty("url").GetString()!).GetLeftPart(UriPartial.Authority);
            JsonElement headers = answer.GetProperty("response");
            AraParse.Context context = new(Time(registration), site, reporter, isNavigation, permitted, settings);
            if (isSource && headers.TryGetProperty("Attribution-Reporting-Register-Source", out JsonElement source))
            {
                context = context with { Destinations = Destinations(source) };
                if (AraParse.Source(source, context, fake: null) is { } read)
                    browser.Register(read);
            }
            else if (headers.TryGetProperty("Attribution-Reporting-Register-Trigger", out JsonElement trigger))
            {
                if (AraParse.Trigger(trigger, context) is { } read)
                    browser.Register(read);
            }
        }
    }

    private static AraSettings Settings(JsonElement document)
    {
        AraSettings known = new();
        JsonElement flags = document.TryGetProperty("phflags_override", out JsonElement given) ? given : default;
        double Number(string name, double otherwise) =>
            flags.ValueKind == JsonValueKind.Object
            && flags.TryGetProperty("measurement_" + name, out JsonElement value)
            && double.TryParse(value.ToString(), CultureInfo.InvariantCulture, out double number)
                ? number
                : otherwise;
        return known with
        {
            SourcesPerOriginMax = (int)Number("max_sources_per_publisher", known.SourcesPerOriginMax),
            EventReportsPerDestinationMax = (int)Number(
                "max_event_reports_per_destination",
                known.EventReportsPerDestinationMax
            ),
            AggregateReportsPerDestinationMax = (int)Number(
                "max_aggregate_reports_per_destination",
                known.AggregateReportsPerDestinationMax
            ),
            AttributionsMax = (int)Number(
                "max_event_attribution_per_rate_limit_window",
                Number("max_attribution_per_rate_limit_window", known.AttributionsMax)
            ),
            AttributionOriginsMax = (int)Number("max_distinct_enrollments_in_attribution", known.AttributionOriginsMax),
            CapacityNavigation = Number(
                "flex_api_max_information_gain_dual_destination_navigation",
                known.CapacityNavigation
            ),
            CapacityEvent = Number("flex_api_max_information_gain_dual_destination_event", known.CapacityEvent),
        };
    }

    private static string[] Destinations(JsonElement header) =>
        [
            .. new[] { "destination", "web_destination" }
                .Where(x => header.TryGetProperty(x, out _))
                .Select(header.GetProperty)
                .SelectMany(x => x.ValueKind == JsonValueKind.Array ? [.. x.EnumerateArray()] : (JsonElement[])[x])
                .Where(x => x.ValueKind == JsonValueKind.String)
                .Select(x => x.GetString()!)
                .Select(x => x.StartsWith(App, StringComparison.Ordinal) ? x : Site(x))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    // Of an app its name stands for a host.
    private static string Site(string origin) =>
        !origin.StartsWith(App, StringComparison.Ordinal) ? AraParse.Site(origin) ?? origin
        : AraParse.Site("https://" + origin[App.Length..]) is { } site ? App + site["https://".Length..]
        : origin;

    private static long Time(JsonElement registration) =>
        long.Parse(registration.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture);

    private static string Text(AraReport report)
    {
        if (report.Payload is JsonObject payload && payload["histograms"] is JsonArray histograms)
        {
            payload["shared_info"]!["version"] = "0.1";
            foreach (JsonNode? bucket in histograms)
                bucket!.AsObject().Remove("id");
            while (histograms.Count < LeastBuckets)
                histograms.Add(new JsonObject { ["key"] = "0x0", ["value"] = 0 });
        }
        if (report.Payload is JsonArray reasons)
            foreach (JsonNode? reason in reasons)
                if (reason!["body"]!["limit"] is { } limit)
                    reason["body"]!["limit"] = limit.ToString();
        string kind = Kinds.First(x => report.Url.EndsWith(x.End, StringComparison.Ordinal)).Name;
        return $"{kind} "
            + AraInterop.Canonical(
                new JsonObject
                {
                    ["payload"] = report.Payload,
                    ["report_time"] = report.Time.ToString(CultureInfo.InvariantCulture),
                    ["report_url"] = report.Url,
                }
            );
    }
}
