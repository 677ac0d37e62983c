using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Identity.Matching;

/// <summary>Reads source records into the forms that are compared.</summary>
/// <param name="dayFirst">How dates such as 3/4/1970 are read: <see cref="IsDayFirst"/>.</param>
internal sealed class RecordReader(bool dayFirst)
{
    private static readonly MatchField[] Traits = [MatchField.Employer, MatchField.Occupation, MatchField.BirthPlace];

    // Equal strings of different records are one object: names repeat, and comparing one with itself is fast.
    private readonly Dictionary<string, string> pool = new(StringComparer.Ordinal);

    /// <summary>
    /// The order that a data set proves: more dates that must have the day first than such that must have the month first. With none,
    /// or as many, the month is first.
    /// </summary>
    public static bool IsDayFirst(IEnumerable<SourceRecord> records)
    {
        int order = 0;
        foreach (SourceRecord record in records)
        foreach (SourceValue value in record.Values)
            if (value.Field == MatchField.BirthDate)
                order += BirthDate.OrderOf(value.Text);
        return order > 0;
    }

    /// <summary>The record's values, normalised.</summary>
    public MatchRecord Read(SourceRecord source)
    {
        List<PersonName> names = [];
        List<OrganisationName> organisations = [];
        List<Address> addresses = [];
        foreach (IGrouping<int, SourceValue> group in source.Values.GroupBy(x => x.Group))
        {
            SourceValue[] values = [.. group];
            AddNames(values, names, organisations);
            AddAddresses(values, addresses);
        }
        return new()
        {
            Id = source.Id,
            Names = [.. names.DistinctBy(x => (x.Given, x.FamilyJoined, string.Join(' ', x.Middle)))],
            Organisations = [.. organisations.DistinctBy(x => x.Joined)],
            BirthDates =
            [
                .. Texts(source, MatchField.BirthDate)
                    .Select(x => BirthDate.Parse(x, dayFirst))
                    .OfType<BirthDate>()
                    .Distinct(),
            ],
            Gender = Texts(source, MatchField.Gender).Select(GenderOf).FirstOrDefault(x => x != Gender.Unknown),
            Emails = Forms(source, MatchField.Email, Contact.Email),
            Phones = Forms(source, MatchField.Phone, Contact.Phone),
            Addresses = [.. addresses],
            Numbers =
            [
                .. Enumerable
                    .Range((int)MatchField.NationalId, MatchRecord.NumberKinds)
                    .Select(x => Forms(source, (MatchField)x, Contact.Number)),
            ],
            Traits = [.. Traits.Select(x => Forms(source, x, PlainText.Compact))],
        };
    }

    private void AddNames(SourceValue[] values, List<PersonName> names, List<OrganisationName> organisations)
    {
        string[] given = TextsOf(values, MatchField.GivenName);
        string[] family = TextsOf(values, MatchField.FamilyName);
        string[] middle = TextsOf(values, MatchField.MiddleName);
        string[] suffix = TextsOf(values, MatchField.NameSuffix);
        for (int i = 0; i < Math.Max(given.Length, family.Length); i++)
        {
            PersonName name = PersonName.FromParts(At(given, i), At(middle, i), At(family, i), At(suffix, i));
            if (!name.IsEmpty)
                names.Add(name.Pooled(pool));
        }
        foreach (string full in TextsOf(values, MatchField.FullName))
        {
            if (OrganisationName.Looks(full) && OrganisationName.Parse(full) is { } body)
                organisations.Add(body);
            else if (PersonName.FromFull(full) is { IsEmpty: false } name)
                names.Add(name.Pooled(pool));
        }
        foreach (string text in TextsOf(values, MatchField.Organization))
            if (OrganisationName.Parse(text) is { } body)
                organisations.Add(body);
    }

    private static void AddAddresses(SourceValue[] values, List<Address> addresses)
    {
        // The lines of one address are read as one text: "Suite 900" may stand in either.
        Address? address = Address.From(
            Joined(values, MatchField.HouseNumber),
            Joined(values, MatchField.Street),
            At(TextsOf(values, MatchField.Postcode), 0),
            Joined(values, MatchField.City),
            Joined(values, MatchField.Region),
            Joined(values, MatchField.Country)
        );
        if (address is not null)
            addresses.Add(address);
    }

    private string[] Forms(SourceRecord source, MatchField field, Func<string, string> form)
    {
        List<string> forms = [];
        foreach (string text in Texts(source, field))
        {
            string formed = form(text);
            if (formed.Length > 0 && !forms.Contains(formed))
                forms.Add(Pool(pool, formed));
        }
        return forms.Count == 0 ? [] : [.. forms];
    }

    internal static string Pool(Dictionary<string, string> pool, string text)
    {
        if (pool.TryGetValue(text, out string? known))
            return known;
        pool[text] = text;
        return text;
    }

    private static Gender GenderOf(string text) =>
        PlainText.Compact(text) switch
        {
            "f" or "female" or "w" or "woman" or "weiblich" or "mujer" or "femme" => Gender.Female,
            "m" or "male" or "man" or "mannlich" or "hombre" or "homme" => Gender.Male,
            _ => Gender.Unknown,
        };

    private static IEnumerable<string> Texts(SourceRecord source, MatchField field) =>
        source.Values.Where(x => x.Field == field).Select(x => x.Text);

    private static string[] TextsOf(SourceValue[] values, MatchField field) =>
        [.. values.Where(x => x.Field == field).Select(x => x.Text)];

    private static string Joined(SourceValue[] values, MatchField field) => string.Join(' ', TextsOf(values, field));

    // The i-th value; the last one if there are fewer: two given names may share a family name.
    private static string At(string[] texts, int i) => texts.Length == 0 ? "" : texts[Math.Min(i, texts.Length - 1)];
}
