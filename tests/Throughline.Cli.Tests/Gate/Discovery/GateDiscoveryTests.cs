using Throughline.Cli.Gate;
using Throughline.Cli.Gate.Discovery;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Core.Gate.Discovery;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;
using Throughline.Testing;
using Throughline.World;
using Throughline.World.Files;

namespace Throughline.Cli.Tests.Gate.Discovery;

/// <summary>Discovery on traffic whose truth is known: worlds with and without bots, and days of people that look like bots.</summary>
public sealed class GateDiscoveryTests
{
    [Fact]
    public void Run_WorldsWithoutBots_ProposesNothing()
    {
        int proposing = 0;
        for (ulong seed = 1; seed <= 20; seed++)
            proposing +=
                Discover(
                    new()
                    {
                        Seed = seed,
                        People = 400,
                        Days = 7,
                        Bots = false,
                    }
                ).Findings.Proposals.Count > 0
                    ? 1
                    : 0;

        Assert.True(proposing <= 1, $"{proposing} of 20");
    }

    [Fact]
    public void Run_WorldWithBots_FindsAtLeastFourFamilies()
    {
        (DiscoveryFindings found, ProposalTruth truth) = Discover(
            new()
            {
                Seed = 2,
                People = 2_000,
                Days = 14,
            }
        );

        Tell(found, truth);
        Assert.InRange(found.Proposals.Count, 1, 10);
        Assert.True(truth.All().Precision >= 0.95, truth.All().ToString());
        Assert.All(found.Proposals, x => Assert.True(x.Truth!.Precision >= 0.95, x.Proposal.When));
        Assert.True(truth.Families().Count(x => x.Value.Recall >= 0.6) >= 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_MonthOfAWorld_FindsEachFamily(ulong seed)
    {
        LongTests.Require();
        (DiscoveryFindings found, ProposalTruth truth) = Discover(new() { Seed = seed });

        Tell(found, truth);
        Assert.InRange(found.Proposals.Count, 1, 10);
        Assert.All(found.Proposals, x => Assert.True(x.Truth!.Precision >= 0.95, x.Proposal.When));
        Assert.All(truth.Families(), x => Assert.True(x.Value.Recall >= 0.8, $"{x.Key}: {x.Value}"));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void Run_DayOfPeople_HitsHardlyAnybody(int seed, bool servesStatic)
    {
        SiteLog log = new(seed, servesStatic);
        new People(log).Everybody();

        (DiscoveryFindings found, _) = DiscoverIn([log]);

        foreach (ProposalFinding proposal in found.Proposals)
            TestContext.Current.TestOutputHelper?.WriteLine($"{proposal.Requests} {proposal.Proposal}");
        Assert.Empty(found.Proposals);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_DaysWithAttackers_FindsThemAndHardlyAnyPerson(int seed)
    {
        SiteLog[] days = [.. Enumerable.Range(0, 3).Select(x => new SiteLog(3 * seed + x, servesStatic: true, x))];
        foreach (SiteLog day in days)
        {
            new People(day).Everybody();
            new Attackers(day).Everybody();
        }

        (DiscoveryFindings found, Dictionary<string, int> hits) = DiscoverIn(days);

        foreach (ProposalFinding proposal in found.Proposals)
            TestContext.Current.TestOutputHelper?.WriteLine($"{proposal.Requests} {proposal.Proposal.When}");
        foreach ((string actor, int count) in hits.Where(x => !IsAttacker(x.Key)))
            TestContext.Current.TestOutputHelper?.WriteLine($"{actor}: {count}");
        Assert.InRange(found.Proposals.Count, 1, 10);
        Assert.True(hits.Where(x => !IsAttacker(x.Key)).Sum(x => x.Value) <= 0.01 * hits.Values.Sum());
        Assert.True(hits.Keys.Count(IsAttacker) >= 40);
    }

    private static bool IsAttacker(string actor) =>
        actor.Contains("guesser", StringComparison.Ordinal)
        || actor.Contains("scraper", StringComparison.Ordinal)
        || actor.Contains("scanner", StringComparison.Ordinal)
        || actor.Contains("shell", StringComparison.Ordinal);

    // What a proposal says that it matches is what a replay of its file counts.
    [Fact]
    public void Run_ProposalsAsFile_MatchInAReplayWhatWasCounted()
    {
        using TempFolder folder = new();
        WorldFiles.Write(
            new SimulatedWorld(
                new()
                {
                    Seed = 3,
                    People = 1_000,
                    Days = 9,
                }
            ),
            folder.Path,
            cancellation: TestContext.Current.CancellationToken
        );
        DiscoveryFindings found = Run([folder["events.ndjson"]], LineForm.Ndjson, truth: null, folder["found.yaml"]);
        Assert.NotEmpty(found.Proposals);

        GateModel written = RuleFiles.Open(folder["found.yaml"]);
        GateReplay replay = new(written, [folder["events.ndjson"]], LineForm.Ndjson);
        replay.Run(new Progress<long>(), TestContext.Current.CancellationToken);

        Assert.All(written.Document.Rules, x => Assert.Equal(RuleMode.Shadow, x.Mode));
        Assert.Equal(
            found.Proposals.Select(x => (x.Proposal.Id, x.Proposal.When, x.Requests)),
            replay.Tally.Rules().Select(x => (x.Rule.Id, x.Rule.When, x.Tally.Hits))
        );
    }

    private static (DiscoveryFindings Findings, ProposalTruth Truth) Discover(WorldOptions options)
    {
        using TempFolder folder = new();
        WorldFiles.Write(new SimulatedWorld(options), folder.Path, cancellation: TestContext.Current.CancellationToken);
        ProposalTruth truth = ProposalTruth.Open(folder["truth-actors.csv"]);
        return (Run([folder["events.ndjson"]], LineForm.Ndjson, truth), truth);
    }

    private static (DiscoveryFindings Findings, Dictionary<string, int> Hits) DiscoverIn(SiteLog[] logs)
    {
        using TempFolder folder = new();
        (double Time, string Line, string Actor)[] lines = [.. logs.SelectMany(x => x.InOrder())];
        File.WriteAllLines(folder["log"], lines.Select(x => x.Line));
        DiscoveryFindings found = Run([folder["log"]], LineForm.Combined, truth: null, folder["found.yaml"]);
        Dictionary<string, int> hits = [];
        int at = 0;
        GateReplay replay = new(RuleFiles.Open(folder["found.yaml"]), [folder["log"]], LineForm.Combined)
        {
            Judged = judged =>
            {
                string actor = lines[at++].Actor;
                if (judged.Decision.Matches.Count > 0)
                    hits[actor] = hits.GetValueOrDefault(actor) + 1;
            },
        };
        if (found.Proposals.Count > 0)
            replay.Run(new Progress<long>(), TestContext.Current.CancellationToken);
        return (found, hits);
    }

    private static DiscoveryFindings Run(string[] files, LineForm form, ProposalTruth? truth, string? target = null)
    {
        GateModel none = GateModel.Create(new GateDocument(), 0, out _)!;
        return new GateDiscovery(files, form, none) { Truth = truth }.Run(
            document =>
            {
                string text = GateYamlWriter.Write(document);
                if (target is not null)
                    File.WriteAllText(target, text);
                return InForce.Compile(GateYamlLoader.Load("found", _ => text));
            },
            new Progress<long>(),
            TestContext.Current.CancellationToken
        );
    }

    private static void Tell(DiscoveryFindings found, ProposalTruth truth)
    {
        foreach (ProposalFinding proposal in found.Proposals)
            TestContext.Current.TestOutputHelper?.WriteLine($"{proposal.Proposal.When}: {proposal.Truth!.Precision}");
        foreach ((string family, FamilyFigures figures) in truth.Families())
            TestContext.Current.TestOutputHelper?.WriteLine($"{family}: {figures.Recall:P1}");
    }
}
