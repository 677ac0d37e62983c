using System.Text;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Backtest;
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

    private readonly GateArchive archive;
    private readonly RuleSetRun draft;
    private readonly RuleSetRun? today;
    private readonly BacktestTally tally;
    private readonly StoredRequests requests;

    public GateBacktestRun(GateArchive archive, GateModel draft, GateModel? against, TrafficLabels labels)
    {
        (this.archive, this.draft) = (archive, new(draft, StoredRequests.Memory));
        today = against is null ? null : new(against, StoredRequests.Memory);
        requests = new(archive);
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
        if (record.Kind == RecordKind.Proof)
            return; // no rule ever saw it
        requests.Judge(decision, draft, today);
        (IpAddress? source, string? agent) = (requests.Source, requests.Agent);
        tally.Add(
            record.Kind != RecordKind.Answer,
            record.Inputs.Response is not null,
            record.Id,
            decision.Address is { } address ? ReportTally.ClientOf(address, Encoding.UTF8.GetBytes(agent ?? "")) : 0,
            () => Describe(record.Inputs.Request, source, agent)
        );
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
