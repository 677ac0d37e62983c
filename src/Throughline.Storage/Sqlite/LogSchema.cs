using System.Buffers.Binary;
using System.Globalization;

namespace Throughline.Storage.Sqlite;

/// <summary>The form of a day's file: what it is made of, how an older form becomes it, and what is refused.</summary>
internal static class LogSchema
{
    /// <summary>"TLlg", in the file's header: tells our logs from other SQLite files.</summary>
    public const int ApplicationId = 0x544c6c67;

    /// <summary>The form that this build writes. A change of the tables raises it and adds a <see cref="Migration"/>.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Steps from older forms; version 1 is the first, so there is none yet.</summary>
    public static readonly IReadOnlyList<Migration> Migrations = [];

    /// <summary>One step from a form to the next, in SQL.</summary>
    internal sealed record Migration(int FromVersion, string Sql);

    /// <summary>Pages of a file. Larger ones make a commit of a few events dearer, smaller ones that of many.</summary>
    private const int PageBytes = 8192;

    public static void Create(Database database, string tenant, DateOnly day, long firstPosition, long firstResult)
    {
        database.Execute(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                PRAGMA page_size={PageBytes};
                PRAGMA journal_mode=WAL;
                PRAGMA synchronous=FULL;
                BEGIN IMMEDIATE;
                PRAGMA application_id={ApplicationId};
                PRAGMA user_version={CurrentVersion};
                CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
                CREATE TABLE events(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, crc INTEGER NOT NULL, bytes BLOB NOT NULL);
                CREATE TABLE results(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, crc INTEGER NOT NULL, bytes BLOB NOT NULL);
                """
            )
        );
        using (Statement insert = database.Prepare("INSERT INTO meta VALUES(?1,?2)"))
        {
            insert.Bind(1, "tenant").Bind(2, tenant).Run();
            insert.Bind(1, "day").Bind(2, day.ToString("O", CultureInfo.InvariantCulture)).Run();
            insert.Bind(1, "first_position").Bind(2, firstPosition).Run();
            insert.Bind(1, "first_result").Bind(2, firstResult).Run();
        }
        database.Execute("COMMIT");
    }

    /// <summary>
    /// Looks at a file's first bytes without SQLite, so that nothing of a file that is not for us is touched; returns
    /// the version of its form.
    /// </summary>
    public static int CheckHeader(string path)
    {
        Span<byte> header = stackalloc byte[100];
        using (FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
                throw new StoreDamagedException(path, StoreProblem.Corrupt, $"{file.Length} bytes are no log file");
        }
        if (!header.StartsWith("SQLite format 3\0"u8))
            throw new StoreDamagedException(path, StoreProblem.Corrupt, "its header is not that of a log file");
        if (BinaryPrimitives.ReadInt32BigEndian(header[68..]) != ApplicationId)
            throw new StoreDamagedException(path, StoreProblem.NotOurs, "a database, but not a log of this product");
        int version = BinaryPrimitives.ReadInt32BigEndian(header[60..]);
        if (version > CurrentVersion)
        {
            throw new StoreDamagedException(
                path,
                StoreProblem.NewerFormat,
                $"form {version} was written by a newer version of the product; this one knows forms up to {CurrentVersion}"
            );
        }
        return version;
    }

    /// <summary>Brings a file to a newer form, in one transaction: it has the old form or the new one, never a mixture.</summary>
    public static void Migrate(Database database, string path, IReadOnlyList<Migration> steps, int from, int to)
    {
        if (from == to)
            return;
        database.Execute("BEGIN IMMEDIATE");
        for (int version = from; version < to; version++)
        {
            Migration step =
                steps.FirstOrDefault(x => x.FromVersion == version)
                ?? throw new StoreDamagedException(path, StoreProblem.Corrupt, $"form {version} never existed");
            database.Execute(step.Sql);
        }
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={to}"));
        database.Execute("COMMIT");
        database.Checkpoint(SQLitePCL.raw.SQLITE_CHECKPOINT_TRUNCATE);
    }
}
