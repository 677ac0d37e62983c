namespace Throughline.Core.Identity.Matching.Text;

/// <summary>Words of addresses: kinds of street with their short forms, directions, units. Folded; own lists, not complete.</summary>
internal static class StreetWords
{
    private static readonly HashSet<string> Kinds = Set(
        "street st str strasse straat rue calle road rd avenue ave av avenida lane ln drive dr boulevard blvd blv bd court ct place pl "
            + "square sq terrace ter tce circuit cct cir circle crescent cres cr close cl way parade pde highway hwy parkway pkwy pky "
            + "freeway fwy trail trl alley aly weg gasse allee platz via viale plaza plz loop grove gr row mews rise esplanade ul ulica"
    );

    private static readonly HashSet<string> Directions = Set(
        "n s e w ne nw se sw north south east west northeast northwest southeast southwest"
    );

    private static readonly HashSet<string> Units = Set(
        "suite ste apt appt apartment unit flat floor fl room rm bld bldg building penthouse ph level lot shop no nr number"
    );

    private static readonly Dictionary<string, string> Ordinals = new(StringComparer.Ordinal)
    {
        ["first"] = "1",
        ["second"] = "2",
        ["third"] = "3",
        ["fourth"] = "4",
        ["fifth"] = "5",
        ["sixth"] = "6",
        ["seventh"] = "7",
        ["eighth"] = "8",
        ["ninth"] = "9",
        ["tenth"] = "10",
    };

    // Kinds that stand at the end of a longer word: hardenbergstrasse, and a missed space as in blameycrescent.
    private static readonly string[] Tails =
    [
        "strasse",
        "straat",
        "street",
        "crescent",
        "circuit",
        "avenue",
        "terrace",
        "close",
        "court",
        "place",
        "drive",
        "road",
        "lane",
        "str",
        "weg",
        "gasse",
    ];

    public static bool IsKind(string word) => Kinds.Contains(word);

    public static bool IsDirection(string word) => Directions.Contains(word);

    public static bool IsUnit(string word) => Units.Contains(word);

    /// <summary>The number that an ordinal names: <c>third</c> and <c>3rd</c> are 3.</summary>
    public static bool TryOrdinal(string word, out string number)
    {
        if (Ordinals.TryGetValue(word, out string? known))
        {
            number = known;
            return true;
        }
        number = word.Length > 2 ? word[..^2] : "";
        return number.Length > 0 && number.All(char.IsAsciiDigit) && word[^2..] is "st" or "nd" or "rd" or "th";
    }

    /// <summary>A word without the kind of street at its end.</summary>
    public static string WithoutTail(string word)
    {
        foreach (string tail in Tails)
            if (word.Length >= tail.Length + 4 && word.EndsWith(tail, StringComparison.Ordinal))
                return word[..^tail.Length];
        return word;
    }

    private static HashSet<string> Set(string words) =>
        words.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
}
