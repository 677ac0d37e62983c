using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

#pragma warning disable MA0022, RCS1210 // null: there is nothing to wait for, as IDecisionSink has it

namespace Throughline.Server.Edge.Records;

/// <summary>
/// One tenant's decisions on their way to its log: a bounded batch that fills while one task stores the batch before. Whoever adds holds a
/// lock for a copy of bytes and nothing else. Decisions that nobody waits for gather for <see cref="Gathering"/>: a commit costs the same
/// for one as for hundreds.
/// </summary>
internal sealed class DecisionLane : IAsyncDisposable
{
    /// <summary>Decisions that wait at most; what comes beyond is lost.</summary>
    public const int WaitingMax = 65_536;

    /// <summary>Decisions of one commit at most.</summary>
    private const int ChunkMax = 4096;

    /// <summary>So long a decision waits for others at most.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(25);

    private readonly TenantId tenant;
    private readonly TenantRegistry registry;
    private readonly ILogger logger;
    private readonly Lock turn = new();
    private readonly SemaphoreSlim wake = new(0);
    private readonly Task loop;
    private DecisionBatch filling = new();
    private DecisionBatch storing = new();
    private int waiting;
    private bool isHurried;
    private bool isClosed;

    public DecisionLane(TenantId tenant, TenantRegistry registry, ILogger logger)
    {
        (this.tenant, this.registry, this.logger) = (tenant, registry, logger);
        loop = Task.Run(RunAsync);
    }

    /// <summary>Takes a decision.</summary>
    /// <param name="record">Copied.</param>
    /// <returns>If its answer waits: a task that ends when it is durable. Else null.</returns>
    public Task? Add(in DecisionEntry entry, ReadOnlySpan<byte> record, bool waits)
    {
        TaskCompletionSource? done = waits ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        lock (turn)
        {
            if (!isClosed && waiting < WaitingMax)
            {
                waiting++;
                filling.Add(entry, record);
                if (done is not null)
                    filling.Waiters.Add((filling.Count, done));
                // Twice at most for a batch: it is no longer empty, and it is not to wait any more.
                if (filling.Count == 1)
                    wake.Release();
                if (waits || filling.Count >= ChunkMax)
                    Hurry();
                return done?.Task;
            }
        }
        GateInstruments.Lost.Add(1);
        return done is null
            ? null
            : Task.FromException(new DecisionLostException("too many decisions wait to be stored"));
    }

    /// <summary>Completes when all that was added so far is stored or lost.</summary>
    public Task DrainAsync()
    {
        lock (turn)
        {
            if (isClosed)
                return loop;
            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            filling.Waiters.Add((filling.Count, done));
            Hurry();
            return done.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (turn)
        {
            if (!isClosed)
                Hurry();
            isClosed = true;
        }
        await loop;
        wake.Dispose();
    }

    private void Hurry()
    {
        if (isHurried)
            return;
        isHurried = true;
        wake.Release();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await wake.WaitAsync();
            if (!Volatile.Read(ref isHurried))
                await wake.WaitAsync(Gathering);
            bool last;
            lock (turn)
            {
                while (wake.Wait(0)) { } // what hurried this batch is not to hurry the next
                (filling, storing) = (storing, filling);
                (isHurried, last) = (false, isClosed);
            }
            await StoreAsync(storing);
            if (last)
                return;
        }
    }

    private async Task StoreAsync(DecisionBatch batch)
    {
        int told = 0;
        for (int from = 0; from < batch.Count || told < batch.Waiters.Count; from += ChunkMax)
        {
            int count = Math.Min(ChunkMax, batch.Count - from);
            Exception? error = count > 0 ? await TryStoreAsync(batch, from, count) : null;
            lock (turn)
                waiting -= count;
            for (; told < batch.Waiters.Count && batch.Waiters[told].Behind <= from + count; told++)
                if (error is null)
                    batch.Waiters[told].Done.SetResult();
                else
                    batch.Waiters[told].Done.SetException(new DecisionLostException("it could not be stored", error));
        }
        batch.Clear();
    }

    private async Task<Exception?> TryStoreAsync(DecisionBatch batch, int from, int count)
    {
        try
        {
            using (CellLease lease = await registry.UseAsync(tenant, CancellationToken.None))
                await lease.Cell.Gate.RecordAsync(batch, from, count, CancellationToken.None);
            GateInstruments.Stored.Add(count);
            return null;
        }
        catch (Exception error) // the lane goes on whatever happens to a chunk
        {
            GateInstruments.Lost.Add(count);
            GateEvents.Lost(logger, tenant.Value, count, error.GetType().Name, error.Message);
            return error;
        }
    }
}
