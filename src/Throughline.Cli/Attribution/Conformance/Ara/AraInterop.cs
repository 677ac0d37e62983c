using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>Cases of Chromium's form: registrations with headers in, reports out.</summary>
internal static class AraInterop
{
    private const string SourceHeader = "Attribution-Reporting-Register-Source";
    private const string TriggerHeader = "Attribution-Reporting-Register-Trigger";
    private const string Eligible = "Attribution-Reporting-Eligible";

    /// <summary>What the case's reports should be and are, one to a line, in an order of their own.</summary>
    public static (string Expected, string Actual) Run(JsonElement document, JsonElement? usual)
    {
        AraSettings settings = Settings(document, usual);
        AraBrowser browser = new(settings);
        foreach (
            JsonElement registration in document.GetProperty("input").GetProperty("registrations").EnumerateArray()
        )
            Register(browser, registration, settings);
        IEnumerable<string> expected = AraParse
            .List(document.GetProperty("output"), "reports")
            .Select(x => Canonical(Node(x)));
        IEnumerable<string> actual = browser
            .Finish()
            .Select(x =>
                Canonical(
                    new JsonObject
                    {
                        ["payload"] = x.Payload,
                        ["report_time"] = x.Time.ToString(CultureInfo.InvariantCulture),
                        ["report_url"] = x.Url,
                    }
                )
            );
        return (
            string.Join('\n', expected.Order(StringComparer.Ordinal)),
            string.Join('\n', actual.Order(StringComparer.Ordinal))
        );
    }

    private static void Register(AraBrowser browser, JsonElement registration, AraSettings settings)
    {
        JsonElement request = registration.GetProperty("registration_request");
        string eligible = request.TryGetProperty(Eligible, out JsonElement given)
            ? given.GetString() ?? ""
            : "event-source, trigger";
        bool isNavigation = eligible.Contains("navigation-source", StringComparison.Ordinal);
        bool takesSources = isNavigation || eligible.Contains("event-source", StringComparison.Ordinal);
        bool takesTriggers = !isNavigation && eligible.Contains("trigger", StringComparison.Ordinal);
        if (AraParse.Site(request.GetProperty("context_origin").GetString()!) is not { } site)
            return;
        foreach (JsonElement answer in AraParse.List(registration, "responses"))
        {
            string url = answer.GetProperty("url").GetString()!;
            if (!AraParse.IsTrustworthy(url))
                continue;
            long time = long.Parse(
                (
                    answer.TryGetProperty("timestamp", out JsonElement own)
                        ? own
                        : registration.GetProperty("timestamp")
                ).GetString()!,
                CultureInfo.InvariantCulture
            );
            string origin = new Uri(url).GetLeftPart(UriPartial.Authority);
            bool permitted =
                answer.TryGetProperty("debug_permission", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
            AraParse.Context context = new(time, site, origin, isNavigation, permitted, settings);
            JsonElement headers = answer.GetProperty("response");
            bool isSource = headers.TryGetProperty(SourceHeader, out JsonElement source);
            bool isTrigger = headers.TryGetProperty(TriggerHeader, out JsonElement trigger);
            if (isSource == isTrigger)
                continue; // both are as wrong as none
            bool wantsErrors =
                headers.TryGetProperty("Attribution-Reporting-Info", out JsonElement info)
                && (info.GetString() ?? "").Contains("report-header-errors", StringComparison.Ordinal);
            if (isSource && takesSources)
            {
                if (AraParse.Source(source, context, Fake(answer)) is { } read)
                    browser.Register(read);
                else if (wantsErrors)
                    browser.HeaderError(time, origin, site, SourceHeader, Raw(source));
            }
            else if (isTrigger && takesTriggers)
            {
                if (AraParse.Trigger(trigger, context) is { } read)
                    browser.Register(read);
                else if (wantsErrors)
                    browser.HeaderError(time, origin, site, TriggerHeader, Raw(trigger));
            }
        }
    }

    private static List<AraFakeReport>? Fake(JsonElement answer) =>
        answer.TryGetProperty("randomized_response", out JsonElement fake) && fake.ValueKind == JsonValueKind.Array
            ?
            [
                .. fake.EnumerateArray()
                    .Select(x => new AraFakeReport(
                        x.GetProperty("trigger_data").GetInt64(),
                        x.GetProperty("report_window_index").GetInt32()
                    )),
            ]
            : null;

    private static AraSettings Settings(JsonElement document, JsonElement? usual)
    {
        AraSettings known = new();
        bool Find(string name, out JsonElement value)
        {
            value = default;
            return document.TryGetProperty("api_config", out JsonElement config)
                    && config.TryGetProperty(name, out value)
                || usual is { } shared && shared.TryGetProperty(name, out value);
        }
        double Number(string name, double otherwise) =>
            !Find(name, out JsonElement value) ? otherwise
            : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
            : value.GetString() == "inf" ? double.PositiveInfinity
            : double.Parse(value.GetString()!, CultureInfo.InvariantCulture);
        int Count(string name, int otherwise) => (int)Math.Min(Number(name, otherwise), int.MaxValue);
        return known with
        {
            SourcesPerOriginMax = Count("max_sources_per_origin", known.SourcesPerOriginMax),
            EventReportsPerDestinationMax = Count(
                "max_event_level_reports_per_destination",
                known.EventReportsPerDestinationMax
            ),
            AggregateReportsPerDestinationMax = Count(
                "max_aggregatable_reports_per_destination",
                known.AggregateReportsPerDestinationMax
            ),
            AggregateReportsPerSourceMax = Count(
                "max_aggregatable_reports_per_source",
                known.AggregateReportsPerSourceMax
            ),
            AttributionsMax = Count("rate_limit_max_attributions", known.AttributionsMax),
            AttributionOriginsMax = Count("rate_limit_max_attribution_reporting_origins", known.AttributionOriginsMax),
            DestinationsMax = Count("max_destinations_per_rate_limit_window_reporting_site", known.DestinationsMax),
            DestinationsInAllMax = Count("max_destinations_per_rate_limit_window", known.DestinationsInAllMax),
            ScopesCapacityNavigation = Number(
                "max_event_level_channel_capacity_scopes_navigation",
                known.ScopesCapacityNavigation
            ),
            ScopesCapacityEvent = Number("max_event_level_channel_capacity_scopes_event", known.ScopesCapacityEvent),
            DestinationWindow = 60_000L * Count("destination_rate_limit_window_in_minutes", 1),
            RateLimitDays = Count("rate_limit_time_window_in_days", known.RateLimitDays),
            AggregateDelay =
                60_000L * (Count("aggregatable_report_min_delay", 10) + Count("aggregatable_report_delay_span", 50)),
            EpsilonMax = Number("max_settable_event_level_epsilon", known.EpsilonMax),
            CapacityNavigation = Number("max_event_level_channel_capacity_navigation", known.CapacityNavigation),
            CapacityEvent = Number("max_event_level_channel_capacity_event", known.CapacityEvent),
            CoordinatorOrigin = Find("aggregation_coordinator_origins", out JsonElement origins)
                ? origins[0].GetString()!
                : known.CoordinatorOrigin,
        };
    }

    // As a header that is text, or as the shortest JSON with members in order.
    private static string Raw(JsonElement header) =>
        header.ValueKind == JsonValueKind.String ? header.GetString()! : Canonical(Node(header));

    internal static JsonNode Node(JsonElement element) =>
        JsonNode.Parse(
            element.GetRawText(),
            documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        )!;

    internal static string Canonical(JsonNode node)
    {
        StringBuilder text = new();
        Write(text, node);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                text.Append('{');
                foreach ((string name, JsonNode? value) in members.OrderBy(x => x.Key, StringComparer.Ordinal))
                {
                    text.Append(text[^1] == '{' ? "" : ",").Append(JsonValue.Create(name).ToJsonString()).Append(':');
                    Write(text, value);
                }
                text.Append('}');
                break;
            case JsonArray list:
                text.Append('[');
                for (int i = 0; i < list.Count; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    Write(text, list[i]);
                }
                text.Append(']');
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                text.Append(
                    double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)
                        .ToString("R", CultureInfo.InvariantCulture)
                );
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }
}
