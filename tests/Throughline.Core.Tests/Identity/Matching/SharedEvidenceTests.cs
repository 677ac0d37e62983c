using Throughline.Core.Identity.Matching;
using Throughline.Testing;

namespace Throughline.Core.Tests.Identity.Matching;

/// <summary>
/// Evidence that several people or organisations share: names of a household, of namesakes and of firms, told from what names one.
/// </summary>
public sealed class SharedEvidenceTests
{
    private const string Vowels = "aeiou";
    private const string Consonants = "bdfgklmnprstvz";

    [Fact]
    public void Run_FamiliesInTwoMisspeltLists_FindsThePeopleAndKeepsThemApart()
    {
        // No birth dates: only given names tell a family apart, and the second list misspells every family name.
        Random random = Seeds.Random();
        // No two of a family begin alike: names that sound alike are another matter.
        string[] given =
        [
            .. Enumerable.Range(0, 60).Select(i => Consonants[i % Consonants.Length] + Word(random, 3)[1..]),
        ];
        List<SourceRecord> records = [];
        Dictionary<string, string> truth = new(StringComparer.Ordinal);
        for (int family = 0; family < 150; family++)
        {
            string name = Word(random, 4);
            string misspelt = name[..3] + Other(random, name[3]) + name[4..];
            string number = $"{random.Next(1, 400)}";
            string street = Word(random, 3);
            int first = random.Next(given.Length);
            for (int i = 0; i < 1 + family % 3; i++)
            {
                string person = $"{family:000}-{i}";
                foreach ((string list, string spelt) in new[] { ("a", name), ("b", misspelt) })
                {
                    truth[list + person] = person;
                    records.Add(
                        Record(
                            list + person,
                            (MatchField.GivenName, given[(first + 5 * i) % given.Length]),
                            (MatchField.FamilyName, spelt),
                            (MatchField.HouseNumber, number),
                            (MatchField.Street, street)
                        )
                    );
                }
            }
        }

        PartitionScore score = Score(records, truth);

        Assert.InRange(score.Precision, 0.95, 1);
        Assert.InRange(score.Recall, 0.95, 1);
    }

    [Fact]
    public void Run_ListsOfNamesOfOrganisations_FindsTheSameOnes()
    {
        Random random = Seeds.Random();
        List<SourceRecord> records = [];
        Dictionary<string, string> truth = new(StringComparer.Ordinal);
        for (int i = 0; i < 500; i++)
        {
            string name = $"{Word(random, 3)} {Word(random, 3)}";
            foreach ((string list, string form) in new[] { ("a", $"{name}, Inc."), ("b", name.ToUpperInvariant()) })
                if (list == "a" || i < 250)
                {
                    records.Add(Record($"{list}{i}", (MatchField.Organization, form)));
                    truth[$"{list}{i}"] = $"{i}";
                }
        }

        PartitionScore score = Score(records, truth);

        Assert.InRange(score.Precision, 0.95, 1);
        Assert.InRange(score.Recall, 0.95, 1);
    }

    [Fact]
    public void Run_ManyRecordsOfOneOrganisation_AreOneGroup()
    {
        // Far more than a block may have, and nothing that divides it.
        Random random = Seeds.Random();
        List<SourceRecord> records =
        [
            .. Enumerable
                .Range(0, 400)
                .Select(i => Record($"x{i:000}", (MatchField.Organization, "Zorvex Gramlin BV"))),
            .. Enumerable
                .Range(0, 400)
                .Select(i => Record($"y{i:000}", (MatchField.Organization, $"{Word(random, 3)} {Word(random, 3)}"))),
        ];

        Dictionary<string, string> groups = Groups(records);

        Assert.Single(groups.Where(x => x.Key[0] == 'x').Select(x => x.Value).Distinct(StringComparer.Ordinal));
        Assert.DoesNotContain(groups, x => x.Key[0] == 'y' && x.Value[0] == 'x');
    }

    [Fact]
    public void Run_OneNameAtManyPlaces_IsNoReasonToJoinThem()
    {
        Random random = Seeds.Random();
        List<SourceRecord> records =
        [
            .. Enumerable
                .Range(0, 30)
                .Select(i =>
                    Record(
                        $"shop{i:00}",
                        (MatchField.Organization, "Corner Bakery"),
                        (MatchField.Street, $"{10 + 7 * i} {Word(random, 3)}"),
                        (MatchField.City, Word(random, 4)),
                        (MatchField.Phone, $"2125{random.Next(100000, 999999)}")
                    )
                ),
            .. new People(11).Records(300),
        ];

        Assert.Equal(
            30,
            Groups(records)
                .Where(x => x.Key.StartsWith("shop", StringComparison.Ordinal))
                .DistinctBy(x => x.Value)
                .Count()
        );
    }

    [Fact]
    public void Run_NamesakesWithRareHalves_StayApart()
    {
        // Both halves are rare among all, but they go together: eight people of the name, each with a birth date of their own.
        List<SourceRecord> records =
        [
            .. Enumerable
                .Range(0, 8)
                .Select(i =>
                    Record(
                        $"n{i}",
                        (MatchField.GivenName, "Youssef"),
                        (MatchField.FamilyName, "Mansour"),
                        (MatchField.BirthDate, $"{1950 + 5 * i}-0{1 + i}-{10 + 2 * i}")
                    )
                ),
            Record("none1", (MatchField.GivenName, "Youssef"), (MatchField.FamilyName, "Mansour")),
            Record("none2", (MatchField.GivenName, "Youssef"), (MatchField.FamilyName, "Mansour")),
            .. new People(11).Records(1500),
        ];

        Dictionary<string, string> groups = Groups(records);

        Assert.Equal(
            10,
            groups.Where(x => x.Key[0] == 'n').Select(x => x.Value).Distinct(StringComparer.Ordinal).Count()
        );
    }

    [Theory]
    [InlineData("ada.quimbleton17@mail.example", "ada.quimbleton82@mail.example")]
    [InlineData("ada.quimbleton@mail.example", "ada.quimbleton@post.example")]
    public void Explain_AddressesMadeOfTheName_AgreeNoMoreThanTheNames(string first, string second)
    {
        SourceRecord[] records =
        [
            Record("a", (MatchField.FullName, "Ada Quimbleton"), (MatchField.Email, first)),
            Record("b", (MatchField.FullName, "Ada Quimbleton"), (MatchField.Email, second)),
            Record("c", (MatchField.FullName, "Ada Marlow"), (MatchField.Email, first)),
            Record("d", (MatchField.FullName, "Ada Marlow"), (MatchField.Email, second)),
        ];
        MatchResult result = RecordMatcher.Run(records, MatchStrategyJson.Default);

        Assert.DoesNotContain(result.Explain("a", "b")!.Steps, x => x.Comparison == "email");
        // Not made of their name: there it is evidence.
        Assert.Contains(result.Explain("c", "d")!.Steps, x => x.Comparison == "email");
    }

    private static PartitionScore Score(List<SourceRecord> records, Dictionary<string, string> truth) =>
        PartitionScore.Of(Groups(records), truth);

    private static Dictionary<string, string> Groups(List<SourceRecord> records) =>
        RecordMatcher.Run(records, MatchStrategyJson.Default).Clusters.ToDictionary(StringComparer.Ordinal);

    private static string Word(Random random, int syllables) =>
        string.Concat(
            Enumerable
                .Range(0, syllables)
                .Select(_ => $"{Consonants[random.Next(Consonants.Length)]}{Vowels[random.Next(Vowels.Length)]}")
        );

    private static char Other(Random random, char letter) =>
        Vowels.Where(x => x != letter).ElementAt(random.Next(Vowels.Length - 1));

    private static SourceRecord Record(string id, params (MatchField Field, string Text)[] values) =>
        new(id, [.. values.Select(x => new SourceValue(x.Field, 0, x.Text))]);
}
