using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Doors.Mapping;

namespace Throughline.Server.Doors;

/// <summary>Writes a <see cref="DoorFact"/> as an event of form v1. Judges nothing: what is wrong with a value is found where all events are read.</summary>
internal static class FactWriter
{
    private const string Renamed = "property_";
    private const string TraitPrefix = "trait_";
    private static readonly string[] IdentifierPlaces =
    [
        .. Enumerable.Range(0, EventLimits.Identifiers + 1).Select(index => $"/identifiers/{index}"),
    ];

    public static ReadOnlySpan<byte> Write(DoorFact fact, DoorModel model, EventDraft draft)
    {
        draft.Begin();
        draft.IsTimeOurs = fact.IsTimeOurs;
        if (fact.Own.IsThere)
            return WriteOwn(fact, draft);
        WriteHead(fact, draft);
        WriteIdentifiers(fact, draft);
        WriteContext(fact, draft);
        if (fact.IsIdentify)
            WriteTraits(fact, draft);
        else if (fact.Match.Rule is { IsTouch: true } touch)
            WriteTouch(fact, touch, draft);
        else
            WriteMoneyFact(fact, fact.Match.Rule, model, draft);
        WriteProperties(fact, draft);
        return draft.End();
    }

    /// <summary>An event that is of our own form already: only its id and time may be missing.</summary>
    private static ReadOnlySpan<byte> WriteOwn(DoorFact fact, EventDraft draft)
    {
        JsonElement own = fact.Own.Element;
        if (!own.TryGetProperty("id"u8, out _))
            draft.Json.WriteString("id"u8, fact.MadeId);
        if (!own.TryGetProperty("time"u8, out _) && fact.Time is { } time)
        {
            draft.Json.WriteNumber("time"u8, time);
            draft.Came("/time", fact.SentTime.Source ?? "");
        }
        else if (!own.TryGetProperty("time"u8, out _))
            draft.Raw("time", fact.SentTime.Element, fact.SentTime.Source);
        else
            draft.IsTimeOurs = false;
        foreach (JsonProperty member in own.EnumerateObject())
        {
            draft.Json.WritePropertyName(member.Name);
            draft.WriteRaw(member.Value);
        }
        draft.Came("", fact.Own.Source);
        return draft.End();
    }

    private static void WriteHead(DoorFact fact, EventDraft draft)
    {
        if (fact.Id.IsThere)
        {
            draft.Json.WritePropertyName("id"u8);
            draft.WriteText(fact.Id.Element);
            draft.Came("/id", fact.Id.Source);
        }
        else
            draft.Json.WriteString("id"u8, fact.MadeId);
        draft.Json.WriteString("type"u8, TypeOf(fact));
        draft.Came("/type", fact.NameSource);
        if (fact.Time is { } time)
            draft.Json.WriteNumber("time"u8, time);
        else
        {
            draft.Json.WritePropertyName("time"u8);
            draft.WriteRaw(fact.SentTime.Element);
        }
        draft.Came("/time", fact.SentTime.Source ?? "");
    }

    private static string TypeOf(DoorFact fact) =>
        fact.IsIdentify
            ? "identify"
            : fact.Match.Rule.As switch
            {
                DoorAction.Impression => "impression",
                DoorAction.View => "view",
                DoorAction.Click => "click",
                DoorAction.Conversion => "conversion",
                DoorAction.Refund => "refund",
                _ => fact.Match.Name,
            };

    private static void WriteIdentifiers(DoorFact fact, EventDraft draft)
    {
        if (fact.Identifiers.Count == 0)
            return;
        draft.Json.WriteStartArray("identifiers"u8);
        int written = 0;
        foreach (FactIdentifier identifier in fact.Identifiers)
        {
            if (draft.IsLeftOut(identifier.Value.Source))
                continue;
            draft.Json.WriteStartObject();
            draft.Json.WriteString("type"u8, identifier.Type);
            draft.Json.WritePropertyName("value"u8);
            draft.WriteText(identifier.Value.Element);
            draft.Json.WriteEndObject();
            draft.Came(
                IdentifierPlaces[Math.Min(written++, EventLimits.Identifiers)],
                identifier.Value.Source,
                identifier.IsOptional
            );
        }
        draft.Json.WriteEndArray();
    }

    private static void WriteContext(DoorFact fact, EventDraft draft)
    {
        bool address = Has(fact.Address, draft);
        bool agent = Has(fact.UserAgent, draft) || fact.UserAgentText is not null;
        bool referrer = Has(fact.Referrer, draft);
        if (!address && !agent && !referrer)
            return;
        draft.Json.WriteStartObject("context"u8);
        if (address)
            Part("address", "/context/address", fact.Address, draft);
        if (Has(fact.UserAgent, draft))
            Part("userAgent", "/context/userAgent", fact.UserAgent, draft);
        else if (fact.UserAgentText is not null)
            draft.Json.WriteString("userAgent"u8, fact.UserAgentText);
        if (referrer)
            Part("referrer", "/context/referrer", fact.Referrer, draft);
        draft.Json.WriteEndObject();
    }

    private static void WriteTouch(DoorFact fact, DoorRule rule, EventDraft draft)
    {
        Touch("campaign", Find(fact, rule.Campaign, fact.Campaign), draft);
        Touch("channel", Find(fact, rule.Channel, fact.Channel), draft);
        Touch("creative", Find(fact, rule.Creative, fact.Creative), draft);
        Touch("placement", Find(fact, rule.Placement, default), draft);
    }

    private static void WriteMoneyFact(DoorFact fact, DoorRule rule, DoorModel model, EventDraft draft)
    {
        string section = rule.As == DoorAction.Conversion ? "conversion" : "refund";
        string place = "/" + section;
        draft.Json.WriteStartObject(section);
        draft.Json.WriteString("kind"u8, rule.Kind);
        draft.Came(place, fact.DataSource);
        if (Find(fact, rule.OrderId, default) is { IsThere: true } order)
        {
            draft.Json.WritePropertyName("orderId"u8);
            draft.WriteText(order.Element);
            draft.Came(place + "/orderId", order.Source);
        }
        else if (rule.OrderId.Count > 0)
            draft.Came(place + "/conversion", Pointers.Join(fact.DataSource, rule.OrderId[0]));
        FactValue value = Find(fact, rule.Value, default);
        if (value.IsThere)
            WriteValue(value, fact, fact.Currency ?? model.Currency, place, draft);
        else if (rule.Value.Count > 0)
            draft.Came(place + "/value", Pointers.Join(fact.DataSource, rule.Value[0]));
        draft.Json.WriteEndObject();
    }

    private static void WriteValue(FactValue value, DoorFact fact, string? otherwise, string place, EventDraft draft)
    {
        FactValue currency = Find(fact, fact.Match.Rule.Currency, default);
        Span<byte> letters = stackalloc byte[3];
        bool isCode = TryCode(currency, otherwise, letters);
        draft.Json.WriteStartObject("value"u8);
        draft.Came(place + "/value", value.Source);
        if (isCode)
            draft.Json.WriteString("currency"u8, letters);
        else if (currency.IsThere)
        {
            draft.Json.WritePropertyName("currency"u8);
            draft.WriteRaw(currency.Element);
        }
        if (currency.IsThere)
            draft.Came(place + "/value/currency", currency.Source);
        else if (fact.Match.Rule.Currency is [string first, ..])
            draft.Came(place + "/value/currency", Pointers.Join(fact.DataSource, first));
        draft.Json.WritePropertyName("amount"u8);
        int minorDigits = isCode && Currency.TryParse(letters, out Currency known) ? known.MinorDigits : -1;
        WriteAmount(value.Element, minorDigits, draft);
        draft.Came(place + "/value/amount", value.Source);
        draft.Json.WriteEndObject();
    }

    // A number is written as the text that it is: exact, since it never was a double here.
    private static void WriteAmount(JsonElement amount, int minorDigits, EventDraft draft)
    {
        Span<byte> text = stackalloc byte[DecimalText.LengthMax + 1];
        ReadOnlySpan<byte> sent = JsonMarshal.GetRawUtf8Value(amount);
        if (amount.ValueKind == JsonValueKind.String)
            sent = sent[1..^1];
        if (!DecimalText.IsNumber(sent) || !DecimalText.TryExpand(sent, text, out int length))
        {
            draft.WriteText(amount);
            return;
        }
        if (minorDigits >= 0)
            length = DecimalText.Snap(text, length, minorDigits);
        draft.Json.WriteStringValue(text[..length]);
    }

    /// <summary>Three letters as capitals.</summary>
    private static bool TryCode(FactValue currency, string? otherwise, Span<byte> letters)
    {
        ReadOnlySpan<byte> code = currency.IsThere ? JsonMarshal.GetRawUtf8Value(currency.Element) : default;
        if (code.Length == 5 && code[0] == '"')
            code = code[1..4];
        else if (!currency.IsThere && otherwise is { Length: 3 })
            code = Encoding.ASCII.GetBytes(otherwise);
        return code.Length == 3
            && Ascii.IsValid(code)
            && Ascii.ToUpper(code, letters, out int written) == OperationStatus.Done
            && written == 3
            && letters.IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0;
    }

    /// <summary>Traits that can be such stay; others, and those beyond the count, become properties.</summary>
    private static void WriteTraits(DoorFact fact, EventDraft draft)
    {
        if (fact.Traits.Element.ValueKind != JsonValueKind.Object)
            return;
        int count = 0;
        foreach (JsonProperty trait in fact.Traits.Element.EnumerateObject())
        {
            if (!IsTrait(trait) || count == EventLimits.Traits)
                continue;
            if (count++ == 0)
                draft.Json.WriteStartObject("traits"u8);
            draft.Json.WritePropertyName(trait.Name);
            draft.WriteRaw(trait.Value);
        }
        if (count == 0)
            return;
        draft.Json.WriteEndObject();
        draft.Came("/traits", fact.Traits.Source);
    }

    private static bool IsTrait(JsonProperty trait) =>
        trait.Value.ValueKind switch
        {
            _ when JsonMarshal.GetRawUtf8PropertyName(trait).Length > EventLimits.TraitName => false,
            JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number => true,
            JsonValueKind.String => new FactValue(trait.Value, "").IsThere && !IsLong(trait.Value),
            _ => false,
        };

    private static bool IsLong(JsonElement text)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(text);
        if (raw.Length <= EventLimits.TraitText)
            return false;
        int points = 0;
        foreach (byte unit in raw)
            points += (unit & 0xc0) != 0x80 ? 1 : 0;
        return points - 2 > EventLimits.TraitText;
    }

    private static void WriteProperties(DoorFact fact, EventDraft draft)
    {
        foreach ((string name, FactValue value) in fact.Extras)
            if (value.IsThere && !Member(fact.Data, name, "").IsThere)
                draft.Raw(name, value.Element, value.Source);
        if (fact.IsIdentify)
            WriteOtherTraits(fact, draft);
        if (fact.Data.ValueKind != JsonValueKind.Object)
            return;
        foreach (JsonProperty property in fact.Data.EnumerateObject())
            if (fact.IsTaken is null || !fact.IsTaken(property))
                WriteProperty(property, fact.DataSource, draft);
    }

    private static void WriteProperty(JsonProperty property, string from, EventDraft draft)
    {
        ReadOnlySpan<byte> name = JsonMarshal.GetRawUtf8PropertyName(property);
        if (name.Contains((byte)'\\'))
            name = Encoding.UTF8.GetBytes(property.Name); // unescaped: it is escaped again
        if (EventJson.IsField(name))
            draft.Raw(Renamed + property.Name, property.Value, Pointers.Join(from, property.Name));
        else
        {
            draft.Json.WritePropertyName(name);
            draft.WriteRaw(property.Value);
        }
    }

    private static void WriteOtherTraits(DoorFact fact, EventDraft draft)
    {
        if (fact.Traits.Element.ValueKind != JsonValueKind.Object)
            return;
        int count = 0;
        foreach (JsonProperty trait in fact.Traits.Element.EnumerateObject())
            if ((!IsTrait(trait) || count++ >= EventLimits.Traits) && new FactValue(trait.Value, "").IsThere)
                draft.Raw(TraitPrefix + trait.Name, trait.Value, Pointers.Join(fact.Traits.Source, trait.Name));
    }

    private static void Touch(string name, FactValue value, EventDraft draft)
    {
        if (!Has(value, draft))
            return;
        draft.Json.WritePropertyName(name);
        draft.WriteText(value.Element);
        draft.Came("/" + name, value.Source, optional: true);
    }

    private static void Part(string name, string target, FactValue value, EventDraft draft)
    {
        draft.Json.WritePropertyName(name);
        draft.WriteRaw(value.Element);
        draft.Came(target, value.Source, optional: true);
    }

    private static bool Has(FactValue value, EventDraft draft) => value.IsThere && !draft.IsLeftOut(value.Source);

    private static FactValue Find(DoorFact fact, IReadOnlyList<string> fields, FactValue otherwise)
    {
        foreach (string field in fields)
        {
            if (Member(fact.Facts.Element, field, fact.Facts.Source) is { IsThere: true } fromFacts)
                return fromFacts;
            if (Member(fact.Data, field, fact.DataSource) is { IsThere: true } found)
                return found;
        }
        return otherwise;
    }

    private static FactValue Member(JsonElement holder, string field, string source) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(field, out JsonElement value)
            ? new(value, Pointers.Join(source, field))
            : default;
}
