using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Identity;

/// <summary>What happens to customers, told in small stories; the changes are read from the published results.</summary>
public sealed class CustomerScenarioTests
{
    private const string Browser =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";
    private const string Program = "curl/8.5.0";
    private const long Minute = 60_000;

    private readonly MemoryHistory history = new();
    private readonly TenantMachine machine;
    private int events;

    public CustomerScenarioTests() => machine = new(new("test"), history);

    [Fact]
    public void See_OneThenAnotherBesideIt_IsCreatedThenJoined()
    {
        Assert.Equal([CustomerChangeKind.Created], Kinds(See(1, "cookie:c")));
        Assert.Equal([CustomerChangeKind.Joined], Kinds(See(2, "cookie:c", "email:e")));
        Assert.Equal((IdOf("cookie:c"), 2), Of("email:e"));
        Assert.Empty(See(3, "cookie:c", "email:e"));
    }

    [Fact]
    public void See_AChainOfLinks_MergesIntoTheFirstSeen()
    {
        See(1, "cookie:1", "email:1");
        See(2, "cookie:2", "email:2");
        See(3, "cookie:3", "email:3");
        CustomerChange merged = Assert.Single(See(4, "email:1", "email:2"));
        Assert.Equal(CustomerChangeKind.Merged, merged.Kind);
        // Of one instant, the e-mail address founds before the cookie.
        Assert.Equal(
            [IdOf("email:1"), IdOf("email:2")],
            merged.Before.Select(before => before.Id).OrderBy(id => id == IdOf("email:2"))
        );
        Assert.Equal([CustomerChangeKind.Merged], Kinds(See(5, "cookie:3", "email:2")));
        foreach (string identifier in (string[])["cookie:1", "cookie:2", "cookie:3", "email:1", "email:2", "email:3"])
            Assert.Equal((IdOf("email:1"), 6), Of(identifier));
    }

    [Fact]
    public void See_OfOneInstant_TakesTheLeastTypeThenToken()
    {
        See(1, "cookie:c", "email:e", "user:u");
        Assert.Equal((IdOf("user:u"), 3), Of("cookie:c"));
    }

    [Fact]
    public void Late_EarlierSightingOfAnother_RelabelsAndTheOldIdResolvesForEver()
    {
        See(10, "cookie:c");
        See(11, "cookie:c", "email:e");
        CustomerChange change = Assert.Single(See(5, "email:e"));
        Assert.Equal((CustomerChangeKind.Relabelled, IdOf("email:e")), (change.Kind, change.Now.Id));
        Assert.Equal([IdOf("cookie:c")], change.Before.Select(before => before.Id));
        Assert.Equal(IdOf("email:e"), Resolve(IdOf("cookie:c")));
        Assert.Equal([CustomerChangeKind.Redated], Kinds(See(4, "email:e")));
        See(20, "user:u");
        See(1, "user:u", "email:e"); // another founder again
        Assert.Equal((IdOf("user:u"), IdOf("user:u")), (Resolve(IdOf("cookie:c")), Resolve(IdOf("email:e"))));
    }

    [Fact]
    public void Block_TheValueBetweenTwo_SplitsThem_UnblockMergesThemAgain()
    {
        See(0, "cookie:1");
        See(1, "cookie:1", "email:shared");
        See(2, "cookie:2", "email:shared");
        See(2, "cookie:2", "user:2");
        List<CustomerChange> split = Block(3, "email:shared", true);
        Assert.Equal([CustomerChangeKind.Split, CustomerChangeKind.Split], Kinds(split));
        Assert.Equal((IdOf("cookie:1"), 1), Of("cookie:1"));
        Assert.Equal((IdOf("user:2"), 2), Of("cookie:2"));
        Assert.Null(Of("email:shared"));
        Assert.Empty(Block(4, "email:shared", true));
        Assert.Equal([CustomerChangeKind.Merged], Kinds(Block(5, "email:shared", false)));
        Assert.Equal((IdOf("cookie:1"), 4), Of("user:2"));
    }

    [Fact]
    public void Block_TheFounder_DissolvesItsIdAndLeavesTheRestUnderTheirOwn()
    {
        See(1, "cookie:1", "email:shared");
        Assert.Equal([CustomerChangeKind.Split, CustomerChangeKind.Dissolved], Kinds(Block(3, "email:shared", true)));
        Assert.Equal((IdOf("cookie:1"), 1), Of("cookie:1"));
    }

    [Fact]
    public void Block_SwitchesInAnyOrder_TheLatestTimeHolds()
    {
        See(1, "cookie:1", "email:shared");
        Block(5, "email:shared", false);
        Assert.Empty(Block(4, "email:shared", true));
        Assert.Equal((IdOf("email:shared"), 2), Of("cookie:1"));
    }

    [Fact]
    public void Block_TheOnlyMember_DissolvesAndUnblockBringsItBack()
    {
        See(1, "email:alone");
        Assert.Equal([CustomerChangeKind.Dissolved], Kinds(Block(2, "email:alone", true)));
        Assert.Null(Of("email:alone"));
        Assert.Equal([CustomerChangeKind.Created], Kinds(Block(3, "email:alone", false)));
        Assert.Equal((IdOf("email:alone"), 1), Of("email:alone"));
    }

    [Fact]
    public void Block_BeforeItWasSeen_NeverBelongsToAnyone()
    {
        Block(1, "email:noreply", true);
        See(2, "cookie:1", "email:noreply");
        See(3, "cookie:2", "email:noreply");
        Assert.Equal((IdOf("cookie:1"), 1), Of("cookie:1"));
        Assert.Equal((IdOf("cookie:2"), 1), Of("cookie:2"));
        Assert.Null(Of("email:noreply"));
    }

    [Fact]
    public void Quarantine_OfABotsLinks_EndsWithALabelHumanAndBeginsWithALabelBot()
    {
        See(1, "email:a", "user:a");
        Visit(2, Program, "email:a", "email:b");
        Assert.Equal((IdOf("email:b"), 1), Of("email:b"));
        CustomerChange merged = Assert.Single(Label(3, Verdict.Human, 2));
        Assert.Equal((CustomerChangeKind.Merged, 3), (merged.Kind, merged.Now.Size));
        Assert.Equal(IdOf("user:a"), Of("email:b")!.Value.Id);
        Assert.Equal([CustomerChangeKind.Split, CustomerChangeKind.Split], Kinds(Label(4, Verdict.Bot, 2)));
        Assert.Equal((IdOf("user:a"), 2), Of("email:a")); // a split keeps the ids that the founders give
        Assert.Equal((IdOf("email:b"), 1), Of("email:b"));
        Assert.Empty(Label(2, Verdict.Human, 2)); // an older label that comes late
    }

    [Fact]
    public void Quarantine_OfOneOfTwoSightings_ChangesNothing()
    {
        See(1, "email:a", "email:b");
        Visit(2, Browser, "email:a", "email:b");
        Assert.Empty(Label(3, Verdict.Bot, 2));
        Assert.Equal(Of("email:a"), Of("email:b"));
    }

    [Fact]
    public void Quarantine_OfALinkInALoop_SplitsOnlyWhenTheLastWayIsGone()
    {
        See(1, "email:a", "email:b");
        See(1, "email:b", "email:c");
        Visit(10, Browser, "email:a", "email:c");
        Assert.Empty(Label(11, Verdict.Bot, 10)); // a - b - c still holds
        Assert.Equal(3, Of("email:c")!.Value.Size);
        Block(12, "email:b", true);
        Assert.Equal((1, 1), (Of("email:a")!.Value.Size, Of("email:c")!.Value.Size));
        Assert.Equal([CustomerChangeKind.Merged], Kinds(Label(13, Verdict.Human, 10)));
    }

    private List<CustomerChange> See(int minute, params string[] identifiers) =>
        Apply(new($"s{events++}", EventType.Identify, Time(minute)) { Identifiers = Split(identifiers) });

    // From one address, without device or cookie: address and user agent are the actor.
    private List<CustomerChange> Visit(int minute, string agent, params string[] identifiers) =>
        Apply(
            new($"v{events++}", EventType.Request, Time(minute))
            {
                Identifiers = Split(identifiers),
                Address = "192.0.2.1",
                UserAgent = visitor = agent,
            }
        );

    private string visitor = "";

    private List<CustomerChange> Label(int minute, Verdict verdict, int about) =>
        Apply(
            new($"l{events++}", EventType.Label, Time(minute))
            {
                Address = "192.0.2.1",
                UserAgent = visitor,
                Label = verdict,
                From = Time(about),
                To = Time(about),
            }
        );

    private List<CustomerChange> Block(int minute, string identifier, bool blocked)
    {
        (string type, string value) = Split([identifier])[0];
        return Apply(
            new($"b{events++}", EventType.Control, Time(minute))
            {
                Document = ControlDocument.Block(type, Fact.TokenOf(type, value), blocked),
            }
        );
    }

    private List<CustomerChange> Apply(Fact fact)
    {
        int before = history.Results.Count;
        Assert.Equal(ApplyStatus.Accepted, history.Apply(machine, fact.Encode()));
        return history
            .Results.Skip(before)
            .Where(result => result[0] == (byte)ResultKind.Customer)
            .Select(result => CustomerChange.Read(ResultRecord.FromTrusted(result)))
            .ToList();
    }

    private (Token Id, int Size)? Of(string identifier)
    {
        (string type, string value) = Split([identifier])[0];
        return machine.Reader.Resolve(Fact.TokenOf(type, value)) is { } found ? (found.Customer, found.Size) : null;
    }

    private Token Resolve(Token id)
    {
        CustomerGroups groups = machine.Parts.Graph.Groups;
        int founder = groups.FindFounder(id);
        Assert.True(founder >= 0, "the id is not known any more");
        return groups.IdOf(groups.StateOf(founder).Founder);
    }

    private static List<CustomerChangeKind> Kinds(List<CustomerChange> changes) =>
        changes.ConvertAll(change => change.Kind);

    private static Token IdOf(string identifier)
    {
        (string type, string value) = Split([identifier])[0];
        return new CustomerIds("test").Of(Encoding.UTF8.GetBytes(type), Fact.TokenOf(type, value));
    }

    private static List<(string Type, string Value)> Split(string[] identifiers) =>
        [.. identifiers.Select(identifier => (identifier.Split(':')[0], identifier))];

    private static long Time(int minute) => FactGenerator.Start + minute * 5 * Minute; // each in a bucket of its own
}
