using System.Text;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Backtest;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Gate.Backtest;

/// <summary>
/// Tries a draft rule set against the rules of today on the same logs: each judges all requests on its own, in the order of their
/// times, with counters of its own rebuilt on the way, and request is held against request.
/// </summary>
internal sealed class GateBacktest
{
    private const int LinesBetweenProgress = 4096;
    private const int LineShown = 300;

    private readonly IReadOnlyList<string> files;
    private readonly RequestLines lines;
    private readonly RuleSetRun draft;
    private readonly RuleSetRun? today;
    private readonly BacktestTally tally;
    private readonly FeatureReader features = new(new AgentTable());
    private readonly EdgeRequest request = new();

    public GateBacktest(
        GateModel draft,
        GateModel? against,
        IReadOnlyList<string> files,
        LineForm form,
        TrafficLabels? labels = null
    )
    {
        (this.files, lines, this.draft) = (files, new(form), new(draft));
        today = against is null ? null : new(against);
        tally = new(this.draft, today, labels ?? new());
    }

    public BacktestReport Run(IProgress<long> progress, CancellationToken cancellation)
    {
        using SortedLines sorted = LogLines.Sort(files, lines, cancellation);
        long done = 0;
        foreach ((LineKey _, ReadOnlyMemory<byte> line) in sorted.InOrder())
        {
            if (done++ % LinesBetweenProgress == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Report(done);
            }
            Judge(line);
        }
        return tally.Finish(new Dictionary<Core.Events.Token, Core.Events.Token>());
    }

    private void Judge(ReadOnlyMemory<byte> line)
    {
        lines.Read(line.Span, request, out ResponseFacts response);
        Judge(draft, response);
        if (today is not null)
            Judge(today, response);
        tally.Add(
            request: true,
            answered: true,
            decision: null,
            client: 0,
            () => Encoding.UTF8.GetString(line.Span[..Math.Min(line.Length, LineShown)])
        );
    }

    private void Judge(RuleSetRun run, in ResponseFacts response)
    {
        features.Read(request, run.Inputs.Request);
        run.Judge(request, response);
    }
}
