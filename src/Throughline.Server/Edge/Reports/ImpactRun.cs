using System.Text;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Backtest;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Impact;
using Throughline.Core.Gate.Reports;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Reports;

/// <summary>
/// Who rules hit in a tenant's stored decisions, and what those people converted: the hits in the order of time, then the conversions
/// out of a fork of the machine, in which at last the touches of those who were hit are a bot's. Off the writer's thread.
/// </summary>
/// <param name="draft">Rules that are tried on the decisions; null: the matches that were recorded are told.</param>
internal sealed class ImpactRun(GateArchive archive, GateModel? draft, ImpactOptions options, bool withCredit)
{
    /// <summary>Five minutes of actors that a rehearsal takes at most.</summary>
    public const int LabelsMax = 20_000;

    private const int DecisionsBetweenLooks = 1_024;

    private readonly ImpactTally tally = new(options);
    private readonly RuleSetRun? run = draft is null ? null : new(draft, StoredRequests.Memory);
    private readonly StoredRequests requests = new(archive);
    private long decisions;
    private long end = options.To;

    /// <param name="progress">Told how many decisions were judged.</param>
    /// <exception cref="ArchiveTooLargeException">There are too many decisions.</exception>
    /// <exception cref="TooManyHitsException">Too many clients were hit.</exception>
    public Task<ImpactReport> RunAsync(IProgress<long>? progress, CancellationToken cancellation) =>
        Task.Run(() => ReadAsync(progress, cancellation), cancellation);

    private async Task<ImpactReport> ReadAsync(IProgress<long>? progress, CancellationToken cancellation)
    {
        long until = options.To + options.WindowMs;
        long latest = long.MinValue;
        long[] positions = archive.InOrder(
            time => time >= options.From && time < options.To,
            GateBacktestRun.DecisionsMax,
            record =>
            {
                if (!record.Type.IsObservation())
                    return;
                latest = Math.Max(latest, record.Time);
                if (record.Time >= options.From - ImpactTally.SessionMs && record.Time <= until)
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
                Take(decision);
        }
        end = Math.Max(latest, options.From);
        using Rehearsal rehearsal = await archive.RehearseAsync(cancellation);
        rehearsal.Begin(cancellation);
        IReadOnlyList<SurveyedConversion> conversions = ConversionSurvey.Read(
            rehearsal,
            options.From,
            until + 1,
            cancellation
        );
        return tally.Finish(
            draft is null ? "stored" : "draft",
            decisions,
            await archive.CustomersAsync(tally.Identifiers(), cancellation),
            await archive.CurrentAsync(tally.Customers(), cancellation),
            conversions,
            end,
            withCredit ? CreditOf(rehearsal, cancellation) : null
        );
    }

    private void Take(ArchivedDecision decision)
    {
        DecisionRecord record = decision.Record;
        if (record.Kind == RecordKind.Proof || (record.Kind == RecordKind.Bypass && run is null))
            return; // no rule ever saw it
        decisions += record.Kind == RecordKind.Answer ? 0 : 1;
        GateDocument? rules = draft?.Document ?? archive.RulesOf(record.Version);
        string? agent = decision.UserAgent;
        IEnumerable<RuleMatch> matches = record.Matches;
        if (run is not null)
        {
            requests.Judge(decision, run);
            agent = requests.Agent;
            matches = run.Matches;
        }
        ulong client = decision.Address is { } address
            ? ReportTally.ClientOf(address, Encoding.UTF8.GetBytes(agent ?? ""))
            : 0;
        bool isHit = false;
        foreach (RuleMatch match in matches.Where(x => x.Outcome == MatchOutcome.Matched).DistinctBy(x => x.Rule))
        {
            if (rules is null || (uint)match.Rule >= (uint)rules.Rules.Count || !tally.Wants(rules.Rules[match.Rule]))
                continue;
            // What a draft would have done was not done to anybody: it has no arms.
            bool isReal = run is null;
            ImpactHit hit = new(
                decision.Time,
                client,
                record.Version,
                record.Inputs.Unit,
                isReal && match.Enforced,
                isReal && match.HeldOut
            );
            tally.AddHit(rules.Rules[match.Rule], hit);
            if (!isHit)
                tally.AddHitByAny(hit);
            isHit = true;
        }
    }

    // By the path that a label of an analyst takes, in a machine that nobody else sees.
    private ImpactCredit CreditOf(Rehearsal rehearsal, CancellationToken cancellation)
    {
        HashSet<(ulong Client, int Bucket, Token Shown)> seen = [];
        List<byte[]> labels = [];
        long touches = 0;
        archive.InOrder(
            _ => false,
            int.MaxValue,
            record =>
            {
                if (
                    !record.Type.IsTouch()
                    || record.Time < options.From - ImpactTally.SessionMs
                    || record.Time > options.To + ImpactTally.SessionMs
                    || !record.TryGet(EventField.Address, out ReadOnlySpan<byte> address)
                )
                    return;
                record.TryGet(EventField.UserAgent, out ReadOnlySpan<byte> agent);
                ulong client = ReportTally.ClientOf(Token.Read(address), agent);
                if (!tally.IsHitNear(client, record.Time))
                    return;
                touches++;
                Token shown = record.IdentifierCount > 0 ? record.Identifier(0).Token : default;
                if (seen.Add((client, VerdictPolicy.BucketOf(record.Time), shown)) && labels.Count <= LabelsMax)
                    labels.Add(LabelEvents.Bot(record, labels.Count));
            },
            cancellation
        );
        if (labels.Count > LabelsMax)
            return new(touches, null, [], []);
        CreditDifference credit = rehearsal.Judge(labels, cancellation).Credit;
        return new(
            touches,
            credit.Moved,
            [.. credit.Campaigns.Select(x => new CreditMove(x.Campaign, x.Currency, x.Before, x.Now))],
            [.. credit.Unattributed.Select(x => new CreditMove("", x.Currency, x.Before, x.Now))]
        );
    }
}
