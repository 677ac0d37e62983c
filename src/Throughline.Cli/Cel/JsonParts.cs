using System.Text.Json;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Cel;

/// <summary>Parts of JSON objects; what is missing or of the wrong form throws <see cref="FormatException"/>.</summary>
internal static class JsonParts
{
    public static string Text(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty(name, out JsonElement part)
        && part.ValueKind == JsonValueKind.String
            ? part.GetString()!
            : throw new FormatException($"'{name}' is missing or no string in {Short(json)}");

    public static string? TextOrNull(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement part) ? part.GetString() : null;

    public static bool Flag(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement part) && part.ValueKind == JsonValueKind.True;

    /// <summary>The elements of an array; none if it is left out.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        !json.TryGetProperty(name, out JsonElement part) ? []
        : part.ValueKind == JsonValueKind.Array ? part.EnumerateArray()
        : throw new FormatException($"'{name}' is no array in {Short(json)}");

    /// <summary>The members of an object; none if it is left out.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement json, string name) =>
        !json.TryGetProperty(name, out JsonElement part) ? []
        : part.ValueKind == JsonValueKind.Object ? part.EnumerateObject()
        : throw new FormatException($"'{name}' is no object in {Short(json)}");

    public static string Short(JsonElement json)
    {
        string text = json.GetRawText();
        return text.Length <= 80 ? text : $"{text[..77]}...";
    }

    /// <summary>A whole file; one that is missing or no JSON is bad input.</summary>
    public static JsonElement ReadFile(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            using JsonDocument document = JsonDocument.Parse(stream);
            return document.RootElement.Clone();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput("no_file", $"{file} cannot be read: {error.Message}", error);
        }
        catch (JsonException error)
        {
            throw CommandException.BadInput("no_json", $"{file} is no JSON: {error.Message}", error);
        }
    }
}
