using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Throughline.Server.Api;
using Throughline.Server.Ingest;

namespace Throughline.Server.Doors.CloudEvents;

/// <summary>
/// CloudEvents 1.0 over HTTP (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md): structured and
/// batched in JSON, and binary, whose attributes are headers and whose body is the data.
/// </summary>
internal sealed class CloudEventDoor : IDoor
{
    private const string Structured = "application/cloudevents+json";
    private const string Batched = "application/cloudevents-batch+json";
    private const string HeaderPrefix = "ce-";
    private const int HeadersMax = 64;

    public string Name => "cloudevents";

    public int BodyBytesMax => 4 * 1024 * 1024;

    /// <exception cref="IngestException">The content type is none of CloudEvents'.</exception>
    public DoorBatch? Open(ReadOnlyMemory<byte> body, DoorRequest request)
    {
        string type = MediaTypeHeaderValue.TryParse(request.Http.ContentType, out MediaTypeHeaderValue? parsed)
            ? parsed.MediaType.ToString()
            : "";
        JsonPieces? pieces =
            type.Equals(Batched, StringComparison.OrdinalIgnoreCase) ? JsonPieces.OfArray(body)
            : type.Equals(Structured, StringComparison.OrdinalIgnoreCase) ? JsonPieces.OfOne(body)
            : request.Http.Headers.ContainsKey(HeaderPrefix + "specversion") ? OfHeaders(body, type, request.Http)
            : throw new IngestException(
                ProblemReason.UnsupportedMediaType,
                $"Send {Structured}, {Batched}, or any JSON with the attributes in ce- headers."
            );
        return pieces is null ? null : new CloudEventBatch(pieces, request);
    }

    /// <summary>The binary mode as the structured one.</summary>
    private static JsonPieces? OfHeaders(ReadOnlyMemory<byte> body, string type, HttpRequest http)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, JsonWriting.Options with { SkipValidation = true }))
        {
            json.WriteStartObject();
            foreach (
                (string name, Microsoft.Extensions.Primitives.StringValues value) in http
                    .Headers.Where(header => header.Key.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
                    .Take(HeadersMax)
            )
                json.WriteString(
                    name[HeaderPrefix.Length..].ToLowerInvariant(),
                    Uri.UnescapeDataString(value.ToString())
                );
            if (type.Length > 0)
                json.WriteString("datacontenttype"u8, type);
            if (body.Length > 0)
                WriteData(json, body.Span);
            json.WriteEndObject();
        }
        return JsonPieces.OfOne(buffer.WrittenMemory);
    }

    // A body that is no JSON must not be able to close the object around it: as text it is judged, and refused, as data.
    private static void WriteData(Utf8JsonWriter json, ReadOnlySpan<byte> body)
    {
        json.WritePropertyName("data"u8);
        if (JsonPieces.OfOne(body.ToArray()) is not null)
            json.WriteRawValue(body, skipInputValidation: true);
        else
            json.WriteStringValue(Encoding.UTF8.GetString(body));
    }
}
