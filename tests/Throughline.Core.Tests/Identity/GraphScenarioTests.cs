using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Identity;

/// <summary>The well-known stories of identity graphs, each with the customers that must come out, whatever order the events take.</summary>
public sealed class GraphScenarioTests
{
    private const long Day = 24 * 3_600_000L;
    private const int Orders = 24;

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
        IdentityAnswers answers = new(machine, new MemoryHistory());
        JsonElement report = JsonDocument.Parse(answers.Try(Strategy.Connected, "user")!).RootElement;
        Assert.Equal(before, machine.PageHash());
        Assert.Equal(1, report.GetProperty("merges").GetInt64());
        Assert.Equal(0, report.GetProperty("splits").GetInt64());
        Assert.Equal(4, report.GetProperty("movedIdentifiers").GetInt64());
        Assert.Equal(1, report.GetProperty("now").GetProperty("rejectedLinks").GetInt64());
        // The cookie was seen with two accounts: only the device is labelled, and is in no pair.
        Assert.Equal(1, report.GetProperty("tried").GetProperty("heldOut").GetProperty("identifiers").GetInt64());
        Assert.Null(answers.Try(Strategy.Connected, "passport"));
    }

    /// <summary>Events of a story; it is told in many orders, and each must end in the same customers.</summary>
    private sealed class Story
    {
        private readonly List<Fact> facts = [];

        public void See(int day, params string[] identifiers) =>
            facts.Add(
                new($"s{facts.Count}", EventType.Identify, FactGenerator.Start + day * Day)
                {
                    Identifiers = [.. identifiers.Select(Split)],
                    Backfill = true,
                }
            );

        public void Block(int day, string identifier) =>
            Say(day, ControlDocument.Block(Split(identifier).Type, TokenOf(identifier), true));

        public void Pair(int day, string kind, string a, string b, bool holds) =>
            Say(day, ControlDocument.Pair(kind, (Split(a).Type, TokenOf(a)), (Split(b).Type, TokenOf(b)), holds));

        public void Strategy(int day, Strategy strategy) => Say(day, ControlDocument.Strategy(strategy));

        public TenantMachine Run() => TenantMachineLawTests.Run(facts.ConvertAll(fact => fact.Encode()));

        public string Why(string a, string b)
        {
            MemoryHistory history = new();
            TenantMachine machine = new(new("test"), history);
            foreach (Fact fact in facts)
                history.Apply(machine, fact.Encode());
            byte[] answer = new IdentityAnswers(machine, history).Why(TokenOf(a), TokenOf(b));
            return JsonDocument.Parse(answer).RootElement.GetProperty("sentence").GetString()!;
        }

        public void Ends(params string[] customers)
        {
            string[] expected = [.. customers.Select(Sorted).Order(StringComparer.Ordinal)];
            Random random = new(customers.Length);
            Fact[] order = [.. facts];
            for (int i = 0; i < Orders; i++)
            {
                TenantMachine machine = TenantMachineLawTests.Run(order.Select(fact => fact.Encode()));
                Assert.Equal(expected, CustomersOf(machine));
                random.Shuffle(order);
            }
        }

        private string[] CustomersOf(TenantMachine machine) =>
            [
                .. facts
                    .SelectMany(fact => fact.Identifiers)
                    .Distinct()
                    .Select(x =>
                        (Name: $"{x.Type}:{x.Value}", Found: machine.Reader.Resolve(Fact.TokenOf(x.Type, x.Value)))
                    )
                    .Where(x => x.Found is not null)
                    .GroupBy(x => x.Found!.Value.Customer, x => x.Name)
                    .Select(group => Sorted(string.Join(' ', group)))
                    .Order(StringComparer.Ordinal),
            ];

        private void Say(int day, byte[] document) =>
            facts.Add(
                new($"c{facts.Count}", EventType.Control, FactGenerator.Start + day * Day) { Document = document }
            );

        private static string Sorted(string names) => string.Join(' ', names.Split(' ').Order(StringComparer.Ordinal));

        private static Token TokenOf(string identifier) =>
            Fact.TokenOf(Split(identifier).Type, Split(identifier).Value);

        private static (string Type, string Value) Split(string identifier) =>
            (
                identifier[..identifier.IndexOf(':', StringComparison.Ordinal)],
                identifier[(identifier.IndexOf(':', StringComparison.Ordinal) + 1)..]
            );
    }
}
