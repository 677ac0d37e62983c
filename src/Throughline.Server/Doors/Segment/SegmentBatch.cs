using System.Security.Cryptography;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Doors.Mapping;

namespace Throughline.Server.Doors.Segment;

/// <summary>
/// Reads Segment's calls (https://segment.com/docs/connections/spec/): track, page and screen become what the tenant's mapping says of
/// their names, group a nurturing event, identify and alias identify events.
/// </summary>
internal sealed class SegmentBatch : DoorBatch
{
    private const string Properties = "/properties";
    private const string Traits = "/traits";

    private readonly JsonPieces pieces;
    private readonly string? call;
    private readonly DoorRequest request;
    private readonly JsonDocument? sentAt;
    private readonly JsonDocument? context;
    private JsonDocument? message;

    public SegmentBatch(JsonPieces pieces, string? call, DoorRequest request)
    {
        (this.pieces, this.call, this.request) = (pieces, call, request);
        sentAt = pieces.Member("sentAt");
        context = pieces.Member("context");
    }

    public override int Count => pieces.Count;

    public override (string Id, string Time) Places => ("/messageId", "/timestamp");

    public override string PlaceOf(int index) => pieces.IsSingle ? "" : $"/batch/{index}";

    public override bool TryRead(int index, DoorFact fact, out Rejection rejection)
    {
        message?.Dispose();
        message = null;
        if (!pieces.TryOpen(index, SegmentDoor.EventBytesMax, out JsonDocument opened, out rejection))
            return false;
        message = opened;
        JsonElement root = opened.RootElement;
        ReadId(root, index, fact);
        ReadTime(root, fact);
        ReadWho(root, fact);
        ReadContext(root, fact);
        return TryReadCall(root, fact, out rejection);
    }

    public override void Dispose()
    {
        message?.Dispose();
        sentAt?.Dispose();
        context?.Dispose();
    }

    private bool TryReadCall(JsonElement root, DoorFact fact, out Rejection rejection)
    {
        rejection = default;
        FactValue type = FactValue.Of(root, "type", "/type");
        string? name = call ?? TextOf(type);
        fact.NameSource = "/type";
        switch (name)
        {
            case "track":
                return TryTrack(root, fact, out rejection);
            case "page" or "screen":
                fact.Match = request.Model.Match(name);
                TakeData(root, "properties", Properties, fact);
                fact.Extras.Add(($"{name}_name", FactValue.Of(root, "name", "/name")));
                fact.Extras.Add(($"{name}_category", FactValue.Of(root, "category", "/category")));
                if (!fact.Referrer.IsThere)
                    fact.Referrer = FactValue.Of(fact.Data, "referrer", "/properties/referrer");
                return true;
            case "group":
                fact.Match = request.Model.Match(name);
                TakeData(root, "traits", Traits, fact);
                fact.Extras.Add(("group_id", FactValue.Of(root, "groupId", "/groupId")));
                return true;
            case "identify":
                fact.IsIdentify = true;
                FactValue traits = FactValue.Of(root, "traits", Traits);
                if (!traits.IsThere)
                    traits = FactValue.Of(ContextOf(root), "traits", "/context/traits");
                fact.Traits = traits;
                return true;
            case "alias":
                fact.IsIdentify = true;
                fact.Identify(request.Model.Identifiers.PreviousId, root, "previousId", "/previousId");
                return true;
            default:
                rejection = type.IsThere
                    ? new(RejectionReason.BadValue, "/type", "The type is none of Segment's calls.")
                    : new(RejectionReason.MissingField, "/type", "A required field is missing.");
                return false;
        }
    }

    private bool TryTrack(JsonElement root, DoorFact fact, out Rejection rejection)
    {
        rejection = default;
        FactValue name = FactValue.Of(root, "event", "/event");
        fact.NameSource = "/event";
        if (!name.IsThere)
        {
            rejection = new(RejectionReason.MissingField, "/event", "A required field is missing.");
            return false;
        }
        if (name.Element.ValueKind != JsonValueKind.String)
        {
            rejection = new(RejectionReason.WrongType, "/event", "The field must be text.");
            return false;
        }
        fact.Match = request.Model.Match(name.Element.GetString()!);
        TakeData(root, "properties", Properties, fact);
        fact.Currency = request.Model.Currency ?? "USD"; // as Segment's specification has it
        return true;
    }

    // Anything but an object is kept as a property, so that nothing goes unseen.
    private static void TakeData(JsonElement root, string member, string source, DoorFact fact)
    {
        fact.DataSource = source;
        if (!root.TryGetProperty(member, out JsonElement data))
            return;
        if (data.ValueKind == JsonValueKind.Object)
            fact.Data = data;
        else
            fact.Extras.Add((member == "traits" ? "group_traits" : member, new(data, source)));
    }

    private void ReadId(JsonElement root, int index, DoorFact fact)
    {
        fact.Id = FactValue.Of(root, "messageId", "/messageId");
        if (fact.Id.IsThere)
            return;
        // The same body sent again gives the same id; a message without any time is new each time.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(pieces.Bytes(index), hash);
        fact.MadeId = $"segment:{Convert.ToHexStringLower(hash[..16])}";
        if (!CreatedOf(root).IsThere)
            fact.MadeId += $":{request.Received}:{index}";
    }

    private void ReadTime(JsonElement root, DoorFact fact)
    {
        FactValue sent = FactValue.Of(root, "sentAt", "/sentAt");
        if (!sent.IsThere && sentAt is not null)
            sent = new(sentAt.RootElement, "/sentAt");
        DoorClock.Set(fact, CreatedOf(root), sent, request.Received, request.Model.ClockToleranceMs);
    }

    private static FactValue CreatedOf(JsonElement root)
    {
        FactValue original = FactValue.Of(root, "originalTimestamp", "/originalTimestamp");
        return original.IsThere ? original : FactValue.Of(root, "timestamp", "/timestamp");
    }

    private void ReadWho(JsonElement root, DoorFact fact)
    {
        DoorIdentifiers types = request.Model.Identifiers;
        fact.Identify(types.UserId, root, "userId", "/userId");
        fact.Identify(types.AnonymousId, root, "anonymousId", "/anonymousId");
        JsonElement around = ContextOf(root);
        if (around.ValueKind != JsonValueKind.Object)
            return;
        if (around.TryGetProperty("device"u8, out JsonElement device))
        {
            fact.Identify(types.DeviceId, device, "id", "/context/device/id", optional: true);
            fact.Identify(
                types.AdvertisingId,
                device,
                "advertisingId",
                "/context/device/advertisingId",
                optional: true
            );
        }
        if (around.TryGetProperty("traits"u8, out JsonElement known))
            ReadContact(known, "/context/traits", fact);
        bool isIdentify = call is null ? TextOf(FactValue.Of(root, "type", "")) == "identify" : call == "identify";
        if (isIdentify && root.TryGetProperty("traits"u8, out JsonElement traits))
            ReadContact(traits, Traits, fact);
    }

    private void ReadContact(JsonElement traits, string source, DoorFact fact)
    {
        fact.Identify(request.Model.Identifiers.Email, traits, "email", source + "/email", optional: true);
        fact.Identify(request.Model.Identifiers.Phone, traits, "phone", source + "/phone", optional: true);
    }

    private void ReadContext(JsonElement root, DoorFact fact)
    {
        JsonElement around = ContextOf(root);
        if (around.ValueKind != JsonValueKind.Object)
            return;
        fact.Address = FactValue.Of(around, "ip", "/context/ip");
        fact.UserAgent = FactValue.Of(around, "userAgent", "/context/userAgent");
        if (around.TryGetProperty("page"u8, out JsonElement page))
        {
            fact.Referrer = FactValue.Of(page, "referrer", "/context/page/referrer");
            fact.Extras.Add(("page_url", FactValue.Of(page, "url", "/context/page/url")));
        }
        if (!around.TryGetProperty("campaign"u8, out JsonElement campaign))
            return;
        fact.Campaign = FactValue.Of(campaign, "name", "/context/campaign/name");
        fact.Channel = FactValue.Of(campaign, "medium", "/context/campaign/medium");
        if (!fact.Channel.IsThere)
            fact.Channel = FactValue.Of(campaign, "source", "/context/campaign/source");
        fact.Creative = FactValue.Of(campaign, "content", "/context/campaign/content");
        fact.Extras.Add(("utm", new(campaign, "/context/campaign")));
    }

    /// <summary>The message's own context, or that of the batch.</summary>
    private JsonElement ContextOf(JsonElement root) =>
        root.TryGetProperty("context"u8, out JsonElement own) ? own : context?.RootElement ?? default;

    private static string? TextOf(FactValue value) =>
        value.Element.ValueKind == JsonValueKind.String ? value.Element.GetString() : null;
}
