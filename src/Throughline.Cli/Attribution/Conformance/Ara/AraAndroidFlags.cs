using System.Globalization;
using System.Text.Json;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>The platform's switches, as a case of Android's form sets them under <c>phflags_override</c>.</summary>
internal sealed class AraAndroidFlags
{
    private readonly AraFlags all;

    public AraAndroidFlags(JsonElement document)
    {
        JsonElement flags = document.TryGetProperty("phflags_override", out JsonElement given) ? given : default;
        all = new(name =>
            flags.ValueKind == JsonValueKind.Object && flags.TryGetProperty(name, out JsonElement value)
                ? value.ToString()
                : null
        );
        Settings = Read();
    }

    // Most names begin alike.
    private AraFlags Measured => new(name => all.Text("measurement_" + name));

    public AraDeviceSettings Settings { get; }

    /// <summary>Data in buckets is understood.</summary>
    public bool HasSpecs => Is("flexible_event_reporting_api_enabled", otherwise: false);

    public bool ChecksEnrolment =>
        !string.Equals(Find("disable_measurement_enrollment_check"), "true", StringComparison.OrdinalIgnoreCase);

    public int RedirectsMax => Count("max_registration_redirects", 20);

    /// <summary>Views have one report in one window, so that an install may change that.</summary>
    public bool HasUsualViewWindows =>
        EarlyWindows(isNavigation: false).Count == 0 && MaxReports(isNavigation: false) == 1;

    public int MaxReports(bool isNavigation) => isNavigation ? 3 : Count("vtc_configurable_max_event_reports_count", 1);

    /// <summary>Ends of windows before the last, in seconds.</summary>
    public IReadOnlyList<long> EarlyWindows(bool isNavigation) =>
        [
            .. (
                Find(
                    isNavigation
                        ? "measurement_event_reports_ctc_early_reporting_windows"
                        : "measurement_event_reports_vtc_early_reporting_windows"
                ) ?? (isNavigation ? "172800,604800" : "")
            )
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(x => long.Parse(x, CultureInfo.InvariantCulture)),
        ];

    private AraDeviceSettings Read()
    {
        AraDeviceSettings known = new();
        AraSettings shared = known.Shared;
        int sources = Count("max_sources_per_publisher", shared.SourcesPerOriginMax);
        int origins = Count("max_distinct_enrollments_in_attribution", shared.AttributionOriginsMax);
        return known with
        {
            Shared = shared with
            {
                SourcesPerOriginMax = sources,
                EventReportsPerDestinationMax = Count(
                    "max_event_reports_per_destination",
                    shared.EventReportsPerDestinationMax
                ),
                AggregateReportsPerDestinationMax = Count(
                    "max_aggregate_reports_per_destination",
                    shared.AggregateReportsPerDestinationMax
                ),
                AggregateReportsPerSourceMax = Count(
                    "max_aggregate_reports_per_source",
                    shared.AggregateReportsPerSourceMax
                ),
                AttributionsMax = Count("max_event_attribution_per_rate_limit_window", shared.AttributionsMax),
                AttributionOriginsMax = Count("max_distinct_reporting_origins_in_attribution", origins),
                DestinationsMax = Count(
                    "max_dest_per_publisher_x_enrollment_per_rate_limit_window",
                    shared.DestinationsMax
                ),
                DestinationsInAllMax = Count(
                    "max_destinations_per_publisher_per_rate_limit_window",
                    shared.DestinationsInAllMax
                ),
                ActiveDestinationsMax = Count(
                    "max_distinct_destinations_in_active_source",
                    shared.ActiveDestinationsMax
                ),
                DestinationsPerDayMax = Count("destination_per_day_rate_limit", shared.DestinationsPerDayMax),
                OriginsPerReporterMax = Count(
                    "max_reporting_origins_per_source_reporting_site_per_window",
                    shared.OriginsPerReporterMax
                ),
                OriginWindow = (long)Number("min_reporting_origin_update_window", shared.OriginWindow),
                SourceOriginsMax = Count("max_distinct_reporting_origins_in_source", shared.SourceOriginsMax),
                StatesMax = Number("max_report_states_per_source_registration", shared.StatesMax),
                CoordinatorOrigins =
                [
                    .. shared.CoordinatorOrigins,
                    .. Names("measurement_aggregation_coordinator_origin_list"),
                ],
                DestinationWindow = (long)Number("destination_rate_limit_window", shared.DestinationWindow),
                CapacityNavigation = Number("flex_api_max_information_gain_navigation", shared.CapacityNavigation),
                CapacityEvent = Number("flex_api_max_information_gain_event", shared.CapacityEvent),
                ScopesCapacityNavigation = Number(
                    "attribution_scope_max_info_gain_navigation",
                    shared.ScopesCapacityNavigation
                ),
                ScopesCapacityEvent = Number("attribution_scope_max_info_gain_event", shared.ScopesCapacityEvent),
            },
            AggregateAttributionsMax = Count(
                "max_aggregate_attribution_per_rate_limit_window",
                known.AggregateAttributionsMax
            ),
            DualCapacityNavigation = Number(
                "flex_api_max_information_gain_dual_destination_navigation",
                known.DualCapacityNavigation
            ),
            DualCapacityEvent = Number("flex_api_max_information_gain_dual_destination_event", known.DualCapacityEvent),
            DualScopesCapacityNavigation = Number(
                "attribution_scope_max_info_gain_dual_destination_navigation",
                known.DualScopesCapacityNavigation
            ),
            DualScopesCapacityEvent = Number(
                "attribution_scope_max_info_gain_dual_destination_event",
                known.DualScopesCapacityEvent
            ),
            CreditsOtherNetworks = Is("enable_xna", known.CreditsOtherNetworks),
            SharesDebugKeys = Is("enable_shared_source_debug_key", known.SharesDebugKeys),
            SharesFilterKeys = Is("enable_shared_filter_data_keys_xna", known.SharesFilterKeys),
            HasScopes = Is("enable_attribution_scope", known.HasScopes),
            LosersGoWithFilters = Is("enable_source_deactivation_after_filtering", known.LosersGoWithFilters),
            KeepsFirstInstall = Is("enable_reinstall_reattribution", known.KeepsFirstInstall),
            NeedsBothDebugKeys = Is("enable_both_side_debug_keys_in_reports", known.NeedsBothDebugKeys),
            NamesKindOfLimit = Is("enable_separate_report_types_for_attribution_rate_limit", known.NamesKindOfLimit),
            JoinNetworks = Is("enable_debug_join_keys_open_access", otherwise: false)
                ? null
                : Names("measurement_debug_join_key_enrollment_allowlist"),
            NoAdIdNetworks = AdIdBlocks(),
            NamesCoordinator =
                Is("aggregation_coordinator_origin_enabled", otherwise: true)
                && Is("aggregation_coordination_origin_enabled", otherwise: true),
        };
    }

    // A star blocks all, as if the switch were not set.
    private HashSet<string>? AdIdBlocks()
    {
        string[] names =
        [
            "measurement_platform_debug_ad_id_matching_enrollment_blocklist",
            "measurement_debug_key_ad_id_matching_enrollment_blocklist",
        ];
        return names.FirstOrDefault(x => Find(x) is not null) is { } name && Find(name) != "*" ? Names(name) : null;
    }

    private int Count(string name, int otherwise) => Measured.Count(name, otherwise);

    private double Number(string name, double otherwise) => Measured.Number(name, otherwise);

    private bool Is(string name, bool otherwise) => Measured.Is(name, otherwise);

    private HashSet<string> Names(string name) => all.Names(name);

    private string? Find(string name) => all.Text(name);
}
