using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Server.Tenants;

/// <summary>A document that is to become a control event.</summary>
/// <param name="Document">A JSON object with its <c>kind</c>.</param>
/// <param name="Personal">What of it is personal and therefore sealed; empty: nothing.</param>
internal readonly record struct ControlStatement(string Kind, byte[] Document, byte[]? Personal = null);

/// <summary>
/// Puts control documents into a tenant's log, one publication after another, so that versions count without gaps and each statement
/// is later than all before it. A publication of several documents is one commit.
/// </summary>
internal sealed class ControlPublisher(TenantCell cell, IEventKeys keys, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim publishing = new(1);
    private readonly PlatformEvents platform = new(keys);

    /// <summary>Asks the machine, makes the documents of its answer, and commits them; gives the answer and the first one's position (-1 if there is none).</summary>
    /// <param name="isOfAll">The statement is about all events there are: its time is not before that of any.</param>
    /// <exception cref="ControlRefusedException">The tenant's limits leave no room.</exception>
    public async Task<(T Asked, long Position)> PublishAsync<T>(
        Func<TenantMachine, T> ask,
        Func<T, IReadOnlyList<ControlStatement>> make,
        CancellationToken cancellation,
        bool isOfAll = false
    )
    {
        await publishing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            (T asked, long last) = await cell.AskAsync(
                    store => (ask(store.Machine), LastTime(store.Machine, isOfAll)),
                    cancellation
                )
                .ConfigureAwait(false);
            RecordBuffer buffer = new();
            // Of two statements the later (time, id) holds: each is later than all of the log, even if the clock was set back.
            long now = Math.Max(clock.GetUtcNow().ToUnixTimeMilliseconds(), last + 1);
            string first = $"control-{Guid.NewGuid():n}";
            string id = first;
            IReadOnlyList<ControlStatement> statements = make(asked);
            if (statements.Count == 0)
                return (asked, -1);
            foreach (ControlStatement statement in statements)
            {
                bool written = platform.TryControl(
                    statement.Document,
                    id,
                    now++,
                    buffer,
                    out Rejection rejection,
                    statement.Personal,
                    ControlDocument.BytesMax(statement.Kind)
                );
                if (!written)
                    throw new ControlRefusedException(rejection);
                id = $"control-{Guid.NewGuid():n}";
            }
            SubmitReceipt submitted = await cell.SubmitAsync(buffer, cancellation).ConfigureAwait(false);
            if (submitted.Statuses.Contains(ApplyStatus.TooManyNames))
                throw new ControlRefusedException(Ingest.ResultList.TooManyNames);
            long position = await cell.AskAsync(store => CellAnswers.PositionOf(store, keys, first), cancellation)
                .ConfigureAwait(false);
            return (asked, position);
        }
        finally
        {
            publishing.Release();
        }
    }

    /// <summary>A statement's time is later than this.</summary>
    /// <param name="isOfAll">It is about all events there are: none may be later than it, whatever the clock says that it came from.</param>
    internal static long LastTime(TenantMachine machine, bool isOfAll) =>
        Math.Max(machine.LastDocument ?? 0, isOfAll ? (machine.Watermark ?? 0) - 1 : 0);

    public void Dispose() => publishing.Dispose();
}
