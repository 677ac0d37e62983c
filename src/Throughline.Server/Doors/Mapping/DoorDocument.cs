using System.Buffers;
using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Api;

namespace Throughline.Server.Doors.Mapping;

/// <summary>
/// The mapping as a document:
/// <code>
/// {"version":1,"currency":"EUR","clockToleranceMs":60000,"others":"nurture",
///  "identifiers":{"anonymousId":"cookie","advertisingId":null},
///  "events":{"Signed Up":{"as":"conversion","kind":"signup"},"Sale":{"as":"conversion","orderId":["no"],"value":["net"]}}}
/// </code>
/// Everything but the version may be left out. Read strictly.
/// </summary>
internal static class DoorDocument
{
    private const int EventsMax = 500;
    private const int FieldsMax = 8;
    private const int ClockToleranceMsMax = 3_600_000;

    private static readonly string[] Actions =
    [
        .. Enum.GetNames<DoorAction>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName),
    ];

    public static bool TryRead(JsonElement body, out DoorModel model, out Rejection rejection)
    {
        ObjectReader reader = new(body);
        if (!reader.Has("version"))
            reader.Fail(RejectionReason.MissingField, "version", "The field is required.");
        reader.Integer("version", 1, 1, 1);
        string currency = reader.Text("currency", EventLimits.Name, "");
        if (currency.Length > 0 && !Currency.TryParse(currency, out _))
            reader.Fail(RejectionReason.UnknownCurrency, "currency", "No ISO 4217 currency has this code.");
        int tolerance = reader.Integer("clockToleranceMs", 0, ClockToleranceMsMax, DoorModel.ClockToleranceMsDefault);
        string others = reader.Text("others", EventLimits.Name, "nurture");
        if (others is not ("nurture" or "ignore"))
            reader.Fail(RejectionReason.BadValue, "others", "Other events are nurture or ignore.");
        DoorIdentifiers identifiers = ReadIdentifiers(reader);
        Dictionary<string, DoorRule> events = ReadEvents(reader);
        model = new(events)
        {
            Currency = currency.Length == 0 ? null : currency,
            ClockToleranceMs = tolerance,
            IgnoresOthers = others == "ignore",
            Identifiers = identifiers,
        };
        return reader.Finish(out rejection);
    }

    public static byte[] Write(DoorModel model)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, JsonWriting.Options with { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            if (model.Currency is not null)
                json.WriteString("currency", model.Currency);
            json.WriteNumber("clockToleranceMs", model.ClockToleranceMs);
            json.WriteString("others", model.IgnoresOthers ? "ignore" : "nurture");
            json.WriteStartObject("identifiers");
            foreach ((string name, string? type) in TypesOf(model.Identifiers))
                json.WriteString(name, type);
            json.WriteEndObject();
            WriteRules(json, "events", model.Own);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Rules by name, as the document has them.</summary>
    public static void WriteRules(Utf8JsonWriter json, string member, IReadOnlyDictionary<string, DoorRule> rules)
    {
        json.WriteStartObject(member);
        foreach ((string name, DoorRule rule) in rules.OrderBy(rule => rule.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(name);
            json.WriteString("as", Actions[(int)rule.As]);
            if (rule.Name is not null)
                json.WriteString("name", rule.Name);
            if (rule.As is DoorAction.Conversion or DoorAction.Refund)
            {
                json.WriteString("kind", rule.Kind);
                WriteFields(json, "orderId", rule.OrderId);
                WriteFields(json, "value", rule.Value);
                WriteFields(json, "currency", rule.Currency);
            }
            WriteFields(json, "campaign", rule.Campaign);
            WriteFields(json, "channel", rule.Channel);
            WriteFields(json, "creative", rule.Creative);
            WriteFields(json, "placement", rule.Placement);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static (string Name, string? Type)[] TypesOf(DoorIdentifiers types) =>
        [
            ("userId", types.UserId),
            ("anonymousId", types.AnonymousId),
            ("deviceId", types.DeviceId),
            ("advertisingId", types.AdvertisingId),
            ("networkId", types.NetworkId),
            ("email", types.Email),
            ("phone", types.Phone),
            ("previousId", types.PreviousId),
        ];

    private static DoorIdentifiers ReadIdentifiers(ObjectReader document)
    {
        DoorIdentifiers types = new();
        if (document.Element("identifiers") is not { } json)
            return types;
        ObjectReader reader = new(json);
        types = new()
        {
            UserId = TypeOf(reader, "userId", types.UserId),
            AnonymousId = TypeOf(reader, "anonymousId", types.AnonymousId),
            DeviceId = TypeOf(reader, "deviceId", types.DeviceId),
            AdvertisingId = TypeOf(reader, "advertisingId", types.AdvertisingId),
            NetworkId = TypeOf(reader, "networkId", types.NetworkId),
            Email = TypeOf(reader, "email", types.Email),
            Phone = TypeOf(reader, "phone", types.Phone),
            PreviousId = TypeOf(reader, "previousId", types.PreviousId),
        };
        if (!reader.Finish(out Rejection rejection))
            document.Fail(rejection with { Pointer = "/identifiers" + rejection.Pointer });
        return types;
    }

    private static string? TypeOf(ObjectReader reader, string name, string? otherwise)
    {
        if (!reader.Has(name))
            return otherwise;
        JsonElement value = reader.Element(name)!.Value;
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        string text = value.ValueKind == JsonValueKind.String ? ObjectReader.TextOf(value) ?? "" : "";
        if (!IdentifierNormaliser.IsTypeName(Encoding.UTF8.GetBytes(text)))
            reader.Fail(
                RejectionReason.BadIdentifierType,
                name,
                "An identifier type has the form [a-z][a-z0-9_]{0,31}; null for none."
            );
        return text;
    }

    private static Dictionary<string, DoorRule> ReadEvents(ObjectReader document)
    {
        Dictionary<string, DoorRule> rules = new(StringComparer.Ordinal);
        if (document.Element("events") is not { } json)
            return rules;
        ObjectReader reader = new(json);
        string[] names =
            json.ValueKind == JsonValueKind.Object && reader.Failure is null
                ? [.. json.EnumerateObject().Select(rule => rule.Name)]
                : [];
        if (names.Length > EventsMax)
            reader.Fail(RejectionReason.TooLong, null, $"There are more than {EventsMax} events.");
        foreach (string name in names)
            rules[name] = ReadRule(reader, name, reader.Element(name)!.Value);
        if (!reader.Finish(out Rejection rejection))
            document.Fail(rejection with { Pointer = "/events" + rejection.Pointer });
        return rules;
    }

    private static DoorRule ReadRule(ObjectReader events, string name, JsonElement json)
    {
        ObjectReader reader = new(json);
        int action = Array.IndexOf(Actions, reader.Text("as", EventLimits.Name));
        if (action < 0)
            reader.Fail(RejectionReason.BadValue, "as", $"An event is one of {string.Join(", ", Actions)}.");
        DoorRule rule = new((DoorAction)Math.Max(0, action));
        string called = reader.Text("name", EventLimits.EventType, "");
        rule = rule with
        {
            Name = called.Length == 0 ? null : called,
            Kind = reader.Text("kind", EventLimits.Kind, rule.Kind),
            OrderId = Fields(reader, "orderId", rule.OrderId),
            Value = Fields(reader, "value", rule.Value),
            Currency = Fields(reader, "currency", rule.Currency),
            Campaign = Fields(reader, "campaign", rule.Campaign),
            Channel = Fields(reader, "channel", rule.Channel),
            Creative = Fields(reader, "creative", rule.Creative),
            Placement = Fields(reader, "placement", rule.Placement),
        };
        if (called.Length > 0 && (rule.As != DoorAction.Nurture || DoorName.Normalise(called) != called))
            reader.Fail(
                RejectionReason.BadEventType,
                "name",
                "Only a nurturing event has a name, of the form [a-z][a-z0-9_.]{0,63} and none of a known type."
            );
        if (!reader.Finish(out Rejection rejection))
            events.Fail(rejection with { Pointer = PointerOf(name) + rejection.Pointer });
        return rule;
    }

    private static IReadOnlyList<string> Fields(ObjectReader reader, string name, IReadOnlyList<string> otherwise) =>
        reader.Has(name) ? reader.Texts(name, FieldsMax) : otherwise;

    private static void WriteFields(Utf8JsonWriter json, string name, IReadOnlyList<string> fields)
    {
        if (fields.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (string field in fields)
            json.WriteStringValue(field);
        json.WriteEndArray();
    }

    private static string PointerOf(string name) =>
        "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
