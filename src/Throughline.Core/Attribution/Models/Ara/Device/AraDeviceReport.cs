using System.Numerics;
using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>That a trigger was credited to a source; the limits count these. Time in ms, of the source.</summary>
internal sealed record AraAttribution(
    long Time,
    AraSource From,
    AraParty To,
    string SourceSite,
    string Destination,
    string Origin,
    string Network,
    bool IsEvent
);

/// <summary>An event-level report on a device. Times in ms.</summary>
internal sealed record AraDeviceReport(
    AraSource Source,
    AraParty To,
    string Destination,
    long SendAt,
    long TriggerTime,
    long Priority,
    long Data,
    JsonObject Payload,
    AraAttribution Attribution
)
{
    public string Url(bool isDebug) => AraForms.EventUrl(Source.ReportingOrigin, isDebug);
}

/// <summary>A trigger that counts in buckets: once, or with its value.</summary>
internal sealed record AraCounted(
    long Time,
    long Priority,
    long Data,
    long Value,
    (string? Source, string? Trigger) Keys
);
