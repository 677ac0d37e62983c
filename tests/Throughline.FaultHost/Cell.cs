using Throughline.Core.State;
using Throughline.Core.Tenant;
using Throughline.Storage.Ids;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;
using Throughline.Storage.Snapshots;
using Throughline.Storage.Sqlite;

namespace Throughline.FaultHost;

/// <summary>All that Storage keeps for a tenant, opened and checked together, as the service does.</summary>
internal sealed class Cell : IDisposable
{
    private const string Tenant = "demo";

    private readonly SnapshotStore snapshots;
    private readonly ITenantKeys keys;

    public Cell(string folder)
    {
        Log = SqliteTenantLog.Open(folder, Tenant, "fault test", TimeProvider.System);
        try
        {
            keys = KeyFile.OpenOrCreate(folder, Tenant, TimeProvider.System);
            snapshots = new(folder, Tenant);
            Ids = IdArchive.Open(folder);
        }
        catch
        {
            keys?.Dispose();
            Log.Dispose();
            throw;
        }
    }

    public SqliteTenantLog Log { get; }
    public IdArchive Ids { get; }

    /// <summary>The nonce of a sealed field: never the same twice.</summary>
    public string Nonce()
    {
        System.Buffers.ArrayBufferWriter<byte> target = new();
        keys.Seal("x"u8, new(1, 1), target);
        return Convert.ToHexString(target.WrittenSpan.Slice(2, 12));
    }

    public void Commit(Workload.Batch batch) => Log.Commit(new(batch.Events, batch.Results, batch.Day));

    /// <summary>Puts a committed batch's ids into a file.</summary>
    public void Seal(Workload.Batch batch)
    {
        IdEntry[] entries =
        [
            .. Enumerable
                .Range(0, batch.Events.Count)
                .Select(i => new IdEntry(Workload.IdOf(batch.Position + i), batch.Position + i)),
        ];
        Array.Sort(entries);
        Ids.Seal(batch.Day, entries);
    }

    /// <summary>Writes a snapshot whose content follows from its position.</summary>
    public void Snapshot() =>
        snapshots.Write(
            new(
                Log.NextPosition,
                Log.NextResult,
                [Section("small", 1000, Log.NextPosition), Section("large", 90_000, Log.NextPosition)]
            )
        );

    /// <summary>The newest snapshot's position, after comparing its content; -1 if there is none.</summary>
    public long CheckSnapshot()
    {
        using Snapshot? found = snapshots.TryOpenNewest(Log.NextPosition, out var passedOver);
        if (passedOver.Count > 0)
            throw new BrokenPromise($"a damaged snapshot has its final name: {passedOver[0].Message}");
        if (found is null)
            return -1;
        foreach ((string name, int length) in (ReadOnlySpan<(string, int)>)[("small", 1000), ("large", 90_000)])
        {
            byte[] read = new byte[length];
            using Stream stream = found.Open(name, out _);
            stream.ReadExactly(read);
            if (!read.AsSpan().SequenceEqual(Content(length, found.Position)))
                throw new BrokenPromise($"{found.File}: section {name} differs");
        }
        return found.Position;
    }

    /// <summary>Compares the log with the workload; returns how many batches it holds.</summary>
    public int CheckLog(Workload workload)
    {
        int batches =
            workload.IndexAt(Log.NextPosition, Log.NextResult)
            ?? throw new BrokenPromise($"torn: the log ends at {Log.NextPosition} and {Log.NextResult}");
        long events = 0;
        long results = 0;
        foreach (Workload.Batch batch in workload.Batches.Take(batches))
        {
            Compare(Log.Scan, batch.Events, batch.Position);
            Compare(Log.ScanResults, batch.Results, batch.Result);
            events += batch.Events.Count;
            results += batch.Results.Count;
        }
        return (events, results) == (Log.NextPosition, Log.NextResult)
            ? batches
            : throw new BrokenPromise($"the log has {Log.NextPosition} events instead of {events}");
    }

    /// <summary>Looks for the ids of batches that were sealed.</summary>
    public void CheckIds(Workload workload, IEnumerable<int> sealedBatches)
    {
        TenantHistory history = new(Log, Ids);
        foreach (int index in sealedBatches)
        {
            Workload.Batch batch = workload.Batches[index];
            for (long position = batch.Position; position < batch.Position + batch.Events.Count; position++)
            {
                if (!history.TryFindId(Workload.IdOf(position), long.MaxValue, out long found) || found != position)
                    throw new BrokenPromise($"the id of event {position} is lost");
            }
        }
    }

    public void Dispose()
    {
        Ids.Dispose();
        keys.Dispose();
        Log.Dispose();
    }

    private static void Compare(Action<long, ScanHandler> scan, Core.Events.RecordBuffer expected, long first)
    {
        int seen = 0;
        if (expected.Count == 0)
            return;
        scan(
            first,
            (number, record) =>
            {
                if (number != first + seen || !record.SequenceEqual(expected[seen]))
                    throw new BrokenPromise($"record {number} differs");
                return ++seen < expected.Count;
            }
        );
        if (seen != expected.Count)
            throw new BrokenPromise($"{seen} records instead of {expected.Count} from {first} on");
    }

    private static StateSection Section(string name, int length, long seed) =>
        new(name, length, stream => stream.Write(Content(length, seed)));

    private static byte[] Content(int length, long seed)
    {
        byte[] content = new byte[length];
        new Random((int)seed).NextBytes(content);
        return content;
    }
}

/// <summary>What must never happen has happened.</summary>
internal sealed class BrokenPromise(string message) : Exception(message);
