using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Identity.Matching.Compare;

/// <summary>Compares addresses; levels in the order of <see cref="Comparisons"/>.</summary>
internal static class AddressComparison
{
    private const int Same = 0;
    private const int Elsewhere = 1;
    private const int NearLevel = 2;
    private const int Street = 3;
    private const int PostcodeLevelOfStreet = 4;
    private const int City = 5;
    private const int Differ = 6;
    private const double SameStreetFrom = 0.75;
    private const double SimilarStreetFrom = 0.5;
    private const double SameWordFrom = 0.88;

    private enum NumberMatch
    {
        Unknown,
        Same,
        Near,
        Other,
    }

    /// <summary>Two addresses that have a street.</summary>
    public static int Level(Address a, Address b)
    {
        double street = StreetSimilarity(a, b);
        NumberMatch number = Numbers(a.Numbers, b.Numbers);
        bool samePostcode = a.Postcode.Length > 0 && string.Equals(a.Postcode, b.Postcode, StringComparison.Ordinal);
        bool sameCity = a.City.Length > 0 && b.City.Length > 0 && CityLevel(a.City, b.City) < 2;
        if (street >= SameStreetFrom && number == NumberMatch.Same)
        {
            bool otherPostcode = !samePostcode && a.Postcode.Length > 0 && b.Postcode.Length > 0;
            bool otherCity = !sameCity && a.City.Length > 0 && b.City.Length > 0;
            return otherPostcode && otherCity ? Elsewhere : Same;
        }
        if (street >= SameStreetFrom && number != NumberMatch.Other)
            return NearLevel;
        if (street >= SimilarStreetFrom && number == NumberMatch.Same)
            return NearLevel;
        return street >= SameStreetFrom ? Street
            : samePostcode ? PostcodeLevelOfStreet
            : sameCity ? City
            : Differ;
    }

    /// <summary>Whether two addresses that have a street may be one, misspelt or without its number.</summary>
    public static bool IsOnePlace(Address a, Address b) => Level(a, b) is Same or NearLevel;

    /// <summary>exact, near (one character wrong), area (the same beginning), differ.</summary>
    public static int PostcodeLevel(string a, string b)
    {
        if (string.Equals(a, b, StringComparison.Ordinal))
            return 0;
        if (EditDistance.Within(a, b, 1) <= 1)
            return 1;
        int area = Math.Max(2, Math.Min(a.Length, b.Length) - 3);
        return a.Length >= area && b.Length >= area && a.AsSpan(0, area).SequenceEqual(b.AsSpan(0, area)) ? 2 : 3;
    }

    /// <summary>exact, close, differ.</summary>
    public static int CityLevel(string a, string b)
    {
        if (string.Equals(a, b, StringComparison.Ordinal))
            return 0;
        bool close =
            JaroWinkler.Similarity(a, b) >= 0.9
            || (Math.Min(a.Length, b.Length) >= 4 && EditDistance.Within(a, b, 1) <= 1);
        return close ? 1 : 2;
    }

    // The share of the shorter street's letters whose words stand in the other, or how alike the whole texts are.
    private static double StreetSimilarity(Address a, Address b)
    {
        if (a.Words.Length == 0 || b.Words.Length == 0)
            return a.Words.Length == b.Words.Length ? 1 : 0;
        int order = a.Joined.Length.CompareTo(b.Joined.Length);
        if (order == 0)
            order = string.CompareOrdinal(a.Joined, b.Joined);
        (Address shorter, Address longer) = order <= 0 ? (a, b) : (b, a);
        int found = 0;
        foreach (string word in shorter.Words)
        foreach (string other in longer.Words)
            if (IsSameWord(word, other))
            {
                found += word.Length;
                break;
            }
        double contained = (double)found / shorter.Joined.Length;
        return Math.Max(contained, JaroWinkler.Similarity(a.Joined, b.Joined) >= 0.92 ? 0.9 : 0);
    }

    private static bool IsSameWord(string a, string b) =>
        string.Equals(a, b, StringComparison.Ordinal)
        || (Math.Min(a.Length, b.Length) >= 4 && JaroWinkler.Similarity(a, b) >= SameWordFrom);

    private static NumberMatch Numbers(string[] a, string[] b)
    {
        if (a.Length == 0 || b.Length == 0)
            return NumberMatch.Unknown;
        if (Array.IndexOf(b, a[0]) >= 0 || Array.IndexOf(a, b[0]) >= 0)
            return NumberMatch.Same;
        return Math.Max(a[0].Length, b[0].Length) >= 2 && EditDistance.Within(a[0], b[0], 1) <= 1
            ? NumberMatch.Near
            : NumberMatch.Other;
    }
}
