namespace Throughline.Core.Events;

/// <summary>The known fields of an event's JSON, as a set.</summary>
[Flags]
internal enum EventFields
{
    None = 0,
    Id = 1 << 0,
    Type = 1 << 1,
    Time = 1 << 2,
    Identifiers = 1 << 3,
    Context = 1 << 4,
    Request = 1 << 5,
    Campaign = 1 << 6,
    Channel = 1 << 7,
    Creative = 1 << 8,
    Placement = 1 << 9,
    Conversion = 1 << 10,
    Refund = 1 << 11,
    Decision = 1 << 12,
    Consent = 1 << 13,
    Label = 1 << 14,
    Link = 1 << 15,
    Traits = 1 << 16,
    TraitsSource = 1 << 17,
    Holdout = 1 << 18,

    Always = Id | Type | Time | Identifiers | Context,
    Touch = Campaign | Channel | Creative | Placement,
}

/// <summary>Which known fields an event may and must have, by its type.</summary>
internal static class EventFieldRules
{
    private static readonly string[] Types =
    [
        "",
        "request",
        "decision",
        "impression",
        "view",
        "click",
        "",
        "conversion",
        "refund",
        "identify",
        "consent",
        "label",
        "control",
        "tick",
        "link",
        "holdout",
    ];

    /// <summary>The name of a type in JSON; empty for a nurturing event, which has its own name.</summary>
    public static string NameOf(EventType type) => Types[(int)type];

    /// <summary>The type of this name, <see cref="EventType.Nurture"/> if none is known by it.</summary>
    public static EventType TypeOf(ReadOnlySpan<byte> name) =>
        name.Length switch
        {
            4 when name.SequenceEqual("view"u8) => EventType.View,
            4 when name.SequenceEqual("tick"u8) => EventType.Tick,
            4 when name.SequenceEqual("link"u8) => EventType.Link,
            5 when name.SequenceEqual("click"u8) => EventType.Click,
            5 when name.SequenceEqual("label"u8) => EventType.Label,
            6 when name.SequenceEqual("refund"u8) => EventType.Refund,
            7 when name.SequenceEqual("request"u8) => EventType.Request,
            7 when name.SequenceEqual("consent"u8) => EventType.Consent,
            7 when name.SequenceEqual("control"u8) => EventType.Control,
            7 when name.SequenceEqual("holdout"u8) => EventType.Holdout,
            8 when name.SequenceEqual("decision"u8) => EventType.Decision,
            8 when name.SequenceEqual("identify"u8) => EventType.Identify,
            10 when name.SequenceEqual("impression"u8) => EventType.Impression,
            10 when name.SequenceEqual("conversion"u8) => EventType.Conversion,
            _ => EventType.Nurture,
        };

    /// <summary>The known field of this name, or none.</summary>
    public static EventFields FieldOf(ReadOnlySpan<byte> name) =>
        name.Length switch
        {
            2 when name.SequenceEqual("id"u8) => EventFields.Id,
            4 when name.SequenceEqual("type"u8) => EventFields.Type,
            4 when name.SequenceEqual("time"u8) => EventFields.Time,
            4 when name.SequenceEqual("link"u8) => EventFields.Link,
            5 when name.SequenceEqual("label"u8) => EventFields.Label,
            6 when name.SequenceEqual("refund"u8) => EventFields.Refund,
            6 when name.SequenceEqual("traits"u8) => EventFields.Traits,
            7 when name.SequenceEqual("context"u8) => EventFields.Context,
            7 when name.SequenceEqual("request"u8) => EventFields.Request,
            7 when name.SequenceEqual("channel"u8) => EventFields.Channel,
            7 when name.SequenceEqual("consent"u8) => EventFields.Consent,
            7 when name.SequenceEqual("holdout"u8) => EventFields.Holdout,
            8 when name.SequenceEqual("campaign"u8) => EventFields.Campaign,
            8 when name.SequenceEqual("creative"u8) => EventFields.Creative,
            8 when name.SequenceEqual("decision"u8) => EventFields.Decision,
            9 when name.SequenceEqual("placement"u8) => EventFields.Placement,
            10 when name.SequenceEqual("conversion"u8) => EventFields.Conversion,
            11 when name.SequenceEqual("identifiers"u8) => EventFields.Identifiers,
            12 when name.SequenceEqual("traitsSource"u8) => EventFields.TraitsSource,
            _ => EventFields.None,
        };

    /// <summary>The fields that a type may have.</summary>
    public static EventFields Allowed(EventType type) =>
        EventFields.Always
        | (
            type.IsTouch() ? EventFields.Touch
            : type == EventType.Request ? EventFields.Request
            : type == EventType.Identify ? EventFields.Traits | EventFields.TraitsSource
            : Required(type)
        );

    /// <summary>The fields that a type must have.</summary>
    public static EventFields Required(EventType type)
    {
        const EventFields Key = EventFields.Id | EventFields.Type | EventFields.Time;
        return type switch
        {
            EventType.Conversion => Key | EventFields.Conversion,
            EventType.Refund => Key | EventFields.Refund,
            EventType.Decision => Key | EventFields.Decision,
            EventType.Consent => Key | EventFields.Consent,
            EventType.Label => Key | EventFields.Label,
            EventType.Identify => Key | EventFields.Identifiers,
            EventType.Holdout => Key | EventFields.Identifiers | EventFields.Holdout,
            EventType.Link => Key | EventFields.Identifiers | EventFields.Link,
            _ => Key,
        };
    }

    /// <summary>The pointer of a single known field.</summary>
    public static string PointerOf(EventFields field) =>
        "/" + System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(field.ToString());
}
