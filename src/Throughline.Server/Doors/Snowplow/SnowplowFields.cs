using System.Collections.Frozen;
using System.Text.Json;

namespace Throughline.Server.Doors.Snowplow;

/// <summary>Fields of the tracker protocol that have a place of their own in an event, or say how it was sent; all others are kept as properties.</summary>
internal static class SnowplowFields
{
    private static readonly FrozenSet<string> Taken = new[]
    {
        "e",
        "eid",
        "dtm",
        "stm",
        "ttm",
        "uid",
        "duid",
        "nuid",
        "tnuid",
        "ip",
        "ua",
        "refr",
        "co",
        "cx",
        "ue_pr",
        "ue_px",
        "tv",
        "tna",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool IsTaken(JsonProperty field) => Taken.Contains(field.Name);
}
