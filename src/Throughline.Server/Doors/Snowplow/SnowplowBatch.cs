using System.Security.Cryptography;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Doors.Mapping;

namespace Throughline.Server.Doors.Snowplow;

/// <summary>
/// Reads events of Snowplow's trackers: page views and pings, structured and self-describing events, transactions. What they are here
/// the tenant's mapping says, by <c>page_view</c>, <c>page_ping</c>, <c>transaction</c>, <c>transaction_item</c>, the structured
/// event's action, or the name in the self-describing event's schema.
/// </summary>
internal sealed class SnowplowBatch(JsonPieces pieces, DoorRequest request) : DoorBatch
{
    /// <summary>Snowplow's ecommerce events are one schema; what happened is its <c>type</c>, and the money is in an entity of that name.</summary>
    private const string EcommerceAction = "snowplow_ecommerce_action";
    private const string EcommercePrefix = "ecommerce_";

    private static readonly string[] OfSelfDescribing = ["aid", "p", "sid", "url", "page"];

    private readonly List<JsonDocument> opened = [];

    public override int Count => pieces.Count;

    public override (string Id, string Time) Places => ("/eid", "/dtm");

    public override string PlaceOf(int index) => pieces.IsSingle ? "" : $"/data/{index}";

    public override bool TryRead(int index, DoorFact fact, out Rejection rejection)
    {
        Dispose();
        if (!pieces.TryOpen(index, EventLimits.Bytes, out JsonDocument document, out rejection))
            return false;
        opened.Add(document);
        JsonElement root = document.RootElement;
        ReadId(root, index, fact);
        ReadTime(root, fact);
        ReadWho(root, fact);
        ReadCampaign(root, fact);
        fact.Currency = request.Model.Currency;
        return TryReadContexts(root, fact, out rejection) && TryReadEvent(root, fact, out rejection);
    }

    public override void Dispose()
    {
        foreach (JsonDocument document in opened)
            document.Dispose();
        opened.Clear();
    }

    private bool TryReadEvent(JsonElement root, DoorFact fact, out Rejection rejection)
    {
        rejection = default;
        FactValue kind = FactValue.Of(root, "e", "/e");
        fact.NameSource = "/e";
        string? name = kind.Element.ValueKind == JsonValueKind.String ? kind.Element.GetString() : null;
        switch (name)
        {
            case "pv":
                return Take("page_view", root, fact);
            case "pp":
                return Take("page_ping", root, fact);
            case "tr":
                return Take("transaction", root, fact);
            case "ti":
                return Take("transaction_item", root, fact);
            case "se":
                fact.NameSource = "/se_ac";
                FactValue action = FactValue.Of(root, "se_ac", "/se_ac");
                if (action.Element.ValueKind == JsonValueKind.String && action.IsThere)
                    return Take(action.Element.GetString()!, root, fact);
                rejection = new(RejectionReason.MissingField, "/se_ac", "A structured event has an action.");
                return false;
            case "ue":
                return TryReadSelfDescribing(root, fact, out rejection);
            default:
                rejection = kind.IsThere
                    ? new(RejectionReason.BadValue, "/e", "The type is none of pv, pp, se, ue, tr, ti.")
                    : new(RejectionReason.MissingField, "/e", "A required field is missing.");
                return false;
        }
    }

    private bool Take(string name, JsonElement root, DoorFact fact)
    {
        fact.Match = request.Model.Match(name);
        (fact.Data, fact.DataSource) = (root, "");
        fact.IsTaken = SnowplowFields.IsTaken;
        return true;
    }

    private bool TryReadSelfDescribing(JsonElement root, DoorFact fact, out Rejection rejection)
    {
        if (
            !SelfDescribing.TryOpen(
                root,
                "ue_px",
                "ue_pr",
                out SelfDescribing outer,
                out JsonDocument? document,
                out rejection
            )
        )
            return false;
        if (document is null)
        {
            rejection = new(RejectionReason.MissingField, "/ue_px", "A self-describing event has data.");
            return false;
        }
        opened.Add(document);
        if (!SelfDescribing.TryRead(outer.Data, outer.Source + "/data", out SelfDescribing inner, out rejection))
            return false;
        if (inner.Data.ValueKind != JsonValueKind.Object)
        {
            rejection = new(RejectionReason.WrongType, inner.Source + "/data", "The data must be an object.");
            return false;
        }
        (fact.Data, fact.DataSource) = (inner.Data, inner.Source + "/data");
        fact.NameSource = inner.Source + "/schema";
        string name = inner.Name;
        if (name == EcommerceAction && inner.Data.TryGetProperty("type"u8, out JsonElement type))
            name = EcommercePrefix + Api.ObjectReader.TextOf(type);
        string full = $"{inner.Vendor}/{name}";
        fact.Match = request.Model.Match(request.Model.Own.ContainsKey(full) ? full : name);
        foreach (string field in OfSelfDescribing)
            fact.Extras.Add((field, FactValue.Of(root, field, "/" + field)));
        return true;
    }

    /// <summary>Entities beside the event: who a session or device is of, and the money of an ecommerce action.</summary>
    private bool TryReadContexts(JsonElement root, DoorFact fact, out Rejection rejection)
    {
        if (
            !SelfDescribing.TryOpen(
                root,
                "cx",
                "co",
                out SelfDescribing outer,
                out JsonDocument? document,
                out rejection
            )
        )
            return false;
        if (document is null)
            return true;
        opened.Add(document);
        string source = outer.Source + "/data";
        if (outer.Data.ValueKind != JsonValueKind.Array)
        {
            rejection = new(RejectionReason.WrongType, source, "Contexts are a list.");
            return false;
        }
        fact.Extras.Add(("contexts", new(outer.Data, source)));
        int index = 0;
        foreach (JsonElement entry in outer.Data.EnumerateArray())
        {
            string place = $"{source}/{index++}";
            if (!SelfDescribing.TryRead(entry, place, out SelfDescribing entity, out rejection))
                return false;
            ReadEntity(entity, fact);
        }
        return true;
    }

    private void ReadEntity(SelfDescribing entity, DoorFact fact)
    {
        DoorIdentifiers types = request.Model.Identifiers;
        string place = entity.Source + "/data";
        switch (entity.Name)
        {
            case "client_session":
                fact.Identify(types.DeviceId, entity.Data, "userId", place + "/userId", optional: true);
                break;
            case "mobile_context":
                fact.Identify(types.AdvertisingId, entity.Data, "appleIdfa", place + "/appleIdfa", optional: true);
                fact.Identify(types.AdvertisingId, entity.Data, "androidIdfa", place + "/androidIdfa", optional: true);
                break;
            case "transaction" or "refund" when entity.Vendor == "com.snowplowanalytics.snowplow.ecommerce":
                fact.Facts = new(entity.Data, place);
                break;
        }
    }

    private void ReadId(JsonElement root, int index, DoorFact fact)
    {
        fact.Id = FactValue.Of(root, "eid", "/eid");
        if (fact.Id.IsThere)
            return;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(pieces.Bytes(index), hash);
        fact.MadeId = $"snowplow:{Convert.ToHexStringLower(hash[..16])}";
    }

    /// <summary>A true time is believed; a device's is corrected by the time at which it has sent.</summary>
    private void ReadTime(JsonElement root, DoorFact fact)
    {
        FactValue known = FactValue.Of(root, "ttm", "/ttm");
        int tolerance = request.Model.ClockToleranceMs;
        if (known.IsThere)
            DoorClock.Set(fact, known, default, request.Received, tolerance);
        else
            DoorClock.Set(
                fact,
                FactValue.Of(root, "dtm", "/dtm"),
                FactValue.Of(root, "stm", "/stm"),
                request.Received,
                tolerance
            );
    }

    private void ReadWho(JsonElement root, DoorFact fact)
    {
        DoorIdentifiers types = request.Model.Identifiers;
        bool isAnonymous = request.Http.Headers.ContainsKey("SP-Anonymous");
        fact.Identify(types.UserId, root, "uid", "/uid");
        fact.Identify(types.AnonymousId, root, "duid", "/duid");
        if (!isAnonymous)
        {
            fact.Identify(types.NetworkId, root, "nuid", "/nuid", optional: true);
            fact.Identify(types.NetworkId, root, "tnuid", "/tnuid", optional: true);
        }
        fact.Address = FactValue.Of(root, "ip", "/ip");
        fact.UserAgent = FactValue.Of(root, "ua", "/ua");
        fact.Referrer = FactValue.Of(root, "refr", "/refr");
        // A browser or an app has sent this itself; of a server's tracker the request's own agent is the server.
        bool isOwn =
            root.TryGetProperty("p"u8, out JsonElement platform) && (Is(platform, "web") || Is(platform, "mob"));
        if (
            isOwn
            && !isAnonymous
            && request.Http.Headers.UserAgent.ToString() is { Length: > 0 and <= EventLimits.LongText } agent
        )
            fact.UserAgentText = agent.Any(char.IsControl) ? null : agent;
    }

    private void ReadCampaign(JsonElement root, DoorFact fact)
    {
        FactValue url = FactValue.Of(root, "url", "/url");
        if (
            url.Element.ValueKind != JsonValueKind.String
            || UtmParameters.Read(url.Element.GetString()!) is not { } utm
        )
            return;
        opened.Add(utm);
        fact.Campaign = FactValue.Of(utm.RootElement, "campaign", "/url");
        fact.Channel = FactValue.Of(utm.RootElement, "medium", "/url");
        if (!fact.Channel.IsThere)
            fact.Channel = FactValue.Of(utm.RootElement, "source", "/url");
        fact.Creative = FactValue.Of(utm.RootElement, "content", "/url");
    }

    private static bool Is(JsonElement value, string text) =>
        value.ValueKind == JsonValueKind.String && value.ValueEquals(text);
}
