using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>A report to a reporter: when it is sent (ms), where to, and what it says.</summary>
public sealed record AraReport(long Time, string Url, JsonNode Payload);

/// <summary>An event-level report that waits for its window to end.</summary>
internal sealed record AraPending(AraSource Source, long SendAt, long TriggerTime, long Priority, JsonObject Payload);

/// <summary>The forms of reports.</summary>
internal static class AraForms
{
    public const string WellKnown = "/.well-known/attribution-reporting/";

    public static AraReport Verbose(long time, string origin, JsonArray data) =>
        new(time, origin + WellKnown + "debug/verbose", data);

    /// <summary>What became of a source, and the limit of destinations if others made way for it.</summary>
    public static JsonObject SourceReason(AraSource source, string code, JsonNode? limit, int? replacedAt = null)
    {
        JsonObject body = new()
        {
            ["attribution_destination"] = Destinations(source, null),
            ["source_event_id"] = source.EventId,
            ["source_site"] = source.SourceSite,
        };
        if (source.DebugKey is not null && source.HasDebugPermission)
            body["source_debug_key"] = source.DebugKey;
        if (limit is not null)
            body["limit"] = limit;
        if (replacedAt is { } most)
            body["source_destination_limit"] = Text(most);
        return new() { ["body"] = body, ["type"] = code };
    }

    public static AraReport Event(AraPending pending, bool isDebug) =>
        new(
            isDebug ? pending.TriggerTime : pending.SendAt,
            EventUrl(pending.Source.ReportingOrigin, isDebug),
            pending.Payload.DeepClone()
        );

    public static string EventUrl(string origin, bool isDebug) =>
        origin + WellKnown + (isDebug ? "debug/" : "") + "report-event-attribution";

    public static AraReport Aggregate(long time, string origin, JsonObject payload, bool isDebug) =>
        new(time, origin + WellKnown + (isDebug ? "debug/" : "") + "report-aggregate-attribution", payload);

    public static JsonObject EventPayload(AraSource source, AraTrigger? trigger, long data, long sendAt)
    {
        JsonObject payload = PlainEvent(source, trigger?.DestinationSite, data, sendAt);
        AddKeys(payload, source, trigger);
        return payload;
    }

    /// <summary>Without debug keys, for a destination of the kind of this one, or of all kinds.</summary>
    public static JsonObject PlainEvent(AraSource source, string? destination, long data, long sendAt) =>
        new()
        {
            ["attribution_destination"] = Destinations(source, destination),
            ["randomized_trigger_rate"] = source.RandomRate,
            ["scheduled_report_time"] = Seconds(sendAt),
            ["source_event_id"] = source.EventId,
            ["source_type"] = source.IsNavigation ? "navigation" : "event",
            ["trigger_data"] = Text(data),
        };

    /// <summary>Debug keys stand in reports only if both sides have one.</summary>
    public static bool AddKeys(JsonObject payload, AraSource source, AraTrigger? trigger)
    {
        if (source.DebugKey is null || trigger?.DebugKey is null)
            return false;
        payload["source_debug_key"] = source.DebugKey;
        payload["trigger_debug_key"] = trigger.DebugKey;
        return true;
    }

    /// <summary>One as text, several as a list; those of the kind of <paramref name="like"/>, app or web, if it is given.</summary>
    public static JsonNode Destinations(AraSource source, string? like)
    {
        string[] named =
        [
            .. source.Destinations.Where(x =>
                like is null || source.HasCoarseDestinations || AraSource.IsApp(x) == AraSource.IsApp(like)
            ),
        ];
        return named.Length == 1
            ? JsonValue.Create(named[0])
            : new JsonArray([.. named.Select(x => (JsonNode)JsonValue.Create(x))]);
    }

    public static string Seconds(long time) => Text(time / 1_000);

    public static string Text(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
