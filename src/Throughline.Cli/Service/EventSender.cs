using System.Threading.Channels;

namespace Throughline.Cli.Service;

/// <summary>
/// Sends batches over several connections at once while the next ones are being made: at most
/// <c>2 x connections</c> batches are in memory. Batches may settle in any order; the result of the events is the same.
/// </summary>
internal sealed class EventSender(ServiceClient client, int connections, bool backfill)
{
    public const int DefaultConnections = 4;

    private readonly Lock settling = new();

    /// <summary>Sends everything that <paramref name="next"/> gives until it gives null.</summary>
    /// <param name="next">Makes batches; called on one thread.</param>
    /// <param name="settled">Told of each answer; never two at once.</param>
    public async Task SendAsync<TBatch>(
        Func<TBatch?> next,
        Action<TBatch, BatchAnswer> settled,
        CancellationToken cancellation
    )
        where TBatch : EventBatch
    {
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<TBatch> queue = Channel.CreateBounded<TBatch>(connections);
        Task[] tasks =
        [
            Task.Run(() => MakeAsync(next, queue.Writer, failure.Token), CancellationToken.None),
            // Each on its own: answers that are there at once must not keep the next connection from starting.
            .. Enumerable
                .Range(0, connections)
                .Select(_ =>
                    Task.Run(() => SendAllAsync(queue.Reader, settled, failure.Token), CancellationToken.None)
                ),
        ];
        // The first failure stops the others; it, and not their cancellation, is what went wrong.
        await foreach (Task task in Task.WhenEach(tasks).WithCancellation(CancellationToken.None))
        {
            if (task.IsFaulted && !failure.IsCancellationRequested)
                await failure.CancelAsync();
        }
        while (queue.Reader.TryRead(out TBatch? left))
            left.Dispose();
        await (tasks.FirstOrDefault(task => task.IsFaulted) ?? Task.WhenAll(tasks));
    }

    private static async Task MakeAsync<TBatch>(
        Func<TBatch?> next,
        ChannelWriter<TBatch> queue,
        CancellationToken cancellation
    )
        where TBatch : EventBatch
    {
        try
        {
            while (!cancellation.IsCancellationRequested && next() is { } batch)
                await queue.WriteAsync(batch, cancellation);
            cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            queue.Complete();
        }
    }

    private async Task SendAllAsync<TBatch>(
        ChannelReader<TBatch> queue,
        Action<TBatch, BatchAnswer> settled,
        CancellationToken cancellation
    )
        where TBatch : EventBatch
    {
        await foreach (TBatch batch in queue.ReadAllAsync(cancellation))
        {
            using (batch)
            {
                BatchAnswer answer =
                    batch.Count > 0 ? await client.SendAsync(batch, backfill, cancellation) : BatchAnswer.Empty;
                lock (settling)
                    settled(batch, answer);
            }
        }
    }
}
