using System.Globalization;

namespace Throughline.Cel.Regex;

/// <summary>The classes that have names: Perl's, POSIX's, and Unicode's general categories and scripts.</summary>
internal static class NamedClasses
{
    private static readonly CodePointSet Digit = Ascii("09");
    private static readonly CodePointSet Space = Ascii("\t\n\f\r  ");

    /// <summary><c>\w</c>, and what <c>\b</c> takes for the inside of a word: ASCII alone.</summary>
    public static readonly CodePointSet Word = Ascii("09AZ__az");

    private static readonly Dictionary<string, CodePointSet> PosixClasses = new(StringComparer.Ordinal)
    {
        ["alnum"] = Ascii("09AZaz"),
        ["alpha"] = Ascii("AZaz"),
        ["ascii"] = Ascii("\0\x7F"),
        ["blank"] = Ascii("\t\t  "),
        ["cntrl"] = Ascii("\0\x1F\x7F\x7F"),
        ["digit"] = Digit,
        ["graph"] = Ascii("!~"),
        ["lower"] = Ascii("az"),
        ["print"] = Ascii(" ~"),
        ["punct"] = Ascii("!/:@[`{~"),
        ["space"] = Ascii("\t\r  "),
        ["upper"] = Ascii("AZ"),
        ["word"] = Word,
        ["xdigit"] = Ascii("09AFaf"),
    };

    private static readonly string[] CategoryNames =
    [
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "Mn",
        "Mc",
        "Me",
        "Nd",
        "Nl",
        "No",
        "Zs",
        "Zl",
        "Zp",
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Sm",
        "Sc",
        "Sk",
        "So",
    ];

    private static readonly Lazy<Dictionary<string, CodePointSet>> Categories = new(ReadCategories);

    /// <summary>The set of <c>\d</c>, <c>\s</c>, <c>\w</c> by the letter in lower case; null for other letters.</summary>
    public static CodePointSet? Perl(char letter) =>
        letter switch
        {
            'd' => Digit,
            's' => Space,
            'w' => Word,
            _ => null,
        };

    /// <summary>The set of <c>[:alpha:]</c> and its like, by the name within the colons.</summary>
    public static CodePointSet? Posix(string name) => PosixClasses.GetValueOrDefault(name);

    /// <summary>
    /// The set of <c>\p{name}</c>: a general category of one or two letters, a script, or Any. As in RE2, C leaves out what is
    /// not assigned. Categories are those of the .NET runtime, scripts those of <see cref="UnicodeScripts"/>.
    /// </summary>
    public static CodePointSet? Unicode(string name)
    {
        if (string.Equals(name, "Any", StringComparison.Ordinal))
            return CodePointSet.All;
        return (name.Length <= 2 ? Categories.Value.GetValueOrDefault(name) : null) ?? UnicodeScripts.Find(name);
    }

    private static CodePointSet Ascii(string bounds) => new([.. bounds.Select(c => (int)c)]);

    private static Dictionary<string, CodePointSet> ReadCategories()
    {
        var builders = CategoryNames.ToDictionary(n => n, _ => new CodePointSetBuilder(), StringComparer.Ordinal);
        int first = 0;
        UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(0);
        for (int c = 1; c <= CodePointSet.MaxCodePoint + 1; c++)
        {
            // Planes 4 to 13 are empty.
            if (c == 0x40000)
                c = 0xE0000;
            UnicodeCategory next =
                c > CodePointSet.MaxCodePoint
                    ? UnicodeCategory.OtherNotAssigned
                    : CharUnicodeInfo.GetUnicodeCategory(c);
            if (next == category)
                continue;
            if (category != UnicodeCategory.OtherNotAssigned)
                builders[CategoryNames[(int)category]].Add(first, c - 1);
            first = c;
            category = next;
        }
        var sets = builders.ToDictionary(b => b.Key, b => b.Value.Build(), StringComparer.Ordinal);
        foreach (IGrouping<char, string> major in CategoryNames.GroupBy(n => n[0]))
        {
            var union = new CodePointSetBuilder();
            foreach (string name in major)
                union.Add(sets[name]);
            sets[major.Key.ToString()] = union.Build();
        }
        return sets;
    }
}
