using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;
using Throughline.Core.Explain;
using Throughline.Core.Identity;
using Throughline.Core.Identity.Types;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Identity;

/// <summary>The well-known stories of identity graphs, each with the customers that must come out, whatever order the events take.</summary>
public sealed class GraphScenarioTests
{
    private const long Day = Story.Day;

    [Fact]
    public void SharedDevice_LogInAndOut_StaysWithWhoWasThereFirst()
    {
        Story story = new();
        story.See(1, "user:anna", "device:tablet");
        story.See(2, "device:tablet"); // logged out: the device's customer
        story.See(3, "user:ben", "device:tablet");
        story.See(4, "user:ben", "cookie:laptop");
        story.Ends("user:anna device:tablet", "user:ben cookie:laptop");
    }

    [Fact]
    public void SharedDevice_NewestFirst_GoesToWhoLoggedInLast()
    {
        Story story = new();
        story.Strategy(0, Strategy.Default with { NewestFirst = true });
        story.See(1, "user:anna", "device:tablet");
        story.See(3, "user:ben", "device:tablet");
        story.Ends("user:anna", "user:ben device:tablet");
    }

    [Fact]
    public void TwoPeopleOnOneBrowser_AreTwo_AndTheirOtherDevicesFollowThem()
    {
        Story story = new();
        story.See(1, "user:anna", "cookie:shared");
        story.See(2, "user:ben", "cookie:shared");
        story.See(3, "user:anna", "device:phone-a");
        story.See(4, "user:ben", "device:phone-b");
        story.Ends("user:anna cookie:shared device:phone-a", "user:ben device:phone-b");
    }

    [Fact]
    public void OneEmailOnManyPeople_IsShared_AndJoinsNobody()
    {
        Story story = new();
        for (int person = 1; person <= 30; person++)
            story.See(person % 5, $"user:{person}", "email:noreply", $"device:{person}");
        story.Ends(["email:noreply", .. Enumerable.Range(1, 30).Select(person => $"user:{person} device:{person}")]);
    }

    [Fact]
    public void OneEmailOnThreePeople_IsTheFirstOnes_UntilAFourthMakesItShared_AndAgainWhenThatWasABot()
    {
        Story story = new();
        story.See(1, "user:1", "email:family");
        story.See(2, "user:2", "email:family");
        story.See(3, "user:3", "email:family");
        story.Ends("user:1 email:family", "user:2", "user:3");
        story.See(4, "user:4", "email:family");
        story.Ends("user:1", "user:2", "user:3", "user:4", "email:family");
        story.Block(5, "user:4");
        story.Ends("user:1 email:family", "user:2", "user:3");
    }

    [Fact]
    public void ReusedPhone_StaysWithItsFirstOwner_AndNamesNobodyElse()
    {
        Story story = new();
        story.See(1, "user:old", "phone:+4915112345678");
        story.See(200, "user:new", "phone:+4915112345678");
        story.See(201, "user:new", "email:new@x.example");
        story.Ends("user:old phone:+4915112345678", "user:new email:new@x.example");
    }

    [Fact]
    public void UniqueType_WithPriority_TheStrongerLinkWins()
    {
        // The e-mail links to both accounts; the device is linked to the second by a stronger tier than cookies give.
        Story story = new();
        story.See(1, "cookie:c", "user:1");
        story.See(2, "cookie:c", "device:d");
        story.See(3, "device:d", "user:2");
        story.Ends("user:1 cookie:c", "user:2 device:d");
    }

    [Fact]
    public void ChainOfAHundredMerges_IsOneCustomer_NamedByTheFirst()
    {
        Story story = new();
        for (int i = 0; i < 100; i++)
            story.See(i % 7, $"cookie:{i}", $"cookie:{i + 1}");
        story.Ends(string.Join(' ', Enumerable.Range(0, 101).Select(i => $"cookie:{i}")));
    }

    [Fact]
    public void ChainBeyondTheSizeCap_IsCut_AndNobodyIsEvicted()
    {
        Story story = new();
        story.Strategy(0, Strategy.Default with { SizeMax = 10 });
        for (int i = 0; i < 40; i++)
            story.See(i, $"cookie:{i}", $"cookie:{i + 1}");
        story.Ends(
            Enumerable
                .Range(0, 5)
                .Select(part =>
                    string.Join(' ', Enumerable.Range(part * 10, part == 4 ? 1 : 10).Select(i => $"cookie:{i}"))
                )
                .ToArray()
        );
    }

    [Fact]
    public void Separate_HoldsAgainstLaterSightings_AndTakenBackTheyAreOneAgain()
    {
        Story story = new();
        story.See(1, "user:a", "device:1");
        story.See(1, "device:1", "cookie:2");
        story.Pair(2, ControlDocument.SeparateKind, "user:a", "cookie:2", true);
        story.See(3, "device:1", "cookie:2");
        story.See(4, "user:a", "cookie:2");
        story.Ends("user:a device:1", "cookie:2");
        story.Pair(5, ControlDocument.SeparateKind, "user:a", "cookie:2", false);
        story.Ends("user:a device:1 cookie:2");
    }

    [Fact]
    public void Link_ByAnOperator_JoinsWhatWasNeverSeenTogether_AndIsRevocable()
    {
        Story story = new();
        story.See(1, "user:a");
        story.See(2, "device:d", "cookie:c");
        story.Pair(3, ControlDocument.LinkKind, "user:a", "cookie:c", true);
        story.Ends("user:a device:d cookie:c");
        story.Pair(4, ControlDocument.LinkKind, "user:a", "cookie:c", false);
        story.Ends("user:a", "device:d cookie:c");
    }

    [Fact]
    public void Link_ByAnOperatorTakenBack_GivesItsPlaceToWhatWasSeen()
    {
        Story story = new();
        story.Strategy(0, Strategy.Default with { SizeMax = 2 });
        story.See(1, "cookie:c");
        story.See(1, "user:a", "device:d");
        story.Pair(2, ControlDocument.LinkKind, "user:a", "cookie:c", true);
        story.Ends("user:a cookie:c", "device:d");
        story.Pair(3, ControlDocument.LinkKind, "user:a", "cookie:c", false);
        story.Ends("user:a device:d", "cookie:c");
    }

    [Fact]
    public void Link_ByAnOperatorTakenBack_NewestFirst_TheLatestSightingDecidesAgain()
    {
        Story story = new();
        story.Strategy(0, Strategy.Default with { NewestFirst = true });
        story.See(1, "user:a", "device:d");
        story.See(1, "device:d", "cookie:c");
        story.See(9, "user:b", "cookie:c");
        story.Pair(10, ControlDocument.LinkKind, "user:a", "cookie:c", true);
        story.Ends("user:a device:d cookie:c", "user:b");
        story.Pair(11, ControlDocument.LinkKind, "user:a", "cookie:c", false);
        story.Ends("user:a device:d", "user:b cookie:c");
    }

    [Fact]
    public void PerWindow_ManyCookiesInAWeek_AreNotOnePerson_OverMonthsTheyAre()
    {
        TypeRule cookies = new("cookie", TypeClass.Browser, 5, PerWindow: 2, WindowMs: 7 * Day);
        Strategy strategy = Strategy.Default with { Types = [Strategy.Default.Types[0], cookies] };
        Story fast = new();
        fast.Strategy(0, strategy);
        Story slow = new();
        slow.Strategy(0, strategy);
        for (int i = 1; i <= 4; i++)
        {
            fast.See(i, "user:u", $"cookie:{i}");
            slow.See(8 * i, "user:u", $"cookie:{i}");
        }
        fast.Ends("user:u cookie:1 cookie:2", "cookie:3", "cookie:4");
        slow.Ends("user:u cookie:1 cookie:2 cookie:3 cookie:4");
    }

    [Fact]
    public void MinEvidence_OneSightingIsNotEnough()
    {
        Story story = new();
        story.Strategy(0, Strategy.Default with { MinEvidence = 2 });
        story.See(1, "user:a", "cookie:1");
        story.Ends("user:a", "cookie:1");
        story.See(2, "user:a", "cookie:1");
        story.Ends("user:a cookie:1");
    }

    [Fact]
    public void SameIf_TwoAccountsWithTwoContactsInCommon_AreOnePerson_WithOneTheyAreNot()
    {
        Story story = new();
        story.See(1, "user:work", "email:ann");
        story.See(2, "user:home", "email:ann", "device:d");
        story.Ends("user:work email:ann", "user:home device:d");
        story.See(3, "user:work", "phone:ann");
        story.See(4, "user:home", "phone:ann");
        story.Ends("user:work user:home email:ann phone:ann device:d");
        story.Block(5, "phone:ann");
        story.Ends("user:work email:ann", "user:home device:d");
    }

    [Fact]
    public void SameIf_AContactThatManyShareByNow_IsInCommonNoMore()
    {
        Story story = new();
        story.See(1, "user:a", "email:x", "phone:x");
        story.See(2, "user:b", "email:x", "phone:x");
        story.Ends("user:a user:b email:x phone:x");
        story.See(3, "user:c", "phone:x");
        story.Ends("user:a user:b email:x phone:x", "user:c");
        story.See(4, "user:d", "phone:x"); // the fourth: a switchboard
        story.Ends("user:a email:x", "user:b", "user:c", "user:d", "phone:x");
    }

    [Fact]
    public void SameIf_AChainOfAccounts_IsNotOnePerson()
    {
        Story story = new();
        story.Strategy(0, Strategy.Default with { Types = [Strategy.Default.Types[0], Strategy.Default.Types[1]] });
        for (int i = 1; i <= 3; i++)
        {
            story.See(i, $"user:{i}", $"email:{i}a", $"email:{i}b");
            story.See(i, $"user:{i}", $"email:{i + 1}a", $"email:{i + 1}b");
        }
        // 1 and 2 share two addresses, 2 and 3 two others, 1 and 3 none.
        story.Ends("user:1 user:2 email:1a email:1b email:2a email:2b email:3a email:3b", "user:3 email:4a email:4b");
    }

    [Fact]
    public void Types_OfATypeNeverSeenBefore_LinkPeopleByConfigurationAlone()
    {
        Story story = new();
        for (int i = 1; i <= 5; i++)
            story.See(i, $"member:{i}", "email:family");
        // As any other type it is a device: one customer of six.
        story.Ends("email:family member:1 member:2 member:3 member:4 member:5");
        story.Types(9, new IdentifierTypeRule("member", Class: TypeClass.Person));
        story.Ends("email:family", "member:1", "member:2", "member:3", "member:4", "member:5"); // an address on five persons
    }

    [Fact]
    public void Types_ValidForATime_LinkNobodyAfterIt()
    {
        Story story = new();
        story.Types(0, new IdentifierTypeRule("session", ValidForMs: Day));
        story.See(1, "session:s", "user:anna");
        story.See(3, "session:s", "user:ben");
        story.Ends("session:s user:anna", "user:ben");
        story.See(2, "session:t", "user:cleo");
        story.Ends("session:s user:anna", "user:ben", "session:t user:cleo");
        story.See(0, "session:t"); // it was there before: two days ago
        story.Ends("session:s user:anna", "user:ben", "session:t", "user:cleo");
    }

    [Fact]
    public void Freeze_HoldsForWhatIsSeenFromThenOn_UntilItIsTakenBack()
    {
        Story story = new();
        story.See(1, "user:anna", "device:d");
        story.Freeze(2, "device", true);
        story.See(3, "user:ben", "device:e");
        story.See(4, "user:anna", "device:d"); // no new evidence, but there was some before
        story.Ends("user:anna device:d", "user:ben", "device:e");
        story.Freeze(5, "device", false);
        story.Ends("user:anna device:d", "user:ben", "device:e");
        story.See(6, "user:ben", "device:e");
        story.Ends("user:anna device:d", "user:ben device:e");
    }

    [Fact]
    public void Conditions_SayWhichEventsLinkWhichTypes_AndWhyTellsThem()
    {
        Story story = new();
        story.See(1, "user:anna", "cookie:c");
        story.See(1, "user:anna", "email:a");
        story.Touch(2, "email:a", "cookie:d");
        story.Ends("cookie:c cookie:d email:a user:anna");
        LinkCondition login = new("log-ins only", ["cookie", "user"], "event.type == 'identify'");
        LinkCondition never = new("mails are passed on", ["email", "cookie"], "false");
        story.Strategy(3, Strategy.Default with { Conditions = [login, never] });
        story.Touch(4, "user:ben", "cookie:e");
        story.Ends("cookie:c email:a user:anna", "cookie:d", "cookie:e", "user:ben");
        Assert.Contains("log-ins only", story.Explain("user:anna", "cookie:c"), StringComparison.Ordinal);
        Assert.Contains("mails are passed on", story.Explain("email:a", "cookie:d"), StringComparison.Ordinal);
        TenantMachine machine = story.Run(out MemoryHistory history);
        JsonElement report = JsonDocument.Parse(Try(machine, Strategy.Default, "email", history)!).RootElement;
        Assert.Equal(2, report.GetProperty("merges").GetInt64());
        story.Strategy(5, Strategy.Default);
        story.Ends("cookie:c cookie:d email:a user:anna", "cookie:e user:ben");
    }

    [Fact]
    public void Matcher_IsBelievedAsTheStrategySays_AndNobodyIsByDefault()
    {
        Story story = new();
        story.See(1, "crm:1", "user:a");
        story.See(1, "crm:2", "device:d");
        story.State(2, "crm:1", "crm:2", new(1, 990_000));
        story.Ends("crm:1 user:a", "crm:2 device:d");
        story.Strategy(3, Strategy.Default with { Matcher = [new(1, 995_000)] });
        story.Ends("crm:1 user:a", "crm:2 device:d");
        story.Strategy(4, Strategy.Default with { Matcher = [new(1, 990_000, At: 7, Sources: ["crm"])] });
        story.Ends("crm:1 user:a crm:2 device:d");
        story.Strategy(5, Strategy.Default with { Matcher = [new(1, 990_000, Models: ["people/2"])] });
        story.Ends("crm:1 user:a", "crm:2 device:d");
    }

    [Fact]
    public void Matcher_LosesAgainstWhatWasSeen_AndAgainstAnOperator()
    {
        Story story = new();
        story.Strategy(0, Strategy.Default with { Matcher = [new(1, 500_000, At: 9)] });
        story.See(1, "user:a", "crm:1");
        story.See(2, "user:b", "crm:2");
        story.State(3, "crm:1", "crm:2", new(1, 999_999));
        story.Ends("user:a crm:1", "user:b crm:2"); // one account makes one person
        story.See(4, "crm:3");
        story.State(5, "crm:1", "crm:3", new(1, 999_999));
        story.Ends("user:a crm:1 crm:3", "user:b crm:2");
        story.Pair(6, ControlDocument.SeparateKind, "user:a", "crm:3", true);
        story.Ends("user:a crm:1", "user:b crm:2", "crm:3");
    }

    [Fact]
    public void Matcher_InSeveralTiersOfOnePair_IsOneNeighbour()
    {
        Story story = new();
        TypeRule record = new("crm", TypeClass.Contact, 3, DegreeMax: 1);
        story.Strategy(
            0,
            Strategy.Default with
            {
                Types = [.. Strategy.Default.Types, record],
                Matcher = [new(1, 1), new(2, 1), new(3, 1)],
            }
        );
        story.See(1, "crm:1", "crm:2");
        for (int tier = 1; tier <= 3; tier++)
            story.State(tier, "crm:1", "crm:2", new(tier, 700_000));
        story.Ends("crm:1 crm:2");
        story.State(5, "crm:1", "crm:3", new(2, 700_000));
        story.Ends("crm:1", "crm:2", "crm:3"); // the first has two neighbours now: shared
    }

    [Fact]
    public void Why_OfWhatAMatcherStates_TellsItsScoreModelAndSource()
    {
        Story story = new();
        story.State(1, "crm:1", "crm:2", new(2, 700_000, "nightly", "people/4"));
        string without = story.Explain("crm:1", "crm:2");
        Assert.Contains("lack valid evidence", without, StringComparison.Ordinal);
        Assert.Contains("not admitted", without, StringComparison.Ordinal);
        story.Strategy(0, Strategy.Default with { Matcher = [new(2, 600_000, At: 8)] });
        story.State(2, "crm:1", "crm:2", new(2, 650_000, "nightly", "people/3"));
        JsonElement link = JsonDocument
            .Parse(story.Explain("crm:1", "crm:2"))
            .RootElement.GetProperty("explanation")
            .GetProperty("because")[2]
            .GetProperty("because")[0];
        Dictionary<string, string> told = link.GetProperty("because")
            .EnumerateArray()
            .ToDictionary(x => x.GetProperty("name").GetString()!, x => x.GetProperty("value").ToString());
        Assert.Equal(
            ("matcher", "8", "2", "700000", "nightly", "people/4", "2"),
            (
                told["by"],
                told["tier"],
                told["statedTier"],
                told["scorePpm"],
                told["source"],
                told["model"],
                told["validSightings"]
            )
        );
    }

    [Fact]
    public void Try_AStrategyThatBelievesAMatcher_TellsWhatItWouldJoin()
    {
        Story story = new();
        story.See(1, "user:a", "crm:1");
        story.See(1, "device:d", "crm:2");
        story.State(2, "crm:1", "crm:2", new(1, 900_000));
        TenantMachine machine = story.Run(out MemoryHistory history);
        Strategy believing = Strategy.Default with { Matcher = [new(1, 800_000)] };
        JsonElement report = JsonDocument.Parse(Try(machine, believing, "user", history)!).RootElement;
        Assert.Equal(1, report.GetProperty("merges").GetInt64());
        Assert.Equal(0, report.GetProperty("splits").GetInt64());
    }

    [Fact]
    public void Why_OfTwo_NamesThePathOrTheGuard()
    {
        Story story = new();
        story.See(1, "user:a", "device:d");
        story.See(2, "device:d", "cookie:1");
        story.See(3, "user:b", "device:d");
        story.See(4, "user:c");
        for (int i = 0; i < 4; i++)
            story.See(5, $"user:n{i}", "email:noreply");
        Assert.StartsWith(
            "One customer: 2 links connect them",
            story.Why("user:a", "cookie:1"),
            StringComparison.Ordinal
        );
        Assert.Contains("more identifiers of a type", story.Why("user:b", "cookie:1"), StringComparison.Ordinal);
        Assert.Contains("nothing links", story.Why("user:a", "user:c"), StringComparison.Ordinal);
        Assert.Contains("shared by too many", story.Why("user:n1", "email:noreply"), StringComparison.Ordinal);
        Assert.Contains("never seen", story.Why("user:a", "user:ghost"), StringComparison.Ordinal);
        story.Pair(6, ControlDocument.SeparateKind, "user:a", "cookie:1", true);
        Assert.Contains("operator separated", story.Why("user:a", "cookie:1"), StringComparison.Ordinal);
    }

    [Fact]
    public void Try_AStrategy_TellsWhatItWouldChange_AndChangesNothing()
    {
        Story story = new();
        story.See(1, "user:a", "cookie:1");
        story.See(2, "user:b", "cookie:1");
        story.See(3, "user:b", "device:2");
        TenantMachine machine = story.Run();
        Token before = machine.PageHash();
        JsonElement report = JsonDocument.Parse(Try(machine, Strategy.Connected, "user")!).RootElement;
        Assert.Equal(before, machine.PageHash());
        Assert.Equal(1, report.GetProperty("merges").GetInt64());
        Assert.Equal(0, report.GetProperty("splits").GetInt64());
        Assert.Equal(4, report.GetProperty("movedIdentifiers").GetInt64());
        Assert.Equal(1, report.GetProperty("now").GetProperty("rejectedLinks").GetInt64());
        // The cookie was seen with two accounts: only the device is labelled, and is in no pair.
        Assert.Equal(1, report.GetProperty("tried").GetProperty("heldOut").GetProperty("identifiers").GetInt64());
        Assert.Null(Try(machine, Strategy.Connected, "passport"));
    }

    private static byte[]? Try(TenantMachine machine, Strategy strategy, string heldOut, MemoryHistory? log = null)
    {
        Rehearsal rehearsal = new(machine, at => log is null ? [] : log.Read(at).ToArray(), _ => []); // there is no conversion
        rehearsal.Begin();
        byte[] statement = new Fact("try", EventType.Control, FactGenerator.Start + 100 * Day)
        {
            Document = ControlDocument.Strategy(strategy),
        }.Encode();
        return new RehearsalAnswers(rehearsal).Try(statement, strategy, heldOut, null);
    }
}
