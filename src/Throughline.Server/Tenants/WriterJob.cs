using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Server.Tenants;

/// <summary>Work for the writer. It is answered once: what is said after that counts for nothing.</summary>
internal abstract class WriterJob
{
    /// <summary>Answers once everything before it is committed.</summary>
    public abstract void Complete(TenantStore store);

    /// <summary>It was not done, or nobody knows.</summary>
    public abstract void Fail(Exception error);
}

/// <summary>Events to be applied and committed.</summary>
internal sealed class SubmitJob(RecordBuffer records) : WriterJob
{
    private readonly TaskCompletionSource<SubmitReceipt> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ApplyStatus[] statuses = new ApplyStatus[records.Count];
    private List<NewName>? newNames;

    public RecordBuffer Records { get; } = records;
    public IReadOnlyList<NewName> NewNames => newNames ?? (IReadOnlyList<NewName>)[];
    public Task<SubmitReceipt> Task => done.Task;

    /// <summary>Gives a record to the machine, and keeps what is to be told of it.</summary>
    public ApplyStatus Apply(int index, TenantMachine machine, RecordBuffer results)
    {
        int names = machine.NurturingNames;
        statuses[index] = machine.Apply(Records[index], results);
        if (machine.NurturingNames > names)
            (newNames ??= []).Add(new(index, EventRecord.FromTrusted(Records[index]).Text(EventField.Name)!));
        return statuses[index];
    }

    public override void Complete(TenantStore store) => done.TrySetResult(new(statuses, NewNames));

    public override void Fail(Exception error) => done.TrySetException(error);
}

/// <summary>A question that only the writer can answer, between batches.</summary>
internal sealed class AskJob<T>(Func<TenantStore, T> ask) : WriterJob
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => done.Task;

    public override void Complete(TenantStore store)
    {
        try
        {
            done.TrySetResult(ask(store));
        }
        catch (Exception error)
        {
            done.TrySetException(error); // the question's trouble: it changes nothing, so the store and its other jobs go on
        }
    }

    public override void Fail(Exception error) => done.TrySetException(error);
}

/// <summary>Waits until no recomputation is queued; other work goes on meanwhile.</summary>
internal sealed class SettleJob : WriterJob
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => done.Task;

    public override void Complete(TenantStore store) => done.TrySetResult();

    public override void Fail(Exception error) => done.TrySetException(error);
}
