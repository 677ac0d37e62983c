using System.Collections.Concurrent;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>Applies the log's tail to a machine: one thread reads and checks blocks while this one applies what was read.</summary>
internal static class LogTail
{
    private const int BatchEvents = 2048;
    private const int BatchesAhead = 8;

    /// <summary>Applies all events from the machine's next position on; <paramref name="after"/> runs after each batch.</summary>
    public static void Replay(TenantMachine machine, ITenantLog log, Action after)
    {
        using BlockingCollection<RecordBuffer> read = new(BatchesAhead);
        using CancellationTokenSource stop = new();
        ConcurrentBag<RecordBuffer> spare = [];
        long from = machine.NextPosition;
        Task reading = Task.Run(() => Read(log, from, read, spare, stop.Token), CancellationToken.None);
        try
        {
            RecordBuffer results = new();
            foreach (RecordBuffer batch in read.GetConsumingEnumerable(CancellationToken.None))
            {
                Apply(machine, batch, results);
                after();
                batch.Clear();
                spare.Add(batch);
            }
        }
        finally
        {
            stop.Cancel();
            ((IAsyncResult)reading).AsyncWaitHandle.WaitOne();
        }
        reading.GetAwaiter().GetResult();
    }

    private static void Apply(TenantMachine machine, RecordBuffer batch, RecordBuffer results)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            if (i + TenantMachine.LookAhead < batch.Count)
                machine.Foresee(batch[i + TenantMachine.LookAhead]);
            machine.Replay(batch[i], results);
            results.Clear(); // they are stored already
        }
    }

    private static void Read(
        ITenantLog log,
        long from,
        BlockingCollection<RecordBuffer> read,
        ConcurrentBag<RecordBuffer> spare,
        CancellationToken stop
    )
    {
        try
        {
            RecordBuffer batch = new();
            log.Scan(
                from,
                (_, record) =>
                {
                    batch.Append(record);
                    if (batch.Count < BatchEvents)
                        return true;
                    read.Add(batch, stop);
                    batch = spare.TryTake(out RecordBuffer? used) ? used : new();
                    return true;
                }
            );
            read.Add(batch, stop);
        }
        finally
        {
            read.CompleteAdding();
        }
    }
}
