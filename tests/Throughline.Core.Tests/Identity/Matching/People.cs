using System.Globalization;
using System.Text;
using Throughline.Core.Identity.Matching;

namespace Throughline.Core.Tests.Identity.Matching;

/// <summary>
/// A made population and the records that careless systems keep of it: households with one address, telephone and sometimes e-mail,
/// twins, fathers and sons of one name; records with typing and scanning errors, nicknames, swapped names, missing values, moves and
/// married names. Seeded; truth is known.
/// </summary>
internal sealed class People(int seed)
{
    private static readonly string[] Female = Words(
        "mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly emily "
            + "donna michelle carol amanda melissa deborah stephanie rebecca laura helen sharon cynthia kathleen amy angela anna ruth brenda "
            + "olivia emma sophia isabella ava mia charlotte amelia harper evelyn abigail ella grace chloe victoria hannah lily zoe nora"
    );

    private static readonly string[] Male = Words(
        "james robert john michael david william richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul "
            + "andrew joshua kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen "
            + "liam noah oliver elijah lucas mason logan ethan aiden jack henry sebastian owen samuel leo gabriel isaac luke dylan"
    );

    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["robert"] = "bob",
        ["william"] = "bill",
        ["richard"] = "rick",
        ["elizabeth"] = "liz",
        ["margaret"] = "peggy",
        ["james"] = "jim",
        ["michael"] = "mike",
        ["joseph"] = "joe",
        ["thomas"] = "tom",
        ["edward"] = "ted",
        ["rebecca"] = "becky",
        ["patricia"] = "pat",
        ["katherine"] = "kate",
        ["daniel"] = "dan",
        ["matthew"] = "matt",
        ["anthony"] = "tony",
        ["christopher"] = "chris",
        ["jennifer"] = "jen",
        ["deborah"] = "debbie",
        ["samuel"] = "sam",
    };

    private static readonly string[] Beginnings = Words(
        "ander hol mar ben carl dow ell fair gar hart jen kirk lan mor nor ol pem quin ros sten tur under vin wal yor zim brad clay dun "
            + "ever fen grif hugh iver kel lind mac nichol ober pres raw shel thorn wood ash black cole"
    );

    private static readonly string[] Endings = Words(
        "son ton man berg field ley ford well wood ler ner by ham stein house more dale sen worth smith ski ing er shaw"
    );

    private static readonly string[] Streets = Words(
        "oak maple cedar pine elm washington lake hill walnut spring park river church main highland union prospect sunset franklin "
            + "jackson willow chestnut mill forest meadow lincoln jefferson adams monroe madison pleasant valley"
    );

    private static readonly string[] Kinds = Words("street road avenue lane drive court place");
    private static readonly string[] Cities = Words(
        "springfield riverton fairview georgetown salem madison clinton arlington ashland burlington dover hudson kingston milton newport oxford"
    );

    private readonly Random random = new(seed);
    private readonly List<Person> population = [];

    /// <summary>How damaged records are: 1 is usual.</summary>
    public double Damage { get; init; } = 1;

    /// <summary>Fields that records have.</summary>
    public MatchField[] Fields { get; init; } =
    [
        MatchField.GivenName,
        MatchField.FamilyName,
        MatchField.BirthDate,
        MatchField.Email,
        MatchField.Phone,
        MatchField.Street,
        MatchField.City,
        MatchField.Postcode,
    ];

    /// <summary>Cluster by record, of the records made.</summary>
    public Dictionary<string, string> Truth { get; } = new(StringComparer.Ordinal);

    /// <summary>Makes so many records; people have one to five each.</summary>
    public List<SourceRecord> Records(int count)
    {
        List<SourceRecord> records = [];
        while (records.Count < count)
        {
            if (population.Count == 0)
                AddHousehold();
            Person person = population[^1];
            population.RemoveAt(population.Count - 1);
            int copies = random.NextDouble() < 0.4 ? 1 : random.Next(2, 6);
            for (int i = 0; i < copies && records.Count < count; i++)
            {
                string id = string.Create(CultureInfo.InvariantCulture, $"r{records.Count:000000}");
                Truth[id] = person.Id;
                records.Add(new(id, Copy(person, first: i == 0)));
            }
        }
        for (int i = records.Count - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (records[i], records[j]) = (records[j], records[i]);
        }
        return records;
    }

    private sealed record Person(string Id, Dictionary<MatchField, string> Values);

    private void AddHousehold()
    {
        string family = Pick(Beginnings) + Pick(Endings);
        string street = $"{random.Next(1, 999)} {Pick(Streets)} {Pick(Kinds)}";
        int city = random.Next(Cities.Length);
        string postcode = (10000 + city * 500 + random.Next(40)).ToString(CultureInfo.InvariantCulture);
        string phone = $"({random.Next(201, 989)}) {random.Next(200, 999)}-{random.Next(0, 9999):0000}";
        string shared = $"{family}.family{random.Next(99)}@home.example";
        bool sharesEmail = random.NextDouble() < 0.15;
        int size = random.NextDouble() < 0.45 ? 1 : random.Next(2, 5);
        int parentYear = random.Next(1935, 1990);
        string? father = null;
        string? twinDate = null;
        for (int i = 0; i < size; i++)
        {
            bool female = random.NextDouble() < 0.5;
            string given = Pick(female ? Female : Male);
            if (i == 0 && !female)
                father = given;
            if (i == 2 && father is not null && random.NextDouble() < 0.15)
                given = father; // a son of his father's name
            int year = i < 2 ? parentYear + random.Next(-4, 5) : parentYear + random.Next(22, 36);
            string date = $"{year:0000}-{random.Next(1, 13):00}-{random.Next(1, 29):00}";
            if (i == 3 && twinDate is not null && random.NextDouble() < 0.15)
                date = twinDate;
            twinDate = date;
            population.Add(
                new(
                    string.Create(CultureInfo.InvariantCulture, $"p{random.NextInt64():x16}"),
                    new()
                    {
                        [MatchField.GivenName] = given,
                        [MatchField.FamilyName] = family,
                        [MatchField.BirthDate] = date,
                        [MatchField.Gender] = female ? "f" : "m",
                        [MatchField.Email] = sharesEmail
                            ? shared
                            : $"{given}.{family}{random.Next(1, 99)}@{Pick(["mail", "post", "inbox"])}.example",
                        [MatchField.Phone] =
                            random.NextDouble() < 0.5
                                ? phone
                                : $"({random.Next(201, 989)}) {random.Next(200, 999)}-{random.Next(0, 9999):0000}",
                        [MatchField.Street] = street,
                        [MatchField.City] = Cities[city],
                        [MatchField.Postcode] = postcode,
                    }
                )
            );
        }
    }

    private List<SourceValue> Copy(Person person, bool first)
    {
        Dictionary<MatchField, string> values = new(person.Values);
        double scale = first ? 0.3 * Damage : Damage;
        if (Chance(0.08 * scale))
        {
            values[MatchField.Street] = $"{random.Next(1, 999)} {Pick(Streets)} {Pick(Kinds)}";
            values[MatchField.City] = Pick(Cities);
            values[MatchField.Postcode] = random.Next(10000, 18000).ToString(CultureInfo.InvariantCulture);
        }
        if (values[MatchField.Gender] == "f" && Chance(0.03 * scale))
            values[MatchField.FamilyName] = Pick(Beginnings) + Pick(Endings);
        if (Chance(0.15 * scale) && Short.TryGetValue(values[MatchField.GivenName], out string? nick))
            values[MatchField.GivenName] = nick;
        if (Chance(0.02 * scale))
            values[MatchField.GivenName] = values[MatchField.GivenName][..1];
        if (Chance(0.03 * scale))
            (values[MatchField.GivenName], values[MatchField.FamilyName]) = (
                values[MatchField.FamilyName],
                values[MatchField.GivenName]
            );
        foreach (MatchField field in values.Keys.ToArray())
        {
            if (Chance(0.12 * scale))
                values[field] = "";
            else if (field is not MatchField.Gender && Chance(0.1 * scale))
                values[field] = Typo(values[field]);
        }
        return [.. Fields.Where(x => values[x].Length > 0).Select(x => new SourceValue(x, 0, values[x]))];
    }

    private string Typo(string text)
    {
        StringBuilder typed = new(text);
        int errors = Chance(0.25) ? 2 : 1;
        for (int i = 0; i < errors && typed.Length > 1; i++)
        {
            int at = random.Next(typed.Length);
            char other = char.IsAsciiDigit(typed[at]) ? (char)('0' + random.Next(10)) : (char)('a' + random.Next(26));
            switch (random.Next(4))
            {
                case 0:
                    typed.Remove(at, 1);
                    break;
                case 1:
                    typed.Insert(at, other);
                    break;
                case 2 when at > 0:
                    (typed[at], typed[at - 1]) = (typed[at - 1], typed[at]);
                    break;
                default:
                    typed[at] = other;
                    break;
            }
        }
        return typed.ToString();
    }

    private bool Chance(double probability) => random.NextDouble() < probability;

    private string Pick(string[] from) => from[random.Next(from.Length)];

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
