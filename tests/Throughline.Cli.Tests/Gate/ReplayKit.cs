using System.Text;
using Throughline.Cli.Gate;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Gate;

/// <summary>One match of a rule in a replay.</summary>
/// <param name="Place">How many requests of the same address had been judged by then, this one among them.</param>
internal sealed record Alert(string Rule, string Address, int Place, bool Quiet);

/// <summary>Replays lines through the default pack.</summary>
internal static class ReplayKit
{
    private static readonly Lazy<GateModel> Pack = new(() => RuleFiles.Open("default"));

    public static GateModel DefaultPack => Pack.Value;

    /// <summary>All matches of a log's lines, in the order of judging.</summary>
    public static (ReplayTally Tally, List<Alert> Alerts) Run(IEnumerable<string> lines, LineForm form = LineForm.Auto)
    {
        using TempFolder folder = new();
        string path = folder["log"];
        File.WriteAllText(path, string.Join('\n', lines), Encoding.Latin1);
        return RunFiles([path], form);
    }

    public static (ReplayTally Tally, List<Alert> Alerts) RunFiles(string[] files, LineForm form = LineForm.Auto)
    {
        List<Alert> alerts = [];
        Dictionary<string, int> requests = [];
        GateReplay replay = new(DefaultPack, files, form)
        {
            Judged = judged =>
            {
                string address = judged.Inputs.Request.Address?.Text ?? "";
                requests[address] = requests.GetValueOrDefault(address) + 1;
                foreach (RuleMatch match in judged.Decision.Matches.Concat(judged.Alerts.Matches))
                    if (match.Outcome == MatchOutcome.Matched)
                        alerts.Add(
                            new(DefaultPack.Document.Rules[match.Rule].Id, address, requests[address], match.Quiet)
                        );
            },
        };
        replay.Run(new NoProgress(), TestContext.Current.CancellationToken);
        return (replay.Tally, alerts);
    }

    private sealed class NoProgress : IProgress<long>
    {
        public void Report(long value) { }
    }
}
