using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Throughline.Server.Api;

namespace Throughline.Server.Doors.Snowplow;

/// <summary>
/// Snowplow's tracker protocol (https://docs.snowplow.io/docs/sources/snowplow-tracker-protocol/): events in a <c>payload_data</c> document, or one
/// in the query of the pixel's address.
/// </summary>
internal sealed class SnowplowDoor : IDoor
{
    private const string PayloadSchema = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-";

    public string Name => "snowplow";

    public int BodyBytesMax => 1024 * 1024;

    public DoorBatch? Open(ReadOnlyMemory<byte> body, DoorRequest request)
    {
        if (HttpMethods.IsGet(request.Http.Method))
            return new SnowplowBatch(JsonPieces.OfOne(body)!, request);
        if (JsonPieces.OfList(body, "data") is not { } pieces)
            return null;
        using JsonDocument? schema = pieces.Member("schema");
        bool isPayload =
            schema is { RootElement.ValueKind: JsonValueKind.String }
            && ObjectReader.TextOf(schema.RootElement)?.StartsWith(PayloadSchema, StringComparison.Ordinal) == true;
        return isPayload ? new SnowplowBatch(pieces, request) : null;
    }

    /// <summary>The query of a pixel's address as one event of a payload.</summary>
    public static byte[] OfQuery(HttpRequest http)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, JsonWriting.Options with { SkipValidation = true }))
        {
            json.WriteStartObject();
            foreach ((string name, StringValues values) in http.Query)
            foreach (string? value in values)
                json.WriteString(name, value ?? ""); // twice is told as twice
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
