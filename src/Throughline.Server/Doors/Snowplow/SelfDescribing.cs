using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Throughline.Core.Events;

namespace Throughline.Server.Doors.Snowplow;

/// <summary>
/// Self-describing JSON (https://docs.snowplow.io/docs/api-reference/iglu/common-architecture/self-describing-jsons/):
/// <c>{"schema":"iglu:vendor/name/format/version","data":…}</c>.
/// </summary>
/// <param name="Source">Where it stands; inside of a field that holds JSON the pointer goes on into it.</param>
internal readonly record struct SelfDescribing(string Vendor, string Name, JsonElement Data, string Source)
{
    private const string Scheme = "iglu:";

    /// <summary>Opens a field that holds such JSON as base64url or as text; the document is null where neither is there.</summary>
    public static bool TryOpen(
        JsonElement root,
        string encodedField,
        string plainField,
        out SelfDescribing read,
        out JsonDocument? document,
        out Rejection rejection
    )
    {
        read = default;
        document = null;
        rejection = default;
        FactValue encoded = FactValue.Of(root, encodedField, "/" + encodedField);
        FactValue plain = FactValue.Of(root, plainField, "/" + plainField);
        FactValue field = encoded.IsThere ? encoded : plain;
        if (!field.IsThere)
            return true;
        byte[] json = [];
        if (field.Element.ValueKind != JsonValueKind.String)
            rejection = new(RejectionReason.WrongType, field.Source, "The field must be text.");
        else if (encoded.IsThere && !TryDecode(field.Element.GetString()!, out json))
            rejection = new(RejectionReason.BadValue, field.Source, "The field is not base64.");
        else if (!encoded.IsThere)
            json = Encoding.UTF8.GetBytes(field.Element.GetString()!);
        if (rejection.Reason == 0 && !System.Text.Unicode.Utf8.IsValid(json))
            rejection = new(RejectionReason.InvalidUtf8, field.Source, "The field holds bytes that are not UTF-8.");
        if (rejection.Reason != 0)
            return false;
        document = JsonPieces.Parse(json, out rejection);
        if (document is null)
        {
            rejection = rejection with { Pointer = field.Source + rejection.Pointer };
            return false;
        }
        if (TryRead(document.RootElement, field.Source, out read, out rejection))
            return true;
        document.Dispose();
        document = null;
        return false;
    }

    public static bool TryRead(JsonElement json, string source, out SelfDescribing read, out Rejection rejection)
    {
        read = default;
        rejection = default;
        FactValue schema = FactValue.Of(json, "schema", source + "/schema");
        string text =
            (schema.Element.ValueKind == JsonValueKind.String ? Api.ObjectReader.TextOf(schema.Element) : null) ?? "";
        string[] parts = text.StartsWith(Scheme, StringComparison.Ordinal) ? text[Scheme.Length..].Split('/') : [];
        if (parts.Length != 4 || parts.Any(part => part.Length == 0))
            rejection = new(
                RejectionReason.BadValue,
                source + "/schema",
                "The schema is not iglu:vendor/name/format/version."
            );
        else if (!json.TryGetProperty("data"u8, out JsonElement data))
            rejection = new(RejectionReason.MissingField, source + "/data", "A required field is missing.");
        else
            read = new(parts[0], parts[1], data, source);
        return rejection.Reason == 0;
    }

    /// <summary>Either alphabet, with its padding or without.</summary>
    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        string url = text.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        if (!Base64Url.IsValid(url))
            return false;
        bytes = Base64Url.DecodeFromChars(url);
        return true;
    }
}
