using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Throughline.Core.Events;

/// <summary>Writes a stored event as JSON v1. Not on the hot path: it serves people and exports.</summary>
internal static class EventJsonWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(EventRecord record, ReadOnlySpan<byte> opened, IBufferWriter<byte> target)
    {
        using JsonDocument? personal = opened.IsEmpty ? null : JsonDocument.Parse(opened.ToArray());
        using var json = new Utf8JsonWriter(target, Options);
        json.WriteStartObject();
        json.WriteString("id"u8, Text(record, EventField.Id));
        json.WriteString("type"u8, record.Type == EventType.Nurture ? Text(record, EventField.Name) : TypeName(record));
        json.WriteString("time"u8, EventTime.ToText(record.Time));
        WriteIdentifiers(json, record, personal);
        WriteContext(json, record, personal);
        WriteText(json, "campaign"u8, record, EventField.Campaign);
        WriteText(json, "channel"u8, record, EventField.Channel);
        WriteText(json, "creative"u8, record, EventField.Creative);
        WriteText(json, "placement"u8, record, EventField.Placement);
        WriteSection(json, record, personal);
        WriteProperties(json, record, personal);
        json.WriteEndObject();
    }

    private static void WriteIdentifiers(Utf8JsonWriter json, EventRecord record, JsonDocument? personal)
    {
        if (personal is not null && personal.RootElement.TryGetProperty("identifiers"u8, out JsonElement values))
        {
            json.WritePropertyName("identifiers"u8);
            values.WriteTo(json); // all that was sent: also what is blocked, which has no token
            return;
        }
        if (record.IdentifierCount == 0)
            return;
        json.WritePropertyName("identifiers"u8);
        if (personal is not null)
        {
            json.WriteStartArray(); // none was sent: what there is follows from the event
            json.WriteEndArray();
            return;
        }
        string[] customTypes = record.Text(EventField.CustomTypes)?.Split('\n') ?? [];
        json.WriteStartArray();
        for (int i = 0; i < record.IdentifierCount; i++)
        {
            (byte type, Token token) = record.Identifier(i);
            json.WriteStartObject();
            json.WriteString(
                "type"u8,
                type < IdentifierType.FirstCustom
                    ? IdentifierType.NameOf(type)
                    : customTypes[type - IdentifierType.FirstCustom]
            );
            json.WriteString("token"u8, token.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteContext(Utf8JsonWriter json, EventRecord record, JsonDocument? personal)
    {
        bool hasAddress = record.TryGet(EventField.Address, out ReadOnlySpan<byte> address);
        string referrer = Joined(record, EventField.Referrer, personal, "referrerQuery");
        if (!hasAddress && referrer.Length == 0 && !record.TryGet(EventField.UserAgent, out _))
            return;
        json.WriteStartObject("context"u8);
        if (
            hasAddress
            && personal is not null
            && personal.RootElement.TryGetProperty("address"u8, out JsonElement plain)
        )
            json.WriteString("address"u8, plain.GetString());
        else if (hasAddress)
        {
            json.WriteStartObject("address"u8);
            json.WriteString("token"u8, Token.Read(address).ToString());
            json.WriteEndObject();
        }
        WriteText(json, "userAgent"u8, record, EventField.UserAgent);
        if (referrer.Length > 0)
            json.WriteString("referrer"u8, referrer);
        json.WriteEndObject();
    }

    private static void WriteSection(Utf8JsonWriter json, EventRecord record, JsonDocument? personal)
    {
        switch (record.Type)
        {
            case EventType.Request:
                WriteRequest(json, record, personal);
                break;
            case EventType.Conversion:
            case EventType.Refund:
                json.WriteStartObject(EventFieldRules.NameOf(record.Type));
                WriteText(json, "conversion"u8, record, EventField.ConversionId);
                WriteText(json, "kind"u8, record, EventField.Kind);
                WriteText(json, "orderId"u8, record, EventField.OrderId);
                WriteValue(json, record);
                json.WriteEndObject();
                break;
            case EventType.Decision:
                json.WriteStartObject("decision"u8);
                WriteText(json, "request"u8, record, EventField.RequestId);
                if (record.TryGet(EventField.Action, out ReadOnlySpan<byte> action))
                    json.WriteString("action"u8, Code(((DecisionAction)action[0]).ToString()));
                WriteNumber(json, "score"u8, record, EventField.Score);
                json.WriteEndObject();
                break;
            case EventType.Label:
                json.WriteStartObject("label"u8);
                if (record.TryGet(EventField.Verdict, out ReadOnlySpan<byte> verdict))
                    json.WriteString("verdict"u8, Code(((Verdict)verdict[0]).ToString()));
                json.WriteString("from"u8, EventTime.ToText(record.Number(EventField.From) ?? EventTime.Min));
                json.WriteString("to"u8, EventTime.ToText(record.Number(EventField.To) ?? EventTime.Min));
                json.WriteEndObject();
                break;
            case EventType.Link:
                json.WriteStartObject("link"u8);
                WriteNumber(json, "tier"u8, record, EventField.Status);
                WriteNumber(json, "scorePpm"u8, record, EventField.Score);
                WriteText(json, "source"u8, record, EventField.Host);
                WriteText(json, "model"u8, record, EventField.Kind);
                json.WriteEndObject();
                break;
            case EventType.Holdout:
                json.WriteStartObject("holdout"u8);
                WriteText(json, "campaign"u8, record, EventField.Kind);
                json.WriteString("arm"u8, Code(HoldoutArms.Of(record).ToString()));
                json.WriteEndObject();
                break;
            case EventType.Consent when record.TryGet(EventField.Purposes, out ReadOnlySpan<byte> purposes):
                json.WriteStartObject("consent"u8);
                json.WritePropertyName("purposes"u8);
                json.WriteRawValue(purposes);
                json.WriteEndObject();
                break;
            case EventType.Identify when record.TryGet(EventField.Purposes, out ReadOnlySpan<byte> names):
                WriteTraits(json, names, personal);
                WriteText(json, "traitsSource"u8, record, EventField.Host);
                break;
            case EventType.Control when record.TryGet(EventField.Document, out ReadOnlySpan<byte> document):
                json.WritePropertyName("document"u8);
                json.WriteRawValue(document);
                break;
        }
    }

    // While they are sealed only the names are told.
    private static void WriteTraits(Utf8JsonWriter json, ReadOnlySpan<byte> names, JsonDocument? personal)
    {
        json.WritePropertyName("traits"u8);
        if (personal is not null && personal.RootElement.TryGetProperty("traits"u8, out JsonElement values))
        {
            values.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        foreach (Range name in names.Split((byte)'\n'))
            json.WriteNull(names[name]);
        json.WriteEndObject();
    }

    private static void WriteRequest(Utf8JsonWriter json, EventRecord record, JsonDocument? personal)
    {
        string path = Joined(record, EventField.Path, personal, "query");
        bool any = path.Length > 0 || record.TryGet(EventField.Method, out _) || record.TryGet(EventField.Host, out _);
        if (!any && record.Number(EventField.Status) is null && record.Number(EventField.Bytes) is null)
            return;
        json.WriteStartObject("request"u8);
        WriteText(json, "method"u8, record, EventField.Method);
        WriteText(json, "host"u8, record, EventField.Host);
        if (path.Length > 0)
            json.WriteString("path"u8, path);
        WriteNumber(json, "status"u8, record, EventField.Status);
        WriteNumber(json, "bytes"u8, record, EventField.Bytes);
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, EventRecord record)
    {
        if (record.Number(EventField.Minor) is not { } minor)
            return;
        json.WriteStartObject("value"u8);
        json.WriteNumber("minor"u8, minor);
        WriteText(json, "currency"u8, record, EventField.Currency);
        json.WriteEndObject();
    }

    private static void WriteProperties(Utf8JsonWriter json, EventRecord record, JsonDocument? personal)
    {
        if (record.TryGet(EventField.Properties, out ReadOnlySpan<byte> clear))
        {
            using JsonDocument properties = JsonDocument.Parse(clear.ToArray());
            WriteMembers(json, properties.RootElement);
        }
        if (personal is not null && personal.RootElement.TryGetProperty("properties"u8, out JsonElement members))
            WriteMembers(json, members);
    }

    private static void WriteMembers(Utf8JsonWriter json, JsonElement members)
    {
        foreach (JsonProperty member in members.EnumerateObject())
            member.WriteTo(json);
    }

    private static string Joined(EventRecord record, EventField clear, JsonDocument? personal, string member) =>
        record.Text(clear)
        + (
            personal is not null && personal.RootElement.TryGetProperty(member, out JsonElement rest)
                ? rest.GetString()
                : null
        );

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, EventRecord record, EventField field)
    {
        if (record.TryGet(field, out ReadOnlySpan<byte> value))
            json.WriteString(name, value);
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, EventRecord record, EventField field)
    {
        if (record.Number(field) is { } value)
            json.WriteNumber(name, value);
    }

    private static ReadOnlySpan<byte> Text(EventRecord record, EventField field) =>
        record.TryGet(field, out ReadOnlySpan<byte> value) ? value : default;

    private static ReadOnlySpan<byte> TypeName(EventRecord record) =>
        Encoding.UTF8.GetBytes(EventFieldRules.NameOf(record.Type));

    private static string Code(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
