using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Identity.Matching.Compare;

/// <summary>Levels of two names; -1 where a part is missing on either side.</summary>
internal readonly record struct NameLevels(int Given, int Family, int Middle, int Suffix)
{
    public static NameLevels None { get; } = new(-1, -1, -1, -1);

    public string GivenText { get; init; } = "";
    public string FamilyText { get; init; } = "";

    public bool IsNone => Given < 0 && Family < 0;

    /// <summary>Decides between names that weigh the same, whichever record is asked first.</summary>
    public int Order => ((Given * 16 + Family) * 4 + Middle) * 4 + Suffix;
}

/// <summary>Compares names of persons: given and family name, both ways round, nicknames, initials, compound family names.</summary>
internal static class NameComparison
{
    public const int Exact = 0;

    // Levels of a given name.
    public const int Nickname = 1;
    public const int GivenClose = 2;
    public const int GivenSimilar = 3;
    public const int Initial = 4;
    public const int Swapped = 5;
    public const int Crossed = 6;
    public const int GivenSome = 7;
    public const int GivenDiffer = 8;

    // Levels of a family name.
    public const int FamilyClose = 1;
    public const int FamilyPart = 2;
    public const int FamilySimilar = 3;
    public const int FamilySome = 4;
    public const int FamilyDiffer = 5;

    private const double CloseFrom = 0.92;
    private const double SimilarFrom = 0.84;
    private const double SomeFrom = 0.7;

    /// <summary>Names of which one alone is in a script that is not romanised cannot be compared: all levels are missing.</summary>
    public static NameLevels Compare(PersonName a, PersonName b)
    {
        if (a.IsForeign != b.IsForeign)
            return NameLevels.None;
        int given =
            a.Given.Length == 0 || b.Given.Length == 0 ? -1 : GivenLevel(a.Given, b.Given, a.GivenSound, b.GivenSound);
        int family = a.Family.Length == 0 || b.Family.Length == 0 ? -1 : FamilyLevel(a, b);
        if (given is -1 or GivenSome or GivenDiffer && family is -1 or FamilySome or FamilyDiffer)
        {
            int crossed = CrossedLevel(a, b);
            if (crossed >= 0)
                (given, family) = (crossed, -1);
        }
        else if (given is GivenSome or GivenDiffer && HasGiven(a.Middle, b.Given) | HasGiven(b.Middle, a.Given))
            given = GivenSimilar; // one goes by the middle name
        int suffix =
            a.Suffix.Length == 0 || b.Suffix.Length == 0 ? -1
            : string.Equals(a.Suffix, b.Suffix, StringComparison.Ordinal) ? 0
            : 1;
        return new(given, family, MiddleLevel(a.Middle, b.Middle), suffix);
    }

    /// <summary>The level of two given names, neither of which is empty.</summary>
    public static int GivenLevel(string a, string b, string soundA, string soundB)
    {
        if (string.Equals(a, b, StringComparison.Ordinal))
            return Exact;
        if (a.Length == 1 || b.Length == 1)
            return a[0] == b[0] ? Initial : GivenDiffer;
        if (Nicknames.AreRelated(a, b))
            return Nickname;
        int shorter = Math.Min(a.Length, b.Length);
        int edits = EditDistance.Within(a, b, 3);
        if (edits <= 1 && shorter >= 4 || edits == 2 && shorter >= 6)
            return GivenClose;
        double similarity = JaroWinkler.Similarity(a, b);
        bool similar =
            edits <= Math.Max(a.Length, b.Length) / 3 && similarity >= SimilarFrom
            || SoundsAlike(a, b, soundA, soundB)
            || Begins(a, b);
        return similar ? GivenSimilar
            : similarity >= SomeFrom ? GivenSome
            : GivenDiffer;
    }

    private static int FamilyLevel(PersonName a, PersonName b)
    {
        if (string.Equals(a.FamilyJoined, b.FamilyJoined, StringComparison.Ordinal))
            return Exact;
        double similarity = JaroWinkler.Similarity(a.FamilyJoined, b.FamilyJoined);
        int shorter = Math.Min(a.FamilyJoined.Length, b.FamilyJoined.Length);
        if (
            similarity >= CloseFrom
            || (shorter >= 4 && EditDistance.Within(a.FamilyJoined, b.FamilyJoined, 1) <= 1)
            || (shorter >= 8 && EditDistance.Within(a.FamilyJoined, b.FamilyJoined, 2) <= 2)
        )
            return FamilyClose;
        if (SharesWord(a.Family, b.Family) || SharesWord(a.Family, b.Middle) || SharesWord(a.Middle, b.Family))
            return FamilyPart;
        return similarity >= SimilarFrom || SoundsAlike(a.FamilyJoined, b.FamilyJoined, a.FamilySound, b.FamilySound)
                ? FamilySimilar
            : similarity >= SomeFrom ? FamilySome
            : FamilyDiffer;
    }

    // Given and family name in each other's place.
    private static int CrossedLevel(PersonName a, PersonName b)
    {
        bool? left = Agree(a.Given, b.FamilyJoined);
        bool? right = Agree(b.Given, a.FamilyJoined);
        return (left, right) switch
        {
            (true, true) => Swapped,
            (true, null) or (null, true) => Crossed,
            _ => -1,
        };
    }

    private static bool? Agree(string a, string b) =>
        a.Length == 0 || b.Length == 0 ? null
        : string.Equals(a, b, StringComparison.Ordinal) ? true
        : Math.Min(a.Length, b.Length) >= 4
            && (EditDistance.Within(a, b, 1) <= 1 || JaroWinkler.Similarity(a, b) >= CloseFrom);

    private static int MiddleLevel(string[] a, string[] b)
    {
        if (a.Length == 0 || b.Length == 0)
            return -1;
        int best = 2;
        foreach (string left in a)
        foreach (string right in b)
            if (string.Equals(left, right, StringComparison.Ordinal))
                best = Math.Min(best, left.Length == 1 ? 1 : 0);
            else if (left[0] == right[0] && (left.Length == 1 || right.Length == 1))
                best = Math.Min(best, 1);
            else if (left.Length >= 4 && right.Length >= 4 && EditDistance.Within(left, right, 1) <= 1)
                best = 0;
        return best;
    }

    private static bool HasGiven(string[] middle, string given) =>
        given.Length > 1 && Array.IndexOf(middle, given) >= 0;

    private static bool SharesWord(string[] a, string[] b)
    {
        foreach (string left in a)
        foreach (string right in b)
            if (left.Length >= 3 && string.Equals(left, right, StringComparison.Ordinal))
                return true;
        return false;
    }

    // One sound alone says little: then the first letter must be the same.
    private static bool SoundsAlike(string a, string b, string soundA, string soundB) =>
        string.Equals(soundA, soundB, StringComparison.Ordinal)
        && (soundA.Length >= 2 || (soundA.Length == 1 && a[0] == b[0]));

    private static bool Begins(string a, string b) =>
        Math.Min(a.Length, b.Length) >= 3
        && Math.Abs(a.Length - b.Length) <= 4
        && (a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal));
}
