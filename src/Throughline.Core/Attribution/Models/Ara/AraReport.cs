using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>A report to a reporter: when it is sent (ms), where to, and what it says.</summary>
public sealed record AraReport(long Time, string Url, JsonNode Payload);

/// <summary>An event-level report that waits for its window to end.</summary>
internal sealed record AraPending(AraSource Source, long SendAt, long TriggerTime, long Priority, JsonObject Payload);

/// <summary>The forms of reports.</summary>
internal static class AraForms
{
    private const string WellKnown = "/.well-known/attribution-reporting/";

    public static AraReport Verbose(long time, string origin, JsonArray data) =>
        new(time, origin + WellKnown + "debug/verbose", data);

    public static AraReport Event(AraPending pending, bool isDebug) =>
        new(
            isDebug ? pending.TriggerTime : pending.SendAt,
            pending.Source.ReportingOrigin + WellKnown + (isDebug ? "debug/" : "") + "report-event-attribution",
            pending.Payload.DeepClone()
        );

    public static AraReport Aggregate(long time, string origin, JsonObject payload, bool isDebug) =>
        new(time, origin + WellKnown + (isDebug ? "debug/" : "") + "report-aggregate-attribution", payload);

    public static JsonObject EventPayload(AraSource source, AraTrigger? trigger, long data, long sendAt)
    {
        JsonObject payload = new()
        {
            ["attribution_destination"] = Destinations(source, trigger),
            ["randomized_trigger_rate"] = source.RandomRate,
            ["scheduled_report_time"] = Seconds(sendAt),
            ["source_event_id"] = source.EventId,
            ["source_type"] = source.IsNavigation ? "navigation" : "event",
            ["trigger_data"] = Text(data),
        };
        AddKeys(payload, source, trigger);
        return payload;
    }

    /// <summary>Debug keys stand in reports only if both sides have one.</summary>
    public static bool AddKeys(JsonObject payload, AraSource source, AraTrigger? trigger)
    {
        if (source.DebugKey is null || trigger?.DebugKey is null)
            return false;
        payload["source_debug_key"] = source.DebugKey;
        payload["trigger_debug_key"] = trigger.DebugKey;
        return true;
    }

    /// <summary>One as text, several as a list; of a trigger those of its kind, app or web.</summary>
    public static JsonNode Destinations(AraSource source, AraTrigger? trigger)
    {
        string[] named =
        [
            .. source.Destinations.Where(x =>
                trigger is null
                || source.HasCoarseDestinations
                || AraSource.IsApp(x) == AraSource.IsApp(trigger.DestinationSite)
            ),
        ];
        return named.Length == 1
            ? JsonValue.Create(named[0])
            : new JsonArray([.. named.Select(x => (JsonNode)JsonValue.Create(x))]);
    }

    public static string Seconds(long time) => Text(time / 1_000);

    public static string Text(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
