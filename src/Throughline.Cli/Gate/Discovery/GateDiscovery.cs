using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Backtest;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Discovery;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Gate.Discovery;

/// <summary>
/// Proposes rules from logs, in three passes over their requests in the order of time: who shows which signs and what the rules in force
/// flag; what the vocabulary's counters say; and, once rules are proposed, what each of them really matches, by the engine that will run it.
/// </summary>
internal sealed class GateDiscovery(IReadOnlyList<string> files, LineForm form, GateModel inForce)
{
    private const int LinesBetweenProgress = 4096;

    // The vocabulary has more counters than a rule set mostly has: none may go for lack of memory.
    private static readonly CounterLimits VocabularyMemory = new(1L << 30);

    private readonly RequestLines lines = new(form);
    private readonly EdgeRequest request = new();
    private readonly FeatureReader features = new(new AgentTable());
    private readonly SaleLines sales = new();

    public GoodBots Bots { get; init; } = KnownBots.Open([]);
    public TrafficLabels Labels { get; init; } = new();
    public MiningLimits Limits { get; init; } = MiningLimits.Default;
    public ProposalTruth? Truth { get; init; }

    /// <summary>Reads, mines and checks.</summary>
    /// <param name="write">Turns proposals into the file that is checked; gives the rule set that the file is read back to.</param>
    /// <exception cref="CommandLine.CommandException">A file cannot be read.</exception>
    public DiscoveryFindings Run(
        Func<GateDocument, GateModel> write,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(write);
        (long rejected, long passedOver) = (0, 0);
        EventNames names = new();
        using SortedLines sorted = LogLines.Sort(
            files,
            lines,
            cancellation,
            (line, isRejected) =>
            {
                rejected += isRejected ? 1 : 0;
                passedOver += isRejected ? 0 : 1;
                sales.TakeRefund(line);
                if (!isRejected)
                    SaleLines.TakeName(line, names);
            }
        );
        Steps steps = new(sorted, progress, cancellation);
        ForceHits hits = new(inForce);
        SiteTraffic traffic = Survey(steps, hits);
        Vocabulary vocabulary = Vocabulary.Of(traffic);
        VocabularyRun run = new(vocabulary, traffic.Requests, VocabularyMemory);
        foreach (ReadOnlyMemory<byte> line in steps.Next())
        {
            lines.Read(line.Span, request, out ResponseFacts response);
            features.Read(request, run.Inputs.Request);
            run.Add(request, response);
        }
        DiscoveryResult discovery = RuleDiscovery.Run(traffic, run, Limits);
        GateModel proposed = write(Proposal.ToDocument(discovery.Proposals, vocabulary));
        ProposalCheck check = new(discovery, proposed, traffic, hits, sales) { Labels = Labels, Truth = Truth };
        Check(steps, check, proposed);
        return new(
            traffic,
            discovery,
            hits,
            check.Findings(),
            DriftFinder.Find(traffic, discovery.Split, names),
            rejected,
            passedOver
        );
    }

    private SiteTraffic Survey(Steps steps, ForceHits hits)
    {
        GateEngine engine = EngineOf(inForce);
        GateInputs inputs = new();
        GateDecision decision = new();
        GateDecision alerts = new();
        TrafficSurvey survey = new();
        foreach (ReadOnlyMemory<byte> line in steps.Next())
        {
            lines.Read(line.Span, request, out ResponseFacts response);
            features.Read(request, inputs.Request);
            engine.Decide(request, inputs, decision);
            engine.Answered(inputs, response, alerts);
            bool isFlagged = decision.IsFlagged || alerts.IsFlagged;
            hits.Add(decision, alerts, isFlagged);
            bool isSale = sales.SaleOf(line.Span) is { } sale && !sales.IsRefunded(sale);
            survey.Add(inputs.Request, new(isFlagged, Labels.Of(null, inputs.Request), isSale));
        }
        return survey.Finish();
    }

    private void Check(Steps steps, ProposalCheck check, GateModel proposed)
    {
        if (proposed.Document.Rules.Count == 0)
            return;
        GateEngine engine = EngineOf(proposed);
        GateInputs inputs = new();
        GateDecision decision = new();
        GateDecision alerts = new();
        foreach (ReadOnlyMemory<byte> line in steps.Next())
        {
            lines.Read(line.Span, request, out ResponseFacts response);
            features.Read(request, inputs.Request);
            engine.Decide(request, inputs, decision);
            engine.Answered(inputs, response, alerts);
            check.Add(line.Span, inputs.Request, decision);
        }
    }

    private GateEngine EngineOf(GateModel model) =>
        new(model, new CounterBank(new CounterLimits()), new ListBook(), new ReplayFacts(Bots));

    /// <summary>Passes over the same lines, with one count of progress.</summary>
    private sealed class Steps(SortedLines sorted, IProgress<long> progress, CancellationToken cancellation)
    {
        private long done;

        public IEnumerable<ReadOnlyMemory<byte>> Next()
        {
            foreach ((LineKey _, ReadOnlyMemory<byte> line) in sorted.InOrder())
            {
                if (done++ % LinesBetweenProgress == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress.Report(done);
                }
                yield return line;
            }
        }
    }
}

/// <summary>What was found.</summary>
internal sealed record DiscoveryFindings(
    SiteTraffic Traffic,
    DiscoveryResult Discovery,
    ForceHits InForce,
    IReadOnlyList<ProposalFinding> Proposals,
    IReadOnlyList<Drift> Drifts,
    long Rejected,
    long PassedOver
);
