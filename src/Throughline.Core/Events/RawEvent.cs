using System.Text;
using Throughline.Cel.Compile;
using Throughline.Core.Events.Expressions;

namespace Throughline.Core.Events;

/// <summary>One identifier as it was sent and as it is hashed. Valid until its event is read into again.</summary>
public readonly ref struct RawIdentifier(
    string type,
    ReadOnlySpan<byte> value,
    ReadOnlySpan<byte> normalised,
    bool isBlocked = false,
    bool isDerived = false
)
{
    /// <summary>It was not sent but follows from the event: it gets a token, and is not sealed.</summary>
    public bool IsDerived { get; } = isDerived;

    /// <summary>It names nobody: it is sealed, and gets no token.</summary>
    public bool IsBlocked { get; } = isBlocked;

    /// <summary>The type's name: well known or custom.</summary>
    public string Type { get; } = type;

    /// <summary>The value as sent, UTF-8: personal.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>What <see cref="IdentifierNormaliser"/> made of it, UTF-8: personal.</summary>
    public ReadOnlySpan<byte> Normalised { get; } = normalised;
}

/// <summary>
/// A valid event before its personal values are hashed and sealed: what <see cref="EventJson"/> reads and
/// <see cref="EventEncoder"/> stores. One instance is read into again and again; texts are UTF-8 in its own memory and valid until
/// then. Not for use by several threads at once.
/// </summary>
public sealed class RawEvent
{
    private readonly ByteSlice[] texts = new ByteSlice[32];
    private readonly (string Type, ByteSlice Value, ByteSlice Normalised, bool IsBlocked)[] identifiers = new (
        string,
        ByteSlice,
        ByteSlice,
        bool
    )[EventLimits.Identifiers];
    private readonly Dictionary<string, string> typeNames = new(StringComparer.Ordinal);
    private EvaluationScratch? scratch;
    private uint present;

    public RawEvent()
    {
        Arena = new();
        Canonical = new(Arena);
        Properties = new(Arena);
    }

    public EventType Type { get; internal set; }

    /// <summary>When it happened: milliseconds since 1970-01-01T00:00:00Z.</summary>
    public long Time { get; internal set; }

    /// <summary>The sender's id.</summary>
    public ReadOnlySpan<byte> Id => Text(EventField.Id);

    /// <summary>Distinct (type, normalised value), in the order sent.</summary>
    public int IdentifierCount { get; private set; }

    /// <summary>Of a conversion or refund; null if the conversion states none.</summary>
    public Money? Value { get; internal set; }

    /// <summary>HTTP status of a request; tier of a link.</summary>
    public int? Status { get; internal set; }

    /// <summary>Response size of a request in bytes.</summary>
    public long? Bytes { get; internal set; }

    public DecisionAction? Action { get; internal set; }

    /// <summary>Of a decision; of a link in millionths.</summary>
    public int? Score { get; internal set; }
    public Verdict? Verdict { get; internal set; }

    /// <summary>First instant that a label covers, milliseconds.</summary>
    public long? From { get; internal set; }

    /// <summary>Last instant that a label covers, milliseconds.</summary>
    public long? To { get; internal set; }

    /// <summary>The path's query with its question mark, or the path from where a personal value begins: personal.</summary>
    public ReadOnlySpan<byte> Query => Arena[QuerySlice];

    /// <summary>The same of the referrer: personal.</summary>
    public ReadOnlySpan<byte> ReferrerQuery => Arena[ReferrerQuerySlice];

    /// <summary>Personal properties, canonical JSON object; empty if there are none.</summary>
    public ReadOnlySpan<byte> PersonalProperties => Arena[PersonalSlice];

    /// <summary>Traits, canonical JSON object: personal; empty if there are none.</summary>
    public ReadOnlySpan<byte> Traits => Arena[TraitsSlice];

    internal ByteArena Arena { get; }
    internal CanonicalJson Canonical { get; }

    /// <summary>For expressions over this event.</summary>
    internal EvaluationScratch Scratch => scratch ??= new(EventNames.CostMax);

    /// <summary>The properties under way, while the event is read.</summary>
    internal JsonMembers Properties { get; }
    internal ByteSlice QuerySlice { get; set; }
    internal ByteSlice ReferrerQuerySlice { get; set; }
    internal ByteSlice PersonalSlice { get; set; }
    internal ByteSlice TraitsSlice { get; set; }

    /// <summary>One identifier, counted from 0.</summary>
    public RawIdentifier Identifier(int index)
    {
        (string type, ByteSlice value, ByteSlice normalised, bool isBlocked) = identifiers[index];
        return new(type, Arena[value], Arena[normalised], isBlocked, isDerived: value.Length == 0);
    }

    /// <summary>
    /// A text field as UTF-8, empty if it is not there: Id, Name, Address (canonical text, personal), UserAgent, Campaign, Channel,
    /// Creative, Placement, Kind, OrderId, ConversionId, Method, Host, Path, Referrer, RequestId, Purposes (canonical JSON),
    /// Properties (those that are not personal, canonical JSON).
    /// </summary>
    public ReadOnlySpan<byte> Text(EventField field) => Has(field) ? Arena[texts[(int)field]] : default;

    /// <summary>The same as a new string, or null.</summary>
    public string? String(EventField field) => Has(field) ? Encoding.UTF8.GetString(Text(field)) : null;

    public bool Has(EventField field) => (present & (1u << (int)field)) != 0;

    internal void Clear()
    {
        Arena.Clear();
        Canonical.Reset();
        Properties.Truncate(0);
        present = 0;
        IdentifierCount = 0;
        Type = default;
        Time = 0;
        Value = null;
        (Status, Bytes, Action, Score, Verdict, From, To) = (null, null, null, null, null, null, null);
        QuerySlice = ReferrerQuerySlice = PersonalSlice = TraitsSlice = default;
    }

    internal void Set(EventField field, ByteSlice slice)
    {
        texts[(int)field] = slice;
        present |= 1u << (int)field;
    }

    /// <summary>Adds an identifier unless an equal one is there.</summary>
    internal void Add(string type, ByteSlice value, ByteSlice normalised, bool isBlocked)
    {
        for (int i = 0; i < IdentifierCount; i++)
            if (identifiers[i].Type == type && Arena[identifiers[i].Normalised].SequenceEqual(Arena[normalised]))
                return;
        identifiers[IdentifierCount++] = (type, value, normalised, isBlocked);
    }

    /// <summary>Adds an identifier that was not sent, unless an equal one is there.</summary>
    internal void AddDerived(string type, ByteSlice normalised) => Add(type, default, normalised, isBlocked: false);

    /// <summary>The string of an identifier type's name, without allocating one for a name seen before.</summary>
    internal string TypeName(ReadOnlySpan<byte> ascii)
    {
        const int MaxKept = 256;
        Span<char> name = stackalloc char[EventLimits.IdentifierType];
        name = name[..Encoding.ASCII.GetChars(ascii, name)];
        var lookup = typeNames.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name, out string? kept))
            return kept;
        string added = name.ToString();
        if (typeNames.Count < MaxKept)
            typeNames.Add(added, added);
        return added;
    }
}
