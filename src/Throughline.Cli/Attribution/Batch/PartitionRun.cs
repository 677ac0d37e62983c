using Throughline.Cli.Attribution.Batch.Reading;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>What one thread does with partitions.</summary>
internal interface IPartitionWorker
{
    /// <summary>Works one partition off; gives its conversions.</summary>
    int Run(int partition);
}

/// <summary>Threads take the partitions of all customers in turn, each with a worker of its own.</summary>
internal static class PartitionRun
{
    /// <param name="finish">Told of each worker at its end; never two at once.</param>
    public static void All<TWorker>(
        int threads,
        Func<TWorker> start,
        Action<TWorker> finish,
        IProgress<long> progress,
        CancellationToken cancellation
    )
        where TWorker : IPartitionWorker
    {
        int taken = -1;
        long done = 0;
        Lock gate = new();
        Parallels.Run(
            threads,
            () =>
            {
                TWorker worker = start();
                for (int partition; (partition = Interlocked.Increment(ref taken)) < RowStore.Partitions; )
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress.Report(Interlocked.Add(ref done, worker.Run(partition)));
                }
                lock (gate)
                    finish(worker);
            }
        );
    }
}
