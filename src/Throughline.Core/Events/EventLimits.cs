namespace Throughline.Core.Events;

/// <summary>
/// The limits of an event in its JSON form. Lengths of text are Unicode code points unless said otherwise. The JSON schema repeats
/// them, and a test compares the two.
/// </summary>
public static class EventLimits
{
    /// <summary>Bytes of one event's JSON.</summary>
    public const int Bytes = 64 * 1024;

    /// <summary>Objects and arrays inside one another, the event itself included.</summary>
    public const int Depth = 16;

    /// <summary>Unknown fields of the event itself.</summary>
    public const int Properties = 256;

    public const int PropertyName = 256;

    /// <summary>Characters of a number as written.</summary>
    public const int NumberText = 64;

    public const int Identifiers = EventRecord.MaxIdentifiers;
    public const int IdentifierValue = 512;
    public const int IdentifierType = 32;
    public const int EventType = 64;

    /// <summary>Campaign, channel, creative, placement and order id.</summary>
    public const int Name = 128;

    /// <summary>Kind of a conversion.</summary>
    public const int Kind = 64;

    /// <summary>User agent, referrer and path.</summary>
    public const int LongText = 8192;

    public const int Host = 255;
    public const int Method = 32;

    /// <summary>The greatest HTTP status; the least is 0, for an answer that was never given.</summary>
    public const int Status = 999;

    public const int Purposes = 64;
    public const int PurposeName = 64;

    /// <summary>The weakest tier of a link; the strongest is 1.</summary>
    public const int LinkTier = 99;

    /// <summary>The greatest score of a link, in millionths: certainty.</summary>
    public const int LinkScore = 1_000_000;

    /// <summary>Traits of one event.</summary>
    public const int Traits = 32;

    public const int TraitName = 64;

    /// <summary>A trait that is a text.</summary>
    public const int TraitText = 256;

    public const int TraitSource = 64;

    /// <summary>The longest span of a label, in milliseconds: 400 days.</summary>
    public const long LabelSpan = 400L * 86_400_000;
}
