using Throughline.Core.Identity.Matching;
using Throughline.Core.Identity.Matching.Cluster;
using Throughline.Testing;

namespace Throughline.Core.Tests.Identity.Matching;

/// <summary>Matching from end to end, on made people and on small stories.</summary>
public sealed class RecordMatcherTests
{
    private static readonly MatchField[] NoContact =
    [
        MatchField.GivenName,
        MatchField.FamilyName,
        MatchField.BirthDate,
        MatchField.Street,
        MatchField.City,
        MatchField.Postcode,
    ];

    [Fact]
    public void Run_ShuffledRecords_GivesTheSameLinksAndGroups()
    {
        Random random = Seeds.Random();
        SourceRecord[] records = [.. new People(random.Next()).Records(400)];
        MatchResult first = RecordMatcher.Run(records, MatchStrategyJson.Default);
        for (int round = 0; round < 3; round++)
        {
            random.Shuffle(records);
            MatchResult again = RecordMatcher.Run(records, MatchStrategyJson.Default);

            Assert.Equal(first.Links, again.Links);
            Assert.Equal(first.Clusters, again.Clusters);
        }
    }

    [Theory]
    [InlineData(1, 0.95, 0.85)]
    [InlineData(2, 0.93, 0.75)]
    public void Run_MadePeople_FindsMostAndHardlyEverErrs(double damage, double precision, double recall)
    {
        (double Precision, double Recall) score = WorstScore(seed => new(seed) { Damage = damage });

        Assert.InRange(score.Precision, precision, 1);
        Assert.InRange(score.Recall, recall, 1);
    }

    [Fact]
    public void Run_MadePeopleWithoutEMailAndPhone_StillWorks()
    {
        (double Precision, double Recall) score = WorstScore(seed => new(seed) { Fields = NoContact });

        Assert.InRange(score.Precision, 0.94, 1);
        Assert.InRange(score.Recall, 0.8, 1);
    }

    [Fact]
    public void Run_OneAddressOnManyPeople_DoesNotJoinThem()
    {
        string[] names =
        [
            "Ada Quill",
            "Ben Marsh",
            "Cleo Stone",
            "Dan Wolfe",
            "Eve Harrow",
            "Finn Oakes",
            "Gia Lund",
            "Hal Penrose",
        ];
        List<SourceRecord> records =
        [
            .. names.Select(
                (x, i) => Record($"a{i}", (MatchField.FullName, x), (MatchField.Email, "info@office.example"))
            ),
            Record(
                "b",
                (MatchField.FullName, "Ada Quill"),
                (MatchField.Email, "info@office.example"),
                (MatchField.Phone, "7025550100")
            ),
            Record("c", (MatchField.FullName, "Ada Quill"), (MatchField.Phone, "702-555-0100")),
        ];

        Dictionary<string, string> groups = Groups(records);

        Assert.Equal("a0", groups["b"]);
        Assert.Equal("a0", groups["c"]);
        Assert.Equal(names.Length, groups.Values.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Run_FatherAndSonOfOneName_LeaveTheRecordWithoutDateAlone()
    {
        const string street = "32 West Harbor Street, 60527 Palm Bay";
        List<SourceRecord> records = Others();
        records.Add(
            Record(
                "father",
                (MatchField.FullName, "John Garner"),
                (MatchField.BirthDate, "1950-10-03"),
                (MatchField.Street, street)
            )
        );
        records.Add(Record("nobody", (MatchField.FullName, "John Garner"), (MatchField.Street, street)));
        records.Add(
            Record(
                "son",
                (MatchField.FullName, "John Garner"),
                (MatchField.BirthDate, "1984-02-27"),
                (MatchField.Street, street)
            )
        );

        MatchResult result = RecordMatcher.Run(records, MatchStrategyJson.Default);
        Dictionary<string, string> groups = result.Clusters.ToDictionary(StringComparer.Ordinal);

        Assert.Equal(("father", "nobody", "son"), (groups["father"], groups["nobody"], groups["son"]));
        Assert.Contains(result.Links, x => x.Fate == LinkFate.Ambiguous && (x.A == "nobody" || x.B == "nobody"));
    }

    [Fact]
    public void Run_TwinsInOneHousehold_StayTwo()
    {
        const string street = "7 Cedar Court, 60527 Palm Bay";
        List<SourceRecord> records = Others();
        foreach (string twin in new[] { "Oliver", "Sophia" })
            for (int i = 0; i < 2; i++)
                records.Add(
                    Record(
                        $"{twin}{i}",
                        (MatchField.GivenName, twin),
                        (MatchField.FamilyName, "Garner"),
                        (MatchField.BirthDate, "1997-09-28"),
                        (MatchField.Street, street),
                        (MatchField.Phone, "702 555 0142")
                    )
                );

        Dictionary<string, string> groups = Groups(records);

        Assert.Equal(groups["Oliver0"], groups["Oliver1"]);
        Assert.Equal(groups["Sophia0"], groups["Sophia1"]);
        Assert.NotEqual(groups["Oliver0"], groups["Sophia0"]);
    }

    [Fact]
    public void Run_HugeBlock_IsBoundedAndReported()
    {
        const int count = 3000;
        SourceRecord[] records =
        [
            .. Enumerable.Range(0, count).Select(i => Record($"r{i:0000}", (MatchField.Email, "noreply@shop.example"))),
        ];
        MatchResult result = RecordMatcher.Run(records, MatchStrategyJson.Default);

        Assert.Contains(result.Blocks, x => x.Pass == "email" && x.Skipped > 0 && x.LargestSkipped == count);
        Assert.True(result.ComparedPairs < 10 * count);
    }

    [Fact]
    public void Run_FewOrEmptyRecords_GivesEachItsOwnGroup()
    {
        Assert.Empty(RecordMatcher.Run([], MatchStrategyJson.Default).Clusters);
        Assert.Single(RecordMatcher.Run([Record("only")], MatchStrategyJson.Default).Clusters);

        MatchResult result = RecordMatcher.Run([Record("b"), Record("a")], MatchStrategyJson.Default);
        Assert.Equal([KeyValuePair.Create("a", "a"), KeyValuePair.Create("b", "b")], result.Clusters);
        Assert.True(double.IsFinite(result.Explain("a", "b")!.Score));
        Assert.Null(result.Explain("a", "a"));
        Assert.Null(result.Explain("a", "nobody"));
    }

    [Fact]
    public void Run_OneIdTwice_Throws()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            RecordMatcher.Run([Record("x"), Record("y"), Record("x")], MatchStrategyJson.Default)
        );
        Assert.Contains("'x'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_EveryLink_AddsUpAndIsSymmetric()
    {
        MatchResult result = RecordMatcher.Run(new People(Seeds.Next()).Records(300), MatchStrategyJson.Default);
        Assert.NotEmpty(result.Links);
        Assert.All(
            result.Links.Take(200),
            link =>
            {
                PairExplanation there = result.Explain(link.A, link.B)!;
                PairExplanation back = result.Explain(link.B, link.A)!;
                Assert.Equal(link.Score, there.Score, 6);
                Assert.Equal(there.Score, there.Steps.Sum(x => x.Bits), 6);
                Assert.Equal(there.Steps, back.Steps);
                Assert.All(there.Steps, x => Assert.True(double.IsFinite(x.Bits)));
            }
        );
    }

    // Of crowds that are always the same: of others, a few wrong links that each join two families may take several hundredths.
    private static (double Precision, double Recall) WorstScore(Func<int, People> make)
    {
        const int Crowds = 3;
        PartitionScore[] scores = [.. Enumerable.Range(1, Crowds).Select(seed => Score(make(seed), 1500))];
        return (scores.Min(x => x.Precision), scores.Min(x => x.Recall));
    }

    private static PartitionScore Score(People people, int count)
    {
        MatchResult result = RecordMatcher.Run(people.Records(count), MatchStrategyJson.Default);
        return PartitionScore.Of(result.Clusters.ToDictionary(StringComparer.Ordinal), people.Truth);
    }

    // Some other people, so that the story is not all that the estimates are made of.
    private static List<SourceRecord> Others() => new People(11).Records(300);

    private static Dictionary<string, string> Groups(IEnumerable<SourceRecord> records) =>
        RecordMatcher.Run(records, MatchStrategyJson.Default).Clusters.ToDictionary(StringComparer.Ordinal);

    private static SourceRecord Record(string id, params (MatchField Field, string Text)[] values) =>
        new(id, [.. values.Select(x => new SourceValue(x.Field, 0, x.Text))]);
}
