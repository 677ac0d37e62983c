using Throughline.Storage.Log;

namespace Throughline.Storage.Sqlite;

/// <summary>A connection that reads one file, for one thread at a time; the writer never waits for it.</summary>
internal sealed class DayReader : IDisposable
{
    /// <summary>Bound of its page cache, KiB: the inner pages of the trees; blocks are cached decoded.</summary>
    private const int CacheKib = 256;

    /// <summary>Blocks of one read transaction; a longer one would hold back the writer's checkpoints.</summary>
    private const int BlocksPerStretch = 64;

    private readonly Database database;
    private readonly Statement[] finds;
    private readonly Statement[] scans;

    public DayReader(DayFile file)
    {
        File = file;
        database = new(file.Path, create: false, CacheKib);
        database.Execute("PRAGMA query_only=1; PRAGMA wal_autocheckpoint=0");
        finds = [Find(RecordKind.Events), Find(RecordKind.Results)];
        scans = [Scan(RecordKind.Events), Scan(RecordKind.Results)];
    }

    public DayFile File { get; }

    /// <summary>A copy of the block that holds a record.</summary>
    public CachedBlock Read(RecordKind kind, long number)
    {
        Statement find = finds[(int)kind];
        try
        {
            if (find.Bind(1, number).Step())
            {
                Block block = Current(find, File.Path, kind);
                if (number < block.Next)
                    return new(block.First, block.Count, find.Blob(3).ToArray());
            }
            throw Missing(kind, number);
        }
        finally
        {
            find.Reset();
        }
    }

    /// <summary>
    /// Gives the records from one number up to another, which all are in this file; returns false if the handler ended
    /// the scan.
    /// </summary>
    public bool Scan(RecordKind kind, long from, long to, ScanHandler handler)
    {
        while (from < to)
        {
            long next = ScanStretch(kind, from, to, handler);
            if (next < 0)
                return false;
            from = next;
        }
        return true;
    }

    public void Dispose()
    {
        foreach (Statement statement in (ReadOnlySpan<Statement>)[.. finds, .. scans])
            statement.Dispose();
        database.Dispose();
    }

    /// <summary>The block in a statement's current row, checked.</summary>
    public static Block Current(Statement row, string path, RecordKind kind)
    {
        long first = row.Int64(0);
        long count = row.Int64(1);
        Block block = new(first, (int)Math.Clamp(count, 0, int.MaxValue), row.Blob(3));
        if (count is < 1 or > Block.MaxRecords || !block.IsWhole((uint)row.Int64(2)))
        {
            string detail = $"the block of {kind.Table()} from {first} on is damaged";
            throw new StoreDamagedException(path, StoreProblem.Corrupt, detail);
        }
        return block;
    }

    private long ScanStretch(RecordKind kind, long from, long to, ScanHandler handler)
    {
        Statement scan = scans[(int)kind];
        long expected = from;
        try
        {
            scan.Bind(1, from);
            for (int blocks = 0; blocks < BlocksPerStretch && expected < to; blocks++)
            {
                if (!scan.Step())
                    throw Missing(kind, expected);
                Block block = Current(scan, File.Path, kind);
                if (block.First > expected || block.Next <= expected)
                    throw Missing(kind, expected);
                for (; expected < block.Next && expected < to; expected++)
                {
                    if (!handler(expected, block[(int)(expected - block.First)]))
                        return -1;
                }
            }
            return expected;
        }
        finally
        {
            scan.Reset();
        }
    }

    private StoreDamagedException Missing(RecordKind kind, long number) =>
        new(File.Path, StoreProblem.Corrupt, $"it lacks number {number} of its {kind.Table()}");

    private Statement Find(RecordKind kind) =>
        database.Prepare(
            $"SELECT first,count,crc,bytes FROM {kind.Table()} WHERE first<=?1 ORDER BY first DESC LIMIT 1"
        );

    // The block that holds the number begins at or before it.
    private Statement Scan(RecordKind kind) =>
        database.Prepare(
            $"""
            SELECT first,count,crc,bytes FROM {kind.Table()}
            WHERE first>=ifnull((SELECT max(first) FROM {kind.Table()} WHERE first<=?1),?1) ORDER BY first
            """
        );
}
