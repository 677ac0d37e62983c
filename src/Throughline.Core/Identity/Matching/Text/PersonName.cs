namespace Throughline.Core.Identity.Matching.Text;

/// <summary>
/// One name of a person in folded words: what is compared as given name, the given names after it, the family name, the generation.
/// Empty text where a part is missing.
/// </summary>
internal sealed class PersonName
{
    public string Given { get; private init; } = "";
    public string[] Middle { get; private init; } = [];

    /// <summary>The words of the family name without particles.</summary>
    public string[] Family { get; private init; } = [];
    public string FamilyJoined { get; private init; } = "";
    public string Suffix { get; private init; } = "";
    public string GivenSound { get; private init; } = "";
    public string FamilySound { get; private init; } = "";

    /// <summary>In a script that cannot be compared with Latin letters.</summary>
    public bool IsForeign { get; private init; }

    public bool IsEmpty => Given.Length == 0 && Family.Length == 0;

    /// <summary>A name from its parts; the parts may be empty.</summary>
    public static PersonName FromParts(string given, string middle, string family, string suffix)
    {
        string generation = SuffixOf(PlainText.Words(PlainText.Fold(suffix)));
        List<string> givenWords = Clean(given, ref generation, mayDropAll: false);
        List<string> middleWords = Clean(middle, ref generation, mayDropAll: true);
        List<string> familyWords = Clean(family, ref generation, mayDropAll: false);
        return Build(givenWords, middleWords, familyWords, generation);
    }

    /// <summary>A name on one line: <c>Family, Given Middle</c> or <c>Given Middle Family</c>.</summary>
    public static PersonName FromFull(string text)
    {
        string folded = WithoutBrackets(PlainText.Fold(text));
        string generation = "";
        int comma = folded.IndexOf(',', StringComparison.Ordinal);
        if (comma > 0)
        {
            List<string> after = Clean(folded[(comma + 1)..], ref generation, mayDropAll: true);
            if (after.Count > 0)
                return Build(after, [], Clean(folded[..comma], ref generation, mayDropAll: false), generation);
            folded = folded[..comma];
        }
        List<string> words = Clean(folded, ref generation, mayDropAll: false);
        if (words.Count < 2)
            return Build([], [], words, generation);
        int family = words.Count - 1;
        while (family > 1 && NameWords.IsParticle(words[family - 1]))
            family--;
        return Build(words[..1], words[1..family], words[family..], generation);
    }

    /// <summary>All words of the name, to be compared with an organisation's.</summary>
    public OrganisationName AsOrganisation()
    {
        string[] words = [.. new[] { Given }.Concat(Middle).Concat(Family).Where(x => x.Length > 0)];
        return new() { Words = words, Joined = string.Concat(words) };
    }

    /// <summary>The same name, its texts shared with equal ones.</summary>
    public PersonName Pooled(Dictionary<string, string> pool) =>
        new()
        {
            Given = RecordReader.Pool(pool, Given),
            Middle = Middle.Length == 0 ? [] : [.. Middle.Select(x => RecordReader.Pool(pool, x))],
            Family = Family.Length == 0 ? [] : [.. Family.Select(x => RecordReader.Pool(pool, x))],
            FamilyJoined = RecordReader.Pool(pool, FamilyJoined),
            GivenSound = RecordReader.Pool(pool, GivenSound),
            FamilySound = RecordReader.Pool(pool, FamilySound),
            Suffix = Suffix,
            IsForeign = IsForeign,
        };

    private static PersonName Build(List<string> given, List<string> middle, List<string> family, string generation)
    {
        // Initials within a family name belong to the names before it: "M Sentosa".
        if (family.Count > 1)
        {
            middle = [.. middle, .. family.Where(x => x.Length == 1)];
            List<string> rest = [.. family.Where(x => x.Length > 1 && !NameWords.IsParticle(x))];
            family = rest.Count > 0 ? rest : [family[^1]];
        }
        return new()
        {
            Given = given.Count > 0 ? given[0] : "",
            Middle = [.. given.Skip(1), .. middle],
            Family = [.. family],
            FamilyJoined = string.Concat(family),
            GivenSound = given.Count > 0 ? Phonetic.Code(given[0]) : "",
            FamilySound = Phonetic.Code(string.Concat(family)),
            Suffix = generation,
            IsForeign = given.Concat(family).Any(PlainText.IsForeign),
        };
    }

    // Words without titles; a suffix is taken out and kept. A part that is nothing but a title stays: it is the name.
    private static List<string> Clean(string text, ref string generation, bool mayDropAll)
    {
        List<string> words = PlainText.Words(PlainText.Fold(text));
        List<string> kept = [];
        for (int i = 0; i < words.Count; i++)
        {
            if (i > 0 && i == words.Count - 1 && NameWords.TrySuffix(words[i], out string found))
                generation = found;
            else if (!NameWords.IsTitle(words[i]))
                kept.Add(words[i]);
        }
        return kept.Count == 0 && !mayDropAll ? words : kept;
    }

    private static string SuffixOf(List<string> words)
    {
        foreach (string word in words)
            if (NameWords.TrySuffix(word, out string generation))
                return generation;
        return "";
    }

    private static string WithoutBrackets(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        return open > 0 ? text[..open] : text;
    }
}
