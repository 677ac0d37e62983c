using System.Globalization;
using SQLitePCL;

namespace Throughline.Storage.Sqlite;

/// <summary>SQLite said no.</summary>
internal sealed class SqliteFault(int code, string message) : Exception(message)
{
    /// <summary>The extended result code: see sqlite.org/rescode.html.</summary>
    public int Code { get; } = code;

    /// <summary>
    /// The file is not a sound database, or not one with our tables: our statements being constant, an error in one of
    /// them says so too.
    /// </summary>
    public bool IsDamage => (Code & 0xff) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR;
}

/// <summary>
/// One connection to one SQLite file, for one thread at a time: a thin skin over the C functions, which spares the
/// copies and objects of ADO.NET.
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 handle;

    static Database() => raw.SetProvider(new SQLite3Provider_e_sqlite3());

    /// <param name="path">The file; it exists unless <paramref name="create"/> is set.</param>
    /// <param name="create">Make it where missing.</param>
    /// <param name="cacheKib">Bound of its page cache.</param>
    public Database(string path, bool create, int cacheKib)
    {
        int flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | (create ? raw.SQLITE_OPEN_CREATE : 0);
        int code = raw.sqlite3_open_v2(path, out handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            SqliteFault fault = new(code, $"{raw.sqlite3_errstr(code).utf8_to_string()} ({code})");
            handle?.Dispose();
            throw fault;
        }
        try
        {
            raw.sqlite3_extended_result_codes(handle, 1);
            raw.sqlite3_busy_timeout(handle, 10_000);
            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size=-{cacheKib}"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Execute(string sql) => Check(raw.sqlite3_exec(handle, sql));

    /// <summary>The same where what matters has failed already.</summary>
    public void TryExecute(string sql) => raw.sqlite3_exec(handle, sql);

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out sqlite3_stmt statement));
        return new(this, statement);
    }

    /// <summary>The first column of the first row.</summary>
    public long Number(string sql)
    {
        using Statement statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : throw new SqliteFault(raw.SQLITE_CORRUPT, $"no row for {sql}");
    }

    /// <summary>Moves what the write-ahead log holds into the file, as far as no reader hinders.</summary>
    public void Checkpoint(int mode = raw.SQLITE_CHECKPOINT_PASSIVE) =>
        Check(raw.sqlite3_wal_checkpoint_v2(handle, "main", mode, out _, out _));

    /// <summary>Closes; statements have to be closed before. Never throws.</summary>
    public void Dispose()
    {
        raw.sqlite3_close_v2(handle);
        handle.Dispose();
    }

    internal void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw new SqliteFault(code, $"{raw.sqlite3_errmsg(handle).utf8_to_string()} ({code})");
    }
}

/// <summary>A prepared statement.</summary>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int index, long value)
    {
        database.Check(raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        database.Check(raw.sqlite3_bind_blob(handle, index, value));
        return this;
    }

    public Statement Bind(int index, string value)
    {
        database.Check(raw.sqlite3_bind_text(handle, index, value));
        return this;
    }

    /// <summary>Goes to the next row; false after the last.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(handle);
        database.Check(code);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>Runs a statement that gives no rows, and makes it ready for the next run.</summary>
    public void Run()
    {
        try
        {
            Step();
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Ends a run, whatever its outcome was.</summary>
    public void Reset() => raw.sqlite3_reset(handle);

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    /// <summary>Bytes of the current row, valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    public void Dispose() => handle.Dispose();
}
