using Throughline.Core.Gate.Discovery;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Discovery;

public sealed class RuleDiscoveryTests
{
    private const int Seeds = 20;

    [Fact]
    public void Run_ReadersAmongPeople_ProposesWhatTheyHaveInCommon()
    {
        TrafficKit kit = new(Testing.Seeds.Random());
        kit.People(1_500, days: 6);
        kit.Readers(60, firstDay: 0, days: 6);

        (DiscoveryResult found, Vocabulary vocabulary) = kit.Discover();

        Assert.InRange(found.Proposals.Count, 1, 3);
        Proposal first = found.Proposals[0];
        Assert.True(first.Training.Precision >= 0.95, first.ToString());
        Assert.True(first.HeldOut.Precision >= 0.95, first.ToString());
        Assert.NotNull(GateModel.Create(Proposal.ToDocument(found.Proposals, vocabulary), 0, out var issues));
        Assert.Empty(issues);
    }

    [Fact]
    public void Run_PeopleAlone_ProposesNothing()
    {
        int seed = Testing.Seeds.Next();
        int proposing = 0;
        for (int i = 0; i < Seeds; i++)
        {
            TrafficKit kit = new(new Random(unchecked(seed + i)));
            kit.People(600, days: 6);
            proposing += kit.Discover().Result.Proposals.Count > 0 ? 1 : 0;
        }

        Assert.True(proposing <= 1, $"{proposing} of {Seeds}");
    }

    // Labels that are drawn by lot are no pattern of anything.
    [Fact]
    public void Run_LabelsByLot_ProposesNothing()
    {
        int seed = Testing.Seeds.Next();
        int proposing = 0;
        for (int i = 0; i < Seeds; i++)
        {
            Random random = new(unchecked(seed + i));
            TrafficKit kit = new(random);
            kit.People(600, days: 6, label: () => random.Next(2) == 0);
            proposing += kit.Discover().Result.Proposals.Count > 0 ? 1 : 0;
        }

        Assert.True(proposing <= 1, $"{proposing} of {Seeds}");
    }

    [Fact]
    public void Run_PatternThatIsGoneOnHeldOutDays_ProposesNothing()
    {
        TrafficKit kit = new(Testing.Seeds.Random());
        kit.People(1_500, days: 6);
        kit.Readers(60, firstDay: 0, days: 4);

        DiscoveryResult found = kit.Discover().Result;

        Assert.True(found.Passed > 0); // it was seen
        Assert.Empty(found.Proposals);
    }

    // Pages, pictures and all: only that they read very much.
    [Fact]
    public void Run_HeavyReadersThatShowSigns_ProposesNothing()
    {
        Random random = Testing.Seeds.Random();
        TrafficKit kit = new(random);
        kit.People(1_500, days: 6);
        for (int i = 0; i < 60; i++)
        {
            (string address, string agent, string from) = (kit.Address(), kit.Agent(), "");
            long at = random.Next(6) * TrafficKit.DayMs;
            for (int page = 0; page < 80; page++, at += 4_000)
            {
                kit.Add(at, address, agent, $"/p/{page}", from, default);
                kit.Add(at + 100, address, agent, $"/img/{page}.png", $"https://shop.example/p/{page}", default);
                from = $"https://shop.example/p/{page}";
            }
        }

        Assert.Empty(kit.Discover().Result.Proposals);
    }

    [Fact]
    public void Run_VisitorsThatRulesInForceFlag_AreNotProposedAgain()
    {
        TrafficKit kit = new(Testing.Seeds.Random());
        kit.People(1_500, days: 6);
        for (int i = 0; i < 60; i++)
        {
            (string address, string agent) = (kit.Address(), kit.Agent());
            for (int page = 0; page < 12; page++)
                kit.Add(
                    i % 6 * TrafficKit.DayMs + page * 30_000,
                    address,
                    agent,
                    $"/p/{page}",
                    "",
                    new(true, null, false)
                );
        }

        Assert.Empty(kit.Discover().Result.Proposals);
    }

    // Some of the silent are known to be people: their word outweighs what they lack.
    [Fact]
    public void Run_SilentVisitorsLabelledHuman_ProposesNothing()
    {
        TrafficKit kit = new(Testing.Seeds.Random());
        kit.People(1_500, days: 6);
        for (int i = 0; i < 60; i++)
        {
            (string address, string agent) = (kit.Address(), kit.Agent());
            for (int page = 0; page < 12; page++)
                kit.Add(
                    i % 6 * TrafficKit.DayMs + page * 30_000,
                    address,
                    agent,
                    $"/p/{page}",
                    "",
                    new(Flagged: false, i % 10 < 2 ? false : null, Sale: false)
                );
        }

        Assert.Empty(kit.Discover().Result.Proposals);
    }

    [Fact]
    public void Run_NoSignsAnywhere_SaysThatNobodyIsThereToCompareWith()
    {
        TrafficKit kit = new(Testing.Seeds.Random());
        kit.Readers(200, firstDay: 0, days: 6);

        DiscoveryResult found = kit.Discover().Result;

        Assert.False(found.HasPeople);
        Assert.Empty(found.Proposals);
    }

    [Fact]
    public void Run_SameTrafficTwice_ProposesTheSame()
    {
        int seed = Testing.Seeds.Next();

        Assert.Equal(Rules(), Rules());

        IEnumerable<string> Rules()
        {
            TrafficKit kit = new(new Random(seed));
            kit.People(800, days: 6);
            kit.Readers(60, firstDay: 0, days: 6);
            return [.. kit.Discover().Result.Proposals.Select(x => x.When)];
        }
    }
}
