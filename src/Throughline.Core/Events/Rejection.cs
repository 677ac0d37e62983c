using System.Text.Json;

namespace Throughline.Core.Events;

/// <summary>
/// Why an event was not taken, at the door or by the machine. Closed: answers, metrics and documents use these and no others, in
/// snake_case (<see cref="RejectionReasons.Code"/>).
/// </summary>
public enum RejectionReason : byte
{
    /// <summary>Not JSON (RFC 8259): cut off, a trailing comma, NaN, a byte order mark, …</summary>
    MalformedJson = 1,

    /// <summary>A byte that is no UTF-8.</summary>
    InvalidUtf8,

    /// <summary>An escape such as \ud800 without its other half.</summary>
    LoneSurrogate,

    /// <summary>More than 64 KiB of JSON.</summary>
    TooLarge,

    /// <summary>Objects and arrays nested more than 16 deep.</summary>
    TooDeep,

    /// <summary>More than 256 properties, or more than 64 purposes.</summary>
    TooManyProperties,

    /// <summary>The same field twice in one object.</summary>
    DuplicateField,

    /// <summary>A required field is not there.</summary>
    MissingField,

    /// <summary>A field that this object does not have.</summary>
    UnknownField,

    /// <summary>A field that does not belong to this type of event, or beside another field.</summary>
    NotAllowedHere,

    /// <summary>Another JSON type than the field has.</summary>
    WrongType,

    /// <summary>Empty where a value is needed.</summary>
    Empty,

    /// <summary>Longer than the field may be.</summary>
    TooLong,

    /// <summary>A control character.</summary>
    ControlCharacter,

    /// <summary>A number that is not whole, too great, or longer than 64 digits.</summary>
    BadNumber,

    /// <summary>A text that is none of the values or not of the form that the field has.</summary>
    BadValue,

    /// <summary>A type that is neither known nor the form of a nurturing event's name.</summary>
    BadEventType,

    /// <summary>A type that comes from the platform alone: control, tick.</summary>
    PlatformOnly,

    /// <summary>Not RFC 3339 with an offset, nor whole milliseconds.</summary>
    BadTime,

    /// <summary>Outside 1990 to 2199, or a span of time that is negative or too long.</summary>
    TimeOutOfRange,

    /// <summary>More than 10 identifiers.</summary>
    TooManyIdentifiers,

    /// <summary>The name of an identifier type has not the form of one.</summary>
    BadIdentifierType,

    /// <summary>Not the shape of an e-mail address.</summary>
    BadEmail,

    /// <summary>Not a phone number that can be brought to E.164.</summary>
    BadPhone,

    /// <summary>Not an IPv4 or IPv6 address.</summary>
    BadAddress,

    /// <summary>No ISO 4217 currency with a minor unit.</summary>
    UnknownCurrency,

    /// <summary>Not decimal text.</summary>
    BadAmount,

    /// <summary>Finer than the currency's minor unit.</summary>
    AmountPrecision,

    /// <summary>Beyond 2^53 - 1 minor units, negative, or zero for a refund.</summary>
    AmountOutOfRange,

    /// <summary>Ahead of the clock at the door by more than the skew.</summary>
    TooEarly,

    /// <summary>Older than the watermark minus the horizon.</summary>
    TooLate,

    /// <summary>A known id with other content or another time.</summary>
    IdConflict,

    /// <summary>A new name of an identifier type, campaign, nurturing event or kind of conversion, and the tenant has as many as it can.</summary>
    TooManyNames,
}

/// <summary>One event's refusal.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Pointer">The bad field as a JSON pointer (RFC 6901) into the event; empty for the event as a whole.</param>
/// <param name="Message">One sentence for people; never repeats a value of the event.</param>
public readonly record struct Rejection(RejectionReason Reason, string Pointer, string Message);

/// <summary>The codes of the reasons.</summary>
public static class RejectionReasons
{
    private static readonly string[] Codes =
    [
        "",
        .. Enum.GetNames<RejectionReason>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName),
    ];

    /// <summary>The code in JSON and metrics, such as <c>missing_field</c>.</summary>
    public static string Code(this RejectionReason reason) => Codes[(int)reason];

    /// <summary>Reads a code; false if there is no such reason.</summary>
    public static bool TryParse(string code, out RejectionReason reason)
    {
        int index = Array.IndexOf(Codes, code);
        reason = (RejectionReason)index;
        return index > 0;
    }
}
