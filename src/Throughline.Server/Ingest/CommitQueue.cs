using Throughline.Core.Events;
using Throughline.Server.Tenants;

namespace Throughline.Server.Ingest;

/// <summary>
/// One request's chunks that are with the writer: while one is being committed the next is parsed. Settles results in
/// the order in which the chunks were sent.
/// </summary>
internal sealed class CommitQueue(ITenantCell cell, ResultList results)
{
    /// <summary>Chunks of one request that may be with the writer at once.</summary>
    private const int Depth = 2;

    private readonly Queue<(RecordBuffer Chunk, Task<SubmitReceipt> Commit)> pending = new(Depth);

    /// <summary>Hands a chunk over; waits for an earlier one if there are too many.</summary>
    public async ValueTask SendAsync(RecordBuffer chunk)
    {
        if (pending.Count == Depth)
            await SettleFirstAsync();
        // Not cancelled with the request: what has begun to be stored is stored.
        pending.Enqueue((chunk, cell.SubmitAsync(chunk, CancellationToken.None).AsTask()));
    }

    public async ValueTask SettleAllAsync()
    {
        while (pending.Count > 0)
            await SettleFirstAsync();
    }

    /// <summary>Waits until the cell is done with all chunks, whatever came of them.</summary>
    public async ValueTask AbandonAsync()
    {
        while (pending.TryDequeue(out var sent))
            await ((Task)sent.Commit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask SettleFirstAsync()
    {
        (RecordBuffer chunk, Task<SubmitReceipt> commit) = pending.Dequeue();
        SubmitReceipt receipt = await commit;
        if (receipt.Statuses.Count != chunk.Count)
            throw new InvalidOperationException("the cell answered for another number of events than it was given");
        results.Settle(receipt);
        RecordBufferPool.Return(chunk);
    }
}
