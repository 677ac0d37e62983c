using System.Buffers;

namespace Throughline.Core.Events;

/// <summary>
/// The JSON form v1 of an event: strict reading, and writing back. The form is described in docs/guide/events.md and
/// docs/guide/event-v1.schema.json.
/// </summary>
public static class EventJson
{
    /// <summary>
    /// Reads one event into <paramref name="target"/>. Never throws for data: false, and why. After false the target's content is
    /// undefined until the next call.
    /// </summary>
    /// <param name="utf8">One JSON object; white space around it is allowed, a byte order mark is not.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        IdentifierRules rules,
        RawEvent target,
        out Rejection rejection
    ) => EventJsonReader.TryRead(utf8, rules, target, out rejection);

    /// <summary>Reads one event into a new object; for tests and single events.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out RawEvent parsed, out Rejection rejection)
    {
        parsed = new RawEvent();
        return TryParse(utf8, IdentifierRules.Default, parsed, out rejection);
    }

    /// <summary>Whether an event's member of this name is a field of the form, and so no property.</summary>
    public static bool IsField(ReadOnlySpan<byte> name) => EventFieldRules.FieldOf(name) != EventFields.None;

    /// <summary>Whether this name is that of a type of the form, and so no nurturing event's.</summary>
    public static bool IsType(ReadOnlySpan<byte> name) => EventFieldRules.TypeOf(name) != EventType.Nurture;

    /// <summary>
    /// Writes a stored event back as JSON v1. With its sealed part opened, reading the result gives an equal event; without, each
    /// identifier and the address is <c>{"token":"…"}</c> in place of its value and other personal fields are left out.
    /// </summary>
    /// <param name="opened">The plain JSON of the record's <see cref="EventField.Sealed"/>; empty if it was not opened.</param>
    public static void Write(EventRecord record, ReadOnlySpan<byte> opened, IBufferWriter<byte> target) =>
        EventJsonWriter.Write(record, opened, target);
}
