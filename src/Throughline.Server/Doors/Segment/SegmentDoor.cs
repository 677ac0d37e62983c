using System.Text.Json;

namespace Throughline.Server.Doors.Segment;

/// <summary>
/// Segment's HTTP tracking API, which RudderStack's senders speak, too
/// (https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/). One call a body, or a batch of them.
/// </summary>
/// <param name="call">The call of the address; null: a batch.</param>
internal sealed class SegmentDoor(string? call) : IDoor
{
    /// <summary>As documented: 500 KB of a batch.</summary>
    public const int BatchBytesMax = 500 * 1024;

    /// <summary>As documented: 32 KB of one event.</summary>
    public const int EventBytesMax = 32 * 1024;

    public string Name => "segment";

    public int BodyBytesMax => BatchBytesMax;

    /// <summary>
    /// <c>writeKey</c> beside the call or the list, as senders in pages have it: they send <c>text/plain</c> without a header of their own, so that no
    /// browser asks before (https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/#authentication).
    /// </summary>
    public string? KeyOf(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader reader = new(body, new() { MaxDepth = int.MaxValue });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isKey = reader.ValueTextEquals("writeKey"u8);
                reader.Read();
                if (isKey)
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException) { } // no JSON, or half of a surrogate pair
        return null;
    }

    public DoorBatch? Open(ReadOnlyMemory<byte> body, DoorRequest request)
    {
        JsonPieces? pieces = call is null ? JsonPieces.OfList(body, "batch") : JsonPieces.OfOne(body);
        return pieces is null ? null : new SegmentBatch(pieces, call, request);
    }
}
