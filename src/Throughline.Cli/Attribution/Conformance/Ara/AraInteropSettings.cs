using System.Text.Json;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>Limits and switches of a case of Chromium's form: its own, else those that all share.</summary>
internal static class AraInteropSettings
{
    private const string CrossAppWeb = "needs_cross_app_web";

    /// <summary>Registrations may be the operating system's.</summary>
    public static bool HasOs(JsonElement document) =>
        document.TryGetProperty("api_config", out JsonElement config)
        && config.TryGetProperty(CrossAppWeb, out JsonElement flag)
        && flag.ValueKind == JsonValueKind.True;

    public static AraSettings Read(JsonElement document, JsonElement? usual)
    {
        AraSettings known = new();
        bool Find(string name, out JsonElement value)
        {
            value = default;
            return document.TryGetProperty("api_config", out JsonElement config)
                    && config.TryGetProperty(name, out value)
                || usual is { } shared && shared.TryGetProperty(name, out value);
        }
        AraFlags flags = new(name => Find(name, out JsonElement value) ? value.ToString() : null);
        return known with
        {
            SourcesPerOriginMax = flags.Count("max_sources_per_origin", known.SourcesPerOriginMax),
            EventReportsPerDestinationMax = flags.Count(
                "max_event_level_reports_per_destination",
                known.EventReportsPerDestinationMax
            ),
            AggregateReportsPerDestinationMax = flags.Count(
                "max_aggregatable_reports_per_destination",
                known.AggregateReportsPerDestinationMax
            ),
            AggregateReportsPerSourceMax = flags.Count(
                "max_aggregatable_reports_per_source",
                known.AggregateReportsPerSourceMax
            ),
            AttributionsMax = flags.Count("rate_limit_max_attributions", known.AttributionsMax),
            AttributionOriginsMax = flags.Count(
                "rate_limit_max_attribution_reporting_origins",
                known.AttributionOriginsMax
            ),
            DestinationsMax = flags.Count(
                "max_destinations_per_rate_limit_window_reporting_site",
                known.DestinationsMax
            ),
            DestinationsInAllMax = flags.Count("max_destinations_per_rate_limit_window", known.DestinationsInAllMax),
            ActiveDestinationsMax = flags.Count(
                "max_destinations_per_source_site_reporting_site",
                known.ActiveDestinationsMax
            ),
            DestinationsPerDayMax = flags.Count(
                "max_destinations_per_reporting_site_per_day",
                known.DestinationsPerDayMax
            ),
            OriginsPerReporterMax = flags.Count(
                "rate_limit_max_reporting_origins_per_source_reporting_site",
                known.OriginsPerReporterMax
            ),
            OriginWindow = 86_400_000L * flags.Count("rate_limit_origins_per_site_window_in_days", 1),
            SourceOriginsMax = flags.Count(
                "rate_limit_max_source_registration_reporting_origins",
                known.SourceOriginsMax
            ),
            StatesMax = flags.Number("max_trigger_state_cardinality", known.StatesMax),
            ScopesCapacityNavigation = flags.Number(
                "max_event_level_channel_capacity_scopes_navigation",
                known.ScopesCapacityNavigation
            ),
            ScopesCapacityEvent = flags.Number(
                "max_event_level_channel_capacity_scopes_event",
                known.ScopesCapacityEvent
            ),
            DestinationWindow = 60_000L * flags.Count("destination_rate_limit_window_in_minutes", 1),
            RateLimitDays = flags.Count("rate_limit_time_window_in_days", known.RateLimitDays),
            AggregateDelay =
                60_000L
                * (
                    flags.Count("aggregatable_report_min_delay", 10) + flags.Count("aggregatable_report_delay_span", 50)
                ),
            EpsilonMax = flags.Number("max_settable_event_level_epsilon", known.EpsilonMax),
            CapacityNavigation = flags.Number("max_event_level_channel_capacity_navigation", known.CapacityNavigation),
            CapacityEvent = flags.Number("max_event_level_channel_capacity_event", known.CapacityEvent),
            SumsUpDebugReports = flags.Is("needs_aggregatable_debug", otherwise: false),
            DebugReportsPerSourceMax = flags.Count(
                "max_aggregatable_debug_reports_per_source",
                known.DebugReportsPerSourceMax
            ),
            DebugBudgetPerSite = flags.Count(
                "max_aggregatable_debug_budget_per_context_site",
                (int)known.DebugBudgetPerSite
            ),
            CoordinatorOrigins = Find("aggregation_coordinator_origins", out JsonElement origins)
                ? [.. origins.EnumerateArray().Select(x => x.GetString()!)]
                : known.CoordinatorOrigins,
        };
    }
}
