namespace Throughline.Core.Events;

/// <summary>What kind of fact an event is. Values are stored: never renumber.</summary>
public enum EventType : byte
{
    /// <summary>A request seen at the edge or in an access log.</summary>
    Request = 1,

    /// <summary>What an edge decided about a request.</summary>
    Decision = 2,

    /// <summary>An advertisement was served.</summary>
    Impression = 3,

    /// <summary>An advertisement was seen.</summary>
    View = 4,

    /// <summary>An advertisement or link was clicked.</summary>
    Click = 5,

    /// <summary>Any other named touch, such as <c>email_open</c>; its name is declared by sending it.</summary>
    Nurture = 6,

    /// <summary>Something of value happened: a sale, a sign-up.</summary>
    Conversion = 7,

    /// <summary>A conversion was taken back, in whole or in part.</summary>
    Refund = 8,

    /// <summary>Identifiers were seen together, and nothing else happened.</summary>
    Identify = 9,

    /// <summary>A person allowed or refused purposes.</summary>
    Consent = 10,

    /// <summary>An analyst's statement about an actor.</summary>
    Label = 11,

    /// <summary>A document of the platform: campaign, blocked value. Comes from the platform alone.</summary>
    Control = 12,

    /// <summary>Lets queued work go on. Comes from the platform alone.</summary>
    Tick = 13,

    /// <summary>A matcher outside says of two identifiers that they belong together, and how sure that is.</summary>
    Link = 14,

    /// <summary>A sender says in which arm of a campaign's experiment it has put somebody.</summary>
    Holdout = 15,
}

/// <summary>Groups of event types that the lenses treat alike.</summary>
public static class EventTypes
{
    /// <summary>May earn credit.</summary>
    public static bool IsTouch(this EventType type) => type is >= EventType.Impression and <= EventType.Nurture;

    /// <summary>Something that happened in the world, as opposed to a statement about it: it moves the watermark and is held to the horizon.</summary>
    public static bool IsObservation(this EventType type) =>
        type is not (EventType.Label or EventType.Control or EventType.Tick);

    /// <summary>Its identifiers are evidence of who somebody is.</summary>
    public static bool IsSighting(this EventType type) => type.IsObservation() && type != EventType.Decision;
}
