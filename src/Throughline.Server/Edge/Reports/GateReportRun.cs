using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Reports;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Reports;

/// <summary>Makes a report of a tenant's stored decisions: one pass over its log, slice by slice.</summary>
internal static class GateReportRun
{
    private const int SliceMax = 4_096;

    /// <param name="progress">Told how many events were read.</param>
    public static Task<GateReport> RunAsync(
        GateArchive archive,
        ReportOptions options,
        IProgress<long>? progress,
        CancellationToken cancellation
    ) => Task.Run(() => ReadAsync(archive, options, progress, cancellation), cancellation);

    private static async Task<GateReport> ReadAsync(
        GateArchive archive,
        ReportOptions options,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        ReportTally tally = new(options);
        List<ArchivedDecision> decisions = [];
        for (long next = 0; next < archive.End; )
        {
            decisions.Clear();
            next = archive.Read(
                next,
                SliceMax,
                tally.Covers,
                decisions,
                record => AddOther(tally, record),
                cancellation
            );
            Verdict[] verdicts = await archive.VerdictsAsync(decisions, cancellation);
            for (int i = 0; i < decisions.Count; i++)
                Add(tally, archive, decisions[i], verdicts[i]);
            progress?.Report(next);
        }
        IReadOnlyDictionary<Token, Token> customers = await archive.CustomersAsync(tally.Identifiers(), cancellation);
        return tally.Finish(customers, archive.End, archive.Unreadable);
    }

    private static void AddOther(ReportTally tally, EventRecord record)
    {
        if (record.Type == EventType.Decision)
            AddId(tally, record);
        else if (record.Type.IsObservation() && tally.Covers(record.Time))
            tally.AddSighting(record);
    }

    private static void Add(ReportTally tally, GateArchive archive, ArchivedDecision decision, Verdict verdict)
    {
        EventRecord record = EventRecord.FromTrusted(decision.Event);
        AddId(tally, record);
        Token? address = decision.Address;
        string? agent = decision.UserAgent;
        tally.Add(
            new(
                decision.Record,
                address is { } token ? token.High : 0,
                address is { } known ? ReportTally.ClientOf(known, Encoding.UTF8.GetBytes(agent ?? "")) : 0,
                decision.Source,
                agent,
                verdict,
                archive.RulesOf(decision.Record.Version)
            )
        );
    }

    // The numbers of requests past the gate are nobody's count.
    private static void AddId(ReportTally tally, in EventRecord record)
    {
        if (DecisionId.TryParse(record.Text(EventField.Id), out DecisionId id) && id.Edge != 0)
            tally.AddId(id, record.Time);
    }
}
