using System.Text;

namespace Throughline.Core.Identity.Matching.Text;

/// <summary>
/// Brings text to small letters without marks, so that <c>Müllenkranz</c> and <c>MULLENKRANZ</c> are the same: Latin letters lose
/// their diacritics, Cyrillic and Greek are written in Latin letters. Other scripts stay as they are.
/// </summary>
internal static class PlainText
{
    // Latin letters with marks, each line: what it becomes, then the letters that do.
    private const string Latin =
        "a àáâãäåāăąǎạảấầẩẫậắằẳẵặ|ae æ|c çćĉċč|d ðďđ|e èéêëēĕėęěẹẻẽếềểễệ|g ĝğġģ|h ĥħ|i ìíîïĩīĭįıǐịỉ|j ĵ|k ķ|l ĺļľŀł|"
        + "n ñńņňŉŋ|o òóôõöøōŏőơǒọỏốồổỗộớờởỡợ|oe œ|r ŕŗř|s śŝşšșſ|ss ß|t ţťŧț|th þ|u ùúûüũūŭůűųưǔụủứừửữự|w ŵ|y ýÿŷỳỵỷỹ|z źżž";

    // Romanisation close to passports: only good enough to compare.
    private const string OtherScripts =
        "a аαά|b б|v вβ|g гґγ|d дδ|e еэєεέ|e ё|zh ж|z зζ|i иіηιίήϊ|i ї|i йύυ|k кκ|l лλ|m мμ|n нν|o оοόωώ|p пπ|r рρ|s сσς|t тτ|"
        + "u уў|f фφ|kh хχ|ts ц|ch ч|sh ш|shch щ|y ы|iu ю|ia я|th θ|x ξ|ps ψ| ъь";

    private static readonly Dictionary<char, string> Table = Build();

    /// <summary>Small letters without marks; white space and punctuation stay.</summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        StringBuilder plain = new(text.Length);
        foreach (char c in text)
        {
            char lower = char.ToLowerInvariant(c);
            if (lower < 0x80)
                plain.Append(lower);
            else if (Table.TryGetValue(lower, out string? known))
                plain.Append(known);
            else if (lower is >= '\u0300' and <= '\u036f')
                continue; // a combining mark
            else if (lower is '\u2018' or '\u2019' or '\u02bc')
                plain.Append('\'');
            else if (char.IsWhiteSpace(lower))
                plain.Append(' ');
            else
                plain.Append(lower);
        }
        return plain.ToString();
    }

    /// <summary>
    /// The words of folded text: runs of letters and digits. An apostrophe joins (<c>o'hare</c> is <c>ohare</c>), everything else parts.
    /// </summary>
    public static List<string> Words(string folded)
    {
        List<string> words = [];
        StringBuilder word = new();
        foreach (char c in folded)
        {
            if (char.IsLetterOrDigit(c) || IsMark(c))
                word.Append(c);
            else if (c is not ('\'' or '`' or '´') && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
        if (word.Length > 0)
            words.Add(word.ToString());
        return words;
    }

    /// <summary>Letters and digits alone.</summary>
    public static string Compact(string text)
    {
        string folded = Fold(text);
        StringBuilder kept = new(folded.Length);
        foreach (char c in folded)
            if (char.IsLetterOrDigit(c))
                kept.Append(c);
        return kept.ToString();
    }

    /// <summary>Whether a word is written in a script that is not romanised, so that it cannot be compared with Latin letters.</summary>
    public static bool IsForeign(string word) => word.Any(c => c > 0x024f);

    // Vowel signs of Indic and South-East Asian scripts belong to their word.
    private static bool IsMark(char c) =>
        c > 0x7f
        && char.GetUnicodeCategory(c)
            is System.Globalization.UnicodeCategory.NonSpacingMark
                or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    private static Dictionary<char, string> Build()
    {
        Dictionary<char, string> table = [];
        foreach (string line in (Latin + "|" + OtherScripts).Split('|'))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            foreach (char c in line.AsSpan(space + 1))
                table[c] = line[..space];
        }
        return table;
    }
}
