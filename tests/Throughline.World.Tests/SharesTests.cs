using Throughline.Core.Events;
using Throughline.World.Truth;

namespace Throughline.World.Tests;

/// <summary>The shares that docs/guide/simulated-world.md states, measured from what comes out.</summary>
public sealed class SharesTests(Month month) : IClassFixture<Month>
{
    private readonly Recording run = month.Observed;

    [Fact]
    public void Events_OfTwentyThousandPeople_AreAMillion()
    {
        WorldRun whole = new SimulatedWorld(new()).Run(keepTruth: false);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        while (whole.MoveNext()) { }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.InRange(whole.Count, 1_050_000, 1_250_000);
        // Working memory is a matter of people, not of events: nothing is left behind by a written event.
        Assert.InRange(allocated / whole.Count, 0, 100);
    }

    [Fact]
    public void Events_GrowWithPeopleAndDays()
    {
        double people =
            CountOf(new() { People = 1_000, Days = 20 }) / (double)CountOf(new() { People = 500, Days = 20 });
        double days =
            CountOf(new() { People = 1_000, Days = 40 }) / (double)CountOf(new() { People = 1_000, Days = 20 });
        Assert.InRange(people, 1.8, 2.2);
        Assert.InRange(days, 1.8, 2.2);

        static long CountOf(WorldOptions options)
        {
            WorldRun run = new SimulatedWorld(options).Run(keepTruth: false);
            while (run.MoveNext()) { }
            return run.Count;
        }
    }

    [Fact]
    public void Identifiers_AreTwoAndAHalfAnEvent() =>
        Assert.InRange(run.Entries.Average(entry => entry.Identifiers.Count()), 2.5, 2.65);

    [Fact]
    public void Types_AreMixedAsStated()
    {
        Assert.InRange(Share(type => type == EventType.Request), 0.55, 0.65);
        Assert.InRange(Share(type => type == EventType.Impression), 0.10, 0.16);
        Assert.InRange(Share(type => type == EventType.View), 0.05, 0.10);
        Assert.InRange(Share(type => type == EventType.Click), 0.035, 0.07);
        Assert.InRange(Share(type => type == EventType.Nurture), 0.05, 0.09);
        Assert.InRange(Share(type => type == EventType.Conversion), 0.01, 0.02);
        Assert.InRange(Share(type => type == EventType.Identify), 0.02, 0.06);
        Assert.InRange(Share(type => type == EventType.Refund), 0.0004, 0.002);

        double Share(Func<EventType, bool> of) =>
            run.Once.Count(entry => of(entry.Truth.Type)) / (double)run.Once.Count;
    }

    [Fact]
    public void Bots_AreAFifthOfRequests()
    {
        List<EventTruth> requests = [.. run.Truth.Events.Where(truth => truth.Type == EventType.Request)];
        Assert.InRange(requests.Count(truth => truth.Kind != ActorKind.Human) / (double)requests.Count, 0.15, 0.25);
    }

    [Fact]
    public void People_OnSharedDevices_AreAtLeastFifteenPercent()
    {
        // Shared is what two people acted on, not what was planned to be.
        HashSet<int> sharing =
        [
            .. run
                .Once.Where(entry => entry.Truth.Kind == ActorKind.Human)
                .SelectMany(entry =>
                    entry
                        .Identifiers.Where(one =>
                            one.Type is "device" or "cookie" && one.Value != "00000000-0000-0000-0000-000000000000"
                        )
                        .Select(one => (one, entry.Truth.Person))
                )
                .Distinct()
                .GroupBy(pair => pair.one, pair => pair.Person)
                .Where(people => people.Count() > 1)
                .SelectMany(people => people),
        ];
        Assert.InRange(sharing.Count / (double)run.World.Options.People, 0.15, 0.25);
    }

    [Fact]
    public void Identifiers_OfPeople_AreSeveral()
    {
        ILookup<string, TrueIdentifier> byType = run
            .Truth.Identifiers.Where(one => one.Owners.Count > 0)
            .ToLookup(one => one.Type);
        int people = run.World.Options.People;
        Assert.InRange(byType["cookie"].Count() / (double)people, 2, 5);
        Assert.InRange(byType["email"].Count() / (double)people, 1.05, 2);
        Assert.InRange(byType["user"].Count() / (double)people, 1.005, 1.1);
        Assert.InRange(byType["device"].Count() / (double)people, 0.5, 1.5);
        Assert.InRange(byType["phone"].Count() / (double)people, 0.5, 1);
        Assert.NotEmpty(byType["card"]);
        Assert.NotEmpty(byType["browser"]);
    }

    [Fact]
    public void Phones_SomePass_ToAnotherPerson()
    {
        List<TrueIdentifier> passed =
        [
            .. run.Truth.Identifiers.Where(one => one.Type == "phone" && one.Owners.Count > 1),
        ];
        Assert.NotEmpty(passed);
        Assert.All(passed, one => Assert.True(one.Owners[0].Since < one.Owners[1].Since));
    }

    [Fact]
    public void Accounts_AreTheirHolders_WhoeverUsesThem()
    {
        Dictionary<string, int> holders = run
            .Truth.Identifiers.Where(one => one.Type == "user" && one.Class == IdentifierClass.Person)
            .ToDictionary(one => one.Value, one => Assert.Single(one.Owners).Person);
        // Now and then somebody goes on under the account that another left logged in.
        int borrowed = run.Once.Count(entry =>
            entry.Truth.Kind == ActorKind.Human
            && entry.Identifiers.Any(one =>
                one.Type == "user" && holders.TryGetValue(one.Value, out int holder) && holder != entry.Truth.Person
            )
        );
        Assert.InRange(borrowed / (double)run.Once.Count, 0.00005, 0.01);
    }

    [Fact]
    public void Junk_IsOnManyPeople()
    {
        HashSet<(string, string)> junk = [.. SimulatedWorld.JunkValues];
        ILookup<(string, string), int> people = run
            .Once.Where(entry => entry.Truth.Kind == ActorKind.Human)
            .SelectMany(entry => entry.Identifiers.Where(junk.Contains).Select(one => (one, entry.Truth.Person)))
            .Distinct()
            .ToLookup(pair => pair.one, pair => pair.Person);
        Assert.True(people[("email", "noreply@shop.example")].Count() >= 20);
        Assert.True(people[("device", "00000000-0000-0000-0000-000000000000")].Count() >= 10);
        Assert.True(people[("user", "unknown")].Count() >= 3);
        Assert.All(
            run.Truth.Identifiers.Where(one => junk.Contains((one.Type, one.Value))),
            one => Assert.Equal(IdentifierClass.Junk, one.Class)
        );
    }

    [Fact]
    public void Addresses_OfCarriers_AreSharedByMany()
    {
        var carriers = run
            .Once.Where(entry =>
                entry.Truth.Kind == ActorKind.Human
                && entry.Address is { } address
                && address.StartsWith("248.", StringComparison.Ordinal)
            )
            .Select(entry => (entry.Address, entry.Truth.Person))
            .Distinct()
            .GroupBy(pair => pair.Address)
            .ToList();
        Assert.NotEmpty(carriers);
        Assert.True(carriers.Average(people => people.Count()) >= 50);
    }

    [Fact]
    public void Agents_OfACookie_StayTheSame_ButForOneUpdate()
    {
        var agents = run
            .Once.Where(entry => entry.Truth.Kind == ActorKind.Human && entry.Agent is not null)
            .SelectMany(entry =>
                entry.Identifiers.Where(one => one.Type == "cookie").Select(one => (one.Value, entry.Agent))
            )
            .Distinct()
            .GroupBy(pair => pair.Value)
            .Select(group => group.Count())
            .ToList();
        Assert.True(agents.Max() <= 2);
        Assert.Contains(2, agents);
    }

    [Fact]
    public void Conversions_AreOfSeveralSorts()
    {
        Assert.All(
            Enum.GetValues<ConversionStatus>(),
            status => Assert.Contains(run.Truth.Conversions, one => one.Status == status)
        );
        Assert.Contains(run.Truth.Conversions, one => one.Credits.Count > 2);
        Assert.Contains(run.Truth.Conversions, one => one.Refunded > 0 && one.Refunded < one.Minor);
        Assert.Contains(run.Truth.Conversions, one => one.Refunded == one.Minor);
        Assert.True(run.Truth.Conversions.Select(one => one.Currency).Distinct().Count() >= 3);
    }
}
