using System.Text;
using System.Text.Json;
using Throughline.Core.Events;

namespace Throughline.Server.Api;

/// <summary>
/// Reads a JSON object strictly, field by field: each is asked for once, and <see cref="Finish"/> refuses what was not
/// asked for. The first thing that is wrong is kept; what is read after it means nothing.
/// </summary>
internal sealed class ObjectReader
{
    private readonly Dictionary<string, JsonElement> fields = new(StringComparer.Ordinal);

    public ObjectReader(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail(RejectionReason.WrongType, null, "The document must be an object.");
            return;
        }
        try
        {
            foreach (JsonProperty field in element.EnumerateObject())
                if (!fields.TryAdd(field.Name, field.Value))
                    Fail(RejectionReason.DuplicateField, field.Name, "The field is there twice.");
        }
        catch (InvalidOperationException)
        {
            Fail(RejectionReason.InvalidUtf8, null, "A field's name is no valid text.");
        }
    }

    public Rejection? Failure { get; private set; }

    /// <summary>A text of 1 to so many characters, without control characters.</summary>
    public string Text(string name, int max, string? otherwise = null)
    {
        if (!Take(name, JsonValueKind.String, otherwise is null, out JsonElement value))
            return otherwise ?? "";
        if (TextOf(value) is not { } text)
            return Fail(RejectionReason.LoneSurrogate, name, "The text holds half a character.", "");
        if (text.Length == 0)
            return Fail(RejectionReason.Empty, name, "The text is empty.", "");
        if (text.EnumerateRunes().Count() > max)
            return Fail(RejectionReason.TooLong, name, $"The text is longer than {max} characters.", "");
        if (text.Any(char.IsControl))
            return Fail(RejectionReason.ControlCharacter, name, "The text holds a control character.", "");
        return text;
    }

    /// <summary>The field is there and was not asked for yet.</summary>
    public bool Has(string name) => fields.ContainsKey(name);

    /// <summary>A field of any type, for callers that read it themselves; null if it is not there.</summary>
    public JsonElement? Element(string name) => fields.Remove(name, out JsonElement value) ? value : null;

    /// <summary>
    /// A part that somebody else makes an object of, and that is to be there; null, and refused, if it is not or holds a null anywhere. What is
    /// not set is left out: a null in the place of a required text or list would get past whoever reads the part, into what is stored.
    /// </summary>
    public JsonElement? Part(string name)
    {
        if (Element(name) is not { } part)
        {
            Fail(RejectionReason.MissingField, name, "The field is required.");
            return null;
        }
        if (NullIn(part) is not { } place)
            return part;
        Fail(new Rejection(RejectionReason.WrongType, Step(name) + place, "Leave out what is not set."));
        return null;
    }

    public bool Bool(string name, bool? otherwise)
    {
        if (!fields.Remove(name, out JsonElement value))
        {
            if (otherwise is null)
                Fail(RejectionReason.MissingField, name, "The field is required.");
            return otherwise ?? false;
        }
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        return Fail(RejectionReason.WrongType, name, "The field must be true or false.", false);
    }

    public int Integer(string name, int min, int max, int otherwise)
    {
        if (!Take(name, JsonValueKind.Number, required: false, out JsonElement value))
            return otherwise;
        return value.TryGetInt32(out int number) && number >= min && number <= max
            ? number
            : Fail(
                RejectionReason.BadNumber,
                name,
                $"The field must be a whole number from {min} to {max}.",
                otherwise
            );
    }

    /// <summary>A number of any form.</summary>
    public double Number(string name, double min, double max, double otherwise)
    {
        if (!Take(name, JsonValueKind.Number, required: false, out JsonElement value))
            return otherwise;
        return value.TryGetDouble(out double number) && number >= min && number <= max
            ? number
            : Fail(RejectionReason.BadNumber, name, $"The field must be a number from {min} to {max}.", otherwise);
    }

    /// <summary>A list of objects; empty if it is not there.</summary>
    public IReadOnlyList<JsonElement> Objects(string name, int countMax)
    {
        if (!Take(name, JsonValueKind.Array, required: false, out JsonElement value))
            return [];
        if (value.GetArrayLength() > countMax)
            return Fail<JsonElement[]>(
                RejectionReason.TooLong,
                name,
                $"The list has more than {countMax} entries.",
                []
            );
        return [.. value.EnumerateArray()];
    }

    /// <summary>A time as events have it: RFC 3339 text or milliseconds.</summary>
    public long Time(string name, long otherwise)
    {
        if (!fields.Remove(name, out JsonElement value))
            return otherwise;
        long time = 0;
        TimeStatus status = TimeStatus.Malformed;
        if (value.ValueKind == JsonValueKind.String && TextOf(value) is { } text)
            status = EventTime.TryParse(Encoding.UTF8.GetBytes(text), out time);
        else if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out time))
            status = EventTime.IsInRange(time) ? TimeStatus.Ok : TimeStatus.OutOfRange;
        return status switch
        {
            TimeStatus.Ok => time,
            TimeStatus.OutOfRange => Fail(
                RejectionReason.TimeOutOfRange,
                name,
                "The time is not in 1990 to 2199.",
                otherwise
            ),
            _ => Fail(
                RejectionReason.BadTime,
                name,
                "The field must be RFC 3339 text or whole milliseconds.",
                otherwise
            ),
        };
    }

    /// <summary>A list of texts; empty if it is not there.</summary>
    public IReadOnlyList<string> Texts(string name, int countMax)
    {
        if (!Take(name, JsonValueKind.Array, required: false, out JsonElement value))
            return [];
        if (value.GetArrayLength() > countMax)
            return Fail<string[]>(RejectionReason.TooLong, name, $"The list has more than {countMax} entries.", []);
        List<string> texts = [];
        foreach (JsonElement entry in value.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.String || TextOf(entry) is not { } text)
                return Fail<string[]>(RejectionReason.WrongType, name, "The field must be a list of texts.", []);
            texts.Add(text);
        }
        return texts;
    }

    /// <summary>Refuses fields that nobody asked for; true if nothing was wrong.</summary>
    public bool Finish(out Rejection rejection)
    {
        if (fields.Count > 0)
            Fail(
                RejectionReason.UnknownField,
                fields.Keys.Order(StringComparer.Ordinal).First(),
                "There is no such field."
            );
        rejection = Failure ?? default;
        return Failure is null;
    }

    public void Fail(RejectionReason reason, string? field, string message)
    {
        Failure ??= new(reason, field is null ? "" : Step(field), message);
    }

    /// <summary>What is wrong with a part that somebody else has read.</summary>
    public void Fail(Rejection rejection) => Failure ??= rejection;

    // Where the first null stands below an element, as a JSON pointer; null if there is none.
    private static string? NullIn(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return "";
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                    if (NullIn(member.Value) is { } place)
                        return Step(NameOf(member) ?? "") + place;
                return null;
            case JsonValueKind.Array:
                int index = 0;
                foreach (JsonElement entry in element.EnumerateArray())
                {
                    if (NullIn(entry) is { } place)
                        return $"/{index}{place}";
                    index++;
                }
                return null;
            default:
                return null;
        }
    }

    private static string Step(string member) =>
        "/" + member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private T Fail<T>(RejectionReason reason, string field, string message, T value)
    {
        Fail(reason, field, message);
        return value;
    }

    private bool Take(string name, JsonValueKind kind, bool required, out JsonElement value)
    {
        if (!fields.Remove(name, out value))
        {
            if (required)
                Fail(RejectionReason.MissingField, name, "The field is required.");
            return false;
        }
        if (value.ValueKind == kind)
            return true;
        Fail(RejectionReason.WrongType, name, $"The field must be of type {kind.ToString().ToLowerInvariant()}.");
        return false;
    }

    /// <summary>The name of a member; null if it is no valid text, as with <see cref="TextOf"/>.</summary>
    public static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A text; null if it is none, or no valid one: JsonDocument checks UTF-8 and surrogates only when a text is taken out.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
