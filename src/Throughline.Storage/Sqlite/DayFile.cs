using System.Globalization;
using Throughline.Storage.Files;
using Throughline.Storage.Log;

namespace Throughline.Storage.Sqlite;

/// <summary>One file of the log: a day of arrival, and the numbers that it begins with.</summary>
internal sealed record DayFile(string Path, DateOnly Day, long FirstPosition, long FirstResult)
{
    private const string Prefix = "log-";
    private const string Suffix = ".db";

    /// <summary>All files of a folder in the order of their days.</summary>
    public static IEnumerable<(string Path, DateOnly Day)> In(string folder) =>
        Directory
            .EnumerateFiles(folder, Prefix + "*" + Suffix)
            .Select(path => (path, day: DayOf(path)))
            .OrderBy(x => x.day);

    /// <summary>
    /// Makes a day's file under a draft name and renames it once it is whole: a file with a log's name always has its
    /// tables and its beginning.
    /// </summary>
    public static DayFile Create(string folder, string tenant, DateOnly day, long firstPosition, long firstResult)
    {
        string name = Prefix + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + Suffix;
        string path = System.IO.Path.Combine(folder, name);
        DurableFile.DeleteDrafts(folder, name);
        using (Database draft = new(path + DurableFile.DraftSuffix, create: true, cacheKib: 64))
        {
            LogSchema.Create(draft, tenant, day, firstPosition, firstResult);
            draft.Checkpoint(SQLitePCL.raw.SQLITE_CHECKPOINT_TRUNCATE);
        }
        DurableFile.Publish(path);
        return new(path, day, firstPosition, firstResult);
    }

    /// <summary>
    /// Checks a file and brings it to the current form. What a crash or a failing disk left in its write-ahead log is
    /// made durable first, then moved into the file: a commit whose flush had failed may be in it, and nothing may be
    /// built on such a one before.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="day">The day that its name says.</param>
    /// <param name="tenant">Whose it has to be.</param>
    /// <param name="end">The numbers that the next record gets.</param>
    public static DayFile Open(string path, DateOnly day, string tenant, out LogEnd end)
    {
        int version = LogSchema.CheckHeader(path);
        if (File.Exists(path + "-wal"))
            DurableFile.Renew(path + "-wal");
        try
        {
            using Database database = new(path, create: false, cacheKib: 64);
            database.Execute("PRAGMA synchronous=FULL");
            database.Checkpoint(SQLitePCL.raw.SQLITE_CHECKPOINT_TRUNCATE);
            LogSchema.Migrate(database, path, LogSchema.Migrations, version, LogSchema.CurrentVersion);
            string owner = Meta(database, path, "tenant", x => x.Text(0));
            if (owner != tenant)
            {
                string detail = $"it belongs to tenant {owner}, not to {tenant}";
                throw new StoreDamagedException(path, StoreProblem.WrongTenant, detail);
            }
            DayFile file = new(
                path,
                day,
                Meta(database, path, "first_position", x => x.Int64(0)),
                Meta(database, path, "first_result", x => x.Int64(0))
            );
            end = new(
                End(database, path, RecordKind.Events, file.FirstPosition),
                End(database, path, RecordKind.Results, file.FirstResult)
            );
            return file;
        }
        catch (SqliteFault fault)
        {
            throw Translate(fault, path);
        }
    }

    /// <summary>Damage names the file; all else is trouble of the environment.</summary>
    public static Exception Translate(SqliteFault fault, string path) =>
        fault.IsDamage
            ? new StoreDamagedException(path, StoreProblem.Corrupt, fault.Message, fault)
            : new IOException($"{path}: {fault.Message}", fault);

    private static T Meta<T>(Database database, string path, string name, Func<Statement, T> read)
    {
        using Statement statement = database.Prepare("SELECT value FROM meta WHERE name=?1").Bind(1, name);
        if (!statement.Step())
            throw new StoreDamagedException(path, StoreProblem.Corrupt, $"it lacks its {name}");
        return read(statement);
    }

    private static long End(Database database, string path, RecordKind kind, long first)
    {
        using Statement last = database.Prepare(
            $"SELECT first,count,crc,bytes FROM {kind.Table()} ORDER BY first DESC LIMIT 1"
        );
        if (!last.Step())
            return first;
        Block block = DayReader.Current(last, path, kind);
        if (block.First < first)
            throw new StoreDamagedException(
                path,
                StoreProblem.Corrupt,
                $"its last block is before its beginning {first}"
            );
        return block.Next;
    }

    private static DateOnly DayOf(string path)
    {
        ReadOnlySpan<char> name = System.IO.Path.GetFileName(path.AsSpan())[Prefix.Length..^Suffix.Length];
        if (
            DateOnly.TryParseExact(
                name,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out DateOnly day
            )
        )
            return day;
        throw new StoreDamagedException(path, StoreProblem.NotOurs, "its name is not that of a day's log");
    }
}

/// <summary>The numbers that the next records get.</summary>
internal sealed record LogEnd(long NextPosition, long NextResult);

/// <summary>The two runs of records in a file.</summary>
internal enum RecordKind
{
    Events = 0,
    Results = 1,
}

internal static class RecordKinds
{
    public static string Table(this RecordKind kind) => kind == RecordKind.Events ? "events" : "results";
}
