using System.Buffers;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>
/// Puts decisions into a tenant's log, in chunks of one commit each, every record a link of the tenant's one chain, and exports the
/// chain's head now and then. One chunk at a time.
/// </summary>
internal sealed class DecisionStore(TenantCell cell, ITenantKeys keys, string folder, TimeProvider clock)
    : IAsyncDisposable
{
    private const int KeySize = 32;
    private const int Attempts = 20;

    /// <summary>So many records, or so much time, are between two exported heads.</summary>
    private const long ExportRecords = 10_000;
    private static readonly TimeSpan ExportTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim turn = new(1);
    private readonly ChainFile file = new(folder);
    private readonly EventEncoder encoder = new(keys);
    private readonly ArrayBufferWriter<byte> payload = new();
    private readonly RawEvent raw = new();
    private RecordBuffer buffer = new();
    private RecordChain? chain;
    private DecisionId last;
    private long records;
    private long exported;
    private long exportedAt = clock.GetTimestamp();

    /// <summary>Stores <paramref name="count"/> decisions of a batch, from <paramref name="first"/> on, in one commit.</summary>
    public async Task AppendAsync(DecisionBatch batch, int first, int count, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            chain ??= await ContinueAsync(cancellation).ConfigureAwait(false);
            buffer.Clear();
            for (int i = first; i < first + count; i++)
                Write(batch[i], batch.Record(i));
            await SubmitAsync(cancellation).ConfigureAwait(false);
            if (records - exported >= ExportRecords || clock.GetElapsedTime(exportedAt) >= ExportTime)
                await ExportAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            // What is stored now, only the log knows; and the writer may still have the buffer.
            chain?.Dispose();
            chain = null;
            buffer = new();
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Reads every record of the log again; off the writer's thread.</summary>
    public async Task<AuditReport> AuditAsync(CancellationToken cancellation)
    {
        IReadOnlyList<ExportedHead> heads = file.Read(); // before the log, which has all of their records then
        ITenantLog log = await cell.AskAsync(store => store.Log, cancellation).ConfigureAwait(false);
        byte[] key = new byte[KeySize];
        keys.CopyDecisionChainKey(key);
        return await Task.Run(() => ChainAudit.Run(log, keys, key, heads, cancellation), cancellation)
            .ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (chain is not null && records > exported)
                await ExportAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CellClosedException or CellBusyException or IOException)
        {
            // the head is exported next time: the log has all of the chain
        }
        chain?.Dispose();
        turn.Dispose();
    }

    private async Task<RecordChain> ContinueAsync(CancellationToken cancellation)
    {
        ITenantLog log = await cell.AskAsync(store => store.Log, cancellation).ConfigureAwait(false);
        byte[] key = new byte[KeySize];
        keys.CopyDecisionChainKey(key);
        (byte[] link, last, records) = await Task.Run(() => ChainAudit.End(log, keys, file.Read()), cancellation)
            .ConfigureAwait(false);
        exported = records;
        return new(key, link);
    }

    private void Write(in DecisionEntry entry, ReadOnlySpan<byte> record)
    {
        if (!DecisionRecord.TryReadId(record, out last))
            throw new ArgumentException("an entry without a record", nameof(record));
        chain!.Add(record);
        payload.ResetWrittenCount();
        payload.Write(chain.Head);
        payload.Write(record);
        // A user agent that no event may have is left out: the record still has what rules read of it.
        DecisionEvents.Fill(
            raw,
            entry.Id,
            entry.Time,
            entry.Address,
            entry.UserAgent,
            entry.Action,
            entry.Score,
            entry.AnswerTo
        );
        encoder.Encode(raw, backfill: true, buffer, payload.WrittenSpan);
        records++;
    }

    // The same bytes again if nobody knows what became of them: what was stored is a duplicate then, and nothing is stored twice.
    private async Task SubmitAsync(CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await cell.SubmitAsync(buffer, cancellation).ConfigureAwait(false);
                return;
            }
            catch (Exception error)
                when (error is CellBusyException or CellClosedException && attempt < Attempts && !cell.IsClosing)
            {
                await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task ExportAsync(CancellationToken cancellation)
    {
        long next = await cell.AskAsync(store => store.Machine.NextPosition, cancellation).ConfigureAwait(false);
        file.Append(
            new(
                EventTime.ToText(clock.GetUtcNow().ToUnixTimeMilliseconds()),
                last.ToString(),
                Convert.ToHexStringLower(chain!.Head),
                records,
                next
            )
        );
        (exported, exportedAt) = (records, clock.GetTimestamp());
    }
}
