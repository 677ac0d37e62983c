namespace Throughline.Core.Identity.Matching.Compare;

/// <summary>What is compared of two records. The order is that of explanations; at most 32, since a pattern packs four bits of each.</summary>
internal enum Comparison : byte
{
    Given,
    Family,
    Middle,
    Suffix,
    Organization,
    BirthDate,
    BirthYear,
    Gender,
    Email,
    Phone,
    Address,
    Postcode,
    City,
    Region,
    NationalId,
    SocialSecurity,
    TaxId,
    Passport,
    DriverLicence,
    Account,
    Employer,
    Occupation,
    BirthPlace,
}

/// <summary>Names of comparisons and of their levels, from the strongest agreement to <c>differ</c>.</summary>
internal static class Comparisons
{
    private static readonly string[] NumberLevels = ["exact", "tail", "near", "differ"];
    private static readonly string[] TraitLevels = ["exact", "similar", "differ"];

    private static readonly (string Name, string[] Levels)[] All =
    [
        ("given", ["exact", "nickname", "close", "similar", "initial", "swapped", "crossed", "some", "differ"]),
        ("family", ["exact", "close", "part", "similar", "some", "differ"]),
        ("middle", ["exact", "initial", "differ"]),
        ("suffix", ["same", "differ"]),
        ("organization", ["exact", "close", "part", "some", "differ"]),
        ("birthDate", ["exact", "swapped", "near", "parts", "year", "differ"]),
        ("birthYear", ["exact", "near", "differ"]),
        ("gender", ["same", "differ"]),
        ("email", ["exact", "local", "close", "similar", "differ"]),
        ("phone", ["exact", "tail", "near", "differ"]),
        ("address", ["same", "elsewhere", "near", "street", "postcode", "city", "differ"]),
        ("postcode", ["exact", "near", "area", "differ"]),
        ("city", ["exact", "close", "differ"]),
        ("region", ["exact", "differ"]),
        ("nationalId", NumberLevels),
        ("ssn", NumberLevels),
        ("taxId", NumberLevels),
        ("passport", NumberLevels),
        ("driverLicence", NumberLevels),
        ("account", NumberLevels),
        ("employer", TraitLevels),
        ("occupation", TraitLevels),
        ("birthPlace", TraitLevels),
    ];

    public static int Count => All.Length;

    public static IEnumerable<string> Names => All.Select(x => x.Name);

    public static string NameOf(Comparison comparison) => All[(int)comparison].Name;

    /// <summary>Names of the levels; the last is disagreement.</summary>
    public static IReadOnlyList<string> LevelsOf(Comparison comparison) => All[(int)comparison].Levels;

    public static bool TryParse(string name, out Comparison comparison)
    {
        int at = Array.FindIndex(All, x => string.Equals(x.Name, name, StringComparison.Ordinal));
        comparison = (Comparison)Math.Max(0, at);
        return at >= 0;
    }
}
