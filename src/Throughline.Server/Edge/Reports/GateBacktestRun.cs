using System.Text;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Backtest;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Reports;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Reports;

/// <summary>Tries rule sets on a tenant's stored decisions, in the order of their times, off the writer's thread.</summary>
internal sealed class GateBacktestRun
{
    /// <summary>Decisions of one backtest at most: what is kept for their order takes 24 bytes each.</summary>
    public const int DecisionsMax = 20_000_000;

    private const int DecisionsBetweenLooks = 1_024;
    private const int TextShown = 300;
    private static readonly CounterLimits Memory = new(128L << 20);
    private static readonly GateModel NoRules = GateModel.Create(new(), 0, out _)!;

    private readonly GateArchive archive;
    private readonly RuleSetRun draft;
    private readonly RuleSetRun? today;
    private readonly BacktestTally tally;
    private readonly Dictionary<long, GateModel> versions = [];
    private readonly Dictionary<DecisionId, (IpAddress? Source, string? Agent)> instant = [];
    private long instantTime;
    private readonly FeatureReader features = new(new AgentTable());
    private readonly EdgeRequest request = new();
    private readonly RequestFeatures derived = new();

    public GateBacktestRun(GateArchive archive, GateModel draft, GateModel? against, TrafficLabels labels)
    {
        (this.archive, this.draft) = (archive, new(draft, Memory));
        today = against is null ? null : new(against, Memory);
        tally = new(this.draft, today, labels);
    }

    /// <param name="isWanted">Whether a time is the backtest's.</param>
    /// <param name="progress">Told how many decisions were judged.</param>
    /// <exception cref="ArchiveTooLargeException">There are too many decisions.</exception>
    public Task<BacktestReport> RunAsync(
        Func<long, bool> isWanted,
        IProgress<long>? progress,
        CancellationToken cancellation
    ) => Task.Run(() => JudgeAllAsync(isWanted, progress, cancellation), cancellation);

    private async Task<BacktestReport> JudgeAllAsync(
        Func<long, bool> isWanted,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        long[] positions = archive.InOrder(
            isWanted,
            DecisionsMax,
            record =>
            {
                if (record.Type.IsObservation() && isWanted(record.Time))
                    tally.AddSighting(record);
            },
            cancellation
        );
        for (int i = 0; i < positions.Length; i++)
        {
            if (i % DecisionsBetweenLooks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(i);
            }
            if (archive.Read(positions[i]) is { } decision)
                Judge(decision);
        }
        return tally.Finish(await archive.CustomersAsync(tally.Identifiers(), cancellation));
    }

    private void Judge(ArchivedDecision decision)
    {
        DecisionRecord record = decision.Record;
        (IpAddress? source, string? agent) = ClientOf(decision);
        Derive(record.Inputs.Request, source, agent);
        GateModel recordedBy = VersionOf(record);
        draft.Judge(record, recordedBy, derived);
        today?.Judge(record, recordedBy, derived);
        tally.Add(
            record.Kind != RecordKind.Answer,
            record.Inputs.Response is not null,
            record.Id,
            decision.Address is { } address ? ReportTally.ClientOf(address, Encoding.UTF8.GetBytes(agent ?? "")) : 0,
            () => Describe(record.Inputs.Request, source, agent)
        );
    }

    // An answer has the time of its request and says less of it: so what was known of the requests of an instant is kept for so long.
    private (IpAddress? Source, string? Agent) ClientOf(ArchivedDecision decision)
    {
        if (decision.Record.Kind == RecordKind.Answer && instant.TryGetValue(decision.Record.Id, out var asked))
            return asked;
        if (decision.Time != instantTime)
            instant.Clear();
        instantTime = decision.Time;
        return instant[decision.Record.Id] = (decision.Source, decision.UserAgent);
    }

    private void Derive(RequestFeatures recorded, IpAddress? source, string? agent)
    {
        request.Reset();
        (request.Time, request.Address, request.UserAgent) = (recorded.Time, source, agent);
        (request.Method, request.Path, request.Query) = (recorded.Method, recorded.Path, recorded.Query);
        request.Host = recorded.Host.Length == 0 ? null : recorded.Host;
        features.Read(request, derived);
    }

    private GateModel VersionOf(DecisionRecord record)
    {
        if (versions.TryGetValue(record.Version, out GateModel? known))
            return known;
        GateDocument? document = archive.RulesOf(record.Version);
        GateModel? model = document is null ? null : GateModel.Create(document, record.Version, out _);
        return versions[record.Version] = model ?? NoRules;
    }

    private static string Describe(RequestFeatures request, IpAddress? source, string? agent)
    {
        string path = request.Path.Length > 0 ? request.Path : request.Target;
        string query = request.Query.Length > 0 ? "?" + request.Query : "";
        string text =
            $"{EventTime.ToText(request.Time)} {source?.Text ?? "-"} \"{request.Method} {request.Host}{path}{query}\" \"{agent ?? "-"}\"";
        return text.Length > TextShown ? text[..TextShown] : text;
    }
}
