using System.Buffers.Binary;
using SQLitePCL;
using Throughline.Storage.Log;

namespace Throughline.Storage.Sqlite;

/// <summary>
/// A connection that puts other bytes in the place of events of one file. A row of the same size is overwritten where it stands, page by page,
/// so that nothing of what was there stays behind in the file; then the write-ahead log, which has both, is moved into it and cut off.
/// </summary>
internal sealed class DayRewriter : IDisposable
{
    private const int CacheKib = 4096;

    /// <summary>How long one try waits for readers that are amid a stretch, and how many there are.</summary>
    private const int BusyMs = 1_000;
    private const int Tries = 30;

    /// <summary>Enough for all but one in a million million checksums to come out as long as the one before.</summary>
    private const int Attempts = 1 << 20;

    private readonly DayFile file;
    private readonly Database database;

    public DayRewriter(DayFile file)
    {
        this.file = file;
        database = new(file.Path, create: false, CacheKib);
        database.Execute("PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=0");
    }

    /// <summary>Replaces events, all of this file, in one transaction.</summary>
    public void Replace(ReplacedEvent[] events)
    {
        database.Execute("BEGIN IMMEDIATE");
        try
        {
            using Statement find = database.Prepare(
                "SELECT first,count,crc,bytes FROM events WHERE first<=?1 ORDER BY first DESC LIMIT 1"
            );
            using Statement update = database.Prepare("UPDATE events SET crc=?2,bytes=?3 WHERE first=?1");
            for (int done = 0; done < events.Length; )
                done += ReplaceIn(find, update, events.AsSpan(done));
            database.Execute("COMMIT");
        }
        catch
        {
            database.TryExecute("ROLLBACK");
            throw;
        }
    }

    /// <summary>Makes the file alone hold what it says: what the write-ahead log still has of the rows before goes.</summary>
    public void Forget()
    {
        database.Execute($"PRAGMA busy_timeout={BusyMs}");
        for (int tries = Tries; ; tries--)
            try
            {
                database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
                return;
            }
            catch (SqliteFault fault) when ((fault.Code & 0xff) == raw.SQLITE_BUSY && tries > 1)
            {
                // somebody reads, or writes: no stretch of either takes long
            }
    }

    public void Dispose() => database.Dispose();

    // Those that are in the first one's block; how many they are.
    private int ReplaceIn(Statement find, Statement update, ReadOnlySpan<ReplacedEvent> events)
    {
        find.Reset();
        if (!find.Bind(1, events[0].Position).Step())
            throw Missing(events[0].Position);
        Block block = DayReader.Current(find, file.Path, RecordKind.Events);
        (long first, int count, long next) = (block.First, block.Count, block.Next);
        if (events[0].Position >= next)
            throw Missing(events[0].Position);
        uint before = (uint)find.Int64(2);
        byte[] bytes = find.Blob(3).ToArray();
        find.Reset();
        (int taken, int freeAt) = (0, -1);
        for (; taken < events.Length && events[taken].Position < next; taken++)
        {
            ReplacedEvent replaced = events[taken];
            Span<byte> record = RecordIn(bytes, count, (int)(replaced.Position - first), out int start);
            if (record.Length != replaced.Record.Length)
                throw new ArgumentException($"event {replaced.Position} has another length", nameof(events));
            replaced.Record.CopyTo(record);
            if (replaced.FreeAt >= 0)
                freeAt = start + replaced.FreeAt;
        }
        update.Bind(1, first).Bind(2, Sum(first, count, bytes, before, freeAt)).Bind(3, bytes).Run();
        return taken;
    }

    // A number takes as many bytes of a row as it needs: the sum must need as many as the one before, or the row would have to move.
    private static uint Sum(long first, int count, byte[] bytes, uint before, int freeAt)
    {
        uint sum = Block.Sum(first, count, bytes);
        for (uint attempt = 1; freeAt >= 0 && SizeOf(sum) != SizeOf(before) && attempt < Attempts; attempt++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(freeAt), attempt);
            sum = Block.Sum(first, count, bytes);
        }
        return sum;
    }

    // sqlite.org/fileformat2.html, 2.1: serial types of integers.
    private static int SizeOf(uint sum) =>
        sum switch
        {
            < 2 => 0,
            < 1u << 7 => 1,
            < 1u << 15 => 2,
            < 1u << 23 => 3,
            < 1u << 31 => 4,
            _ => 6,
        };

    private static Span<byte> RecordIn(byte[] bytes, int count, int index, out int start)
    {
        int table = count * sizeof(uint);
        int from = index == 0 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan((index - 1) * sizeof(uint)));
        int to = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(index * sizeof(uint)));
        start = table + from;
        return bytes.AsSpan(start, to - from);
    }

    private StoreDamagedException Missing(long position) =>
        new(file.Path, StoreProblem.Corrupt, $"it lacks number {position} of its events");
}
