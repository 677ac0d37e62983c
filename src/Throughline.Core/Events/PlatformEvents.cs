using System.Text;
using System.Text.Json;

namespace Throughline.Core.Events;

/// <summary>Writes the records that come from the platform alone: control documents and ticks.</summary>
public sealed class PlatformEvents(IEventKeys keys)
{
    private readonly EventRecordWriter writer = new();
    private readonly ByteArena arena = new();
    private readonly ByteArena sealedBytes = new();

    /// <summary>
    /// Appends a control event whose document is <paramref name="documentJson"/> in canonical form; false, and why, if that is no
    /// JSON object or too large.
    /// </summary>
    /// <param name="id">Its id, by the rules of <see cref="EventId"/>; the caller makes it unique.</param>
    /// <param name="time">Milliseconds since 1970.</param>
    /// <param name="personalJson">What of the document is personal: sealed, and kept as it is.</param>
    /// <param name="bytesMax">How large the document may be; as an event may be unless told otherwise.</param>
    public bool TryControl(
        ReadOnlySpan<byte> documentJson,
        string id,
        long time,
        RecordBuffer target,
        out Rejection rejection,
        ReadOnlySpan<byte> personalJson = default,
        int bytesMax = EventLimits.Bytes
    )
    {
        if (!TryCanonical(documentJson, bytesMax, out rejection))
            return false;
        Write(EventType.Control, id, time, arena.Written, personalJson, target);
        return true;
    }

    /// <summary>Appends a tick.</summary>
    /// <inheritdoc cref="TryControl" path="/param"/>
    public void Tick(string id, long time, RecordBuffer target) =>
        Write(EventType.Tick, id, time, default, default, target);

    private void Write(
        EventType type,
        string id,
        long time,
        ReadOnlySpan<byte> document,
        ReadOnlySpan<byte> personal,
        RecordBuffer target
    )
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(id);
        if (EventId.Check(utf8) is { } bad)
            throw new ArgumentException($"a platform event's id is refused: {bad.Code()}", nameof(id));
        if (!EventTime.IsInRange(time))
            throw new ArgumentOutOfRangeException(nameof(time));
        writer.Begin(type, time, keys.KeyVersion, backfill: false);
        writer.Bytes(EventField.Id, utf8);
        if (!document.IsEmpty)
            writer.Bytes(EventField.Document, document);
        Token token = keys.EventId(utf8);
        Token content = keys.Content(writer.Written, personal);
        if (!personal.IsEmpty)
        {
            sealedBytes.Clear();
            keys.Seal(personal, token, sealedBytes);
            writer.Bytes(EventField.Sealed, sealedBytes.Written);
        }
        writer.Complete(token, content, target);
        target.Seal();
    }

    private bool TryCanonical(ReadOnlySpan<byte> json, int bytesMax, out Rejection rejection)
    {
        arena.Clear();
        var canonical = new CanonicalJson(arena);
        if (json.Length > bytesMax)
            return Fail(RejectionReason.TooLarge, $"The document is larger than {bytesMax} bytes.", out rejection);
        if (!System.Text.Unicode.Utf8.IsValid(json))
            return Fail(RejectionReason.InvalidUtf8, "The document holds bytes that are not UTF-8.", out rejection);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EventLimits.Depth + 8 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return Fail(RejectionReason.WrongType, "The document must be an object.", out rejection);
            bool read = canonical.TryValue(ref reader);
            rejection = canonical.Failure;
            return read && !reader.Read();
        }
        catch (JsonException)
        {
            return Fail(RejectionReason.MalformedJson, "The document is not JSON.", out rejection);
        }
    }

    private static bool Fail(RejectionReason reason, string message, out Rejection rejection)
    {
        rejection = new(reason, "", message);
        return false;
    }
}
