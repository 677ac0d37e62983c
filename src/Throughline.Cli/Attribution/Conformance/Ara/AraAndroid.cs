using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>
/// Cases of Android's form: sources, triggers, installs of apps and sources, triggers of the web in, kinds of reports out. What is
/// compared of a report is what its origin's own test compares; of an aggregate report not the site of the source.
/// </summary>
internal static class AraAndroid
{
    private const int LeastBuckets = 5;

    private static readonly (string Name, string End)[] Kinds =
    [
        ("event_level_results", "attribution-reporting/report-event-attribution"),
        ("debug_event_level_results", "debug/report-event-attribution"),
        ("aggregatable_results", "attribution-reporting/report-aggregate-attribution"),
        ("debug_aggregatable_results", "debug/report-aggregate-attribution"),
        ("verbose_debug_reports", "debug/verbose"),
    ];

    /// <summary>The case has registrations in one list, of apps, as a case of Chromium's form has.</summary>
    public static bool IsOne(JsonElement document) =>
        !document.GetProperty("input").TryGetProperty("registrations", out JsonElement all)
        || all.EnumerateArray().Any(x => x.GetProperty("registration_request").TryGetProperty("registrant", out _));

    /// <summary>What the case's reports should be and are, one to a line, in an order of their own.</summary>
    public static (string Expected, string Actual) Run(JsonElement document)
    {
        AraAndroidFlags flags = new(document);
        AraDevice device = new(flags.Settings);
        JsonElement input = document.GetProperty("input");
        string[] lists =
        [
            "registrations",
            "sources",
            "web_sources",
            "triggers",
            "web_triggers",
            "installs",
            "uninstalls",
        ];
        var all = lists
            .SelectMany(kind => AraParse.List(input, kind).Select(x => (Kind: kind, Happening: x)))
            .OrderBy(x => Time(x.Happening));
        AraAndroidCalls calls = new(device, flags);
        foreach ((string kind, JsonElement happening) in all)
            if (kind == "installs")
                device.Install(happening.GetProperty("uri").GetString()!, Time(happening));
            else if (kind == "uninstalls")
                device.Uninstall(happening.GetProperty("uri").GetString()!, Time(happening));
            else
                calls.Register(happening, kind, Time(happening));
        JsonElement output = document.GetProperty("output");
        List<string> expected =
        [
            .. AraParse.List(output, "reports").Select(x => Text(AraInterop.Node(x).AsObject(), null)),
        ];
        foreach ((string name, _) in Kinds)
            expected.AddRange(AraParse.List(output, name).Select(x => Text(AraInterop.Node(x).AsObject(), name)));
        IEnumerable<string> actual = device.Finish().Select(Text);
        return (
            string.Join('\n', expected.Order(StringComparer.Ordinal)),
            string.Join('\n', actual.Order(StringComparer.Ordinal))
        );
    }

    private static long Time(JsonElement happening) =>
        long.Parse(happening.GetProperty("timestamp").ToString(), CultureInfo.InvariantCulture);

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
        return Text(
            new()
            {
                ["payload"] = report.Payload,
                ["report_time"] = report.Time.ToString(CultureInfo.InvariantCulture),
                ["report_url"] = report.Url,
            },
            null
        );
    }

    // The site of a source is said in some cases' aggregate reports only, and so is the destination beside the shared part's.
    private static string Text(JsonObject report, string? name)
    {
        string url = report["report_url"]!.GetValue<string>();
        name ??= Kinds.First(x => url.EndsWith(x.End, StringComparison.Ordinal)).Name;
        if (report["payload"] is JsonObject payload && payload.ContainsKey("histograms"))
        {
            payload.Remove("source_site");
            payload.Remove("attribution_destination");
        }
        // Their test compares texts, so that a list in a text is the same.
        if ((report["payload"] as JsonObject)?["trigger_summary_bucket"] is JsonValue list)
            report["payload"]!["trigger_summary_bucket"] = JsonNode.Parse(list.GetValue<string>());
        if (report["payload"] is JsonArray reasons)
            foreach (JsonNode? reason in reasons)
                if (reason!["body"]!["limit"] is { } limit)
                    reason["body"]!["limit"] = limit.ToString();
        return $"{name} {AraInterop.Canonical(report)}";
    }
}
