using System.Text.Json;
using Throughline.Cel.Regex;

namespace Throughline.Core.Gate.Agents;

/// <summary>A pattern of a list that cannot be used.</summary>
/// <param name="Place">A JSON pointer: <c>/17/pattern</c>.</param>
public sealed record CrawlerListError(string Place, string Message);

/// <summary>
/// A list of crawlers in the form of the npm package <c>crawler-user-agents</c>: an array of <c>{"pattern": "...", "url": "..."}</c>, each
/// pattern a regular expression (RE2) that is searched anywhere in the user agent, with its case. Other members are ignored.
/// </summary>
public sealed class CrawlerList
{
    /// <summary>More patterns than these are refused.</summary>
    public const int MaxPatterns = 10_000;

    private readonly Crawler[] crawlers;

    private CrawlerList(Crawler[] crawlers, IReadOnlyList<CrawlerListError> errors) =>
        (this.crawlers, Errors) = (crawlers, errors);

    /// <summary>Usable patterns.</summary>
    public int Count => crawlers.Length;

    /// <summary>Those left out, each with its place; an empty list of patterns with one error if the text is no list at all.</summary>
    public IReadOnlyList<CrawlerListError> Errors { get; }

    /// <summary>Reads a list; never throws for what the text says.</summary>
    public static CrawlerList Parse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Of(document.RootElement);
        }
        catch (JsonException error)
        {
            string place = $"line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}";
            return new([], [new(place, "is no JSON")]);
        }
    }

    /// <summary>The name of the first crawler of the list that matches; null: none does.</summary>
    public string? NameOf(string agent)
    {
        foreach (Crawler crawler in crawlers)
            if (crawler.Pattern.IsMatch(agent))
                return crawler.Name;
        return null;
    }

    private static CrawlerList Of(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Array)
            return new([], [new("", "must be an array")]);
        if (root.GetArrayLength() > MaxPatterns)
            return new([], [new("", $"has more than {MaxPatterns} entries")]);
        List<Crawler> crawlers = [];
        List<CrawlerListError> errors = [];
        int index = 0;
        foreach (JsonElement entry in root.EnumerateArray())
        {
            string place = $"/{index++}/pattern";
            if (
                entry.ValueKind != JsonValueKind.Object
                || !entry.TryGetProperty("pattern", out JsonElement pattern)
                || pattern.ValueKind != JsonValueKind.String
                || pattern.GetString() is not { Length: > 0 } text
            )
                errors.Add(new(place, "must be a text"));
            else if (Re2.TryCreate(text, out RegexError error) is not { } regex)
                errors.Add(new(place, $"is no regular expression: at {error.Position}: {error.Message}"));
            else
                crawlers.Add(new(regex, NameFrom(text)));
        }
        return new([.. crawlers], errors);
    }

    // A pattern is nearly a name: "[wW]get", "Googlebot\/", "^voltron$".
    private static string NameFrom(string pattern)
    {
        Span<char> name = stackalloc char[Math.Min(pattern.Length, 64)];
        int length = 0;
        bool inClass = false;
        int ofClass = 0;
        foreach (char c in pattern)
        {
            if (c == '[')
                (inClass, ofClass) = (true, 0);
            else if (c == ']')
                inClass = false;
            else if (inClass && ofClass++ > 0)
                continue;
            else if ((char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ' ') && length < name.Length)
                name[length++] = char.ToLowerInvariant(c);
        }
        return name[..length].Trim(" -.").ToString();
    }

    private sealed record Crawler(Re2 Pattern, string Name);
}
