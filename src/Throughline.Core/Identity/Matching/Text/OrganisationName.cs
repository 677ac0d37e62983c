namespace Throughline.Core.Identity.Matching.Text;

/// <summary>The name of an organisation: its words in order without legal forms and what stands in brackets.</summary>
internal sealed class OrganisationName
{
    public required string[] Words { get; init; }

    /// <summary>The words written together: equal texts are the same name.</summary>
    public required string Joined { get; init; }

    /// <summary>Null if no word is left.</summary>
    public static OrganisationName? Parse(string text)
    {
        string folded = PlainText.Fold(text).Replace("&", " and ", StringComparison.Ordinal);
        List<string> words = Distinctive(WithoutBrackets(folded));
        if (words.Count == 0)
            words = PlainText.Words(folded);
        return words.Count == 0 ? null : new() { Words = [.. words], Joined = string.Concat(words) };
    }

    /// <summary>Whether a full name is one of an organisation, by its words.</summary>
    public static bool Looks(string fullName) => PlainText.Words(PlainText.Fold(fullName)).Any(NameWords.IsBody);

    private static List<string> Distinctive(string folded)
    {
        List<string> all = PlainText.Words(folded);
        List<string> kept = [.. all.Where(x => !NameWords.IsLegalForm(x))];
        return kept.Count > 0 ? kept : all;
    }

    private static string WithoutBrackets(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        return open > 0 ? text[..open] : text;
    }
}
