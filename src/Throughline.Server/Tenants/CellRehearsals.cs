using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Tenant;

namespace Throughline.Server.Tenants;

/// <summary>
/// Answers what would follow from a statement. The writer only lends its pages; the work is done beside it, one question of a tenant at
/// a time, since each takes memory.
/// </summary>
internal sealed class CellRehearsals(TenantCell cell, IEventKeys keys, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);

    /// <exception cref="ControlRefusedException">The statement could not be made.</exception>
    public async Task<byte[]?> AnswerAsync(CellQuery query, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            (Rehearsal rehearsal, long last, Erasure? erasure, List<byte[]> documents) = await cell.AskAsync(
                    store =>
                        (
                            store.Rehearse(),
                            ControlPublisher.LastTime(store.Machine, isOfAll: query is CellQuery.PreviewErase),
                            query is CellQuery.PreviewErase asked ? asked.Request.Of(store.Machine) : null,
                            query is CellQuery.TryRules rules ? Documents(store.Machine, rules) : []
                        ),
                    cancellation
                )
                .ConfigureAwait(false);
            using Rehearsal held = rehearsal;
            if (query is CellQuery.PreviewErase)
            {
                if (erasure is null)
                    return null;
                query = new CellQuery.Preview(ControlDocument.Erase(erasure));
            }
            long now = Math.Max(clock.GetUtcNow().ToUnixTimeMilliseconds(), last + 1);
            return await Task.Run(() => Answer(rehearsal, query, documents, now, cancellation), cancellation)
                .ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    // Tables first, as rules name them; each rule is the next version.
    private static List<byte[]> Documents(TenantMachine machine, CellQuery.TryRules tried) =>
        [
            .. tried.Tables.Select(ControlDocument.WeightTable),
            .. tried.Rules.Select(rule =>
                ControlDocument.AttributionRule(
                    rule with
                    {
                        Version = TenantCell.NextVersion(machine, rule.Campaign, rule.Conversion),
                    }
                )
            ),
        ];

    private byte[]? Answer(
        Rehearsal rehearsal,
        CellQuery query,
        List<byte[]> documents,
        long now,
        CancellationToken cancellation
    )
    {
        rehearsal.Begin(cancellation);
        RehearsalAnswers answers = new(rehearsal, cancellation);
        return query switch
        {
            CellQuery.Preview preview => answers.Preview(Statement(preview.Document, now)),
            CellQuery.TryStrategy tried => answers.Try(
                Statement(ControlDocument.Strategy(tried.Strategy), now),
                tried.Strategy,
                tried.HeldOut,
                tried.Progress
            ),
            CellQuery.TryRules tried => answers.TryRules(
                [.. documents.Select((document, place) => Statement(document, now + place))],
                tried.Progress
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(query)),
        };
    }

    private byte[] Statement(byte[] document, long time)
    {
        RecordBuffer buffer = new();
        return new PlatformEvents(keys).TryControl(document, "rehearsal", time, buffer, out Rejection rejection)
            ? buffer[0].ToArray()
            : throw new ControlRefusedException(rejection);
    }
}
