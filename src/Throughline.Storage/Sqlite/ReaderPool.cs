namespace Throughline.Storage.Sqlite;

/// <summary>Reading connections, shared by threads: as many as are reading, at most <see cref="MaxIdle"/> kept for later.</summary>
internal sealed class ReaderPool : IDisposable
{
    private const int MaxIdle = 4;

    private readonly Lock gate = new();
    private readonly List<DayReader> idle = [];
    private bool closed;

    public Lease Rent(DayFile file)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            for (int i = idle.Count - 1; i >= 0; i--)
            {
                DayReader found = idle[i];
                if (found.File != file)
                    continue;
                idle.RemoveAt(i);
                return new(this, found);
            }
        }
        return new(this, new(file));
    }

    /// <summary>Closes the connections that nobody uses now.</summary>
    public void Clear()
    {
        lock (gate)
        {
            foreach (DayReader reader in idle)
                reader.Dispose();
            idle.Clear();
        }
    }

    public void Dispose()
    {
        lock (gate)
            closed = true;
        Clear();
    }

    private void Return(DayReader reader)
    {
        DayReader? surplus = reader;
        lock (gate)
        {
            if (!closed)
            {
                idle.Add(reader);
                surplus = idle.Count > MaxIdle ? idle[0] : null;
                if (surplus is not null)
                    idle.RemoveAt(0);
            }
        }
        surplus?.Dispose();
    }

    /// <summary>A connection for one call.</summary>
    internal readonly struct Lease(ReaderPool pool, DayReader reader) : IDisposable
    {
        public DayReader Reader { get; } = reader;

        public void Dispose() => pool.Return(Reader);
    }
}
