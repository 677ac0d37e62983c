using System.Text;
using System.Text.Json;
using Throughline.Cli.Identity.Matching;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Core.Events;

namespace Throughline.Cli.Tests.Identity.Matching;

public sealed class MatchCommandTests : IDisposable
{
    private const string Map =
        "name.given=first,name.family=last,birthDate=born,email=email,phone=phone,street=street,postcode=zip";

    private static readonly string[] People =
    [
        "id,first,last,born,email,phone,street,zip",
        "1,Robert,Fairbanks,1971-06-24,bob.f@mail.example,702-919-1300,12 Main Street,89132",
        "2,Bob,Fairbanks,24/06/1971,bob.f@mail.example,,12 Main St,89132",
        "3,Margaret,Ostrander,1950-01-30,,(702) 555-0188,\"7 Cedar Court, Apt 3\",89111",
        "4,Peggy,Ostrander,1950-01-30,,+1 702 555 0188,7 Cedar Ct,89111",
        "5,Quentin,Zeller,1988-11-02,q.zeller@post.example,,,",
    ];

    private readonly MatchSets sets = new();

    public void Dispose() => sets.Dispose();

    [Fact]
    public async Task Match_TwoPeopleTwice_WritesTheirLinksAndGroups()
    {
        string links = sets.PathOf("links.ndjson");
        string groups = sets.PathOf("groups.csv");

        JsonElement report = await MatchSets.JsonAsync([
            "identity",
            "match",
            sets.Write("people.csv", People),
            "--id",
            "id",
            "--map",
            Map,
            "--out",
            links,
            "--type",
            "crm",
            "--source",
            "nightly",
            "--time",
            "2026-06-02T03:00:00+02:00",
            "--clusters",
            groups,
        ]);

        Assert.Equal((5, 2, 3), (Count(report, "records"), Count(report, "kept"), Count(report, "clusters")));
        JsonElement[] written = [.. File.ReadLines(links).Select(x => JsonDocument.Parse(x).RootElement)];
        Assert.Equal(
            [("1", "2"), ("3", "4")],
            written.Select(x => (Text(End(x, 0), "value"), Text(End(x, 1), "value"))).Order()
        );
        Assert.All(written, x => Assert.Equal(("crm", "crm"), (Text(End(x, 0), "type"), Text(End(x, 1), "type"))));
        Assert.All(written, x => Assert.True(x.GetProperty("bits").GetDouble() >= 3));
        Assert.All(
            written,
            x =>
                Assert.Equal(
                    LinkFile.Ppm(x.GetProperty("bits").GetDouble()),
                    Link(x, "scorePpm").GetInt32(),
                    tolerance: 100
                )
        );
        Assert.All(written, x => Assert.InRange(Link(x, "tier").GetInt32(), 1, 99));
        Assert.All(
            written,
            x => Assert.Equal(("default/2", "nightly"), (Link(x, "model").GetString(), Link(x, "source").GetString()))
        );
        foreach (string line in File.ReadLines(links))
        {
            Assert.True(
                EventJson.TryParse(Encoding.UTF8.GetBytes(line), out RawEvent read, out Rejection why),
                $"{why}"
            );
            Assert.Equal((EventType.Link, 1_780_362_000_000), (read.Type, read.Time));
        }
        Assert.Equal(2, written.Select(x => Text(x, "id")).Distinct().Count());
        Assert.Equal(["record,cluster", "1,1", "2,1", "3,3", "4,3", "5,5"], File.ReadLines(groups));
    }

    [Theory]
    [InlineData(0, 500_000)]
    [InlineData(10, 999_024)]
    [InlineData(40, 1_000_000)]
    [InlineData(-40, 0)]
    public void Ppm_OfBits_IsTheProbability(double bits, int ppm) => Assert.Equal(ppm, LinkFile.Ppm(bits));

    private static JsonElement End(JsonElement link, int end) => link.GetProperty("identifiers")[end];

    private static JsonElement Link(JsonElement link, string member) => link.GetProperty("link").GetProperty(member);

    [Fact]
    public async Task Match_ToCsv_HoldsNoValueOfARecord()
    {
        string links = sets.PathOf("links.csv");
        await MatchSets.JsonAsync([
            "identity",
            "match",
            sets.Write("people.csv", People),
            "--id",
            "id",
            "--map",
            Map,
            "--out",
            links,
        ]);

        string text = await File.ReadAllTextAsync(links, TestContext.Current.CancellationToken);
        Assert.StartsWith("a,b,tier,score,fate,strategy\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("airbanks", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Explain_TwoRecords_StepsAddUpToTheScore()
    {
        JsonElement why = await MatchSets.JsonAsync([
            "identity",
            "match",
            sets.Write("people.csv", People),
            "--id",
            "id",
            "--map",
            Map,
            "--explain",
            "2",
            "1",
        ]);

        JsonElement[] steps = [.. why.GetProperty("steps").EnumerateArray()];
        Assert.Equal(why.GetProperty("score").GetDouble(), steps.Sum(x => x.GetProperty("bits").GetDouble()), 6);
        Assert.Contains(steps, x => Text(x, "comparison") == "given" && Text(x, "level") == "nickname");
        Assert.Contains(steps, x => Text(x, "comparison") == "birthDate" && Text(x, "level") == "exact");
        Assert.DoesNotContain("airbanks", why.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Match_JsonAndCsvTogether_AreOneSetOfRecords()
    {
        string csv = sets.Write("people.csv", People);
        string json = sets.Write(
            "more.jsonl",
            """{"src":"b","n":7,"names":[{"f":"Quentin","l":"Zeller"}],"mail":{"address":"Q.Zeller@post.example"}}""",
            "",
            """{"src":"b","n":8,"names":[{"f":"Someone","l":"Else"},{"l":"Other"}],"mail":null}"""
        );

        (int exit, string code, string message) = await MatchSets.ErrorAsync([
            "identity",
            "match",
            csv,
            json,
            "--id",
            "src,n",
            "--map",
            "email=mail.address,name.given=names[].f",
        ]);
        Assert.Equal((3, "column_missing"), (exit, code));
        Assert.Contains("people.csv", message, StringComparison.Ordinal);

        string renamed = sets.Write(
            "renamed.csv",
            [People[0].Replace("id,", "src,n,", StringComparison.Ordinal), "a," + People[5]]
        );
        string links = sets.PathOf("links.csv");
        await MatchSets.JsonAsync([
            "identity",
            "match",
            renamed,
            json,
            "--id",
            "src,n",
            "--map",
            "email=email,email=mail.address,name.given=first,name.given=names[].f,name.family=last,name.family=names[].l",
            "--out",
            links,
        ]);
        Assert.Contains(
            "a:5,b:7,",
            await File.ReadAllTextAsync(links, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("email=nowhere", "column_missing", "nowhere")]
    [InlineData("e-mail=email", "bad_map", "e-mail")]
    [InlineData("email", "bad_map", "FIELD=COLUMN")]
    public async Task Match_WrongMap_NamesIt(string map, string code, string named)
    {
        string people = sets.Write("people.csv", People);
        (int exit, string found, string message) = await MatchSets.ErrorAsync(
            "identity",
            "match",
            people,
            "--id",
            "id",
            "--map",
            map
        );

        Assert.Equal((3, code), (exit, found));
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\":1}\n{\"id\":2,", "bad_line", "line 2")]
    [InlineData("{\"id\":1}\n[1]", "bad_line", "line 2")]
    [InlineData("{\"id\":1} {\"id\":2}", "bad_line", "line 1")]
    [InlineData("{\"id\":1,\"x\":\"a\"}\n{\"x\":\"a\"}", "bad_line", "line 2")]
    [InlineData("{\"id\":1,\"x\":\"a\"}\n{\"id\":1,\"x\":\"b\"}", "duplicate_id", "line 2")]
    [InlineData("{\"id\":1}\n{\"id\":2,\"x\":\"\\ud800\"}", "bad_line", "line 2")]
    [InlineData("{\"id\":\"\\udc00\",\"x\":\"a\"}", "bad_line", "line 1")]
    [InlineData("id,x,x\n1,a,b", "column_twice", "line 1")]
    [InlineData("id,x\n1,a\n1,b", "duplicate_id", "line 3")]
    [InlineData("id,x\n1,a\n,b", "bad_line", "line 3")]
    [InlineData("id,x\n1,\"a\n\n", "bad_csv", "line 2")]
    [InlineData("id,x\n1,a,b", "bad_csv", "line 2")]
    [InlineData("key,x\n1,a", "column_missing", "'id'")]
    [InlineData("", "column_missing", "'id'")]
    public async Task Match_BrokenFile_NamesFileAndPlace(string text, string code, string place)
    {
        string file = sets.Write("broken.txt", text.Split('\n'));
        (int exit, string found, string message) = await MatchSets.ErrorAsync(
            "identity",
            "match",
            file,
            "--id",
            "id",
            "--map",
            "name.full=x"
        );

        Assert.Equal((3, code), (exit, found));
        Assert.Contains("broken.txt", message, StringComparison.Ordinal);
        Assert.Contains(place, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id,x\n1,a\n\u00ff,b\n", "utf8_invalid", "line 3")] // as Latin-1 has it
    [InlineData("\u00ef\u00bb\u00bfid,x\n1,a\n2,\"b\n\u00ff\"\n", "utf8_invalid", "line 4")] // behind UTF-8's mark
    [InlineData("{\"id\":1,\"x\":\"a\"}\n{\"id\":2,\"x\":\"\u00ff\"}\n", "bad_line", "line 2")]
    public async Task Match_BytesThatAreNoUtf8_AreRefusedByLineAndJoinNoIds(string bytes, string code, string place)
    {
        string file = sets.Write("latin.txt");
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes(bytes));
        (int exit, string found, string message) = await MatchSets.ErrorAsync(
            "identity",
            "match",
            file,
            "--id",
            "id",
            "--map",
            "name.full=x"
        );

        Assert.Equal((3, code), (exit, found));
        Assert.Contains(place, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("people.csv", "groups.csv")]
    [InlineData("links.csv", "people.csv")]
    [InlineData("links.csv", "links.csv")]
    public async Task Match_OutThatIsAnotherFileOfIt_IsRefusedAtOnce(string links, string groups)
    {
        string people = sets.Write("people.csv", People);
        string before = File.ReadAllText(people);
        (int exit, string found, _) = await MatchSets.ErrorAsync(
            "identity",
            "match",
            people,
            "--id",
            "id",
            "--map",
            Map,
            "--out",
            sets.PathOf(links),
            "--clusters",
            sets.PathOf(groups)
        );

        Assert.Equal((3, "out_is_input"), (exit, found));
        Assert.Equal(before, File.ReadAllText(people));
        Assert.False(File.Exists(sets.PathOf("links.csv")));
    }

    [Fact]
    public async Task Match_ValuesThatAreNone_AreNoEvidence()
    {
        string people = sets.Write(
            "people.csv",
            "id;name;mail;tel",
            "1;;noreply;0000000",
            "2; - ;@;n/a",
            "3;\"  \";x@;12",
            "4;;;"
        );
        JsonElement report = await MatchSets.JsonAsync([
            "identity",
            "match",
            people,
            "--id",
            "id",
            "--map",
            "name.full=name,email=mail,phone=tel",
        ]);

        Assert.Equal((4, 0, 4), (Count(report, "records"), Count(report, "links"), Count(report, "clusters")));
    }

    [Fact]
    public async Task Evaluate_TruthOfSomeRecords_CountsOnlyThose()
    {
        string people = sets.Write("people.csv", People);
        string truth = sets.Write("truth.csv", "note,cluster,record", ",x,1", ",x,2", ",y,3", ",z,99");
        JsonElement report = await MatchSets.JsonAsync([
            "identity",
            "evaluate",
            people,
            "--id",
            "id",
            "--map",
            Map,
            "--truth",
            truth,
        ]);

        Assert.Equal(
            (1.0, 1.0, 3, 2, 1, 2),
            (
                report.GetProperty("precision").GetDouble(),
                report.GetProperty("recall").GetDouble(),
                Count(report, "records"),
                Count(report, "recordsWithoutTruth"),
                Count(report, "truthWithoutRecord"),
                Count(report, "exactClusters")
            )
        );
    }

    [Theory]
    [InlineData("record,group\n1,x", "column_missing", "cluster")]
    [InlineData("record,cluster\n1,x\n1,y", "bad_truth", "line 3")]
    [InlineData("record,cluster\n1,", "bad_truth", "line 2")]
    [InlineData("record,cluster\nA:1,x", "truth_of_others", "A:1")]
    public async Task Evaluate_WrongTruth_SaysWhy(string text, string code, string named)
    {
        string truth = sets.Write("truth.csv", text.Split('\n'));
        string people = sets.Write("people.csv", People);
        (int exit, string found, string message) = await MatchSets.ErrorAsync([
            "identity",
            "evaluate",
            people,
            "--id",
            "id",
            "--map",
            Map,
            "--truth",
            truth,
        ]);

        Assert.Equal((3, code), (exit, found));
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Match_OwnStrategy_ReplacesTheDefault()
    {
        string own = sets.Write(
            "own.json",
            Core.Identity.Matching.MatchStrategyJson.DefaultText()
                .Replace("\"strong\", \"bits\": 10", "\"strong\", \"bits\": 12", StringComparison.Ordinal)
                .Replace("\"default\"", "\"own\"", StringComparison.Ordinal)
        );
        JsonElement report = await MatchSets.JsonAsync([
            "identity",
            "match",
            sets.Write("people.csv", People),
            "--id",
            "id",
            "--map",
            Map,
            "--strategy",
            own,
        ]);
        Assert.Equal("own", report.GetProperty("strategy").GetProperty("name").GetString());

        string broken = sets.Write("broken.json", "{ \"name\": \"x\", \"surprise\": 1 }");
        (int exit, string code, string message) = await MatchSets.ErrorAsync([
            "identity",
            "match",
            sets.PathOf("people.csv"),
            "--id",
            "id",
            "--map",
            Map,
            "--strategy",
            broken,
        ]);
        Assert.Equal((3, "bad_strategy"), (exit, code));
        Assert.Contains("surprise", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Match_ForAPerson_PrintsTheWaterfall()
    {
        CommandRun run = await CommandRun.OfAsync(
            "identity",
            "match",
            sets.Write("people.csv", People),
            "--id",
            "id",
            "--map",
            Map,
            "--explain",
            "1",
            "5"
        );

        Assert.Equal(0, run.Exit);
        Assert.Contains("in different clusters", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("household", run.Stdout, StringComparison.Ordinal);
    }

    private static int Count(JsonElement report, string name) => report.GetProperty(name).GetInt32();

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement text) ? text.GetString() ?? "" : "";
}
