using System.Text.Json;
using Throughline.Core.Events;

namespace Throughline.Server.Doors;

/// <summary>
/// A body cut into its messages and the members around them, in one pass and without building a tree: a message that is no good
/// costs none of the others, however deep or ambiguous it is.
/// </summary>
internal sealed class JsonPieces
{
    /// <summary>Deeper messages are not read; events end far above.</summary>
    private const int DepthMax = 64;

    private readonly ReadOnlyMemory<byte> body;
    private readonly List<Piece> messages = [];
    private readonly Dictionary<string, Piece> members = new(StringComparer.Ordinal);

    private JsonPieces(ReadOnlyMemory<byte> body) => this.body = body;

    public int Count => messages.Count;

    /// <summary>The body was one message and no list of them.</summary>
    public bool IsSingle { get; private init; }

    /// <summary>An object with a list of messages in one member; null if it is not JSON of this form.</summary>
    public static JsonPieces? OfList(ReadOnlyMemory<byte> body, string listMember) =>
        Read(body, pieces => pieces.ReadEnvelope(listMember));

    /// <summary>An array of messages.</summary>
    public static JsonPieces? OfArray(ReadOnlyMemory<byte> body) => Read(body, pieces => pieces.ReadArray());

    /// <summary>One message.</summary>
    public static JsonPieces? OfOne(ReadOnlyMemory<byte> body)
    {
        JsonPieces pieces = new(body) { IsSingle = true };
        return ReadBy(pieces, x => x.ReadOne());
    }

    /// <summary>Opens a message. False: it is none, and why, with a pointer into it.</summary>
    public bool TryOpen(int index, int bytesMax, out JsonDocument document, out Rejection rejection)
    {
        Piece piece = messages[index];
        ReadOnlyMemory<byte> bytes = body.Slice(piece.Start, piece.Length);
        document = null!;
        rejection = default;
        if (piece.Length > bytesMax)
            rejection = new(RejectionReason.TooLarge, "", $"The event is larger than {bytesMax} bytes.");
        else if (piece.Depth > DepthMax)
            rejection = new(RejectionReason.TooDeep, "", $"The event is nested more than {DepthMax} deep.");
        else if (!System.Text.Unicode.Utf8.IsValid(bytes.Span))
            rejection = new(RejectionReason.InvalidUtf8, "", "The event holds bytes that are not UTF-8.");
        else if (bytes.Span[0] != (byte)'{')
            rejection = new(RejectionReason.WrongType, "", "The event must be an object.");
        else
            document = Parse(bytes, out rejection)!;
        return document is not null;
    }

    /// <summary>The bytes of a message.</summary>
    public ReadOnlySpan<byte> Bytes(int index) => body.Span.Slice(messages[index].Start, messages[index].Length);

    /// <summary>A member beside the list; null if it is not there or no good.</summary>
    public JsonDocument? Member(string name) =>
        members.TryGetValue(name, out Piece piece) && piece.Depth <= DepthMax
            ? Parse(body.Slice(piece.Start, piece.Length), out _)
            : null;

    /// <summary>Parses one value that has no name twice in an object.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> json, out Rejection rejection)
    {
        rejection = default;
        try
        {
            return JsonDocument.Parse(json, new() { MaxDepth = DepthMax, AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            rejection = new(RejectionReason.MalformedJson, "", "This is not JSON.");
        }
        catch (InvalidOperationException)
        {
            rejection = new(RejectionReason.LoneSurrogate, "", "A name holds half of a surrogate pair.");
            return null;
        }
        try
        {
            using JsonDocument lenient = JsonDocument.Parse(json, new() { MaxDepth = DepthMax });
            if (Twice(lenient.RootElement, "") is { } pointer)
                rejection = new(RejectionReason.DuplicateField, pointer, "The field is there twice.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // it is as bad as it looked
        }
        return null;
    }

    private static JsonPieces? Read(ReadOnlyMemory<byte> body, Func<JsonPieces, bool> read) => ReadBy(new(body), read);

    private static JsonPieces? ReadBy(JsonPieces pieces, Func<JsonPieces, bool> read)
    {
        try
        {
            return read(pieces) ? pieces : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private bool ReadOne()
    {
        Utf8JsonReader json = Reader();
        if (!json.Read())
            return false;
        messages.Add(Skip(ref json));
        return !json.Read() && messages.Count == 1;
    }

    private bool ReadArray()
    {
        Utf8JsonReader json = Reader();
        if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
            return false;
        ReadMessages(ref json);
        return !json.Read();
    }

    private bool ReadEnvelope(string listMember)
    {
        Utf8JsonReader json = Reader();
        bool found = false;
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            json.Read();
            if (name == listMember)
            {
                if (found || json.TokenType != JsonTokenType.StartArray)
                    return false;
                found = true;
                ReadMessages(ref json);
            }
            else if (!members.TryAdd(name, Skip(ref json)))
                return false;
        }
        return !json.Read() && found;
    }

    private void ReadMessages(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            messages.Add(Skip(ref json));
    }

    /// <summary>Goes to the last token of the value that the reader stands on.</summary>
    private static Piece Skip(ref Utf8JsonReader json)
    {
        int start = (int)json.TokenStartIndex;
        int level = json.CurrentDepth;
        int deepest = level;
        if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            while (json.Read() && json.CurrentDepth > level)
                deepest = Math.Max(deepest, json.CurrentDepth);
        return new(start, (int)json.BytesConsumed - start, deepest - level);
    }

    private Utf8JsonReader Reader() => new(body.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });

    private static string? Twice(JsonElement value, string pointer)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            HashSet<string> names = new(StringComparer.Ordinal);
            foreach (JsonProperty member in value.EnumerateObject())
            {
                string place = Pointers.Join(pointer, member.Name);
                if (!names.Add(member.Name))
                    return place;
                if (Twice(member.Value, place) is { } inner)
                    return inner;
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement entry in value.EnumerateArray())
                if (Twice(entry, $"{pointer}/{index++}") is { } inner)
                    return inner;
        }
        return null;
    }

    private readonly record struct Piece(int Start, int Length, int Depth);
}
