using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using EventId = Throughline.Core.Events.EventId;

namespace Throughline.Server.Doors.CloudEvents;

/// <summary>
/// Reads CloudEvents: <c>source</c> and <c>id</c> are the event's id, <c>time</c> its time, <c>type</c> its name. Data of the type
/// <see cref="OwnType"/> is an event of our own form; other data is read by the tenant's mapping.
/// </summary>
internal sealed class CloudEventBatch(JsonPieces pieces, DoorRequest request) : DoorBatch
{
    public const string OwnType = "io.throughline.event.v1";
    private const string Data = "/data";

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "datacontenttype",
        "dataschema",
        "data",
        "data_base64",
    };

    private JsonDocument? message;
    private JsonDocument? decoded;

    public override int Count => pieces.Count;

    public override (string Id, string Time) Places => ("/id", "/time");

    public override string PlaceOf(int index) => pieces.IsSingle ? "" : $"/{index}";

    public override bool TryRead(int index, DoorFact fact, out Rejection rejection)
    {
        Dispose();
        if (!pieces.TryOpen(index, EventLimits.Bytes, out JsonDocument opened, out rejection))
            return false;
        message = opened;
        JsonElement root = opened.RootElement;
        if (!TryAttributes(root, fact, out rejection) || !TryData(root, out FactValue data, out rejection))
            return false;
        DoorClock.Set(fact, FactValue.Of(root, "time", "/time"), default, request.Received, toleranceMs: 0);
        fact.DataSource = Data;
        string type = root.GetProperty("type"u8).GetString()!;
        return type == OwnType ? TryOwn(data, fact, out rejection) : TryForeign(root, type, data, fact, out rejection);
    }

    public override void Dispose()
    {
        message?.Dispose();
        decoded?.Dispose();
        message = decoded = null;
    }

    private static bool TryAttributes(JsonElement root, DoorFact fact, out Rejection rejection)
    {
        rejection = default;
        foreach (string name in (string[])["specversion", "id", "source", "type"])
        {
            FactValue value = FactValue.Of(root, name, "/" + name);
            if (!value.IsThere)
                rejection = new(
                    RejectionReason.MissingField,
                    value.Source ?? "/" + name,
                    "A required field is missing."
                );
            else if (value.Element.ValueKind != JsonValueKind.String)
                rejection = new(RejectionReason.WrongType, value.Source, "The field must be text.");
            if (rejection.Reason != 0)
                return false;
        }
        if (!root.GetProperty("specversion"u8).ValueEquals("1.0"u8))
            rejection = new(RejectionReason.BadValue, "/specversion", "The version must be 1.0.");
        string source = root.GetProperty("source"u8).GetString()!;
        string id = root.GetProperty("id"u8).GetString()!;
        if (source.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))
            rejection = new(RejectionReason.BadValue, "/source", "The source is no reference of a URI.");
        else if (id.Any(char.IsControl))
            rejection = new(RejectionReason.ControlCharacter, "/id", "The id holds a control character.");
        fact.MadeId = IdOf(source, id);
        fact.NameSource = "/type";
        return rejection.Reason == 0;
    }

    /// <summary>Source and id with a space between, which no source holds; a hash of both where that is too long for an id.</summary>
    private static string IdOf(string source, string id)
    {
        string both = $"{source} {id}";
        byte[] bytes = Encoding.UTF8.GetBytes(both);
        return EventId.Check(bytes) is null ? both : $"cloudevents:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
    }

    private bool TryData(JsonElement root, out FactValue data, out Rejection rejection)
    {
        rejection = default;
        data = FactValue.Of(root, "data", Data);
        FactValue encoded = FactValue.Of(root, "data_base64", "/data_base64");
        FactValue type = FactValue.Of(root, "datacontenttype", "/datacontenttype");
        if (type.IsThere && !IsJson(Api.ObjectReader.TextOf(type.Element)))
            rejection = new(RejectionReason.BadValue, "/datacontenttype", "Data is taken as JSON alone.");
        else if (data.IsThere && encoded.IsThere)
            rejection = new(
                RejectionReason.NotAllowedHere,
                encoded.Source,
                "Data is given once, as data or as data_base64."
            );
        else if (encoded.IsThere)
        {
            byte[] bytes = [];
            if (encoded.Element.ValueKind != JsonValueKind.String || !encoded.Element.TryGetBytesFromBase64(out bytes!))
                rejection = new(RejectionReason.BadValue, encoded.Source, "The field is not base64.");
            else if (!System.Text.Unicode.Utf8.IsValid(bytes))
                rejection = new(
                    RejectionReason.InvalidUtf8,
                    encoded.Source,
                    "The data holds bytes that are not UTF-8."
                );
            else if ((decoded = JsonPieces.Parse(bytes, out Rejection inner)) is null)
                rejection = inner with { Pointer = encoded.Source + inner.Pointer };
            else
                data = new(decoded.RootElement, encoded.Source);
        }
        return rejection.Reason == 0;
    }

    private static bool IsJson(string? type)
    {
        string media = (type ?? "").Split(';')[0].Trim();
        return media.EndsWith("/json", StringComparison.OrdinalIgnoreCase)
            || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private bool TryOwn(FactValue data, DoorFact fact, out Rejection rejection)
    {
        rejection = default;
        if (request.ByWriteKey)
            rejection = new(
                RejectionReason.NotAllowedHere,
                "/type",
                "Events of our own form need an API key: some of them are statements about other events."
            );
        else if (data.Element.ValueKind != JsonValueKind.Object)
            rejection = new(RejectionReason.WrongType, Data, "The data must be an event, an object.");
        fact.Own = data;
        return rejection.Reason == 0;
    }

    private bool TryForeign(JsonElement root, string type, FactValue data, DoorFact fact, out Rejection rejection)
    {
        rejection = default;
        fact.Match = request.Model.Match(type);
        foreach (JsonProperty attribute in root.EnumerateObject())
            if (!Known.Contains(attribute.Name))
                fact.Extras.Add(($"ce_{attribute.Name}", new(attribute.Value, Pointers.Join("", attribute.Name))));
        if (!data.IsThere)
            return true;
        if (data.Element.ValueKind != JsonValueKind.Object)
        {
            rejection = new(RejectionReason.WrongType, data.Source, "The data must be an object.");
            return false;
        }
        (fact.Data, fact.DataSource) = (data.Element, data.Source);
        Mapping.DoorIdentifiers types = request.Model.Identifiers;
        fact.Identify(types.UserId, fact.Data, "userId", data.Source + "/userId");
        fact.Identify(types.AnonymousId, fact.Data, "anonymousId", data.Source + "/anonymousId");
        fact.Identify(types.DeviceId, fact.Data, "deviceId", data.Source + "/deviceId");
        fact.Identify(types.Email, fact.Data, "email", data.Source + "/email", optional: true);
        fact.Identify(types.Phone, fact.Data, "phone", data.Source + "/phone", optional: true);
        fact.Campaign = FactValue.Of(fact.Data, "campaign", data.Source + "/campaign");
        fact.Channel = FactValue.Of(fact.Data, "channel", data.Source + "/channel");
        fact.Creative = FactValue.Of(fact.Data, "creative", data.Source + "/creative");
        fact.IsTaken = IsTaken;
        fact.Currency = request.Model.Currency;
        return true;
    }

    // Identifiers stand where identifiers do: beside them, in the clear, they would be personal data.
    private static bool IsTaken(JsonProperty member) =>
        member.NameEquals("userId"u8)
        || member.NameEquals("anonymousId"u8)
        || member.NameEquals("deviceId"u8)
        || member.NameEquals("email"u8)
        || member.NameEquals("phone"u8);
}
