using System.Text;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Core.Gate.Decide;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Gate;

/// <summary>
/// The default pack on four days of a real site: 10,000 requests of 1,753 addresses. Nobody knows the truth; what is taken for it are
/// those who say that they are bots, and those who read robots.txt under a browser's name.
/// </summary>
public sealed class RealLogReplayTests
{
    private static readonly string[] Declaring = ["declared-bot", "no-user-agent", "fetched-for-reader"];

    // The only rule here for which an address's own robots.txt is evidence.
    private const string ByRobots = "robots-reader";

    [Fact]
    public void Replay_RealLog_FlagsDeclaredAndHiddenBotsAndHardlyAnyOther()
    {
        string file = SharedData.Require("gate/access-log/apache_logs");
        Dictionary<string, Seen> addresses = [];
        long declaredRequests = 0;
        long declaredFlagged = 0;
        GateReplay replay = new(ReplayKit.DefaultPack, [file], LineForm.Auto)
        {
            Judged = judged =>
            {
                var request = judged.Inputs.Request;
                string address = request.Address!.Text;
                Seen seen = addresses.TryGetValue(address, out Seen? known) ? known : addresses[address] = new();
                seen.Robots |= request.Path == "/robots.txt";
                seen.Flagged |= judged.IsFlagged;
                foreach (RuleMatch match in judged.Decision.Matches.Concat(judged.Alerts.Matches))
                    if (match.Outcome == MatchOutcome.Matched)
                        seen.Rules.Add(ReplayKit.DefaultPack.Document.Rules[match.Rule].Id);
                declaredRequests += request.Agent.IsBot ? 1 : 0;
                declaredFlagged += request.Agent.IsBot && judged.IsFlagged ? 1 : 0;
            },
        };
        replay.Run(new Silence(), TestContext.Current.CancellationToken);

        foreach (Seen seen in addresses.Values)
            seen.Declared = seen.Rules.Overlaps(Declaring);
        Seen[] hidden = [.. addresses.Values.Where(x => !x.Declared && x.Robots)];
        Seen[] others = [.. addresses.Values.Where(x => !x.Declared && !x.Robots)];
        int found = hidden.Count(x => x.Rules.Any(rule => rule != ByRobots) && x.Flagged);
        int accused = others.Count(x => x.Flagged);
        StringBuilder told = new();
        told.AppendLine($"declared: {declaredFlagged} of {declaredRequests} requests");
        told.AppendLine($"hidden: {found} of {hidden.Length} addresses; others: {accused} of {others.Length}");
        foreach ((string address, Seen seen) in addresses.Where(x => x.Value is { Flagged: true, Declared: false }))
            told.AppendLine($"  {address} {(seen.Robots ? "robots " : "")}{string.Join(' ', seen.Rules)}");
        TestContext.Current.TestOutputHelper?.WriteLine(told.ToString());
        Assert.InRange(addresses.Values.Count(x => x.Declared), 430, 450);
        Assert.Equal(9_999, replay.Tally.Requests);
        Assert.Equal(1, replay.Tally.Rejected);
        Assert.True(declaredFlagged >= 0.99 * declaredRequests, told.ToString());
        Assert.True(found >= 20, told.ToString());
        Assert.True(accused <= 0.02 * others.Length, told.ToString());
    }

    private sealed class Seen
    {
        public bool Declared { get; set; }
        public bool Robots { get; set; }
        public bool Flagged { get; set; }
        public SortedSet<string> Rules { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Silence : IProgress<long>
    {
        public void Report(long value) { }
    }
}
