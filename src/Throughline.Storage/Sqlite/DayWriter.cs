using Throughline.Core.Events;
using Throughline.Storage.Log;

namespace Throughline.Storage.Sqlite;

/// <summary>The one connection that writes: a batch is one transaction of the newest file.</summary>
internal sealed class DayWriter : IDisposable
{
    /// <summary>Bound of its page cache, KiB; larger batches spill into the write-ahead log early.</summary>
    private const int CacheKib = 4096;

    private readonly Database database;
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Statement[] inserts;
    private readonly BlockBuilder builder = new();

    public DayWriter(DayFile file)
    {
        File = file;
        database = new(file.Path, create: false, CacheKib);
        // What a page no longer uses is zeros: a row that moves, as the first ones do when a table outgrows its first page, would leave a
        // copy behind that no erasure finds.
        database.Execute(
            $"PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint={CheckpointPages}"
        );
        begin = database.Prepare("BEGIN IMMEDIATE");
        commit = database.Prepare("COMMIT");
        inserts = [Insert(RecordKind.Events), Insert(RecordKind.Results)];
    }

    /// <summary>Pages in the write-ahead log after which a commit also moves them into the file.</summary>
    private const int CheckpointPages = 4000;

    public DayFile File { get; }

    /// <summary>Writes and flushes a batch.</summary>
    /// <exception cref="LogException">It failed; the connection must not be used again.</exception>
    public void Commit(in LogBatch batch, LogEnd at)
    {
        bool committing = false;
        try
        {
            begin.Run();
            Write(RecordKind.Events, batch.Events, at.NextPosition);
            Write(RecordKind.Results, batch.Results, at.NextResult);
            committing = true;
            commit.Run();
        }
        catch (SqliteFault fault)
        {
            string what = committing ? "the outcome of a commit is unknown" : "a batch could not be written";
            throw new LogException($"{File.Path}: {what}: {fault.Message}", committing, fault);
        }
    }

    public void Dispose()
    {
        foreach (Statement insert in inserts)
            insert.Dispose();
        commit.Dispose();
        begin.Dispose();
        database.Dispose();
    }

    private void Write(RecordKind kind, RecordBuffer records, long first)
    {
        Statement insert = inserts[(int)kind];
        for (int done = 0; done < records.Count; )
        {
            int count = builder.Fill(records, done);
            insert
                .Bind(1, first + done)
                .Bind(2, count)
                .Bind(3, Block.Sum(first + done, count, builder.Bytes))
                .Bind(4, builder.Bytes)
                .Run();
            done += count;
        }
    }

    private Statement Insert(RecordKind kind) =>
        database.Prepare($"INSERT INTO {kind.Table()}(first,count,crc,bytes) VALUES(?1,?2,?3,?4)");
}
