using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Storage.Log;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Faults;

/// <summary>A tenant's writer over a log that a test gives, with a clock that a test moves.</summary>
internal sealed class WriterRun : IAsyncDisposable
{
    public static readonly TenantSettings Settings = new("demo");

    private readonly TempFolder folder = new();

    public WriterRun(Func<ITenantLog> log, IEventKeys? keys = null)
    {
        TenantStore Open() => TenantStore.Open(folder.Path, Settings, log());
        Writer = new(Open(), Open, keys ?? new TestEventKeys(), Clock, new(NullLogger.Instance, Settings.Tenant));
    }

    public FakeTimeProvider Clock { get; } = new();
    public TenantWriter Writer { get; }

    /// <summary>Hands events over; the task tells what became of them.</summary>
    public async Task<IReadOnlyList<ApplyStatus>> SubmitAsync(params IEnumerable<byte[]> records) =>
        (await ReceiptAsync(records)).Statuses;

    /// <summary>The same with all that is told of them.</summary>
    public Task<SubmitReceipt> ReceiptAsync(params IEnumerable<byte[]> records)
    {
        RecordBuffer buffer = new();
        foreach (byte[] record in records)
            buffer.Append(record);
        SubmitJob job = new(buffer);
        Writer.Post(job);
        return job.Task.SoonAsync();
    }

    public Task<T> AskAsync<T>(Func<TenantStore, T> ask)
    {
        AskJob<T> job = new(ask);
        Writer.Post(job);
        return job.Task.SoonAsync();
    }

    /// <summary>Waits until no queued work is left.</summary>
    public Task SettleAsync()
    {
        SettleJob job = new();
        Writer.Post(job);
        return job.Task.SoonAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync().AsTask().SoonAsync();
        folder.Dispose();
    }
}
