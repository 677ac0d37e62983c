using System.Text.Json;
using Throughline.Core.Events;
using EventId = Throughline.Core.Events.EventId;

namespace Throughline.Server.Ingest;

/// <summary>Finds the id of an event that is not valid, so that its sender can tell which it was.</summary>
internal static class RejectedId
{
    /// <summary>A valid id that stands before the place where the event breaks; else empty.</summary>
    public static byte[] Find(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json, new() { MaxDepth = EventLimits.Depth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return [];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool found = reader.ValueTextEquals("id"u8);
                reader.Read();
                if (found)
                    return Read(ref reader);
                reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return []; // broken before its id
        }
        return [];
    }

    private static byte[] Read(ref Utf8JsonReader reader)
    {
        const int LongestEscape = 12; // one code point as two \u escapes
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > EventId.MaxLength * LongestEscape)
            return [];
        byte[] id = new byte[reader.ValueSpan.Length];
        id = id[..reader.CopyString(id)];
        return EventId.Check(id) is null ? id : [];
    }
}
