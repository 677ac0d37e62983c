using System.Globalization;
using System.Text.Json;
using Throughline.Cel.Check;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Attribution.Rules;

/// <summary>
/// The members of one JSON object, each asked for by its name; what is wrong goes to the issues with its JSON pointer, and members
/// that nobody asked for are refused at the end, with the nearest name that is known.
/// </summary>
internal sealed class RuleMembers
{
    public const int TextMax = 128;

    private readonly JsonElement json;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public RuleMembers(JsonElement json, string pointer, ModelIssues issues, string what)
    {
        (this.json, Pointer, Issues) = (json, pointer, issues);
        IsObject = issues.Require(json.ValueKind == JsonValueKind.Object, pointer, $"{what} is an object");
    }

    public string Pointer { get; }
    public ModelIssues Issues { get; }
    public bool IsObject { get; }

    public string At(string name) => Pointer + JsonPointer.Segment(System.Text.Encoding.UTF8.GetBytes(name));

    /// <summary>A member that is there and not null.</summary>
    public bool Find(string name, out JsonElement value)
    {
        asked.Add(name);
        value = default;
        return IsObject && json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>All members in ordinal order of their names; names that stand twice are an issue.</summary>
    public IEnumerable<(string Name, JsonElement Value)> All()
    {
        if (!IsObject)
            yield break;
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonProperty member in json.EnumerateObject().OrderBy(x => x.Name, StringComparer.Ordinal))
            if (Issues.Require(names.Add(member.Name), At(member.Name), "it stands here twice"))
                yield return (member.Name, member.Value);
    }

    /// <summary>Refuses the members that were not asked for.</summary>
    public void End()
    {
        if (!IsObject)
            return;
        foreach (JsonProperty member in json.EnumerateObject())
            if (!asked.Contains(member.Name))
                Issues.Add(At(member.Name), $"unknown member '{member.Name}'{Suggestion.For(member.Name, asked)}");
    }

    public string? Text(string name, int most = TextMax)
    {
        if (!Find(name, out JsonElement value))
            return null;
        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (text is { Length: > 0 } && text.Length <= most && (most > TextMax || !text.Any(char.IsControl)))
            return text;
        Issues.Add(At(name), $"a text of 1 to {most} characters is expected");
        return null;
    }

    public bool? Flag(string name)
    {
        if (!Find(name, out JsonElement value))
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Issues.Add(At(name), "true or false is expected");
        return null;
    }

    public int? Int(string name, int least, int most) =>
        Find(name, out JsonElement value) ? Int(value, At(name), least, most) : null;

    public int? Int(JsonElement value, string at, int least, int most)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number))
        {
            Issues.Range(number, least, most, at);
            return Math.Clamp(number, least, most);
        }
        Issues.Add(
            at,
            string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most} is expected")
        );
        return null;
    }

    /// <summary>Milliseconds of a text such as <c>36h</c>.</summary>
    public long? Duration(string name, long most) =>
        Find(name, out JsonElement value) ? Duration(value, At(name), most) : null;

    public long? Duration(JsonElement value, string at, long most)
    {
        if (value.ValueKind != JsonValueKind.String || !DurationText.TryParse(value.GetString()!, out long ms))
            Issues.Add(at, "a duration such as 30d, 36h, 15m or 1h30m is expected");
        else if (ms > most)
            Issues.Add(at, $"{value.GetString()} is longer than {DurationText.Of(most)}, for which touches are kept");
        else
            return ms;
        return null;
    }

    /// <summary>Milliseconds since 1970 of RFC 3339 text, of a date as it begins in UTC, or of a number.</summary>
    public long? Instant(string name)
    {
        if (!Find(name, out JsonElement value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long ms))
            return ms;
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        string whole = text.Length == 10 ? text + "T00:00:00Z" : text;
        if (EventTime.TryParse(System.Text.Encoding.UTF8.GetBytes(whole), out ms) == TimeStatus.Ok)
            return ms;
        Issues.Add(At(name), "a date such as 2026-12-31 or 2026-12-31T18:00:00Z is expected");
        return null;
    }

    /// <summary>A word of an enum, as <see cref="Word"/> writes it.</summary>
    public T? Word<T>(string name)
        where T : struct, Enum
    {
        if (!Find(name, out JsonElement value))
            return null;
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        string[] words = [.. Enum.GetValues<T>().Select(WordOf)];
        int at = Array.IndexOf(words, text);
        if (at >= 0)
            return Enum.GetValues<T>()[at];
        Issues.Add(At(name), $"'{text}' is not one of {string.Join(", ", words)}{Suggestion.For(text, words)}");
        return null;
    }

    /// <summary><c>one_per_touch</c> of <c>OnePerTouch</c>.</summary>
    public static string WordOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
