using System.Runtime.InteropServices;
using Throughline.Core.Identity.Matching.Compare;
using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Identity.Matching.Model;

/// <summary>
/// How rare a value is: bits = -log2 of the chance that an unrelated record holds it too. Of names and places that is their share of
/// records (W. E. Winkler, "Frequency-Based Matching in the Fellegi-Sunter Model", 2000). Of values that should name one person
/// (e-mail, phone, numbers, street address, birth date) it is how many different people hold them, told by names: one address on
/// twenty records of one person is as good as ever; on records of twenty people it says almost nothing.
/// </summary>
internal sealed class Rarities
{
    private const int HoldersLooked = 40;
    private const double SameBodyFrom = 0.8;
    private const double SharedFrom = 2.5;
    private readonly Dictionary<string, Rarity>[] values = new Dictionary<string, Rarity>[Comparisons.Count];
    private readonly Dictionary<string, int> words = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Given, string Family), float> wholeNames = [];
    private readonly float[] unknown = new float[Comparisons.Count];
    private readonly int recordCount;

    public Rarities(IReadOnlyList<MatchRecord> records, IReadOnlyDictionary<Comparison, RarityRule> rules)
    {
        recordCount = records.Count;
        foreach ((Comparison comparison, RarityRule rule) in rules.OrderBy(x => x.Key))
            Count(comparison, rule, records);
        CountWholeNames(records);
        foreach (MatchRecord record in records)
        foreach (string word in record.Organisations.SelectMany(x => x.Words).Distinct(StringComparer.Ordinal))
            words[word] = words.GetValueOrDefault(word) + 1;
    }

    public double Bits(Comparison comparison, string value) =>
        values[(int)comparison] is { } known && known.TryGetValue(value, out Rarity found)
            ? found.Bits
            : unknown[(int)comparison];

    /// <summary>
    /// The most that given and family name may weigh together. They go together by origin, so that a name whose halves are rare may be
    /// common: what counts then is how many different people are seen to bear it. Infinite where that is unknown.
    /// </summary>
    public double WholeNameBits(string given, string family) =>
        wholeNames.TryGetValue((given, family), out float bits) ? bits : double.PositiveInfinity;

    /// <summary>Whether different people hold a value that should name one: it cannot tell the people of a household apart.</summary>
    public bool IsShared(Comparison comparison, string value) =>
        values[(int)comparison] is { } known && known.TryGetValue(value, out Rarity found) && found.IsShared;

    /// <summary>What a word of an organisation's name weighs.</summary>
    public double WordBits(string word) => Math.Log2((recordCount + 2.0) / (words.GetValueOrDefault(word) + 1.0)) + 0.5;

    private void Count(Comparison comparison, RarityRule rule, IReadOnlyList<MatchRecord> records)
    {
        Dictionary<string, List<int>> holders = new(StringComparer.Ordinal);
        int having = 0;
        for (int i = 0; i < records.Count; i++)
        {
            bool any = false;
            foreach (string value in ValuesOf(records[i], comparison))
            {
                any = true;
                if (!holders.TryGetValue(value, out List<int>? of))
                    holders[value] = of = [];
                if (of.Count == 0 || of[^1] != i)
                    of.Add(i);
            }
            having += any ? 1 : 0;
        }
        Dictionary<string, Rarity> found = new(holders.Count, StringComparer.Ordinal);
        unknown[(int)comparison] = (float)-Math.Log2(rule.Share(0, having));
        foreach ((string value, List<int> of) in holders)
        {
            if (of.Count == 1 && rule.NamesOne)
                continue;
            double people =
                !rule.NamesOne ? of.Count
                : comparison == Comparison.Organization ? Bodies(records, of)
                : People(records, of);
            found[value] = new(
                (float)-Math.Log2(rule.Share(people - 1, having)),
                rule.NamesOne && people >= SharedFrom
            );
        }
        values[(int)comparison] = found;
    }

    private void CountWholeNames(IReadOnlyList<MatchRecord> records)
    {
        Dictionary<(string, string), List<int>> holders = [];
        int having = 0;
        for (int i = 0; i < records.Count; i++)
        {
            having += records[i].Names.Length > 0 ? 1 : 0;
            foreach (PersonName name in records[i].Names)
            {
                if (name.Given.Length < 2 || name.Family.Length == 0)
                    continue;
                ref List<int>? of = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    holders,
                    (name.Given, name.FamilyJoined),
                    out _
                );
                of ??= [];
                if (of.Count == 0 || of[^1] != i)
                    of.Add(i);
            }
        }
        foreach (((string, string) name, List<int> of) in holders)
            if (of.Count > 2 && Namesakes(records, of) is > 2 and double people)
                wholeNames[name] = (float)-Math.Log2(Math.Min(0.9, (people - 1) / having));
    }

    // How many people of one name there are, by what a person has one of: each record joins the first that it may be.
    private static double Namesakes(IReadOnlyList<MatchRecord> records, List<int> holders)
    {
        List<MatchRecord> people = [];
        int looked = Math.Min(holders.Count, HoldersLooked);
        for (int i = 0; i < looked; i++)
            if (!people.Exists(x => MayBeNamesake(x, records[holders[i]])))
                people.Add(records[holders[i]]);
        return Counted(people.Count, holders.Count, looked);
    }

    private static bool MayBeNamesake(MatchRecord a, MatchRecord b)
    {
        bool apart = a.BirthDates.Length > 0 && b.BirthDates.Length > 0;
        foreach (BirthDate left in a.BirthDates)
        foreach (BirthDate right in b.BirthDates)
            if (!left.IsWhole || !right.IsWhole || DateComparison.IsAlike(left, right))
                apart = false;
        return !apart
            || a.Emails.Intersect(b.Emails, StringComparer.Ordinal).Any()
            || a.Phones.Intersect(b.Phones, StringComparer.Ordinal).Any();
    }

    // How many organisations bear one name, by where they are and what number they answer: each joins the first that it may be.
    private static double Bodies(IReadOnlyList<MatchRecord> records, List<int> holders)
    {
        List<MatchRecord> bodies = [];
        int looked = Math.Min(holders.Count, HoldersLooked);
        for (int i = 0; i < looked; i++)
            if (!bodies.Exists(x => MayBeInOnePlace(x, records[holders[i]])))
                bodies.Add(records[holders[i]]);
        return Counted(bodies.Count, holders.Count, looked);
    }

    // How many people hold a value, by their names: each holder joins the first one that it may be.
    private static double People(IReadOnlyList<MatchRecord> records, List<int> holders)
    {
        List<PersonName> people = [];
        List<OrganisationName> bodies = [];
        int looked = Math.Min(holders.Count, HoldersLooked);
        for (int i = 0; i < looked; i++)
            foreach (PersonName name in records[holders[i]].Names.Take(1))
                if (!people.Exists(x => MayBeOne(x, name)))
                    people.Add(name);
        for (int i = 0; i < looked; i++)
            foreach (OrganisationName name in records[holders[i]].Organisations.Take(1))
                if (!bodies.Exists(x => JaroWinkler.Similarity(x.Joined, name.Joined) >= SameBodyFrom))
                    bodies.Add(name);
        return Counted(people.Count + bodies.Count, holders.Count, looked);
    }

    // That two hold a value is known from the very pair that is compared: it is no proof that the value is shared. Beyond the holders
    // that were looked at, so many more come as came after the first.
    private static double Counted(int found, int holders, int looked) =>
        found switch
        {
            0 or 1 => 1,
            2 => 1 + 0.25 * holders / looked,
            _ => 1 + (found - 1.0) * holders / looked,
        };

    private readonly record struct Rarity(float Bits, bool IsShared);

    private static bool MayBeOne(PersonName a, PersonName b)
    {
        NameLevels levels = NameComparison.Compare(a, b);
        return levels.Given is not (NameComparison.GivenSome or NameComparison.GivenDiffer)
            && (
                levels.Family != NameComparison.FamilyDiffer
                || levels.Given is NameComparison.Exact or NameComparison.Nickname
            );
    }

    // What is missing on either side tells nothing apart.
    private static bool MayBeInOnePlace(MatchRecord a, MatchRecord b)
    {
        if (a.Phones.Intersect(b.Phones, StringComparer.Ordinal).Any())
            return true;
        bool streets = false;
        bool towns = false;
        foreach (Address left in a.Addresses)
        foreach (Address right in b.Addresses)
            if (left.HasStreet && right.HasStreet)
            {
                if (AddressComparison.IsOnePlace(left, right))
                    return true;
                streets = true;
            }
            else if (left.City.Length > 0 && right.City.Length > 0)
            {
                if (AddressComparison.CityLevel(left.City, right.City) < 2)
                    return true;
                towns = true;
            }
        return !streets && !towns && (a.Phones.Length == 0 || b.Phones.Length == 0);
    }

    private static IEnumerable<string> ValuesOf(MatchRecord record, Comparison comparison) =>
        comparison switch
        {
            Comparison.Given => record.Names.Select(x => x.Given).Where(x => x.Length > 0),
            Comparison.Family => record.Names.Select(x => x.FamilyJoined).Where(x => x.Length > 0),
            Comparison.Organization => record.Organisations.Select(x => x.Joined),
            Comparison.BirthDate => record.BirthDates.Where(x => x.IsWhole || x.Year == 0).Select(x => x.Text),
            Comparison.Email => record.Emails,
            Comparison.Phone => record.Phones,
            Comparison.Address => record.Addresses.Select(x => x.Key).Where(x => x.Length > 0),
            Comparison.Postcode => record.Addresses.Select(x => x.Postcode).Where(x => x.Length > 0),
            Comparison.City => record.Addresses.Select(x => x.City).Where(x => x.Length > 0),
            Comparison.Region => record.Addresses.Select(x => x.Region).Where(x => x.Length > 0),
            >= Comparison.NationalId and <= Comparison.Account => record.Numbers[comparison - Comparison.NationalId],
            >= Comparison.Employer => record.Traits[comparison - Comparison.Employer],
            _ => [],
        };
}

/// <summary>How the rarity of a value is worked out.</summary>
/// <param name="Base">The share of an unseen value: of all people, not of the data.</param>
/// <param name="Strength">How many records the base is worth against those of the data.</param>
/// <param name="NamesOne">The value should name one person: people are counted, not records.</param>
internal readonly record struct RarityRule(double Base, double Strength, bool NamesOne)
{
    /// <summary>The chance that an unrelated record holds a value which so many others hold of so many that hold any.</summary>
    public double Share(double others, int having) =>
        NamesOne
            ? Math.Min(0.9, Base + others / Math.Max(1, having))
            : Math.Min(0.9, (Math.Max(0, others) + Base * Strength) / (having + Strength));
}
