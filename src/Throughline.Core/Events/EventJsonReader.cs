using System.Numerics;
using System.Text.Json;
using Throughline.Core.Events.Identifiers;

namespace Throughline.Core.Events;

/// <summary>
/// Reads an event's JSON in one pass: each known field by its own rule, everything else as a property; then checks what can only be
/// said of the whole. Stops at the first thing that is wrong.
/// </summary>
internal ref partial struct EventJsonReader
{
    private readonly RawEvent raw;
    private readonly IdentifierRules rules;
    private readonly ByteArena arena;
    private Utf8JsonReader json;
    private EventFields seen;
    private ReadOnlySpan<byte> field;
    private Rejection rejection;

    public static bool TryRead(ReadOnlySpan<byte> utf8, IdentifierRules rules, RawEvent target, out Rejection rejection)
    {
        target.Clear();
        if (utf8.Length > EventLimits.Bytes)
        {
            rejection = new(RejectionReason.TooLarge, "", $"The event is larger than {EventLimits.Bytes} bytes.");
            return false;
        }
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            rejection = new(RejectionReason.InvalidUtf8, "", "The event holds bytes that are not UTF-8.");
            return false;
        }
        var reader = new EventJsonReader(utf8, rules, target);
        try
        {
            bool read = reader.ReadEvent();
            rejection = reader.rejection;
            return read;
        }
        catch (JsonException)
        {
            rejection = reader.Malformed(utf8);
            return false;
        }
    }

    private EventJsonReader(ReadOnlySpan<byte> utf8, IdentifierRules rules, RawEvent target)
    {
        raw = target;
        arena = target.Arena;
        this.rules = rules;
        json = new(utf8, new JsonReaderOptions { MaxDepth = EventLimits.Depth + 8 });
    }

    private bool ReadEvent()
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            return WrongType("", "an object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryUnescape("", out ReadOnlySpan<byte> name))
                return false;
            field = name;
            if (!ReadField(name))
                return false;
            field = default;
        }
        json.Read(); // anything but white space after the object throws
        if (!CheckWhole() || !FinishProperties())
            return false;
        if (rules.Types.Derived is { Count: > 0 } derived && raw.Type != EventType.Link)
            Derivation.AddAll(derived, raw, rules);
        return true;
    }

    private bool ReadField(ReadOnlySpan<byte> name)
    {
        EventFields known = EventFieldRules.FieldOf(name);
        if (known == EventFields.None)
            return ReadProperty();
        if (!See(ref seen, known, "", name))
            return false;
        json.Read();
        return known switch
        {
            EventFields.Id => ReadId("/id", EventField.Id),
            EventFields.Type => ReadType(),
            EventFields.Time => ReadEventTime(),
            EventFields.Identifiers => ReadIdentifiers(),
            EventFields.Context => ReadContext(),
            EventFields.Request => ReadRequest(),
            EventFields.Campaign => ReadText("/campaign", EventField.Campaign, EventLimits.Name),
            EventFields.Channel => ReadText("/channel", EventField.Channel, EventLimits.Name),
            EventFields.Creative => ReadText("/creative", EventField.Creative, EventLimits.Name),
            EventFields.Placement => ReadText("/placement", EventField.Placement, EventLimits.Name),
            EventFields.Conversion => ReadConversion(),
            EventFields.Refund => ReadRefund(),
            EventFields.Decision => ReadDecision(),
            EventFields.Consent => ReadConsent(),
            EventFields.Link => ReadLink(),
            EventFields.Holdout => ReadHoldout(),
            EventFields.Traits => ReadTraits(),
            EventFields.TraitsSource => ReadText("/traitsSource", EventField.Host, EventLimits.TraitSource),
            _ => ReadLabel(),
        };
    }

    private bool ReadType()
    {
        if (!TryText("/type", EventLimits.EventType, out ReadOnlySpan<byte> name))
            return false;
        raw.Type = EventFieldRules.TypeOf(name);
        if (raw.Type is EventType.Control or EventType.Tick)
            return Fail(RejectionReason.PlatformOnly, "/type", "Events of this type come from the platform alone.");
        if (raw.Type != EventType.Nurture)
            return true;
        raw.Set(EventField.Name, arena.Append(name));
        return TextRules.IsName(name, EventLimits.EventType, dotted: true)
            || Fail(
                RejectionReason.BadEventType,
                "/type",
                "The type is neither a known one nor the name of a nurturing event: [a-z][a-z0-9_.-]{0,63}."
            );
    }

    private bool ReadEventTime()
    {
        bool read = ReadTime("/time", out long time);
        raw.Time = time;
        return read;
    }

    private bool ReadProperty()
    {
        CanonicalJson canonical = raw.Canonical;
        if (raw.Properties.Count == EventLimits.Properties)
            return Fail(
                RejectionReason.TooManyProperties,
                JsonPointer.Segment(field),
                $"The event has more than {EventLimits.Properties} properties."
            );
        canonical.FoundPersonal = false;
        int start = arena.Length;
        if (!canonical.TryName(ref json, out int nameLength))
            return Fail(canonical.Failure.Reason, "", canonical.Failure.Message);
        json.Read();
        if (!canonical.TryValue(ref json))
        {
            Rejection inner = canonical.Failure;
            return Fail(inner.Reason, JsonPointer.Segment(field) + inner.Pointer, inner.Message);
        }
        raw.Properties.Add(new(start, nameLength, arena.Length, canonical.FoundPersonal), 0);
        return true;
    }

    /// <summary>Checks what depends on the type, which may have come last.</summary>
    private bool CheckWhole()
    {
        EventFields missing = EventFieldRules.Required(raw.Type) & ~seen;
        if (missing != 0)
            return Fail(
                RejectionReason.MissingField,
                EventFieldRules.PointerOf(First(missing)),
                "A required field is missing."
            );
        EventFields foreign = seen & ~EventFieldRules.Allowed(raw.Type);
        if (foreign != 0)
            return Fail(
                RejectionReason.NotAllowedHere,
                EventFieldRules.PointerOf(First(foreign)),
                "An event of this type does not have this field."
            );
        if (raw.Type == EventType.Identify && raw.IdentifierCount == 0)
            return Fail(RejectionReason.Empty, "/identifiers", "An identify event names at least one identifier.");
        if (raw.Type == EventType.Holdout && raw.IdentifierCount == 0)
            return Fail(RejectionReason.Empty, "/identifiers", "A holdout event names at least one identifier.");
        if (raw.Type == EventType.Link && raw.IdentifierCount != 2)
            return Fail(RejectionReason.BadValue, "/identifiers", "A link event names two different identifiers.");
        if ((seen & EventFields.TraitsSource) != 0 && (seen & EventFields.Traits) == 0)
            return Missing("/traits");
        return true;
    }

    /// <summary>Sorts the properties and splits the personal ones off.</summary>
    private bool FinishProperties()
    {
        JsonMembers properties = raw.Properties;
        if (properties.Count == 0)
            return true;
        if (!properties.TrySort(0, out JsonMember twice))
        {
            Span<byte> name = new byte[twice.NameLength];
            JsonText.TryUnescape(arena[twice.Name], name, out int length);
            return Fail(
                RejectionReason.DuplicateField,
                JsonPointer.Segment(name[..length]),
                "A property is there twice."
            );
        }
        if (Object(personal: false) is { Length: > 0 } clear)
            raw.Set(EventField.Properties, clear);
        raw.PersonalSlice = Object(personal: true);
        return true;
    }

    private readonly ByteSlice Object(bool personal)
    {
        int start = arena.Length;
        foreach (JsonMember member in raw.Properties.From(0))
        {
            if (member.Personal != personal)
                continue;
            arena.Append(arena.Length == start ? (byte)'{' : (byte)',');
            arena.Append(arena[member.Whole]);
        }
        if (arena.Length > start)
            arena.Append((byte)'}');
        return arena.Since(start);
    }

    private static EventFields First(EventFields fields) =>
        (EventFields)(1 << BitOperations.TrailingZeroCount((int)fields));

    private readonly Rejection Malformed(ReadOnlySpan<byte> utf8)
    {
        string message = utf8 is [0xef, 0xbb, 0xbf, ..]
            ? "The event begins with a byte order mark."
            : $"The event is not JSON, at or after byte {json.BytesConsumed}.";
        return new(RejectionReason.MalformedJson, field.IsEmpty ? "" : JsonPointer.Segment(field), message);
    }
}
