using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution.Rules;

/// <summary>A document of attribution rules that somebody works on; it has no effect.</summary>
/// <param name="Saved">Milliseconds since 1970.</param>
/// <param name="Position">Of the event that holds its text.</param>
/// <param name="Revision">How often it was saved since it was begun.</param>
public sealed record AttributionDraft(string Name, string Author, string Note, long Saved, long Position, int Revision)
{
    /// <summary>Drafts that a tenant has at most.</summary>
    public const int TenantMax = 1_000;

    public const int NameMax = 64;

    /// <summary>Small letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= NameMax
        && name.All(x => x is '.' or '_' or '-' || char.IsAsciiLetterLower(x) || char.IsAsciiDigit(x));
}

/// <summary>A tenant's drafts by name: of several statements about one the latest by (time, id) holds.</summary>
internal sealed class DraftBook
{
    private readonly SortedDictionary<string, (AttributionDraft Draft, Token Id, bool IsThere)> drafts = new(
        StringComparer.Ordinal
    );

    public IEnumerable<AttributionDraft> All => drafts.Values.Where(x => x.IsThere).Select(x => x.Draft);

    public AttributionDraft? Find(string name) =>
        drafts.TryGetValue(name, out var known) && known.IsThere ? known.Draft : null;

    public void Add(JsonElement document, in EventRecord record, long position)
    {
        string name = document.GetProperty("name").GetString()!;
        bool isKnown = drafts.TryGetValue(name, out var known);
        if (isKnown && (record.Time, record.Id).CompareTo((known.Draft.Saved, known.Id)) < 0)
            return;
        bool isThere = document.TryGetProperty("text", out _);
        AttributionDraft draft = new(
            name,
            document.GetProperty("author").GetString()!,
            document.GetProperty("note").GetString()!,
            record.Time,
            position,
            isThere ? (known.IsThere ? known.Draft.Revision : 0) + 1 : 0
        );
        drafts[name] = (draft, record.Id, isThere);
    }

    /// <summary>The text of the draft that an event holds.</summary>
    public static string TextOf(in EventRecord record)
    {
        record.TryGet(EventField.Document, out ReadOnlySpan<byte> json);
        Utf8JsonReader reader = new(json);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetProperty("text").GetString()!;
    }
}
