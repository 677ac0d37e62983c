using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Core.Events;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Gate;

/// <summary>The default pack on days of which the truth is known: people whom rules could take for bots, and attacks that look like people.</summary>
public sealed class TrafficTests
{
    // Known, and said in the guide: a browser that opens its tabs again from its cache shows nothing of a browser's ways.
    private const string Known = "tabs again";

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void Replay_DayOfPeople_AccusesNobody(int seed, bool servesStatic)
    {
        SiteLog log = new(seed, servesStatic);
        new People(log).Everybody();

        Dictionary<string, Found> found = Judge(log);

        Assert.Equal(14, found.Count); // each kind of people took part
        Assert.True(found.Values.Sum(x => x.Requests) > 30_000);
        Assert.All(found, x => Assert.True(x.Value.Refused == 0, $"{x.Key}: {x.Value}"));
        Assert.All(
            found.Where(x => x.Key != Known),
            x => Assert.True(x.Value.Flagged <= Bearable(x.Key, servesStatic) * x.Value.Requests, $"{x.Key}: {x.Value}")
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Replay_DayWithAttackers_FindsEachAndAccusesNoVisitor(int seed)
    {
        SiteLog log = new(seed, servesStatic: true);
        new People(log).Visitors(1_000);
        new Attackers(log).Everybody();

        Dictionary<string, Found> found = Judge(log);

        Assert.Equal(0, found["visitor"].Flagged);
        Assert.True(found.Remove("visitor"));
        Assert.True(found.Count > 40);
        Assert.All(found, x => Assert.True(x.Value.Flagged >= 0.5 * x.Value.Requests, $"{x.Key}: {x.Value}"));
    }

    // Browsers without referrers look like silent readers while a log is too short to tell that pictures come from elsewhere.
    private static double Bearable(string people, bool servesStatic) =>
        people == "no referrer" && !servesStatic ? 0.03 : 0.001;

    private static Dictionary<string, Found> Judge(SiteLog log)
    {
        using TempFolder folder = new();
        (double Time, string Line, string Actor)[] lines = [.. log.InOrder()];
        File.WriteAllLines(folder["log"], lines.Select(x => x.Line));
        Dictionary<string, Found> found = [];
        int at = 0;
        GateReplay replay = new(ReplayKit.DefaultPack, [folder["log"]], LineForm.Combined)
        {
            Judged = judged =>
            {
                string actor = lines[at++].Actor;
                Found of = found.TryGetValue(actor, out Found? known) ? known : found[actor] = new();
                of.Requests++;
                of.Flagged += judged.IsFlagged ? 1 : 0;
                of.Refused += judged.Decision.Action is DecisionAction.Deny or DecisionAction.Challenge ? 1 : 0;
            },
        };
        replay.Run(new Progress<long>(), TestContext.Current.CancellationToken);
        Assert.Equal(lines.Length, at);
        foreach ((string actor, Found of) in found)
            TestContext.Current.TestOutputHelper?.WriteLine($"{actor}: {of}");
        return found;
    }

    private sealed record Found
    {
        public int Requests { get; set; }
        public int Flagged { get; set; }
        public int Refused { get; set; }
    }
}
