using System.Buffers.Binary;

namespace Throughline.Core.Events;

/// <summary>The optional fields of a stored event. Values are stored: never renumber.</summary>
public enum EventField : byte
{
    /// <summary>The client's own id, UTF-8.</summary>
    Id = 1,

    /// <summary>Name of a nurturing event, UTF-8.</summary>
    Name = 2,

    /// <summary>Token of the client's address, 16 bytes.</summary>
    Address = 3,

    /// <summary>User agent, UTF-8.</summary>
    UserAgent = 4,

    /// <summary>Campaign id, UTF-8.</summary>
    Campaign = 5,
    Channel = 6,
    Creative = 7,
    Placement = 8,

    /// <summary>Conversion kind; link: the matcher's model or rule; holdout: its campaign. UTF-8.</summary>
    Kind = 9,

    /// <summary>Order id, UTF-8: the deduplication key of conversions of one kind.</summary>
    OrderId = 10,

    /// <summary>Amount in minor units, zig-zag varint.</summary>
    Minor = 11,

    /// <summary>ISO 4217 code, 3 ASCII letters.</summary>
    Currency = 12,

    /// <summary>Refund: the conversion's event id hashed as <see cref="EventRecord.Id"/> is, 16 bytes.</summary>
    Conversion = 13,

    /// <summary>Refund: the conversion's own id, UTF-8.</summary>
    ConversionId = 14,

    Method = 15,

    /// <summary>Request: host; link: the matcher that says so; identify: where its traits come from. UTF-8.</summary>
    Host = 16,

    /// <summary>Path without query, UTF-8.</summary>
    Path = 17,

    /// <summary>Request: HTTP status; link: tier; holdout: arm (<see cref="HoldoutArm"/>), varint.</summary>
    Status = 18,

    /// <summary>Referrer without query, UTF-8.</summary>
    Referrer = 19,

    /// <summary>Decision: id of the request it judged, UTF-8.</summary>
    RequestId = 20,

    /// <summary>Decision: action, 1 byte (<see cref="DecisionAction"/>).</summary>
    Action = 21,

    /// <summary>Decision: score; link: score in millionths, zig-zag varint.</summary>
    Score = 22,

    /// <summary>Label: first instant it covers; milliseconds, varint.</summary>
    From = 23,

    /// <summary>Label: last instant it covers; milliseconds, varint.</summary>
    To = 24,

    /// <summary>Label: verdict, 1 byte (<see cref="Verdict"/>).</summary>
    Verdict = 25,

    /// <summary>Consent: purposes, canonical JSON. Identify: names of its traits, ascending by their bytes, UTF-8, separated by line feeds; the values are sealed.</summary>
    Purposes = 26,

    /// <summary>Control: the document, canonical JSON.</summary>
    Document = 27,

    /// <summary>Unknown fields that are not personal, canonical JSON object.</summary>
    Properties = 28,

    /// <summary>Names of this record's custom identifier types, UTF-8, separated by line feeds.</summary>
    CustomTypes = 29,

    /// <summary>Response size in bytes, varint.</summary>
    Bytes = 30,

    /// <summary>Personal fields, sealed: see docs/internals/formats.md. After it comes only what is sealed, so that all before it can be hashed first.</summary>
    Sealed = 31,

    /// <summary>
    /// Decision of the platform's own edge: its record (<see cref="Gate.Decide.DecisionRecord"/>) after its link in the chain of records
    /// (<see cref="Gate.Decide.RecordChain"/>), sealed.
    /// </summary>
    GateRecord = 32,
}

/// <summary>What an edge did with a request, mildest first. Values are stored.</summary>
public enum DecisionAction : byte
{
    Allow = 0,
    Tag = 1,
    Challenge = 2,
    Deny = 3,
}

/// <summary>What an actor was in a bucket. Values are stored.</summary>
public enum Verdict : byte
{
    Unknown = 0,
    Human = 1,
    GoodBot = 2,
    Bot = 3,
}

/// <summary>One identifier of a stored event: a type code (see <see cref="IdentifierType"/>) and a token.</summary>
public readonly record struct IdentifierEntry(byte Type, Token Token);

/// <summary>
/// Reads a stored event in place, without copying. Version 1, little-endian but for tokens:
/// <code>
///  0  u8   version (1)          1  u8  event type       2  u8  flags (1 = backfill, 2 = erased)   3  u8  identifiers (0..10)
///  4  u16  key version          6  u16 reserved (0)     8  i64 time, ms since 1970
/// 16  16   id: keyed hash of the client's id           32  16  content: keyed hash of everything but flags and sealing
/// 48  n x (u8 type, 16 token)   then fields, ascending: u8 tag, varint length, bytes
/// </code>
/// </summary>
public readonly ref struct EventRecord
{
    public const byte CurrentVersion = 1;
    public const int HeaderSize = 48;
    public const int IdentifierSize = 17;
    public const int MaxIdentifiers = 10;
    public const byte BackfillFlag = 1;
    public const byte ErasedFlag = 2;

    /// <summary>Where the flags are.</summary>
    public const int FlagsAt = 2;

    private readonly ReadOnlySpan<byte> bytes;

    /// <summary>Wraps bytes that this product wrote and whose checksum was verified; nothing is validated.</summary>
    public static EventRecord FromTrusted(ReadOnlySpan<byte> bytes) => new(bytes);

    private EventRecord(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    public ReadOnlySpan<byte> Bytes => bytes;
    public byte Version => bytes[0];
    public EventType Type => (EventType)bytes[1];
    public bool IsBackfill => (bytes[2] & BackfillFlag) != 0;

    /// <summary>Its personal part is gone: the sealed fields are as long as they were, and mean nothing.</summary>
    public bool IsErased => (bytes[2] & ErasedFlag) != 0;
    public int IdentifierCount => bytes[3];
    public int KeyVersion => BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);

    /// <summary>When it happened: milliseconds since 1970-01-01T00:00:00Z.</summary>
    public long Time => BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
    public Token Id => Token.Read(bytes[16..]);
    public Token Content => Token.Read(bytes[32..]);

    public IdentifierEntry Identifier(int index)
    {
        ReadOnlySpan<byte> entry = bytes.Slice(HeaderSize + index * IdentifierSize, IdentifierSize);
        return new(entry[0], Token.Read(entry[1..]));
    }

    /// <summary>Walks the optional fields in ascending order of tag.</summary>
    public FieldEnumerator GetEnumerator() => new(bytes[(HeaderSize + IdentifierCount * IdentifierSize)..]);

    /// <summary>The bytes of one optional field; empty if it is missing.</summary>
    public bool TryGet(EventField field, out ReadOnlySpan<byte> value)
    {
        // Not by way of the enumerator: every event is asked for several fields.
        ReadOnlySpan<byte> rest = bytes[(HeaderSize + IdentifierCount * IdentifierSize)..];
        while (!rest.IsEmpty && rest[0] <= (byte)field)
        {
            (int length, int used) = (rest[1], 1);
            if (length >= 0x80)
                length = (int)Varint.Read(rest[1..], out used);
            if (rest[0] == (byte)field)
            {
                value = rest.Slice(1 + used, length);
                return true;
            }
            rest = rest[(1 + used + length)..];
        }
        value = default;
        return false;
    }

    /// <summary>A text field, or null.</summary>
    public string? Text(EventField field) =>
        TryGet(field, out ReadOnlySpan<byte> value) ? System.Text.Encoding.UTF8.GetString(value) : null;

    /// <summary>A varint field (see the field's own documentation for its unit), or null.</summary>
    public long? Number(EventField field)
    {
        if (!TryGet(field, out ReadOnlySpan<byte> value))
            return null;
        ulong raw = Varint.Read(value, out _);
        return field is EventField.Minor or EventField.Score ? Varint.UnZigZag(raw) : (long)raw;
    }

    /// <summary>
    /// Checks that bytes of unknown origin are a whole version 1 record, each field of its form; the message says where they are
    /// not. Whatever passes can be read without exceptions; hashes and the sealed field are not verified.
    /// </summary>
    public static bool TryFromUntrusted(ReadOnlySpan<byte> bytes, out EventRecord record, out string error)
    {
        error = EventRecordCheck.Find(bytes) ?? "";
        record = error.Length == 0 ? new(bytes) : default;
        return error.Length == 0;
    }

    /// <summary>One optional field.</summary>
    public readonly ref struct Field(EventField tag, ReadOnlySpan<byte> value)
    {
        public EventField Tag { get; } = tag;
        public ReadOnlySpan<byte> Value { get; } = value;
    }

    /// <summary>Walks the optional fields.</summary>
    public ref struct FieldEnumerator
    {
        private ReadOnlySpan<byte> rest;

        internal FieldEnumerator(ReadOnlySpan<byte> rest) => this.rest = rest;

        public Field Current { get; private set; }

        public bool MoveNext()
        {
            if (rest.IsEmpty)
                return false;
            int length = (int)Varint.Read(rest[1..], out int used);
            Current = new((EventField)rest[0], rest.Slice(1 + used, length));
            rest = rest[(1 + used + length)..];
            return true;
        }
    }
}
