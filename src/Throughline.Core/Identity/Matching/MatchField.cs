namespace Throughline.Core.Identity.Matching;

/// <summary>
/// What a column of a record may hold: the closed list that <see cref="MatchFields"/> names. Order is not stored anywhere.
/// </summary>
public enum MatchField : byte
{
    /// <summary><c>name.given</c>: given names; the first is compared, the others count as middle names.</summary>
    GivenName,

    /// <summary><c>name.middle</c>: middle names or their initials.</summary>
    MiddleName,

    /// <summary><c>name.family</c>: family name; may end with a suffix such as Jr.</summary>
    FamilyName,

    /// <summary><c>name.full</c>: <c>Given Middle Family</c> or <c>Family, Given</c>; of a person or an organisation.</summary>
    FullName,

    /// <summary><c>name.suffix</c>: Jr, Sr, II, III.</summary>
    NameSuffix,

    /// <summary><c>name.organization</c>: the name of a company, shop or other body.</summary>
    Organization,

    /// <summary><c>birthDate</c>: a date, or a year alone.</summary>
    BirthDate,

    /// <summary><c>gender</c>: F, M and the words for them; anything else is unknown.</summary>
    Gender,

    /// <summary><c>email</c>: an address; a display name and angle brackets are taken off.</summary>
    Email,

    /// <summary><c>phone</c>: a phone number in any form.</summary>
    Phone,

    /// <summary><c>street</c>: street with or without house number, or a whole address on one line.</summary>
    Street,

    /// <summary><c>houseNumber</c>: the number when it has a column of its own.</summary>
    HouseNumber,

    /// <summary><c>city</c>: town, suburb.</summary>
    City,

    /// <summary><c>region</c>: state, county, province.</summary>
    Region,

    /// <summary><c>postcode</c>: postal code.</summary>
    Postcode,

    /// <summary><c>country</c>: kept for reading, not compared.</summary>
    Country,

    /// <summary><c>nationalId</c>: national identity or registration number.</summary>
    NationalId,

    /// <summary><c>ssn</c>: social security number; four digits are its end.</summary>
    SocialSecurity,

    /// <summary><c>taxId</c>: tax number of a person or organisation.</summary>
    TaxId,

    /// <summary><c>passport</c>: passport number.</summary>
    Passport,

    /// <summary><c>driverLicence</c>: number of a driving licence.</summary>
    DriverLicence,

    /// <summary><c>account</c>: any other number that is meant to name one customer: account, member or loyalty number.</summary>
    Account,

    /// <summary><c>employer</c>: name of the employer.</summary>
    Employer,

    /// <summary><c>occupation</c>: profession, or an organisation's line of business.</summary>
    Occupation,

    /// <summary><c>birthPlace</c>: place of birth.</summary>
    BirthPlace,
}

/// <summary>The names under which fields are mapped.</summary>
public static class MatchFields
{
    private static readonly (string Name, MatchField Field)[] Names =
    [
        ("name.given", MatchField.GivenName),
        ("name.middle", MatchField.MiddleName),
        ("name.family", MatchField.FamilyName),
        ("name.full", MatchField.FullName),
        ("name.suffix", MatchField.NameSuffix),
        ("name.organization", MatchField.Organization),
        ("birthDate", MatchField.BirthDate),
        ("gender", MatchField.Gender),
        ("email", MatchField.Email),
        ("phone", MatchField.Phone),
        ("street", MatchField.Street),
        ("houseNumber", MatchField.HouseNumber),
        ("city", MatchField.City),
        ("region", MatchField.Region),
        ("postcode", MatchField.Postcode),
        ("country", MatchField.Country),
        ("nationalId", MatchField.NationalId),
        ("ssn", MatchField.SocialSecurity),
        ("taxId", MatchField.TaxId),
        ("passport", MatchField.Passport),
        ("driverLicence", MatchField.DriverLicence),
        ("account", MatchField.Account),
        ("employer", MatchField.Employer),
        ("occupation", MatchField.Occupation),
        ("birthPlace", MatchField.BirthPlace),
    ];

    /// <summary>Every name, in the order of <see cref="MatchField"/>.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Names.Select(x => x.Name)];

    /// <summary>The name of a field.</summary>
    public static string NameOf(MatchField field) => Names[(int)field].Name;

    /// <summary>The field of a name, exactly as it is listed; false if there is none.</summary>
    public static bool TryParse(string name, out MatchField field)
    {
        int at = Array.FindIndex(Names, x => string.Equals(x.Name, name, StringComparison.Ordinal));
        field = at < 0 ? default : Names[at].Field;
        return at >= 0;
    }

    /// <summary>Numbers that are meant to name one person or organisation.</summary>
    internal static bool IsNumber(this MatchField field) => field is >= MatchField.NationalId and <= MatchField.Account;
}
