using Throughline.Core.Events;
using Throughline.Storage.Log;
using Throughline.Storage.Sqlite;
using Throughline.Testing;

namespace Throughline.Storage.Tests.Sqlite;

public sealed class SqliteTenantLogTests : IDisposable
{
    private static readonly DateOnly Day = new(2026, 11, 22);
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private SqliteTenantLog Open(string tenant = "demo") =>
        SqliteTenantLog.Open(folder.Path, tenant, "test", TimeProvider.System);

    private static RecordBuffer Records(int count, byte fill = 1, int size = 300)
    {
        RecordBuffer records = new();
        byte[] record = new byte[size];
        record.AsSpan().Fill(fill);
        for (int i = 0; i < count; i++)
            records.Append(record);
        return records;
    }

    private void WriteDays(int days)
    {
        using SqliteTenantLog log = Open();
        for (int day = 0; day < days; day++)
            log.Commit(new(Records(10, (byte)day), Records(3, (byte)day), Day.AddDays(day)));
    }

    private string[] Names() => [.. Directory.GetFiles(folder.Path).Select(x => Path.GetFileName(x)).Order()];

    [Fact]
    public void Commit_TwoDays_MakesAFileForEach()
    {
        WriteDays(2);
        Assert.Equal(["log-2026-11-22.db", "log-2026-11-23.db", "store.lock"], Names());
    }

    [Fact]
    public void Commit_ClockSetBack_GoesToTheNewestFile()
    {
        using SqliteTenantLog log = Open();
        log.Commit(new(Records(1), Records(0), Day));
        log.Commit(new(Records(1), Records(0), Day.AddDays(-3)));
        Assert.Equal(2, log.NextPosition);
        Assert.Single(Names(), x => x.EndsWith(".db", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_FolderInUse_SaysByWhom()
    {
        using SqliteTenantLog log = SqliteTenantLog.Open(
            folder.Path,
            "demo",
            "throughline serve",
            new FakeTimeProvider(new(2026, 11, 22, 1, 2, 3, TimeSpan.Zero))
        );
        StoreInUseException e = Assert.Throws<StoreInUseException>(() => Open());
        Assert.Equal(Environment.ProcessId, e.Owner!.Pid);
        string expected = $"process {Environment.ProcessId} (throughline serve) since 2026-11-22 01:02:03Z";
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AfterDispose_TakesTheFolder()
    {
        Open().Dispose();
        using SqliteTenantLog log = Open();
        Assert.Equal(0, log.NextPosition);
    }

    [Fact]
    public void Open_AnotherTenantsLog_IsRefused()
    {
        WriteDays(1);
        StoreDamagedException e = Assert.Throws<StoreDamagedException>(() => Open("other"));
        Assert.Equal(StoreProblem.WrongTenant, e.Problem);
        Assert.Contains("demo", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FileOfADayMissing_NamesTheOneAfter()
    {
        WriteDays(3);
        File.Delete(folder["log-2026-11-23.db"]);
        StoreDamagedException e = Assert.Throws<StoreDamagedException>(() => Open());
        Assert.Equal(StoreProblem.Gap, e.Problem);
        Assert.Equal(folder["log-2026-11-24.db"], e.File);
    }

    [Fact]
    public void Open_OldestFilesDropped_ReadsTheRest()
    {
        WriteDays(3);
        File.Delete(folder["log-2026-11-22.db"]);
        using SqliteTenantLog log = Open();
        RecordBuffer read = new();
        log.Read(10, read);
        Assert.Equal(1, read[0][0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Read(9, read));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Scan(9, (_, _) => true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData(
        "SQLite format 3\0 but then something else entirely, and long enough to be taken for a header: 100 bytes....."
    )]
    public void Open_NotALog_NamesItAndChangesNothing(string content)
    {
        WriteDays(1);
        string path = folder["log-2026-11-23.db"];
        File.WriteAllText(path, content);
        StoreDamagedException e = Assert.Throws<StoreDamagedException>(() => Open());
        Assert.Equal(path, e.File);
        Assert.Equal(content, File.ReadAllText(path));
        Assert.Equal(["log-2026-11-22.db", "log-2026-11-23.db", "store.lock"], Names());
    }

    [Fact]
    public void Open_NewerForm_NamesItAndChangesNothing()
    {
        WriteDays(1);
        string path = folder["log-2026-11-22.db"];
        byte[] bytes = File.ReadAllBytes(path);
        bytes[63] = LogSchema.CurrentVersion + 1;
        File.WriteAllBytes(path, bytes);
        StoreDamagedException e = Assert.Throws<StoreDamagedException>(() => Open());
        Assert.Equal(StoreProblem.NewerFormat, e.Problem);
        Assert.Equal(path, e.File);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void Open_FileWithoutADay_IsRefused()
    {
        WriteDays(1);
        File.Copy(folder["log-2026-11-22.db"], folder["log-copy.db"]);
        StoreDamagedException e = Assert.Throws<StoreDamagedException>(() => Open());
        Assert.Equal(folder["log-copy.db"], e.File);
    }

    [Fact]
    public void Open_DraftOfAFileLeftByACrash_IsDeleted()
    {
        WriteDays(1);
        File.WriteAllText(folder["log-2026-11-23.db.tmp"], "half");
        File.WriteAllText(folder["log-2026-11-23.db.tmp-wal"], "half");
        using SqliteTenantLog log = Open();
        Assert.Equal(10, log.NextPosition);
        Assert.DoesNotContain(Names(), x => x.Contains(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void Scan_AnyDamageToAFile_IsFoundOrConcernsNoRecord()
    {
        using (SqliteTenantLog log = Open())
            log.Commit(new(Records(200, 7), Records(50, 8), Day));
        string path = folder["log-2026-11-22.db"];
        byte[] sound = File.ReadAllBytes(path);
        Random random = Seeds.Random();
        int found = 0;
        for (int round = 0; round < LongTests.Rounds(150, 3000); round++)
        {
            byte[] damaged = [.. sound];
            int at = random.Next(sound.Length - 64);
            damaged.AsSpan(at, random.Next(1, 64)).Fill((byte)random.Next(256));
            File.WriteAllBytes(path, damaged);
            try
            {
                using SqliteTenantLog log = Open();
                int events = 0;
                int results = 0;
                log.Scan(0, (_, record) => ++events > 0 && Same(record, 7));
                log.ScanResults(0, (_, record) => ++results > 0 && Same(record, 8));
                Assert.Equal((200, 50), (events, results));
            }
            catch (StoreDamagedException e)
            {
                Assert.Equal(path, e.File);
                found++;
            }
            File.Delete(path + "-wal");
            File.Delete(path + "-shm");
        }
        Assert.True(found > 20, $"only {found} damages were found");
    }

    private static bool Same(ReadOnlySpan<byte> record, byte fill)
    {
        Assert.Equal(300, record.Length);
        Assert.False(record.ContainsAnyExcept(fill));
        return true;
    }

    [Fact]
    public void Read_BlockDamaged_NamesFileAndBlock()
    {
        WriteDays(1);
        using (Database database = new(folder["log-2026-11-22.db"], create: false, cacheKib: 64))
        {
            database.Execute("INSERT INTO events VALUES(10,1,0,x'01000000ff')");
            database.Execute("UPDATE events SET crc=crc+1 WHERE first=0");
        }
        using (Database database = new(folder["log-2026-11-22.db"], create: false, cacheKib: 64))
            database.Execute("DELETE FROM events WHERE first=10");
        StoreDamagedException e = Assert.Throws<StoreDamagedException>(() => Open());
        Assert.Contains("the block of events from 0 on is damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_WhileCommitting_SeesOnlyWholeCommittedRecords()
    {
        using SqliteTenantLog log = Open();
        log.Commit(new(Records(1, 5), Records(0), Day));
        using CancellationTokenSource done = new();
        Task[] readers =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(seed =>
                    Task.Run(
                        () =>
                        {
                            Random random = new(seed);
                            RecordBuffer read = new();
                            long rounds = 0;
                            while (!done.IsCancellationRequested || rounds < 10)
                            {
                                read.Clear();
                                log.Read(random.NextInt64(log.NextPosition), read);
                                Assert.True(Same(read[0], 5));
                                if (++rounds % 50 == 0)
                                    log.Scan(Math.Max(0, log.NextPosition - 700), (_, record) => Same(record, 5));
                            }
                        },
                        CancellationToken.None
                    )
                ),
        ];
        for (int i = 0; i < 200; i++)
        {
            log.Commit(new(Records(1 + i * 7 % 600, 5), Records(i % 5), Day.AddDays(i / 60)));
            if (i % 50 == 49)
                log.ReleaseIdle();
        }
        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public void Dispose_ThenUse_Throws()
    {
        SqliteTenantLog log = Open();
        log.Commit(new(Records(1), Records(0), Day));
        log.Dispose();
        Assert.Throws<ObjectDisposedException>(() => log.Commit(new(Records(1), Records(0), Day)));
        Assert.Throws<ObjectDisposedException>(() => log.Read(0, new()));
        Assert.Throws<ObjectDisposedException>(() => log.Scan(0, (_, _) => true));
    }

    [Fact]
    public void Commit_FolderGone_FailsAndCloses()
    {
        SqliteTenantLog log = Open();
        Directory.Delete(folder.Path, recursive: true);
        LogException e = Assert.Throws<LogException>(() => log.Commit(new(Records(1), Records(0), Day)));
        Assert.False(e.OutcomeUnknown);
        Assert.Throws<ObjectDisposedException>(() => log.Commit(new(Records(1), Records(0), Day)));
        log.Dispose();
    }

    [Fact]
    public void Migrate_OlderForm_KeepsItsRecordsAndGetsTheNewForm()
    {
        // Version 1 is the first form, so a planted one stands for what the next change will do.
        WriteDays(1);
        string path = folder["log-2026-11-22.db"];
        LogSchema.Migration[] steps =
        [
            new(1, "ALTER TABLE results ADD COLUMN note TEXT; UPDATE results SET note='from 1';"),
            new(2, "ALTER TABLE events RENAME COLUMN crc TO sum;"),
        ];
        using (Database database = new(path, create: false, cacheKib: 64))
        {
            LogSchema.Migrate(database, path, steps, from: 1, to: 3);
            Assert.Equal(3, database.Number("PRAGMA user_version"));
            Assert.Equal(10, database.Number("SELECT sum(count) FROM events WHERE sum<>0"));
            Assert.Equal(1, database.Number("SELECT count(*) FROM results WHERE note='from 1'"));
        }
        Assert.Equal(3, File.ReadAllBytes(path)[63]);
    }

    [Fact]
    public void Migrate_StepFails_KeepsTheOldForm()
    {
        WriteDays(1);
        string path = folder["log-2026-11-22.db"];
        LogSchema.Migration[] steps = [new(1, "ALTER TABLE results ADD COLUMN note TEXT;"), new(2, "no SQL at all")];
        using (Database database = new(path, create: false, cacheKib: 64))
            Assert.Throws<SqliteFault>(() => LogSchema.Migrate(database, path, steps, from: 1, to: 3));
        using SqliteTenantLog log = Open();
        Assert.Equal(10, log.NextPosition);
        Assert.Equal(1, LogSchema.CheckHeader(path));
    }
}
