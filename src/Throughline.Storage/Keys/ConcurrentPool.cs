using System.Collections.Concurrent;

namespace Throughline.Storage.Keys;

/// <summary>Objects that one thread at a time may use: as many as threads need at once, at most <see cref="MaxKept"/> kept.</summary>
internal sealed class ConcurrentPool<T>(Func<T> create) : IDisposable
    where T : class, IDisposable
{
    private const int MaxKept = 64;

    private readonly ConcurrentQueue<T> others = new();
    private T? first;
    private int kept;
    private volatile bool closed;

    public T Rent()
    {
        ObjectDisposedException.ThrowIf(closed, this);
        T? found = Interlocked.Exchange(ref first, null);
        if (found is not null)
            return found;
        if (!others.TryDequeue(out found))
            return create();
        Interlocked.Decrement(ref kept);
        return found;
    }

    public void Return(T used)
    {
        if (closed || (Interlocked.CompareExchange(ref first, used, null) is not null && !Keep(used)))
            used.Dispose();
    }

    public void Dispose()
    {
        closed = true;
        Interlocked.Exchange(ref first, null)?.Dispose();
        while (others.TryDequeue(out T? found))
            found.Dispose();
    }

    private bool Keep(T used)
    {
        if (Interlocked.Increment(ref kept) > MaxKept)
        {
            Interlocked.Decrement(ref kept);
            return false;
        }
        others.Enqueue(used);
        return true;
    }
}
