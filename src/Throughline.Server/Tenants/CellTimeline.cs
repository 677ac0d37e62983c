using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>Reads a page of a customer's timeline out of the log, beside the writer: its own events and results, found by their tokens.</summary>
internal static class CellTimeline
{
    public static Task<byte[]?> AnswerAsync(
        TenantCell cell,
        CellQuery.Timeline asked,
        CancellationToken cancellation
    ) => AnswerAsync(cell, cell.Places, asked, cancellation);

    /// <summary>The same with other knowledge of where events are.</summary>
    internal static async Task<byte[]?> AnswerAsync(
        TenantCell cell,
        CellPlaces places,
        CellQuery.Timeline asked,
        CancellationToken cancellation
    )
    {
        (ITenantLog log, TimelineAnswers? answers) = await cell.AskAsync(
                store => (store.Log, TimelineAnswers.Of(store.Machine, asked.Id, asked.After, asked.Limit)),
                cancellation
            )
            .ConfigureAwait(false);
        if (answers is null)
            return null;
        await Task.Run(() => Read(places, log, answers, cancellation), cancellation).ConfigureAwait(false);
        IReadOnlyList<byte[]> records = answers.Records;
        Verdict[] verdicts = await cell.AskAsync(
                store => records.Select(x => store.Machine.VerdictOf(EventRecord.FromTrusted(x))).ToArray(),
                cancellation
            )
            .ConfigureAwait(false);
        RecordBuffer one = new();
        return await Task.Run(
                () =>
                    answers.ToJson(
                        verdicts,
                        position =>
                        {
                            one.Clear();
                            log.Read(position, one);
                            return EventRecord.FromTrusted(one[0]).Text(EventField.Id);
                        }
                    ),
                cancellation
            )
            .ConfigureAwait(false);
    }

    private static void Read(CellPlaces places, ITenantLog log, TimelineAnswers answers, CancellationToken cancellation)
    {
        RecordBuffer one = new();
        SortedSet<long> results =
        [
            .. places.Customers.Find(log, answers.Customers, answers.NextResult, cancellation),
            .. answers.Results,
        ];
        foreach (long sequence in results)
        {
            cancellation.ThrowIfCancellationRequested();
            one.Clear();
            log.ReadResult(sequence, one);
            answers.Note(sequence, one[0]);
        }
        SortedSet<long> events =
        [
            .. places.Events.Find(log, answers.Identifiers, answers.Position, cancellation),
            .. answers.Causes,
        ];
        foreach (long position in events)
        {
            cancellation.ThrowIfCancellationRequested();
            one.Clear();
            log.Read(position, one);
            answers.Note(position, EventRecord.FromTrusted(one[0]));
        }
    }
}
