using System.Numerics;
using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>Why a trigger has no credit, and the data that its report carries if it has.</summary>
internal static class AraReason
{
    /// <summary>A reason with the limit that was met, if it was one.</summary>
    public static JsonObject Of(
        AraTrigger trigger,
        AraSource? source,
        string code,
        long? limit,
        (string? Source, string? Trigger) keys
    )
    {
        JsonObject body = new() { ["attribution_destination"] = trigger.DestinationSite };
        if (source is not null)
        {
            body["source_event_id"] = source.EventId;
            body["source_site"] = source.SourceSite;
            if (keys.Source is not null)
                body["source_debug_key"] = keys.Source;
        }
        if (keys.Trigger is not null)
            body["trigger_debug_key"] = keys.Trigger;
        if (limit is { } most)
            body["limit"] = AraForms.Text(most);
        return new() { ["body"] = body, ["type"] = code };
    }

    /// <summary>The same, naming the part of a budget.</summary>
    public static JsonObject Named(JsonObject reason, string? name)
    {
        if (name is not null)
            reason["body"]!["name"] = name;
        return reason;
    }

    /// <summary>The source's data for what the trigger says; null if the source has none that fits.</summary>
    public static long? Data(IReadOnlyList<long> known, AraMatching matching, BigInteger data)
    {
        if (known.Count == 0)
            return null;
        if (matching == AraMatching.Modulus)
            return (long)(data % known.Count);
        return data <= long.MaxValue && known.Contains((long)data) ? (long)data : null;
    }
}
